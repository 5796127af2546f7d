"""A sentence as a statement: its values, and the words that say what they are about."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.atoms import contradicts, missing_atoms
from rag.conflicts.dates import MONTHS, WEEKDAYS, date_at
from rag.conflicts.quantities import NOBODY, quantity_at
from rag.conflicts.words import SAYING, Kind, Token, Value, tokens_of

SAYS = r"(?:said|says|told|reported|reports|claimed|claims|stated|according)"
DAY = f"(?:{'|'.join(day.title() for day in WEEKDAYS)})"
SOURCE = re.compile(
    rf"(?:^|(?<=[,;“”\"]))[^,;“”\"]{{1,80}}?\b{SAYS}\b(?:(?: late| on)* {DAY})?(?: that)?"
    rf"|\baccording to [^,.;]+|, [^,]{{1,80}} {SAYS}\b[^,]*$"
)
CALENDAR = re.compile(rf"\b(?:{'|'.join((*MONTHS, *WEEKDAYS))})\b", re.IGNORECASE)

NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+")
SAME_STORY = 0.2  # of the names of the article that has fewer
LONGEST_WORDS = 60  # a longer sentence is a list or a table, not one statement


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, read.

    Attributes:
        values: Quantities and dates in order; what only dates the saying is left out. A sentence
            of more than `LONGEST_WORDS` has none.
        stems: Folded stems of the content words outside values and the naming of a source.
        told: The sentence without the naming of its source and without calendar words.
    """

    text: str
    values: tuple[Value, ...]
    stems: frozenset[str]
    told: str


@lru_cache(maxsize=1_000)
def read(text: str) -> Statement:
    """Read one sentence."""
    sources = [match.span() for match in SOURCE.finditer(text)]
    if len(tokens_of(text)) > LONGEST_WORDS:
        return Statement(text, (), frozenset(), text)
    values = tuple(v for v in _values(text) if not (v.kind is Kind.DATE and _inside(v, sources)))
    hidden = [*sources, *((v.start, v.end) for v in values)]
    stems = frozenset(
        token.stem
        for token in tokens_of(text)
        if token.is_content and token.stem not in SAYING and not _inside(token, hidden)
    )
    stems |= {value.state for value in values if value.state}
    told = CALENDAR.sub("", "".join(text[a:b] for a, b in _outside(sources, len(text))))
    return Statement(text, values, stems, told)


def alike(one: Statement, other: Statement) -> float:
    """Share of the shorter statement's words that the other one has; 0 for none."""
    shorter = min(len(one.stems), len(other.stems))
    return len(one.stems & other.stems) / shorter if shorter else 0.0


def overlap(one: Statement, other: Statement) -> float:
    """Share of all words of two statements that both have; 0 for none."""
    every = one.stems | other.stems
    return len(one.stems & other.stems) / len(every) if every else 0.0


def apart(one: Statement, other: Statement) -> bool:
    """Whether two are about different things: each has a name of its own, or one denies.

    "Nobody was killed" counts, and denies nothing.
    """
    here, there = missing_atoms(one.told, other.text), missing_atoms(other.told, one.text)
    counted = (NOBODY.sub("people", text) for text in (one.text, other.text))
    return bool(here.names and there.names) or contradicts(*counted)


def one_story(one: str, other: str) -> bool:
    """Whether two articles share enough names to be about the same; so do articles without any."""
    here, there = _names(one), _names(other)
    fewest = min(len(here), len(there))
    return len(here & there) >= SAME_STORY * fewest


@lru_cache(maxsize=1_000)
def _names(text: str) -> frozenset[str]:
    return frozenset(word for word in NAME.findall(text) if not CALENDAR.fullmatch(word))


def _values(text: str) -> list[Value]:
    found: list[Value] = []
    tokens, at = tokens_of(text), 0
    while at < len(tokens):
        read_ = date_at(tokens, at) or quantity_at(text, tokens, at)
        value, at = read_ or (None, at + 1)
        found += [value] if value else []
    return found


def _inside(part: Value | Token, spans: list[tuple[int, int]]) -> bool:
    return any(start <= part.start and part.end <= end for start, end in spans)


def _outside(spans: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), length]
    return list(zip(starts, ends, strict=True))
