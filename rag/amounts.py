"""What the numbers of a text count, and how exactly: compared between a text and its source.

The noun that a number counts is looked for in the few words behind it, up to a pause or the next
number: in "20 people, including nine children" no child is counted by 20.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from text_to_num import alpha2digit

from index.lexical import WORD, content_stems, words
from rag.atoms import KEEP_WORDS_BELOW, NUMBER, numbers_in, stems_in

LOOK_BACK = 40  # characters before a number; Source: no phrase of `BOUNDING` is longer
# Source: the three reaches are chosen by hand, on the seeds' development questions.
NOUN_WITHIN = 2  # words after a number in which the noun that it counts is looked for
DEED_WITHIN = 3  # the same for what is said of that noun: "people were killed"
SOURCE_WITHIN = 4  # the same in a source, which may say more: "20 Ukrainian civilians"
PAUSE = re.compile(r"[,;:.!?()“”\"–—]")
YEAR = re.compile(r"[12]\d{3}s?$")
BEFORE_YEAR = re.compile(
    r"\b(?:in|since|until|by|from|of|early|late|mid|before|after|january|february|march|april|may"
    r"|june|july|august|september|october|november|december)[\s-]+$",
    re.IGNORECASE,
)


class Bound(StrEnum):
    """How a number bounds what it counts."""

    EXACT = "exact"
    ABOUT = "about"
    MORE = "more"
    LESS = "less"


BOUNDING = (
    (Bound.MORE, "no fewer than|no less than|not less than|not fewer than"),
    (Bound.LESS, "no more than|not more than|fewer than|less than|up to|at most|under|below"),
    (Bound.LESS, "as (?:many|few|much|little) as"),
    (Bound.MORE, "more than|greater than|at least|over|above|upwards of"),
    (Bound.ABOUT, "about|almost|approximately|around|estimated|nearly|roughly|some|close to"),
)
BOUND_WORDS = frozenset(
    words(re.sub(r"\W+", " ", " ".join(phrases for _, phrases in BOUNDING)))
) - {"as", "close", "few", "greater", "little", "many", "much", "not", "to"}
"""Words that may stand before a number and say how exact it is."""

_BEFORE_NUMBER = tuple(
    (bound, re.compile(rf"\b(?:{phrases})\s+(?:an?\s+|the\s+)?[$€£]?$", re.IGNORECASE))
    for bound, phrases in BOUNDING
)
_AFTER_NUMBER = (
    (Bound.MORE, re.compile(r"\s+(?:\w+\s+)?or more\b", re.IGNORECASE)),
    (Bound.LESS, re.compile(r"\s+(?:\w+\s+)?or (?:fewer|less)\b", re.IGNORECASE)),
    (Bound.ABOUT, re.compile(r"\s+(?:\w+\s+)?or so\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number where it stands.

    Attributes:
        value: In digits, without thousands separators; an ordinal keeps its letters.
        behind: The words behind it up to a pause or the next number, four at most.
    """

    value: str
    bound: Bound
    behind: tuple[str, ...]

    def counts(self, within: int) -> frozenset[str]:
        """Content stems among the first words behind it."""
        return frozenset(content_stems(" ".join(self.behind[:within])))


@lru_cache(maxsize=10_000)
def amounts_in(text: str) -> tuple[Amount, ...]:
    """Every number of a text, in order; a year counts nothing."""
    digits = str(alpha2digit(text, "en", threshold=KEEP_WORDS_BELOW))
    found = list(WORD.finditer(digits))
    return tuple(
        Amount(
            _value(match.group()),
            _bound(_just_before(digits, match), digits[match.end() : match.end() + LOOK_BACK]),
            tuple(_behind(digits, found[place:])),
        )
        for place, match in enumerate(found)
        if NUMBER.match(match.group())
    )


def moves_a_number(text: str, spans: Sequence[str]) -> bool:
    """Whether a number counts a noun of the source that it does not count there.

    Either nothing that it counts in the source is what it counts here, or what is said here of
    what it counts is said there of another number alone.
    """
    counted: dict[str, frozenset[str]] = {}
    for one in dict.fromkeys(amount for span in spans for amount in amounts_in(span)):
        counted[one.value] = counted.get(one.value, frozenset()) | one.counts(SOURCE_WITHIN)
    known = stems_in("\n".join(spans))
    for here in dict.fromkeys(amounts_in(text)):
        own = counted.get(here.value, frozenset())
        others = frozenset[str]().union(*(counted[one] for one in counted if one != here.value))
        nouns = here.counts(NOUN_WITHIN) & known
        is_strange = own and nouns and nouns.isdisjoint(own)
        is_taken = here.value in counted and here.counts(DEED_WITHIN) & others - own
        if is_strange or is_taken:
            return True
    return False


def changes_a_bound(text: str, spans: Sequence[str]) -> bool:
    """Whether a number is bounded as it is nowhere in the source."""
    there = {(amount.value, amount.bound) for span in spans for amount in amounts_in(span)}
    values = {value for value, _ in there}
    return any(
        here.value in values and (here.value, here.bound) not in there for here in amounts_in(text)
    )


def _value(word: str) -> str:
    return word if word[-1].isalpha() else next(iter(sorted(numbers_in(word))), word)


def _bound(before: str, after: str) -> Bound:
    """How the text just before a number and the text behind it bound it."""
    leading = (bound for bound, pattern in _BEFORE_NUMBER if pattern.search(before))
    trailing = (bound for bound, pattern in _AFTER_NUMBER if pattern.match(after))
    return next(leading, None) or next(trailing, Bound.EXACT)


def _just_before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - LOOK_BACK) : match.start()]


def _behind(text: str, found: Sequence[re.Match[str]]) -> list[str]:
    """The words behind the first match that belong to it; a year has none."""
    behind: list[str] = []
    if YEAR.match(found[0].group()) and BEFORE_YEAR.search(_just_before(text, found[0])):
        return behind
    for last, match in pairwise(found[: SOURCE_WITHIN + 1]):
        if NUMBER.match(match.group()) or PAUSE.search(text, last.end(), match.start()):
            break
        behind.append(match.group())
    return behind
