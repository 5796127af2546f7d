"""Every error that Dateline raises on purpose.

DatelineError                      index.errors
├── ArticleError                   a file or record that cannot become an article
│   ├── EmptyArticle, BinaryArticle, UndecodableArticle
│   ├── ArticleTooLarge, MalformedArticle, DuplicateArticle
├── NoArticles                     a path without an article
├── TooManyArticles, GenerationGone
├── IndexMissing, IndexCorrupt, IndexBusy, IndexMismatch, IndexUnwritable, DiskFull
├── ModelError                     a model that cannot be found, fetched or trusted
│   ├── UnknownModel, ModelMissing, ModelHashMismatch, ModelUnreachable
├── RequestError                   here: what was asked cannot be taken
│   ├── EmptyQuestion, QuestionTooLong, MalformedRequest, BodyTooLarge, UnsupportedMediaType
│   └── ArticleNotFound, RouteNotFound
├── EngineError                    the language model's process
│   ├── EngineStartFailed, EngineDied, EngineCancelled
│   └── PromptTooLong
├── SuiteError                     an evaluation suite, or a run of one, that is broken
│   ├── SuiteMissing, RunMismatch, GateFailed
├── Busy                           more questions than may wait
└── BrokenPointer, SettingsError, PortInUse
"""

from index.errors import (
    ArticleError,
    ArticleTooLarge,
    BinaryArticle,
    DatelineError,
    DiskFull,
    DuplicateArticle,
    EmptyArticle,
    GenerationGone,
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
    TooManyArticles,
    UndecodableArticle,
    UnknownModel,
)


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


class UnsupportedMediaType(RequestError):
    """A body, or an uploaded file, of a kind that is not read."""

    code = "unsupported_media_type"
    hint = "Send application/json, or multipart/form-data with files of the kinds that are named."


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


class BrokenPointer(DatelineError):
    """A citation or answer that breaks the promise: it is a bug, never shown as an answer."""

    code = "broken_pointer"
    hint = "Report it, with the question and the receipt."


class SettingsError(DatelineError):
    """A setting that does not exist or does not fit."""

    code = "bad_setting"
    hint = "The README lists the settings."


class PortInUse(DatelineError):
    """Another program listens there."""

    code = "port_in_use"
    hint = "Stop the other program, or choose another --port."


class SuiteError(DatelineError):
    """An evaluation suite that is missing or broken: never evaluated in part."""

    code = "bad_suite"
    hint = "Mend the line that is named."


class SuiteMissing(SuiteError):
    """The data of a suite are not where they were looked for."""

    code = "suite_missing"
    hint = "Give their folder with --data, or leave absent suites out with --skip-missing."


class RunMismatch(SuiteError):
    """A folder of results that holds another run, or cannot hold one."""

    code = "run_mismatch"
    hint = "Choose another --out, or remove that folder."


class GateFailed(SuiteError):
    """A figure that is worse than the project allows."""

    code = "gate_failed"
    hint = "eval/thresholds.toml has the thresholds; they are not to be loosened to pass."


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
    "GenerationGone",
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
    "SuiteError",
    "SuiteMissing",
    "TooManyArticles",
    "UndecodableArticle",
    "UnknownModel",
    "UnsupportedMediaType",
]
