"""The words of the online half. Frozen, checked where it matters, free of any library."""

from rag.types.answer import (
    Agreement,
    Answer,
    AnswerSentence,
    Citation,
    Conflict,
    ConflictSide,
    Receipt,
    Refusal,
    RefusalCode,
    Status,
    Timings,
    Usage,
)
from rag.types.question import Evidence, Filters, Message, Question, Role, texts_of

__all__ = [
    "Agreement",
    "Answer",
    "AnswerSentence",
    "Citation",
    "Conflict",
    "ConflictSide",
    "Evidence",
    "Filters",
    "Message",
    "Question",
    "Receipt",
    "Refusal",
    "RefusalCode",
    "Role",
    "Status",
    "Timings",
    "Usage",
    "texts_of",
]
