"""The sentence of a refusal, and the text that it is made of.

Enters: a question as it was typed. Leaves: one plain sentence, and never an error.
"""

import re

from sentencex import get_sentence_boundaries

from rag.wording.clean import visible
from rag.wording.reading import MAX_CHARS, read_question

READ_CHARS = 2_000
"""More of a question is not read; a person does not type as much."""

NO_QUESTION = "The articles do not answer this question."

_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_MARKUP = str.maketrans(dict.fromkeys("<>[]{}|\\`*", " "))
_QUOTATION_MARKS = str.maketrans(dict.fromkeys('“”„«»"', "'"))


def looked_for(question: str, premise_is_there: bool) -> str:
    """One sentence, which ends in a full stop, on what the articles do not say.

    Args:
        question: Up to any length, of which `READ_CHARS` are read; only its last question is
            repeated.
        premise_is_there: Whether `premise_of(question)` stands in the articles. If not, a question
            for a time, place, reason or manner is answered with "do not say that …".
    """
    text = _last_question(_cleaned(question))
    found = read_question(text)
    if found is None:
        return (
            f"The articles do not answer “{_cut(text.translate(_QUOTATION_MARKS))}”."
            if any(map(str.isalnum, text))
            else NO_QUESTION
        )
    if found.premise and not found.is_open and not premise_is_there:
        return _stopped(f"The articles do not say that {found.premise}")
    return _stopped(f"The articles do not say {found.asked}")


def premise_of(question: str) -> str | None:
    """The statement that a question takes for granted, without its full stop.

    None where there is none ("Who won?"), where the statement itself is asked ("Did Ukraine retake
    Crimea?"), and where the grammar is not certain.
    """
    found = read_question(_last_question(_cleaned(question)))
    return found.premise if found else None


def _last_question(text: str) -> str:
    """The last sentence that ends in a question mark; the whole text if none does."""
    ends = [found["end_index"] for found in get_sentence_boundaries("en", text)]
    starts = [0, *ends]
    sentences = [text[a:b].strip() for a, b in zip(starts, [*ends, len(text)], strict=True)]
    return next((s for s in reversed(sentences) if s.rstrip("”\"' ").endswith("?")), text)


def _cleaned(text: str) -> str:
    """Plain text in one line: no tag, no markup, no escape sequence, no control character."""
    return " ".join(_TAG.sub(" ", visible(text[:READ_CHARS])).translate(_MARKUP).split())


def _stopped(text: str) -> str:
    return text if text.endswith(".") else text + "."


def _cut(text: str) -> str:
    if len(text) <= MAX_CHARS:
        return text
    head = text[: MAX_CHARS - 1]
    return (head.rpartition(" ")[0] or head) + "…"
