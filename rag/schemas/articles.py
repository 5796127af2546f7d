"""Articles on the wire."""

from datetime import date

from index.articles import Article
from rag.schemas.wire import Wire


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
