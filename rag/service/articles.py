"""`/v1/articles`: which articles there are, and what they say."""

from fastapi import FastAPI

from rag.errors import ArticleNotFound
from rag.schemas import ArticleList, ArticleOut, ArticleText
from rag.service.description import Tag
from rag.service.parts import Shared
from rag.service.problems import OF_THE_INDEX, documented


def add_routes(app: FastAPI) -> None:
    """Add the routes of this module."""
    app.get("/v1/articles", responses=documented(*OF_THE_INDEX), tags=[Tag.ARTICLES])(list_articles)
    app.get(
        "/v1/articles/{article_id}",
        responses=documented(*OF_THE_INDEX, ArticleNotFound),
        tags=[Tag.ARTICLES],
    )(get_article)


def list_articles(parts: Shared) -> ArticleList:
    """Every article of the current generation, without its text, by id."""
    generation = parts.pipeline.reader.current()
    return ArticleList(
        generation=generation.id,
        articles=[ArticleOut.of(article) for article in generation.articles],
    )


def get_article(article_id: str, parts: Shared) -> ArticleText:
    """One article with its canonical text, into which citations point."""
    article = parts.pipeline.reader.current().by_id.get(article_id)
    if article is None:
        raise ArticleNotFound(f"there is no article {article_id!r}")
    return ArticleText.of(article)
