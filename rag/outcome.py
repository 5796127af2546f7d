"""How a question ended, in numbers and codes: what the log and the metrics say of it."""

from rag.errors import DatelineError
from rag.types import Answer, RefusalCode

INTERNAL_ERROR = "internal_error"
"""The code of whatever nobody foresaw."""

UNREAD = frozenset({RefusalCode.UNSAFE, RefusalCode.AMBIGUOUS})
"""Refused before anything was searched for."""

STAGES = ("waited", "retrieve", "judge", "write", "first_sentence", "total")


def code_of(error: Exception) -> str:
    """The stable code of an error."""
    return error.code if isinstance(error, DatelineError) else INTERNAL_ERROR


def stages_ms(answer: Answer) -> dict[str, int]:
    """How many milliseconds each stage lasted, in the order of `STAGES`, without those it had not.

    The first four follow one another; `first_sentence` and `total` begin with the question.
    """
    timings = answer.timings
    unread = answer.refusal is not None and answer.refusal.code in UNREAD
    ends = {
        "waited": timings.waited,
        "retrieve": None if unread else timings.retrieve,
        "judge": timings.judged,
        "write": timings.written,
    }
    lasted, began = dict[str, int](), 0
    for stage, end in ends.items():
        if end is not None:
            lasted[stage], began = end - began, end
    if timings.first_sentence is not None:
        lasted["first_sentence"] = timings.first_sentence
    return lasted | {"total": timings.total}
