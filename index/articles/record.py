"""Declared fields + text → Article: the one place where every format's fields are checked."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from index.articles.model import Article
from index.articles.text import MAX_ARTICLE_BYTES, is_blank, opening_words, shorten
from index.errors import EmptyArticle, MalformedArticle

MAX_ID_CHARS = 200
DERIVED_ID_CHARS = 16
MAX_FIELD_CHARS = 1_000
MAX_URL_CHARS = 4_000

_FORBIDDEN_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
"""Controls, lone surrogates, line and paragraph separators: what no id can be printed with."""


def to_day(value: object) -> object:
    """An ISO date or datetime → its calendar day as written, in its own time zone.

    Other types pass through, for the strict model to refuse.
    """
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        raise ValueError(f"{shorten(value, 40)!r} is not an ISO date") from None


def _known(value: object) -> object:
    """White space folded; a blank string says nothing, so it is unknown."""
    return (" ".join(value.split()) or None) if isinstance(value, str) else value


def _web_address(value: object) -> object:
    """Only http(s): a citation's address becomes a link on the page."""
    if isinstance(value, str) and value and not value.startswith(("http://", "https://")):
        raise ValueError("it must begin with http:// or https://")
    return value


Words = Annotated[Annotated[str, Field(max_length=MAX_FIELD_CHARS)] | None, BeforeValidator(_known)]
Day = Annotated[date | None, BeforeValidator(to_day)]
WebAddress = Annotated[
    Annotated[str, Field(max_length=MAX_URL_CHARS)] | None,
    BeforeValidator(_web_address),
    BeforeValidator(_known),
]


class Fields(BaseModel):
    """What a file may say about its article; all of it optional, none of it guessed."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    id: str | None = None
    title: Words = None
    outlet: Words = None
    published: Day = None
    url: WebAddress = None


class Record(Fields):
    """One JSON object."""

    text: Annotated[str, Field(max_length=MAX_ARTICLE_BYTES)]


Model = TypeVar("Model", bound=Fields)


def check_fields(model: type[Model], values: object, where: str) -> Model:
    """Validate parsed values.

    Raises:
        MalformedArticle: Names every field that is wrong; never prints the values themselves.
    """
    if not isinstance(values, Mapping):
        raise MalformedArticle(f"{where}: expected fields, got {type(values).__name__}")
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise MalformedArticle(f"{where}: {_explain(error)}") from error


def _explain(error: ValidationError) -> str:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        f"field {'.'.join(map(str, detail['loc']))!r}: "
        + detail["msg"].removeprefix("Value error, ")
        for detail in details
    )


def read_record(values: object, where: str) -> Article:
    """One record that stands in no file; without an id, it gets one that its content decides.

    Raises:
        ArticleError: The message begins with `where`.
    """
    record = check_fields(Record, values, where)
    unnamed = record.model_copy(update={"id": None}).model_dump(mode="json")
    digest = hashlib.sha256(json.dumps(unnamed, sort_keys=True).encode()).hexdigest()
    return make_article(record, record.text, where=where, stem=digest[:DERIVED_ID_CHARS])


def make_article(
    fields: Fields, text: str, *, where: str, stem: str, title: str | None = None
) -> Article:
    """Join checked fields and text; `stem` and `title` stand in for an id and title not given.

    Raises:
        EmptyArticle: Nothing to read in the text.
        MalformedArticle: An id, or a character, that cannot be kept.
    """
    if is_blank(text):
        raise EmptyArticle(f"{where}: no text")
    article = Article(
        id=stem if fields.id is None else fields.id,
        text=text,
        title=fields.title or title or opening_words(text),
        outlet=fields.outlet,
        published=fields.published,
        url=fields.url,
    )
    _check_id(article.id, where)
    _check_characters(article, where)
    return article


def _check_id(name: str, where: str) -> None:
    """An id is shown to people and is one segment of a web address."""
    if not name.strip() or name in {".", ".."}:
        raise MalformedArticle(f"{where}: the id {name!r} names nothing")
    if len(name) > MAX_ID_CHARS:
        raise MalformedArticle(f"{where}: the id has {len(name)} characters, over {MAX_ID_CHARS}")
    if "/" in name or any(unicodedata.category(char) in _FORBIDDEN_CATEGORIES for char in name):
        raise MalformedArticle(f"{where}: the id {name!r} holds '/' or a control character")


def _check_characters(article: Article, where: str) -> None:
    """Refuse what UTF-8 cannot write (a lone surrogate), and NUL, in any field."""
    for field in ("text", "title", "outlet", "url"):
        value = getattr(article, field) or ""
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise MalformedArticle(
                f"{where}: field {field!r}: lone surrogate at character {error.start}"
            ) from error
        if "\0" in value:
            raise MalformedArticle(f"{where}: field {field!r}: NUL at {value.index(chr(0))}")
