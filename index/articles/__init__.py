"""Files and uploads in, articles out: the one door through which text enters Dateline."""

from index.articles.folder import ReadProblem, ReadResult, read_articles
from index.articles.formats import SUFFIXES, read_article_bytes
from index.articles.model import Article
from index.articles.text import MAX_ARTICLE_BYTES

__all__ = [
    "MAX_ARTICLE_BYTES",
    "SUFFIXES",
    "Article",
    "ReadProblem",
    "ReadResult",
    "read_article_bytes",
    "read_articles",
]
