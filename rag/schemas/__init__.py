"""Wire models: what enters and leaves over HTTP, and the JSON that the terminal prints."""

from rag.schemas.answer import (
    AgreementOut,
    AnswerOut,
    CitationOut,
    ConflictOut,
    ReceiptOut,
    RefusalOut,
    SentenceOut,
    SideOut,
    TimingsOut,
)
from rag.schemas.articles import (
    ArticleIn,
    ArticleList,
    ArticleOut,
    ArticlesIn,
    ArticleText,
    ChangeOut,
    ProgressEvent,
)
from rag.schemas.ask import AskIn, FiltersIn, TurnIn, checked_question
from rag.schemas.events import EvidenceEvent, EvidenceOut, SentenceEvent
from rag.schemas.wire import Health, Problem, Wire

__all__ = [
    "AgreementOut",
    "AnswerOut",
    "ArticleIn",
    "ArticleList",
    "ArticleOut",
    "ArticleText",
    "ArticlesIn",
    "AskIn",
    "ChangeOut",
    "CitationOut",
    "ConflictOut",
    "EvidenceEvent",
    "EvidenceOut",
    "FiltersIn",
    "Health",
    "Problem",
    "ProgressEvent",
    "ReceiptOut",
    "RefusalOut",
    "SentenceEvent",
    "SentenceOut",
    "SideOut",
    "TimingsOut",
    "TurnIn",
    "Wire",
    "checked_question",
]
