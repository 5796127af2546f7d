"""The words of a sentence, and a value among them that another sentence may state differently."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from index.lexical import STOPWORDS, WORD, stem, words

FOLD = {
    **dict.fromkeys(["kill", "dead", "death", "fatal", "perish", "toll", "claim"], "die"),
    **dict.fromkeys(["injuri", "wound", "hurt"], "injur"),
    **dict.fromkeys(["detain", "custodi"], "arrest"),
    **dict.fromkeys(["person"], "peopl"),
}
SAYING = frozenset({"accord", "add", "report", "said", "say", "state", "tell", "told"})
COMMA = re.compile(r"[,;:()—–“”\"]")
FULL_STOP = re.compile(r"[;:()—–“”\"]")
REACH = 4  # content words on each side that say what a value belongs to


class Kind(StrEnum):
    """What sort of value may differ."""

    QUANTITY = "quantity"
    DATE = "date"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it stands in a sentence.

    Attributes:
        start, end: Code points into the sentence.
        unit: Stem of what is counted ("peopl", "percent", "dollar"), with its own qualifiers;
            empty for a date, or if nothing follows the number.
        state: What became of it ("die", "injur"), or empty.
        anchors: Folded stems of the words beside it, in the same clause.
        low, high: What the number may be, inclusive; a hedge widens it. Zero for a date.
        parts: Of a date: "year", "month", "day", "weekday" with their numbers.
    """

    kind: Kind
    start: int
    end: int
    unit: str = ""
    state: str = ""
    anchors: frozenset[str] = frozenset()
    low: float = 0.0
    high: float = 0.0
    parts: frozenset[tuple[str, int]] = frozenset()

    @property
    def is_particular(self) -> bool:
        """Whether it says by itself what it is: a date, "18 dead", "three undersea cables"."""
        return self.kind is Kind.DATE or bool(self.state) or " " in self.unit

    def differs(self, other: "Value") -> bool:
        """Whether both cannot be true of one thing."""
        if self.kind is Kind.DATE:
            mine, theirs = dict(self.parts), dict(other.parts)
            return any(theirs.get(part, number) != number for part, number in mine.items())
        return self.high < other.low or other.high < self.low

    def same_sort(self, other: "Value") -> bool:
        """Whether the two count the same thing, or tell the same part of a date."""
        if self.kind is Kind.DATE is other.kind:
            return not dict(self.parts).keys().isdisjoint(dict(other.parts))
        return (self.kind, self.unit, self.state) == (other.kind, other.unit, other.state)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, the plain form that other modules compare, and what stands before it."""

    start: int
    end: int
    surface: str
    plain: str
    gap: str

    @property
    def stem(self) -> str:
        """The folded stem: "killed" and "death" are one."""
        return folded(self.plain)

    @property
    def is_content(self) -> bool:
        """Whether it carries meaning and is no number."""
        return self.plain not in STOPWORDS and not self.plain[0].isdigit()

    @property
    def is_capital(self) -> bool:
        """Whether it may be part of a name."""
        return self.surface[0].isupper()


def folded(word: str) -> str:
    """The stem, put together with those that say the same of people."""
    found = stem(word)
    return FOLD.get(found, found)


@lru_cache(maxsize=1_000)
def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a sentence in order."""
    found: list[Token] = []
    for match in WORD.finditer(text):
        before = found[-1].end if found else 0
        plain = (words(match.group()) or [match.group().lower()])[0]
        found.append(Token(*match.span(), match.group(), plain, text[before : match.start()]))
    return tuple(found)


def around(tokens: Sequence[Token], at: int, stop: int) -> Iterator[str]:
    """Stems of the content words beside a value, in its clause, names and sayings apart."""
    yield from _telling(clause(tokens[:at][::-1], COMMA, backwards=True))
    yield from _telling(clause(tokens[stop:], COMMA))


def before_or_after(tokens: Sequence[Token], at: int, stop: int) -> frozenset[str]:
    """The same for a date: what stands before it, or after one that opens the sentence.

    A comma ends the search only if a word was found: "born in Halven, Norland, on 3 May".
    """
    for until in (COMMA, FULL_STOP):
        before = frozenset(_telling(clause(tokens[:at][::-1], until, backwards=True)))
        if before:
            return before
    return frozenset(_telling(clause(tokens[stop:], FULL_STOP)))


def _telling(tokens: Iterator[Token]) -> Iterator[str]:
    told = (t for t in tokens if t.is_content and not t.is_capital and t.stem not in SAYING)
    yield from (token.stem for token in islice(told, REACH))


def clause(
    tokens: Sequence[Token], until: re.Pattern[str], *, backwards: bool = False
) -> Iterator[Token]:
    """Words up to a boundary; `backwards`, they are given in reverse order."""
    for token in tokens:
        if not backwards and until.search(f"{token.gap}{token.plain}"):
            return
        yield token
        if backwards and until.search(f"{token.gap}{token.plain}"):
            return
