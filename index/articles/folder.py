"""Paths → articles: walk folders, read every file, and keep account of what went wrong."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.articles.formats import SUFFIXES, max_bytes, read_stream
from index.articles.model import Article
from index.errors import (
    ArticleError,
    ArticleTooLarge,
    DuplicateArticle,
    MalformedArticle,
    NoArticles,
)

MAX_LISTED = 10
"""How many problems, or paths, one message lists."""


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """A file, or one record of it, that was left out."""

    path: Path
    error: ArticleError


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading gave.

    Attributes:
        articles: Sorted by id, no id twice.
        problems: In the order of the walk; empty unless bad files were to be skipped.
        ignored: How many files of folders have a suffix that is not an article's.
    """

    articles: tuple[Article, ...]
    problems: tuple[ReadProblem, ...] = ()
    ignored: int = 0


def read_articles(paths: Sequence[Path], *, skip_bad: bool = False) -> ReadResult:
    """Read files and, recursively, folders; a file reached by two ways is read once.

    In folders, hidden files and folders are passed over. Of two articles with one id the first
    in the order of the walk is kept.

    Raises:
        NoArticles: A path that does not exist, or nothing readable in all the paths.
        ArticleError: Without `skip_bad`, the only problem, or a list of the first of them.
    """
    reading = _Reading()
    for path in paths:
        _require(path)
        reading.add(path)
    if reading.problems and not skip_bad:
        raise _summary(reading.problems)
    if not reading.articles:
        raise NoArticles(_nothing_in(paths, len(reading.problems)))
    articles = tuple(sorted(reading.articles.values(), key=lambda article: article.id))
    return ReadResult(articles, tuple(reading.problems), reading.ignored)


@dataclass(slots=True)
class _Reading:
    """The state of one walk."""

    articles: dict[str, Article] = field(default_factory=dict)
    origins: dict[str, Path] = field(default_factory=dict)
    problems: list[ReadProblem] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    ignored: int = 0

    def add(self, path: Path) -> None:
        """Read a path that the caller named."""
        if os.path.isdir(path):
            for file in self._walk(path):
                self._read(file)
        elif self._first_visit(path):
            self._read(path)

    def _walk(self, root: Path) -> Iterator[Path]:
        """Files with a known suffix, depth first, names sorted; links followed, loops cut."""
        stack = [root]
        while stack:
            path = stack.pop()
            if not self._first_visit(path):
                continue
            if os.path.isdir(path):
                stack.extend(reversed(self._children(path)))
            elif path.suffix.lower() in SUFFIXES:
                yield path
            else:
                self.ignored += 1

    def _children(self, folder: Path) -> list[Path]:
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            self._note(folder, _unreadable(folder, error))
            return []
        return [folder / name for name in names if not name.startswith(".")]

    def _first_visit(self, path: Path) -> bool:
        real = os.path.realpath(path)
        seen = real in self.visited
        self.visited.add(real)
        return not seen

    def _read(self, path: Path) -> None:
        try:
            for article in self._open(path):
                self._keep(path, article)
        except ArticleError as error:
            self._note(path, error)
        except OSError as error:
            self._note(path, _unreadable(path, error))

    def _open(self, path: Path) -> Iterator[Article]:
        """The file's articles, lazily; a file over the limit is not opened."""
        if path.exists() and not path.is_file():
            raise MalformedArticle(f"{_shown(path)}: not a regular file")
        size, limit = path.stat().st_size, max_bytes(path.name)
        if size > limit:
            raise ArticleTooLarge(f"{_shown(path)}: {size:,} bytes, over {limit:,}")
        with path.open("rb") as stream:
            yield from read_stream(_shown(path), stream, lambda error: self._note(path, error))

    def _keep(self, path: Path, article: Article) -> None:
        if article.id in self.articles:
            first = self.origins[article.id]
            self._note(
                path,
                DuplicateArticle(
                    f"{_shown(path)}: the id {article.id!r} is already that of {_shown(first)}"
                ),
            )
            return
        self.articles[article.id] = article
        self.origins[article.id] = path

    def _note(self, path: Path, error: ArticleError) -> None:
        self.problems.append(ReadProblem(path, error))


def _shown(path: Path) -> str:
    """The path as text that can be printed, even where its bytes are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _require(path: Path) -> None:
    """A path that was asked for and is not there is a mistake that skipping must not hide."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoArticles(f"{_shown(path)}: no such file or folder") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> ArticleError:
    problem = ArticleError(f"{_shown(path)}: cannot be read: {error.strerror or error}")
    problem.__cause__ = error
    return problem


def _summary(problems: Sequence[ReadProblem]) -> ArticleError:
    """The only problem itself; of several, a list under the class that they share."""
    errors = [problem.error for problem in problems]
    if len(errors) == 1:
        return errors[0]
    kinds = {type(error) for error in errors}
    kind = kinds.pop() if len(kinds) == 1 else ArticleError
    lines = [str(error) for error in errors[:MAX_LISTED]]
    if len(errors) > MAX_LISTED:
        lines.append(f"and {len(errors) - MAX_LISTED} more")
    return kind("\n".join([f"{len(errors)} files or records cannot be read:", *lines]))


def _nothing_in(paths: Sequence[Path], problems: int) -> str:
    named = ", ".join(_shown(path) for path in paths[:MAX_LISTED]) or "no path given"
    bad = f" ({problems} bad files or records were skipped)" if problems else ""
    return f"{named}: no article found{bad}"
