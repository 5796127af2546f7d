"""Every error that Dateline raises on purpose.

DatelineError                      index.errors
├── ArticleError                   a file or record that cannot become an article
│   ├── EmptyArticle, BinaryArticle, UndecodableArticle
│   ├── ArticleTooLarge, MalformedArticle, DuplicateArticle
├── NoArticles                     a path without an article
├── IndexMissing, IndexCorrupt, IndexBusy, IndexMismatch, IndexUnwritable
├── DiskFull
├── ModelError                     a model that cannot be found, fetched or trusted
│   ├── UnknownModel, ModelMissing, ModelHashMismatch, ModelUnreachable
│                                  here
├── RequestError                   what was asked cannot be taken
│   ├── EmptyQuestion, QuestionTooLong, MalformedRequest, BodyTooLarge
│   └── ArticleNotFound, RouteNotFound
├── EngineError                    the language model's process
│   ├── EngineStartFailed, EngineDied, EngineCancelled
│   └── PromptTooLong
├── Busy                           more questions than may wait
├── ShuttingDown                   the service is being stopped
├── BrokenPointer                  a citation that is not the article's text
├── SettingsError
├── PortInUse
│                                  rag.suite_errors
├── SuiteError                     an evaluation suite, or a run of one, that is broken
│   └── SuiteMissing, RunMismatch, GateFailed
"""

from index.errors import (
    ArticleError,
    ArticleTooLarge,
    BinaryArticle,
    DatelineError,
    DiskFull,
    DuplicateArticle,
    EmptyArticle,
    IndexBusy,
    IndexCorrupt,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    MalformedArticle,
    ModelError,
    ModelHashMismatch,
    ModelMissing,
    ModelUnreachable,
    NoArticles,
    UndecodableArticle,
    UnknownModel,
)
from rag.suite_errors import GateFailed, RunMismatch, SuiteError, SuiteMissing


class RequestError(DatelineError):
    """A request that cannot be taken as it is."""

    code = "bad_request"


class EmptyQuestion(RequestError):
    """Nothing but white space, or no letter and no digit."""

    code = "empty_question"
    hint = "Ask something in words."


class QuestionTooLong(RequestError):
    """A question, or a turn of the history, over its limit."""

    code = "question_too_long"
    hint = "Shorten it."


class MalformedRequest(RequestError):
    """JSON that is broken, or fields that the contract does not know."""

    code = "malformed_request"
    hint = "See /openapi.json for the fields of a request."


class BodyTooLarge(RequestError):
    """A request body over its limit; it is not read to its end."""

    code = "body_too_large"
    hint = "Send less; the question's limit is in the settings."


class ArticleNotFound(RequestError):
    """An id that the index does not hold."""

    code = "article_not_found"
    hint = "GET /v1/articles lists the ids."


class RouteNotFound(RequestError):
    """A path or method that the service does not have."""

    code = "not_found"
    hint = "See /openapi.json for the paths."


class EngineError(DatelineError):
    """The language model's process."""

    code = "engine_error"


class EngineStartFailed(EngineError):
    """The model's process did not become ready."""

    code = "engine_start_failed"
    hint = "Check the model with `dateline models verify`, and that there is enough memory."


class EngineDied(EngineError):
    """The model's process ended, or hung, in the middle of a request; a new one is started."""

    code = "engine_died"
    retryable = True
    hint = "Ask again; the model is being restarted."


class EngineCancelled(EngineError):
    """Whoever asked went away."""

    code = "cancelled"
    retryable = True
    hint = "Ask again."


class PromptTooLong(EngineError):
    """More tokens than the model's context holds."""

    code = "prompt_too_long"
    hint = "Ask a shorter question, or raise DATELINE_CONTEXT_TOKENS."


class Busy(DatelineError):
    """As many questions wait as may.

    Attributes:
        retry_after_s: Whole seconds after which another one has a good chance, 1 or more.
    """

    code = "busy"
    retryable = True
    hint = "Ask again in a while; DATELINE_QUESTIONS_WAITING says how many may wait."

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ShuttingDown(DatelineError):
    """The service is being stopped: it takes no question, and has not finished this one."""

    code = "shutting_down"
    retryable = True
    hint = "Ask again when the service has been started again."


class BrokenPointer(DatelineError):
    """A citation or answer that breaks the promise: it is a bug, never shown as an answer."""

    code = "broken_pointer"
    hint = "Report it, with the question and the receipt."


class SettingsError(DatelineError):
    """A setting that does not exist or does not fit."""

    code = "bad_setting"
    hint = "Mend it where it is given; the README lists the settings."


class PortInUse(DatelineError):
    """Another program listens there."""

    code = "port_in_use"
    hint = "Stop the other program, or choose another --port."


__all__ = [
    "ArticleError",
    "ArticleNotFound",
    "ArticleTooLarge",
    "BinaryArticle",
    "BodyTooLarge",
    "BrokenPointer",
    "Busy",
    "DatelineError",
    "DiskFull",
    "DuplicateArticle",
    "EmptyArticle",
    "EmptyQuestion",
    "EngineCancelled",
    "EngineDied",
    "EngineError",
    "EngineStartFailed",
    "GateFailed",
    "IndexBusy",
    "IndexCorrupt",
    "IndexMismatch",
    "IndexMissing",
    "IndexUnwritable",
    "MalformedArticle",
    "MalformedRequest",
    "ModelError",
    "ModelHashMismatch",
    "ModelMissing",
    "ModelUnreachable",
    "NoArticles",
    "PortInUse",
    "PromptTooLong",
    "QuestionTooLong",
    "RequestError",
    "RouteNotFound",
    "RunMismatch",
    "SettingsError",
    "ShuttingDown",
    "SuiteError",
    "SuiteMissing",
    "UndecodableArticle",
    "UnknownModel",
]
