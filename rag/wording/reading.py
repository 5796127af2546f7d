"""A question → what it asks for and what it takes for granted, in the order of a statement.

Enters: one question in plain text, in one line. Leaves: a reading, or None where no rule fits with
certainty. The rules are English; a question in another language fits none of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.wording.clauses import joined, made_to, phrase_before_be, plain_auxiliary, statement
from rag.wording.english import (
    BE,
    DO,
    FINITE,
    HAVE,
    MODALS,
    PREPOSITIONS,
    READER_AND_WRITER,
    Form,
    Word,
    words_of,
)
from rag.wording.leads import (
    ASKING,
    amount,
    asking_at,
    asks_circumstance,
    asks_degree,
    auxiliary_at,
    counts,
    is_noun_lead,
    subject_is_asked,
    tells_apart,
)
from rag.wording.phrases import Gap, Words, base_at, is_base

MAX_CHARS = 160
"""The longest question that is repeated, in characters; a longer one is cut."""

CAUSES = frozenset({"caused", "led", "prompted", "forced"})
HALF_SAID = frozenset({"located", "situated", "based", "born", "feel", "feeling", "go"})
"""Words that say little without the place or the manner that is asked for."""

ANYONE = frozenset({"i", "you", "we", "one", "people"})

_END = re.compile(r"[\s?!.…¿¡]*$")
_INNER_END = re.compile(
    r"[?!¿¡]|[.…:;]\W*\s\W*[A-Z]|…\s|(?<!\b[A-Z]\.[A-Z])\.\W*\s"
    r"|\w\.[a-zA-Z]{2}|\w://|\bwww\."
)
"""The end of a sentence inside a question, or an address: what follows is no part of it."""

_OPENING = re.compile(r"^(?:(?:and|but|so|then|also|well|ok|okay|please)\b,?\s+)+", re.IGNORECASE)
_CONTRACTED = re.compile(r"^(who|what|where|when|why|how)['’]s\b", re.IGNORECASE)
_FACT = re.compile(r"\bthe fact that\s+(\S.*)$", re.IGNORECASE)
_HOW_TO = re.compile(r"^how\s+(?:do|does|can|could|should|would|might)\s+(\w+)\s+(\S.*)$", re.I)
_JOINED_QUESTION = re.compile(
    r"(?:,|\b(?:and|or|but)\b)\s+(?:\w+\s+)?(?:who|whom|what|which|when|where|why|how)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question asks for, in the order of a statement.

    Attributes:
        asked: What "do not say" is followed by: "when Ukraine retook Crimea".
        premise: What the question takes for granted, if anything: "Ukraine retook Crimea".
        is_open: Whether it asks for a person, a thing or an amount: then the premise is a part of
            what is looked for, and is not refused by itself.
    """

    asked: str
    premise: str | None = None
    is_open: bool = True


def read_question(text: str) -> Reading | None:
    """The first reading that fits, and None if the grammar is not certain."""
    body = _END.sub("", _CONTRACTED.sub(r"\1 is", _OPENING.sub("", text)))
    words = words_of(body)
    if len(body) > MAX_CHARS or len(words) < 2 or _INNER_END.search(body):
        return None
    if _JOINED_QUESTION.search(body) or (
        _CONTRACTED.search(text) and any(map(_is_done, words[2:3]))
    ):
        return None
    how_to = _read_how_to(body)
    if how_to or _speaks(words):
        return how_to
    for read in READERS:
        if (found := read(body, words)) is not None:
            return found
    return None


def _read_how_to(body: str) -> Reading | None:
    found = _HOW_TO.match(body)
    if not found or found.group(1).lower() not in ANYONE:
        return None
    after = words_of(found.group(2))
    if Form.BASE not in after[0].forms or _speaks(after):
        return None
    return Reading(f"how to {found.group(2)}")


def _speaks(words: Words) -> bool:
    """Whether the asker or the asked is named; "the US" and "World War I" are names."""
    return any(
        w.key in READER_AND_WRITER
        and w.text[:2] != "US"
        and not (w.key == "i" and i and words[i - 1].is_name)
        for i, w in enumerate(words)
    )


def _is_done(word: Word) -> bool:
    return Form.PARTICIPLE in word.forms


def _read_whether(_body: str, words: Words) -> Reading | None:
    if not plain_auxiliary(words[0].key):
        return None
    found = statement(words[0], words[1:], Gap.NOTHING)
    return Reading(f"whether {found}") if found else None


def _read_fact(body: str, words: Words) -> Reading | None:
    """The fact in "What explains the fact that …", which is stated outright."""
    found = _FACT.search(body)
    if not found or words[0].key not in ASKING or plain_auxiliary(words[1].key):
        return None
    return Reading(_lowered(body), found.group(1), is_open=False)


