"""The root of the error tree, and the branch that belongs to the offline half.

The whole tree, with the online half's branch, is drawn in `rag.errors`.
"""

from typing import ClassVar


class DatelineError(Exception):
    """Anything Dateline can explain to a person.

    The message names the thing that is wrong; `hint` names the remedy.
    `code` is stable: programs may compare it, and it never changes its meaning.
    `retryable` says whether the same call may succeed later without a change.
    `public` is what somebody on another machine is told instead of the message, which may name
    files of this one; None if the message speaks only of what they have sent.
    """

    code: ClassVar[str] = "dateline_error"
    retryable: ClassVar[bool] = False
    hint: ClassVar[str] = "Read the message; it names what is wrong."
    public: ClassVar[str | None] = "something is wrong on the machine of the service"


class ArticleError(DatelineError):
    """A file or record that cannot become an article."""

    code = "bad_article"
    hint = "Mend what is named, or leave it out."
    public = None


class EmptyArticle(ArticleError):
    """No text, or white space only."""

    code = "empty_article"


class BinaryArticle(ArticleError):
    """Bytes that are not text (NUL bytes), under a text suffix."""

    code = "binary_article"


class UndecodableArticle(ArticleError):
    """Bytes that are not valid UTF-8."""

    code = "broken_utf8"
    hint = "Convert the file to UTF-8, or leave it out."


class ArticleTooLarge(ArticleError):
    """A file over the size limit."""

    code = "article_too_large"
    hint = "Split it into one file an article, or leave it out."


class MalformedArticle(ArticleError):
    """A file whose format is broken: bad JSON, front matter, PDF, date or field."""

    code = "malformed_article"


class DuplicateArticle(ArticleError):
    """Two articles with one id."""

    code = "duplicate_article"
    hint = "Rename one of the files, or give its record another id."


class TooManyArticles(DatelineError):
    """More articles than the collection may hold."""

    code = "too_many_articles"
    hint = "Remove some articles first, or raise DATELINE_ARTICLES_AT_MOST."
    public = None


class GenerationGone(DatelineError):
    """A generation that is kept neither in memory nor on disk."""

    code = "generation_gone"
    hint = "Leave `generation` out to see the article as it is now."
    public = None


class NoArticles(DatelineError):
    """A path without a single readable article."""

    code = "no_articles"
    hint = "Give a folder with .txt, .md, .html, .json, .jsonl or .pdf files."
    public = "there is no article to index"


class IndexMissing(DatelineError):
    """No generation has been published yet."""

    code = "no_index"
    hint = "Run `dateline index` first."
    public = "there is no index yet"


class IndexCorrupt(DatelineError):
    """A generation whose files do not match its manifest."""

    code = "index_corrupt"
    hint = "Run `dateline index` again; it builds a new generation beside the broken one."
    public = "the index is broken"


class IndexBusy(DatelineError):
    """Others are changing the index: another process, or as many before this one as may wait."""

    code = "index_busy"
    retryable = True
    hint = "Wait until the other change, or the other `dateline index`, has ended."
    public = "others are changing the index"


class IndexMismatch(DatelineError):
    """A generation made by another embedder than the one in use."""

    code = "index_mismatch"
    hint = "Run `dateline index --rebuild` with the embedder that you want to use."
    public = None


class IndexUnwritable(DatelineError):
    """A folder in which no index can be written."""

    code = "index_unwritable"
    hint = "Give DATELINE_DATA_DIR a folder that you may write to."
    public = "the index cannot be written"


class DiskFull(DatelineError):
    """No room for what is to be written."""

    code = "disk_full"
    retryable = True
    hint = "Free some space, or choose another folder (DATELINE_DATA_DIR, DATELINE_CACHE_DIR)."
    public = "the disk of the service is full"


class ModelError(DatelineError):
    """A model that cannot be found, fetched or trusted."""

    code = "model_error"
    public = "a model of the service cannot be used"


class UnknownModel(ModelError):
    """A name that the catalogue does not hold."""

    code = "unknown_model"
    hint = "`dateline models list` prints the names; a path to a .gguf file works too."


class ModelMissing(ModelError):
    """A catalogued model that is not in the cache."""

    code = "model_missing"
    hint = "Run `dateline models pull NAME`."


class ModelHashMismatch(ModelError):
    """Bytes that are not the catalogued model's."""

    code = "model_hash_mismatch"
    hint = "Delete the file if one is named, then run `dateline models pull NAME` again."


class ModelUnreachable(ModelError):
    """No source answered."""

    code = "model_unreachable"
    retryable = True
    hint = "Check the network, or pass --source PATH with a file or folder that you have."


__all__ = [
    "ArticleError",
    "ArticleTooLarge",
    "BinaryArticle",
    "DatelineError",
    "DiskFull",
    "DuplicateArticle",
    "EmptyArticle",
    "GenerationGone",
    "IndexBusy",
    "IndexCorrupt",
    "IndexMismatch",
    "IndexMissing",
    "IndexUnwritable",
    "MalformedArticle",
    "ModelError",
    "ModelHashMismatch",
    "ModelMissing",
    "ModelUnreachable",
    "NoArticles",
    "TooManyArticles",
    "UndecodableArticle",
    "UnknownModel",
]
