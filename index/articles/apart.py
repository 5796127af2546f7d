"""Files of strangers, read in a process of its own that may use so much time and memory.

A parser that loops, swells or crashes on a hostile file costs that process and nothing else.
"""

import json
import subprocess  # our own module, with our own interpreter
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.articles.model import Article
from index.errors import (
    ArticleError,
    ArticleTooLarge,
    BinaryArticle,
    DuplicateArticle,
    EmptyArticle,
    MalformedArticle,
    UndecodableArticle,
)

PROJECT = Path(__file__).resolve().parent.parent.parent
CHILD = "index.articles.child"
KINDS: tuple[type[ArticleError], ...] = (
    BinaryArticle,
    UndecodableArticle,
    EmptyArticle,
    MalformedArticle,
    ArticleTooLarge,
    DuplicateArticle,
    ArticleError,
)
"""What the child may say of a file."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that stands nowhere: what it is called, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What reading the files of one request may take.

    Attributes:
        seconds: Of wall time, for all files together. A hundred usual PDF files take about ten.
        memory_mb: Of address space, the interpreter and its libraries included.
    """

    seconds: float = 60.0
    memory_mb: int = 1024


def read_apart(files: Sequence[File], limits: ReadingLimits) -> tuple[Article, ...]:
    """Read files as `read_article_bytes` does, in another process.

    Returns:
        The articles of all files, in the order of the files.

    Raises:
        ArticleError: Of the first file that cannot be read; the message begins with its name.
        ArticleTooLarge: If a file takes more than the limits, or all hold more text than one may.
        DuplicateArticle: If two files give the same id.
    """
    sizes = json.dumps([[file.name, len(file.data)] for file in files])
    given = b"".join([sizes.encode(), b"\n", *(file.data for file in files)])
    lines = _run(given, limits).splitlines()
    articles: list[Article] = []
    for number, file in enumerate(files):
        if number == len(lines):
            raise _gave_up(file, limits)
        articles.extend(_told(lines[number]))
    _check_ids(articles)
    return tuple(articles)


def _run(given: bytes, limits: ReadingLimits) -> bytes:
    """What the child has written when it ended, or was ended: whole lines."""
    with subprocess.Popen(  # noqa: S603  # fixed arguments, no shell
        [sys.executable, "-m", CHILD, str(limits.memory_mb), str(int(limits.seconds) + 1)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=PROJECT,
    ) as process:
        try:
            told, _ = process.communicate(given, limits.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            told, _ = process.communicate()
    return told[: told.rfind(b"\n") + 1]


def _told(line: bytes) -> list[Article]:
    reply = json.loads(line)
    if "code" in reply:
        raise next(kind for kind in KINDS if kind.code == reply["code"])(reply["message"])
    return [Article.from_json(one) for one in reply["articles"]]


def _gave_up(file: File, limits: ReadingLimits) -> ArticleError:
    return ArticleTooLarge(
        f"{file.name}: reading it takes more than {limits.seconds:g} s (with the files before it)"
        f" or {limits.memory_mb:,} MB, or breaks the reader"
    )


def _check_ids(articles: Sequence[Article]) -> None:
    seen: set[str] = set()
    for article in articles:
        if article.id in seen:
            raise DuplicateArticle(f"two of the articles have the id {article.id!r}")
        seen.add(article.id)
