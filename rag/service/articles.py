"""`/v1/articles`: which articles there are, what they say, and changing them.

A change that was taken is made, as a whole or not at all, whether or not its client stays.
"""

from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import Response

from rag import errors
from rag.errors import ArticleNotFound, GenerationGone
from rag.schemas import (
    ArticleIn,
    ArticleList,
    ArticleOut,
    ArticlesIn,
    ArticleText,
    ChangeOut,
)
from rag.schemas.articles import ARTICLES_A_REQUEST
from rag.service.changing import EVENTS, Changing, streamed
from rag.service.description import Tag, event_stream
from rag.service.parts import Shared
from rag.service.statuses import OF_THE_INDEX, documented
from rag.service.uploads import FILES, FILES_A_FORM, FORM, JSON, reader_of

Id = Annotated[str, Path(description="an article's id")]

OF_A_CHANGE = (
    *OF_THE_INDEX,
    errors.IndexBusy,
    errors.IndexUnwritable,
    errors.DiskFull,
)
"""What a route that changes articles may reply."""

OF_NEW_ARTICLES = (
    errors.MalformedRequest,
    errors.EmptyArticle,
    errors.BinaryArticle,
    errors.UndecodableArticle,
    errors.MalformedArticle,
    errors.ArticleTooLarge,
    errors.DuplicateArticle,
    errors.TooManyArticles,
    errors.IndexMismatch,
    *OF_A_CHANGE,
)
"""What a route that adds articles may reply."""


def add_routes(app: FastAPI) -> None:
    """Add the routes of this module."""
    app.get("/v1/articles", responses=documented(*OF_THE_INDEX), tags=[Tag.ARTICLES])(list_articles)
    app.post(
        "/v1/articles",
        response_model=ChangeOut,
        responses=documented(*OF_NEW_ARTICLES) | event_stream(*EVENTS.items()),
        openapi_extra={"requestBody": {"required": True, "content": _bodies()}},
        tags=[Tag.ARTICLES],
    )(add_articles)
    app.get(
        "/v1/articles/{article_id}",
        responses=documented(*OF_THE_INDEX, ArticleNotFound, GenerationGone),
        tags=[Tag.ARTICLES],
    )(get_article)
    app.delete(
        "/v1/articles/{article_id}",
        response_model=ChangeOut,
        responses=documented(*OF_A_CHANGE, ArticleNotFound),
        tags=[Tag.ARTICLES],
    )(remove_article)


def list_articles(parts: Shared) -> ArticleList:
    """Every article of the current generation, without its text, by id."""
    generation = parts.pipeline.reader.current()
    return ArticleList(
        generation=generation.id,
        articles=[ArticleOut.of(article) for article in generation.articles],
    )


def get_article(
    article_id: Id,
    parts: Shared,
    generation: Annotated[
        str | None, Query(description="the `index_generation` of an answer's receipt")
    ] = None,
) -> ArticleText:
    """One article with its canonical text, into which citations point.

    With `generation`, as it was in that one: the current generation and the one before are kept.
    """
    reader = parts.pipeline.reader
    found = reader.current() if generation is None else reader.generation(generation)
    if found is None:
        raise GenerationGone(
            "the articles have changed more than once since then; that generation is not kept"
        )
    article = found.by_id.get(article_id)
    if article is None:
        raise ArticleNotFound(f"there is no article {article_id!r}")
    return ArticleText.of(article)


async def add_articles(request: Request, parts: Shared, stream: bool = False) -> Response:
    """Add articles, as JSON or as files; one whose id exists is replaced. All are added, or none.

    With `stream`, the reply is server-sent events: `progress`…, then `change` or `error`. What goes
    wrong before the first event is a problem document, in a stream as well.
    """
    read = reader_of(request.headers.get("content-type", ""), await request.body())
    changing = Changing(lambda tell: parts.collection.add(read, tell))
    return await streamed(changing) if stream else _reply(await changing.change())


async def remove_article(article_id: Id, parts: Shared) -> Response:
    """Remove an article; the last one may be removed."""
    return _reply(await Changing(lambda _: parts.collection.remove(article_id)).change())


def _reply(change: ChangeOut) -> Response:
    return Response(change.model_dump_json(), media_type=JSON)


def _bodies() -> dict[str, Any]:
    """The two kinds of body, for the description."""
    articles = {
        "type": "array",
        "items": ArticleIn.model_json_schema(),
        "minItems": 1,
        "maxItems": ARTICLES_A_REQUEST,
    }
    files = {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "minItems": 1,
        "maxItems": FILES_A_FORM,
        "description": ".txt, .md, .html, .json, .jsonl or .pdf, by the suffix of the file's name",
    }
    return {
        JSON: {"schema": _object(ArticlesIn.__doc__, articles=articles)},
        FORM: {"schema": _object("Files with articles.", **{FILES: files})},
    }


def _object(description: str | None, **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
