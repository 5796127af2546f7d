"""Articles on the wire."""

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, FailFast, Field, model_validator

from index.articles import (
    MAX_ARTICLE_BYTES,
    MAX_FIELD_CHARS,
    MAX_ID_CHARS,
    MAX_URL_CHARS,
    Article,
)
from index.build import Change
from rag.schemas.wire import Wire

ARTICLES_A_REQUEST = 100
MAX_DAY_CHARS = 40
FIELDS_TOO_MANY = 20  # unknown ones; up to these, the first is named

Id = Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARS)]
Words = Annotated[str, Field(max_length=MAX_FIELD_CHARS)]


class ArticleOut(Wire):
    """An article without its text."""

    id: str
    title: str
    outlet: str | None
    published: date | None
    url: str | None
    chars: int

    @classmethod
    def of(cls, article: Article) -> "ArticleOut":
        """From the index's own type."""
        return cls(
            id=article.id,
            title=article.title,
            outlet=article.outlet,
            published=article.published,
            url=article.url,
            chars=len(article.text),
        )


class ArticleText(ArticleOut):
    """An article with its canonical text."""

    text: str

    @classmethod
    def of(cls, article: Article) -> "ArticleText":
        """From the index's own type."""
        return cls(**ArticleOut.of(article).model_dump(), text=article.text)


class ArticleList(Wire):
    """Every article of the current generation, by id."""

    generation: str
    articles: list[ArticleOut]


class Given(Wire):
    """What a stranger sends: a flood of unknown fields is one error, not one each."""

    @model_validator(mode="before")
    @classmethod
    def _few_fields(cls, value: Any) -> Any:  # noqa: ANN401  # parsed JSON
        known = len(cls.model_fields)
        if isinstance(value, dict) and len(value) > known + FIELDS_TOO_MANY:
            raise ValueError(f"{len(value)} fields; the contract knows {known}")
        return value


class ArticleIn(Given):
    """An article to add. Without an id it gets one that its content decides."""

    id: Id | None = None
    title: Words | None = Field(default=None, description="the opening words if none is given")
    outlet: Words | None = None
    published: Annotated[str, Field(max_length=MAX_DAY_CHARS)] | None = Field(
        default=None, description="an ISO date"
    )
    url: Annotated[str, Field(max_length=MAX_URL_CHARS)] | None = Field(
        default=None, description="begins with http:// or https://"
    )
    text: Annotated[str, Field(min_length=1, max_length=MAX_ARTICLE_BYTES)]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "ferry",
                    "title": "Fire on the ferry",
                    "outlet": "Halven Post",
                    "published": "2025-03-04",
                    "url": "https://example.org/ferry",
                    "text": "The ferry Aurora left Port Halven on Tuesday with 212 passengers.",
                }
            ]
        }
    )


class ArticlesIn(Given):
    """Articles to add, each in the place of the one that has its id."""

    articles: Annotated[
        list[ArticleIn], FailFast(), Field(min_length=1, max_length=ARTICLES_A_REQUEST)
    ]


class ChangeOut(Wire):
    """What a request changed: ids, each list sorted.

    Attributes:
        generation: Of the index that serves now.
        unchanged: Those of the request that were there already, just the same.
    """

    generation: str
    added: list[str]
    updated: list[str]
    removed: list[str]
    unchanged: list[str]

    @classmethod
    def of(cls, change: Change) -> "ChangeOut":
        """From the index's own type."""
        return cls(
            generation=change.generation,
            added=list(change.added),
            updated=list(change.updated),
            removed=list(change.removed),
            unchanged=list(change.unchanged),
        )


class ProgressEvent(Wire):
    """Server-sent event `progress`: of the texts that must be embedded, so many are."""

    done: int
    total: int
