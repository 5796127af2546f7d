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
from rag.schemas.articles import ArticleList, ArticleOut, ArticleText
from rag.schemas.ask import AskIn, FiltersIn, TurnIn, checked_question
from rag.schemas.events import EvidenceEvent, EvidenceOut, SentenceEvent
from rag.schemas.examples import ExampleList, ExampleOut
from rag.schemas.wire import Health, Problem, Wire

__all__ = [
    "AgreementOut",
    "AnswerOut",
    "ArticleList",
    "ArticleOut",
    "ArticleText",
    "AskIn",
    "CitationOut",
    "ConflictOut",
    "EvidenceEvent",
    "EvidenceOut",
    "ExampleList",
    "ExampleOut",
    "FiltersIn",
    "Health",
    "Problem",
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
