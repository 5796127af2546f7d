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
├── RequestError                   what was asked cannot be taken
│   ├── EmptyQuestion, QuestionTooLong, MalformedRequest, BodyTooLarge, UnsupportedMediaType
│   ├── UnsupportedParameter, ModelNotFound
│   └── ArticleNotFound, RouteNotFound, MethodNotAllowed
├── AccessError                    a request that is turned away before that
│   ├── UnknownHost, ForeignOrigin, MalformedHttp, HeadTooLarge
│   ├── ClientTooSlow, TooManyConnections
│   └── KeyMissing, KeyUnknown, ScopeMissing
├── KeysError                      the API keys of a service
│   ├── KeysRequired, KeysCorrupt, KeyExists, NoSuchKey, BadKeyName
├── EngineError                    the language model's process
│   ├── EngineStartFailed, EngineDied, EngineCancelled
│   └── PromptTooLong
├── SuiteError                     an evaluation suite, or a run of one, that is broken
│   ├── SuiteMissing, RunMismatch, GateFailed
├── Busy                           more questions than may wait
└── ShuttingDown, BrokenPointer, SettingsError, PortInUse
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
from rag.errors.access import (
    AccessError,
    BadKeyName,
    ClientTooSlow,
    ForeignOrigin,
    HeadTooLarge,
    KeyExists,
    KeyMissing,
    KeysCorrupt,
    KeysError,
    KeysRequired,
    KeyUnknown,
    MalformedHttp,
    NoSuchKey,
    ScopeMissing,
    TooManyConnections,
    UnknownHost,
)
from rag.errors.engine import (
    EngineCancelled,
    EngineDied,
    EngineError,
    EngineStartFailed,
    PromptTooLong,
)
from rag.errors.requests import (
    ArticleNotFound,
    BodyTooLarge,
    EmptyQuestion,
    MalformedRequest,
    MethodNotAllowed,
    ModelNotFound,
    QuestionTooLong,
    RequestError,
    RouteNotFound,
    UnsupportedMediaType,
    UnsupportedParameter,
)
from rag.errors.suites import GateFailed, RunMismatch, SuiteError, SuiteMissing


class Busy(DatelineError):
    """As many questions wait as may.

    Attributes:
        retry_after_s: Whole seconds after which another one has a good chance, 1 or more.
    """

    code = "busy"
    retryable = True
    hint = "Ask again in a while; DATELINE_QUESTIONS_WAITING says how many may wait."
    public = None

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
    public = None


class SettingsError(DatelineError):
    """A setting that does not exist or does not fit."""

    code = "bad_setting"
    hint = "Mend it where it is given; the README lists the settings."


class PortInUse(DatelineError):
    """Another program listens there."""

    code = "port_in_use"
    hint = "Stop the other program, or choose another --port."


__all__ = [
    "AccessError",
    "ArticleError",
    "ArticleNotFound",
    "ArticleTooLarge",
    "BadKeyName",
    "BinaryArticle",
    "BodyTooLarge",
    "BrokenPointer",
    "Busy",
    "ClientTooSlow",
    "DatelineError",
    "DiskFull",
    "DuplicateArticle",
    "EmptyArticle",
    "EmptyQuestion",
    "EngineCancelled",
    "EngineDied",
    "EngineError",
    "EngineStartFailed",
    "ForeignOrigin",
    "GateFailed",
    "GenerationGone",
    "HeadTooLarge",
    "IndexBusy",
    "IndexCorrupt",
    "IndexMismatch",
    "IndexMissing",
    "IndexUnwritable",
    "KeyExists",
    "KeyMissing",
    "KeyUnknown",
    "KeysCorrupt",
    "KeysError",
    "KeysRequired",
    "MalformedArticle",
    "MalformedHttp",
    "MalformedRequest",
    "MethodNotAllowed",
    "ModelError",
    "ModelHashMismatch",
    "ModelMissing",
    "ModelNotFound",
    "ModelUnreachable",
    "NoArticles",
    "NoSuchKey",
    "PortInUse",
    "PromptTooLong",
    "QuestionTooLong",
    "RequestError",
    "RouteNotFound",
    "RunMismatch",
    "ScopeMissing",
    "SettingsError",
    "ShuttingDown",
    "SuiteError",
    "SuiteMissing",
    "TooManyArticles",
    "TooManyConnections",
    "UndecodableArticle",
    "UnknownHost",
    "UnknownModel",
    "UnsupportedMediaType",
    "UnsupportedParameter",
]
