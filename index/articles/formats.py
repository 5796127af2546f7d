"""Bytes → articles, one small function a format, chosen by the file's suffix."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from pathlib import PurePath
from typing import BinaryIO

from index.articles.markdown import read_markdown
from index.articles.model import Article
from index.articles.page import read_page
from index.articles.pdf import read_pdf
from index.articles.record import Fields, Record, check_fields, make_article
from index.articles.text import BOM, MAX_ARTICLE_BYTES, date_in_prefix, decode
from index.errors import (
    ArticleError,
    ArticleTooLarge,
    DuplicateArticle,
    EmptyArticle,
    MalformedArticle,
)

MAX_JSONL_BYTES = 500_000_000
"""The most that a .jsonl file may hold; it is read a line at a time."""

Report = Callable[[ArticleError], None]
"""Told about a record that was left out; may raise it instead."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where bytes come from: `name` is shown in errors, its stem is an article's default id."""

    name: str

    @property
    def stem(self) -> str:
        """The file's name without folder and suffix."""
        return PurePath(self.name).stem

    @property
    def suffix(self) -> str:
        """The suffix in lower case, with its dot; empty where there is none."""
        return PurePath(self.name).suffix.lower()


def read_article_bytes(name: str, data: bytes) -> tuple[Article, ...]:
    """Read an upload: one article, or for .json and .jsonl one a record, in the file's order.

    Raises:
        ArticleError: The subclass says what is wrong; the message begins with `name`.
    """
    articles = tuple(read_stream(name, BytesIO(data), _refuse))
    seen: set[str] = set()
    for article in articles:
        if article.id in seen:
            raise DuplicateArticle(f"{name}: two records have the id {article.id!r}")
        seen.add(article.id)
    return articles


def read_stream(name: str, stream: BinaryIO, report: Report) -> Iterator[Article]:
    """Read articles lazily; a bad record goes to `report`, a bad file is raised."""
    source = Source(name)
    if source.suffix == ".jsonl":
        return _read_jsonl(source, stream, report)
    return _read_whole(source, stream, report)


def max_bytes(name: str) -> int:
    """The size limit of a file with this name."""
    return MAX_JSONL_BYTES if Source(name).suffix == ".jsonl" else MAX_ARTICLE_BYTES


def _refuse(error: ArticleError) -> None:
    raise error


def _read_whole(source: Source, stream: BinaryIO, report: Report) -> Iterator[Article]:
    if source.suffix not in SUFFIXES:
        raise MalformedArticle(
            f"{source.name}: unknown suffix {source.suffix!r}; known: {', '.join(SUFFIXES)}"
        )
    data = stream.read(MAX_ARTICLE_BYTES + 1)
    if len(data) > MAX_ARTICLE_BYTES:
        raise ArticleTooLarge(f"{source.name}: over {MAX_ARTICLE_BYTES:,} bytes")
    if not data.strip():
        raise EmptyArticle(f"{source.name}: the file is empty")
    if source.suffix == ".json":
        yield from _read_json(source, data, report)
    else:
        yield _READERS[source.suffix](source, data)


def _read_txt(source: Source, data: bytes) -> Article:
    """The text is the decoded file and nothing else: a byte-order mark stays part of it."""
    text = decode(data, source.name)
    fields = Fields(published=date_in_prefix(text, source.name))
    return make_article(fields, text, where=source.name, stem=source.stem)


def _read_md(source: Source, data: bytes) -> Article:
    return read_markdown(_decode_marked(source, data), where=source.name, stem=source.stem)


def _read_html(source: Source, data: bytes) -> Article:
    return read_page(_decode_marked(source, data), where=source.name, stem=source.stem)


def _read_pdf(source: Source, data: bytes) -> Article:
    return read_pdf(data, where=source.name, stem=source.stem)


def _decode_marked(source: Source, data: bytes) -> str:
    """Text whose format keeps its own offsets, so a byte-order mark is not part of it."""
    return decode(data, source.name).removeprefix(BOM)


def _read_json(source: Source, data: bytes, report: Report) -> Iterator[Article]:
    """An object is one article, named after the file; a list holds one article an object."""
    value = _parse(_decode_marked(source, data), source.name)
    if not isinstance(value, list):
        yield _record(value, source.name, source.stem)
        return
    if not value:
        raise EmptyArticle(f"{source.name}: the list is empty")
    for number, item in enumerate(value, start=1):
        try:
            yield _record(item, f"{source.name}: record {number}", f"{source.stem}-{number}")
        except ArticleError as error:
            report(error)


def _read_jsonl(source: Source, stream: BinaryIO, report: Report) -> Iterator[Article]:
    """One object a line; blank lines are skipped, but count in the numbers."""
    empty = True
    for number, line in _lines(source, stream, report):
        where = f"{source.name}: line {number}"
        empty = False
        try:
            value = _parse(decode(line, where).removeprefix(BOM), where)
            yield _record(value, where, f"{source.stem}-{number}")
        except ArticleError as error:
            report(error)
    if empty:
        raise EmptyArticle(f"{source.name}: no record in the file")


def _lines(source: Source, stream: BinaryIO, report: Report) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that are not blank, never holding more than one record in memory."""
    total = 0
    for number in count(1):
        line = stream.readline(MAX_ARTICLE_BYTES + 1)
        if not line:
            return
        total += len(line)
        if total > MAX_JSONL_BYTES:
            raise ArticleTooLarge(f"{source.name}: over {MAX_JSONL_BYTES:,} bytes")
        if len(line) > MAX_ARTICLE_BYTES:
            report(
                ArticleTooLarge(f"{source.name}: line {number}: over {MAX_ARTICLE_BYTES:,} bytes")
            )
            total += _skip_line(stream, line)
        elif line.strip():
            yield number, line


def _skip_line(stream: BinaryIO, line: bytes) -> int:
    """Read on to the end of an overlong line; the bytes skipped."""
    skipped = 0
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_ARTICLE_BYTES)
        skipped += len(line)
    return skipped


def _parse(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise MalformedArticle(f"{where}: JSON nested too deeply") from error
    except ValueError as error:  # bad JSON, or a number of more digits than Python converts
        raise MalformedArticle(f"{where}: broken JSON: {error}") from error


def _record(value: object, where: str, stem: str) -> Article:
    record = check_fields(Record, value, where)
    return make_article(record, record.text, where=where, stem=stem)


_READERS: dict[str, Callable[[Source, bytes], Article]] = {
    ".htm": _read_html,
    ".html": _read_html,
    ".md": _read_md,
    ".pdf": _read_pdf,
    ".txt": _read_txt,
}

SUFFIXES = tuple(sorted({*_READERS, ".json", ".jsonl"}))
"""The suffixes that can be read, in lower case, sorted."""
