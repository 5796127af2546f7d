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

from index.lexical import WORD, content_stems
from rag.atoms import KEEP_WORDS_BELOW, NUMBER, numbers_in, stems_in

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


_BEFORE = (
    (Bound.MORE, "no fewer than|no less than|not less than|not fewer than"),
    (Bound.LESS, "no more than|not more than|fewer than|less than|up to|at most|under|below"),
    (Bound.LESS, "as (?:many|few|much|little) as"),
    (Bound.MORE, "more than|greater than|at least|over|above|upwards of"),
    (Bound.ABOUT, "about|almost|approximately|around|estimated|nearly|roughly|some|close to"),
)
_BEFORE_NUMBER = tuple(
    (bound, re.compile(rf"\b(?:{phrases})\s+(?:an?\s+|the\s+)?[$€£]?$", re.IGNORECASE))
    for bound, phrases in _BEFORE
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
            _bound(digits[: match.start()], digits[match.end() :]),
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
    there = [amount for span in spans for amount in amounts_in(span)]
    known = stems_in("\n".join(spans))
    for here in amounts_in(text):
        own = [one.counts(SOURCE_WITHIN) for one in there if one.value == here.value]
        others = [one.counts(SOURCE_WITHIN) for one in there if one.value != here.value]
        nouns = here.counts(NOUN_WITHIN) & known
        strange = any(own) and nouns and nouns.isdisjoint(frozenset().union(*own))
        taken = here.counts(DEED_WITHIN) & frozenset().union(*others) - frozenset().union(*own)
        if own and (strange or taken):
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
    leading = (bound for bound, pattern in _BEFORE_NUMBER if pattern.search(before))
    trailing = (bound for bound, pattern in _AFTER_NUMBER if pattern.match(after))
    return next(leading, None) or next(trailing, Bound.EXACT)


def _behind(text: str, found: Sequence[re.Match[str]]) -> list[str]:
    """The words behind the first match that belong to it; a year has none."""
    behind: list[str] = []
    if YEAR.match(found[0].group()) and BEFORE_YEAR.search(text[: found[0].start()]):
        return behind
    for last, match in pairwise(found[: SOURCE_WITHIN + 1]):
        if NUMBER.match(match.group()) or PAUSE.search(text, last.end(), match.start()):
            break
        behind.append(match.group())
    return behind
