"""True sentence → one that its source no longer supports, and the places that were changed.

Every editor takes a claim, the stock of what may be put in, and a seeded random source; it gives
None where it finds nothing to change. Nothing here reads a file or knows a model.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eval.support.vocabulary import DATE_WORDS, NUMBER_WORDS, OPPOSITES
from index.lexical import STOPWORDS

_NUMBER = re.compile(r"\b\d[\d.,]*\d\b|\b\d\b")
_AMOUNT = re.compile(rf"{_NUMBER.pattern}|\b(?:{'|'.join(NUMBER_WORDS + DATE_WORDS)})\b")
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?: (?:of |de |al-)?[A-Z][\w’'-]+)*")
_NOT_NAMES = frozenset(DATE_WORDS) | {word.capitalize() for word in STOPWORDS}
_WORD = re.compile(r"\b[a-z]{4,}\b")
_SUFFIXES = ("ing", "ed", "ly", "ion", "er", "es", "s", "al", "ive", "")
_CLAUSE = re.compile(
    r",? (?:in|on|at|after|before|during|from|with|by|because|despite) [\w’' -]{6,45}(?=[,.;])"
)
_AUXILIARIES = "is|was|were|are|has|have|had|will|would|can|could|did|does|do|should|may|might"
_AUXILIARY = re.compile(rf"\b(?:{_AUXILIARIES})\b")
_NOT = re.compile(rf"\b({_AUXILIARIES})(?: not|n't| never)\b")
_SPEECH = re.compile(r"\b(?:said|says|told|added|announced|argued|claimed|warned|wrote)\b")


class Fault(StrEnum):
    """What was done to a claim."""

    NUMBER = "number"
    NAME = "name"
    EXCHANGE = "exchange"
    NEGATION = "negation"
    OPPOSITE = "opposite"
    ATTRIBUTION = "attribution"
    ADDITION = "addition"
    WORD = "word"
    SPLICE = "splice"


@dataclass(frozen=True, slots=True)
class Edit:
    """A claim, and the `[start, end)` ranges of it that are wrong; none in a true one."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """What stands in a source, to be put in a wrong place; each in order of appearance."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    words: tuple[str, ...]
    clauses: tuple[str, ...]
    sentences: tuple[str, ...]


def stock_of(sentences: Sequence[str]) -> Stock:
    """Collect from the sentences of a source."""
    text = " ".join(sentences)
    return Stock(
        names=tuple(dict.fromkeys(name for name in _NAME.findall(text) if _is_name(name))),
        numbers=tuple(dict.fromkeys(_NUMBER.findall(text))),
        words=tuple(dict.fromkeys(w for w in _WORD.findall(text) if w not in STOPWORDS)),
        clauses=tuple(dict.fromkeys(_CLAUSE.findall(text))),
        sentences=tuple(sentences),
    )


def _is_name(name: str) -> bool:
    return name not in _NOT_NAMES and len(name) > 2


def _put(claim: str, start: int, end: int, new: str, fault: Fault) -> Edit:
    text = claim[:start] + new + claim[end:]
    return Edit(text, ((start, start + len(new)),), fault)