def _read_made(body: str, words: Words) -> Reading | None:
    """What was made to happen in "What made Zelensky give up Sumy"."""
    if words[0].key != "what" or words[1].key not in CAUSES | {"made"}:
        return None
    return Reading(_lowered(body), made_to(words[2:], words[1].key in CAUSES), is_open=False)


def _read_circumstance(_body: str, words: Words) -> Reading | None:
    """Questions for a time, a place, a reason or a manner: nothing is missing from the rest."""
    at = auxiliary_at(words)
    if at is None or not asks_circumstance(words[:at]):
        return None
    lead, auxiliary, rest = _lowered(joined(words[:at])), words[at], words[at + 1 :]
    gap = Gap.PLACE if words[0].key in {"where", "when"} else Gap.NOTHING
    found = statement(auxiliary, rest, gap)
    if found:
        is_cut = words[0].key == "where" and rest[-1].key in PREPOSITIONS
        is_cut |= gap is Gap.PLACE and auxiliary.key in BE and not any(_is_done(w) for w in rest)
        is_whole = not is_cut and not any(w.key in HALF_SAID for w in rest)
        return Reading(f"{lead} {found}", found if is_whole else None, is_open=False)
    found = phrase_before_be(auxiliary, rest) if words[0].key != "why" else None
    return Reading(f"{lead} {found}") if found else None


def _read_open(body: str, words: Words) -> Reading | None:
    """Questions for a person, a thing or an amount."""
    start = asking_at(words)
    at = auxiliary_at(words)
    if start is None:
        return None
    if at is None:
        return _read_subject(body, words)
    lead, auxiliary, rest = words[:at], words[at], words[at + 1 :]
    if not is_noun_lead(lead, start):
        is_safe = auxiliary.key not in DO and rest and not rest[0].opens_phrase
        return _read_subject(body, words) if is_safe else None
    if subject_is_asked(words, at):
        return Reading(_lowered(body), amount(words[1:]))
    has_two_subjects = auxiliary.key in MODALS and is_base(rest[0]) if rest else True
    return None if has_two_subjects else _read_turned(body, words, at)


def _read_turned(body: str, words: Words, at: int) -> Reading | None:
    """The subject stands after the auxiliary: "what did Zelensky say"."""
    lead, auxiliary, rest = words[:at], words[at], words[at + 1 :]
    is_whole = words[0].key in PREPOSITIONS or asks_degree(lead)
    if auxiliary.key in HAVE and len(lead) == 1 and rest and rest[0].key in {"a", "an", "no"}:
        return None  # "what has a crew": the crew may have something, or be had
    found = statement(auxiliary, rest, Gap.PLACE if is_whole else Gap.COMPLEMENT)
    if found:
        counted = joined(lead[2:]) if counts(lead) and auxiliary.key in DO else ""
        whole = base_at(rest) == len(rest) - 1
        return Reading(
            f"{_lowered(joined(lead))} {found}", f"{found} {counted}" if counted and whole else None
        )
    if plain_auxiliary(auxiliary.key) == ("has", False) and rest[0].opens_phrase:
        return Reading(_lowered(body)) if not any(w.forms & FINITE for w in rest) else None
    if len(lead) > 1 and tells_apart(rest):
        return Reading(_lowered(body))
    is_phrase = rest[0].key == "the" or all(w.is_name for w in rest)
    if len(lead) > 1 and not asks_degree(lead) and (counts(lead) or not is_phrase):
        return None
    found = phrase_before_be(auxiliary, rest)
    return Reading(f"{_lowered(joined(lead))} {found}") if found else None


def _read_subject(body: str, words: Words) -> Reading | None:
    """The question word is the subject, or belongs to it: the order is a statement's already."""
    lead = words[0].key
    after = [w for w in words[1:] if not w.moves]
    if lead in {"who", "what"} and after and after[0].forms & FINITE:
        return Reading(_lowered(body))
    if lead not in {"which", "what", "whose", "how"} or (lead == "how" and not counts(words)):
        return None
    has_verb = any(
        w.forms & (FINITE | {Form.BASE}) and words[i].ends_phrase
        for i, w in enumerate(words[2:], start=1)
    )
    return Reading(_lowered(body), amount(words[1:])) if has_verb else None


def _lowered(text: str) -> str:
    first, space, others = text.partition(" ")
    return first.lower() + space + others


READERS: tuple[Callable[[str, Words], Reading | None], ...] = (
    _read_whether,
    _read_fact,
    _read_made,
    _read_circumstance,
    _read_open,
)
