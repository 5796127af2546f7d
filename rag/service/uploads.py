"""The body of a request that adds articles → articles, all of them or an error that names one.

Bodies come from strangers. What is in files is read in another process, bounded in time and
memory; JSON is parsed here, once its parts have been counted. All of it is slow enough to keep out
of the event loop.
"""

import json
from collections.abc import Callable
from pathlib import PurePosixPath

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

from index.articles import MAX_ID_CHARS, SUFFIXES, Article, ReadingLimits, read_apart, read_record
from index.articles import File as ArticleFile
from rag.errors import MalformedArticle, MalformedRequest, UnsupportedMediaType
from rag.schemas import ArticlesIn

JSON, FORM = "application/json", "multipart/form-data"
FILES = "files"
FILES_A_FORM = 100

MAX_JSON_MARKS = 2_000_000
"""Brackets, braces, commas and colons: each value of a JSON text takes one, and much memory.
Source: by hand; as many take about 200 MB, and news has one in thirty characters."""

Read = Callable[[], tuple[Article, ...]]


def reader_of(content_type: str, body: bytes) -> Read:
    """How a body is read.

    Returns:
        Gives the articles; raises MalformedRequest, UnsupportedMediaType or ArticleError.

    Raises:
        UnsupportedMediaType: If no body of this type is read.
    """
    kind, options = parse_options_header(content_type)
    if kind == JSON.encode():
        return lambda: read_json(body)
    if kind == FORM.encode():
        return lambda: read_apart(files_of(body, options.get(b"boundary", b"")), ReadingLimits())
    raise UnsupportedMediaType(f"the body is neither {JSON} nor {FORM}")


def read_json(body: bytes) -> tuple[Article, ...]:
    """The articles of a JSON body.

    Raises:
        MalformedRequest, RequestValidationError: If it is not what the contract says.
        ArticleError: If one cannot become an article; the message begins with its place.
    """
    if sum(map(body.count, (b"[", b"{", b",", b":"))) > MAX_JSON_MARKS:
        raise MalformedRequest(f"the body: over {MAX_JSON_MARKS:,} values")
    try:
        given = ArticlesIn.model_validate(json.loads(body))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    except (ValueError, RecursionError) as error:
        raise MalformedRequest(f"the body: {error}") from error
    return tuple(
        read_record(article.model_dump(), f"articles.{place}")
        for place, article in enumerate(given.articles)
    )


def files_of(body: bytes, boundary: bytes) -> list[ArticleFile]:
    """The files of a form, each under the last segment of its name.

    Raises:
        MalformedRequest: If the form is broken, ends too early, or holds something else.
        UnsupportedMediaType: If a file's suffix is not one that is read.
        MalformedArticle: If a file's name is too long.
    """
    form = _Form()
    try:
        parser = FormParser(
            FORM,
            form.refuse,
            form.keep,
            form.end,
            boundary=boundary,
            config={"MAX_MEMORY_FILE_SIZE": float("inf")},  # nothing is ever written to disk
        )
        parser.write(body)
    except FormParserError as error:
        raise MalformedRequest("the body is not a form that can be read") from error
    if not form.ended:
        raise MalformedRequest("the body ends before the form does")
    if not form.files:
        raise MalformedRequest(f"the form has no file under the name {FILES!r}")
    return form.files


class _Form:
    """What a form's parser finds."""

    def __init__(self) -> None:
        self.files: list[ArticleFile] = []
        self.ended = False

    def keep(self, file: File) -> None:
        if file.field_name != FILES.encode():
            raise MalformedRequest(f"a file is under another name than {FILES!r}")
        if len(self.files) == FILES_A_FORM:
            raise MalformedRequest(f"the form has over {FILES_A_FORM} files")
        name = _last_segment((file.file_name or b"").decode(errors="replace"))
        file.file_object.seek(0)
        self.files.append(ArticleFile(name, file.file_object.read()))

    def refuse(self, field: Field) -> None:
        raise MalformedRequest("the form has a field that is not a file")

    def end(self) -> None:
        self.ended = True


def _last_segment(path: str) -> str:
    """A file's own name, whatever system its path is of; never opened."""
    name = path.replace("\\", "/").rpartition("/")[2]
    if len(name) > MAX_ID_CHARS:
        raise MalformedArticle(
            f"{name[:40]}…: the name has {len(name)} characters; {MAX_ID_CHARS} are allowed"
        )
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        raise UnsupportedMediaType(f"{name!r} is of no kind that is read: {', '.join(SUFFIXES)}")
    return name
