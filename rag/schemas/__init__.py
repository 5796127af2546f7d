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
from rag.schemas.chat import UNSUPPORTED, ChatIn
from rag.schemas.completion import (
    MODEL,
    ChunkChoiceOut,
    ChunkOut,
    CompletionOut,
    DeltaOut,
    Link,
    ModelList,
    ModelOut,
    UsageOut,
    annotations_of,
    fingerprint_of,
)
from rag.schemas.events import EvidenceEvent, EvidenceOut, SentenceEvent
from rag.schemas.wire import ChatProblem, ErrorOut, FailureOut, Health, Problem, Wire

__all__ = [
    "MODEL",
    "UNSUPPORTED",
    "AgreementOut",
    "AnswerOut",
    "ArticleList",
    "ArticleOut",
    "ArticleText",
    "AskIn",
    "ChatIn",
    "ChatProblem",
    "ChunkChoiceOut",
    "ChunkOut",
    "CitationOut",
    "CompletionOut",
    "ConflictOut",
    "DeltaOut",
    "ErrorOut",
    "EvidenceEvent",
    "EvidenceOut",
    "FailureOut",
    "FiltersIn",
    "Health",
    "Link",
    "ModelList",
    "ModelOut",
    "Problem",
    "ReceiptOut",
    "RefusalOut",
    "SentenceEvent",
    "SentenceOut",
    "SideOut",
    "TimingsOut",
    "TurnIn",
    "UsageOut",
    "Wire",
    "annotations_of",
    "checked_question",
    "fingerprint_of",
]
