"""Files and uploads in, articles out: the one door through which text enters Dateline."""

from index.articles.apart import File, ReadingLimits, read_apart
from index.articles.folder import ReadProblem, ReadResult, read_articles
from index.articles.formats import SUFFIXES, read_article_bytes
from index.articles.model import Article
from index.articles.record import MAX_FIELD_CHARS, MAX_ID_CHARS, MAX_URL_CHARS, read_record
from index.articles.text import MAX_ARTICLE_BYTES

__all__ = [
    "MAX_ARTICLE_BYTES",
    "MAX_FIELD_CHARS",
    "MAX_ID_CHARS",
    "MAX_URL_CHARS",
    "SUFFIXES",
    "Article",
    "File",
    "ReadProblem",
    "ReadResult",
    "ReadingLimits",
    "read_apart",
    "read_article_bytes",
    "read_articles",
    "read_record",
]