def _number(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    found = list(_AMOUNT.finditer(claim))
    if not found:
        return None
    spot = rng.choice(found)
    old = spot.group()
    kind: Sequence[str]
    if old in DATE_WORDS:
        kind = DATE_WORDS[:7] if old in DATE_WORDS[:7] else DATE_WORDS[7:]
    elif old in NUMBER_WORDS:
        kind = NUMBER_WORDS
    else:
        kind = [n for n in here.numbers if abs(len(n) - len(old)) < 2] + [_nudged(old, rng)]
    choices = [new for new in kind if new != old]
    return _put(claim, *spot.span(), rng.choice(choices), Fault.NUMBER) if choices else None


def _nudged(number: str, rng: random.Random) -> str:
    """Another number of the same shape."""
    places = [at for at, sign in enumerate(number) if sign.isdigit()]
    at = rng.choice(places)
    digit = rng.choice([d for d in "123456789" if d != number[at]])
    return number[:at] + digit + number[at + 1 :]


def _name(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    found = [spot for spot in _NAME.finditer(claim) if _is_name(spot.group())]
    pool = here if rng.random() < 0.6 else other
    if not found:
        return None
    spot = rng.choice(found)
    parts = set(spot.group().split())
    choices = [name for name in pool.names if not parts & set(name.split())]
    return _put(claim, *spot.span(), rng.choice(choices), Fault.NAME) if choices else None


def _exchange(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    found = [spot for spot in _NAME.finditer(claim) if _is_name(spot.group())]
    if len(found) < 2 or found[0].group() == found[-1].group():
        return None
    a, b = found[0], found[-1]
    middle = claim[a.end() : b.start()]
    text = claim[: a.start()] + b.group() + middle + a.group() + claim[b.end() :]
    second = a.start() + len(b.group()) + len(middle)
    spans = ((a.start(), a.start() + len(b.group())), (second, second + len(a.group())))
    return Edit(text, spans, Fault.EXCHANGE)


def _negation(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    denied = _NOT.search(claim)
    if denied:
        return _put(claim, *denied.span(), denied.group(1), Fault.NEGATION)
    spot = _AUXILIARY.search(claim)
    if not spot:
        return None
    new = f"{spot.group()} {rng.choice(['not', 'not', 'never', 'no longer'])}"
    return _put(claim, *spot.span(), new, Fault.NEGATION)


def _opposite(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    found = [spot for spot in re.finditer(r"[a-z]+", claim) if spot.group() in OPPOSITES]
    if not found:
        return None
    spot = rng.choice(found)
    return _put(claim, *spot.span(), rng.choice(OPPOSITES[spot.group()]), Fault.OPPOSITE)


def _attribution(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    choices = [name for name in here.names if name not in claim]
    if not choices or not _SPEECH.search(claim):
        return None
    speakers = [s for s in _NAME.finditer(claim) if _SPEECH.search(claim[s.end() : s.end() + 12])]
    if not speakers:
        return None
    return _put(claim, *speakers[0].span(), rng.choice(choices), Fault.ATTRIBUTION)


def _addition(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    pool = other.clauses if rng.random() < 0.7 else here.clauses
    choices = [clause for clause in pool if clause.strip(" ,") not in claim]
    if not choices:
        return None
    end = len(claim.rstrip(" ."))
    return _put(claim, end, end, rng.choice(choices), Fault.ADDITION)


def _word(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    found = [spot for spot in _WORD.finditer(claim) if spot.group() not in STOPWORDS]
    if not found:
        return None
    spot = rng.choice(found)
    shape = _shape(spot.group())
    pool = here if rng.random() < 0.5 else other
    choices = [w for w in pool.words if _shape(w) == shape and w[:4] != spot.group()[:4]]
    return _put(claim, *spot.span(), rng.choice(choices), Fault.WORD) if choices else None


def _shape(word: str) -> str:
    return next(suffix for suffix in _SUFFIXES if word.endswith(suffix))


def _splice(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    cut = _AUXILIARY.search(claim)
    rest = [(s, m) for s in here.sentences if s not in claim and (m := _AUXILIARY.search(s))]
    if not cut or not rest or cut.start() < 4:
        return None
    sentence, at = rng.choice(rest)
    return _put(claim, cut.start(), len(claim), sentence[at.start() :], Fault.SPLICE)


Editor = Callable[[str, Stock, Stock, random.Random], Edit | None]
EDITORS: tuple[Editor, ...] = (
    *(_number, _name, _name, _exchange, _negation, _opposite, _opposite),
    *(_attribution, _addition, _word, _word, _splice),
)
"""Names, opposites and words stand twice: they are what people and models get wrong most."""


def corrupt(claim: str, here: Stock, other: Stock, rng: random.Random) -> Edit | None:
    """Make a claim wrong in one place, by the first editor that can, in a drawn order.

    `here` is the stock of the claim's own source, `other` that of another one.
    """
    for editor in rng.sample(EDITORS, len(EDITORS)):
        edit = editor(claim, here, other, rng)
        if edit is not None and edit.text != claim:
            return edit
    return None
