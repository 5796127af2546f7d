"""Whether a text's names stand where the source has them: who does what, and beside which words.

No grammar is read: a doer is the name before the words, and what is said of a name is what stands
near it. The rules are strict, as those of `fidelity` are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from index.lexical import STOPWORDS, WORD, stem, words
from rag.atoms import is_named, names_in, stems_in
from rag.lemmas import folded
from rag.voice import NEUTRAL, saying

# Source: both reaches are chosen by hand, on the seeds' development questions.
NEAR = 3  # content words on one side of a name of the text that are looked for in the source
REACH = 3  # content words on one side of a name of the source among which one of them must stand
OPPOSITE = {"from": "to", "to": "from", "before": "after", "after": "before"}
BEFORE_NAME = re.compile(r"\b(from|to|before|after)\s+(?:an?\s+|the\s+)?\W*$", re.IGNORECASE)
IN_PLACE = re.compile(
    r"\b(?:across|against|at|from|in|inside|into|near|on|to|towards?)\s+(?:the\s+)?$", re.IGNORECASE
)
PAUSE = re.compile(r"[,;:“”\"–—]")
CLAUSE_ENDS = re.compile(r"[;.!?\n]\s*|,\s+(?:and|but|while|whereas)\s", re.IGNORECASE)
CALENDAR = frozenset(
    stem(word)
    for word in words(
        "monday tuesday wednesday thursday friday saturday sunday january february march april may"
        " june july august september october november december"
    )
)
SAID = "say"  # stands for every word that says no more than that something was said


def changes_roles(text: str, spans: Sequence[str]) -> bool:
    """Whether a name does to another what the source has the other way round, and only so.

    Or comes before, after, from or to what the source has on the other side; or stands beside words
    that are nowhere near it in the source; or is a place here and the word for its people there.
    """
    return (
        _turns_a_deed(text, spans)
        or _makes_a_place(text, "\n".join(spans))
        or _moves_a_name(text, spans)
    )


def _turns_a_deed(text: str, spans: Sequence[str]) -> bool:
    names = names_in("\n".join(spans))
    there = {deed for span in spans for deed in _deeds(span, names)}
    turned = {(other, verb, one) for one, verb, other in there} - there
    places = {place for span in spans for place in _places(span, names)}
    moved = {(OPPOSITE[word], name) for word, name in places} - places
    return not (turned.isdisjoint(_deeds(text, names)) and moved.isdisjoint(_places(text, names)))


@lru_cache(maxsize=10_000)
def _deeds(text: str, names: frozenset[str]) -> frozenset[tuple[str, str, str]]:
    """Each word between two names, with them, doer first: "hit by" has its doer behind it.

    The first name of a sentence does what stands behind it to every later name. A word of saying is
    no deed where a pause stands between: “…, said Olsen”.
    """
    deeds: set[tuple[str, str, str]] = set()
    runs = _names_at(text, names)
    for place, ((_, left, start), (end, right, _)) in enumerate(pairwise(runs)):
        between = text[start:end]
        free = STOPWORDS | (saying() if PAUSE.search(between) else frozenset())
        verbs = [stem(word) for word in words(between) if word not in free]
        is_passive = "by" in words(between)
        later = [] if place or is_passive else [name for _, run, _ in runs[2:] for name in run]
        doers, others = (right, left) if is_passive else (left, (*right, *later))
        deeds |= {deed for deed in product(doers, verbs, others) if deed[0] != deed[2]}
    return frozenset(deeds)


@lru_cache(maxsize=10_000)
def _places(text: str, names: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Each preposition of place or time that stands before a name, with it."""
    found = [
        (BEFORE_NAME.search(text[max(0, start - 20) : start]), named)
        for start, named, _ in _names_at(text, names)
    ]
    return frozenset(
        (before.group(1).lower(), name) for before, named in found if before for name in named
    )


@lru_cache(maxsize=10_000)
def _names_at(text: str, names: frozenset[str]) -> tuple[tuple[int, tuple[str, ...], int], ...]:
    """Names side by side as one, each with the places where it starts and ends."""
    runs: list[tuple[int, tuple[str, ...], int]] = []
    for match in WORD.finditer(text):
        found = tuple(stem(word) for word in words(match.group()))
        if names.isdisjoint(found):
            continue
        if runs and not text[runs[-1][2] : match.start()].strip():
            start, before, _ = runs.pop()
            found, at = before + found, start
        else:
            at = match.start()
        runs.append((at, found, match.end()))
    return tuple(runs)


def _makes_a_place(text: str, source: str) -> bool:
    """Whether something is in or from a place of which the source names only the people."""
    strange = names_in(text) - stems_in(source)
    return bool(strange) and any(
        named[0] in strange and IN_PLACE.search(text[max(0, start - 20) : start])
        for start, named, _ in _names_at(text, names_in(text))
    )


def _moves_a_name(text: str, spans: Sequence[str]) -> bool:
    """Whether a name stands beside nothing that stands near it in the source."""
    there = [reach for span in spans for reach in _reaches(span)]
    known = _folded("\n".join(spans))
    return any(
        not _fits(clause, run, there, known) for clause in _clauses(text) for run in _runs(clause)
    )


@dataclass(frozen=True, slots=True)
class Token:
    """A content word.

    Attributes:
        forms: What its forms share; for a word of saying, `SAID`.
        is_name: Whether it is one, and not a day or a month: that belongs to its whole clause, and
            may stand before or behind it.
    """

    forms: frozenset[str]
    is_name: bool


Clause = tuple[Token, ...]
Reach = tuple[frozenset[str], frozenset[str]]


def _fits(clause: Clause, run: range, there: Sequence[Reach], known: frozenset[str]) -> bool:
    """Whether names side by side belong together in the source, and to what is beside them."""
    names = [clause[place].forms for place in run]
    beside = clause[max(0, run.start - NEAR) : run.start] + clause[run.stop : run.stop + NEAR]
    shared = frozenset[str]().union(*(token.forms for token in beside)) & known
    joined = all(_stand_near(one, other, there) for one, other in pairwise(names))
    return joined and (not shared or any(_stand_near(name, shared, there) for name in names))


def _stand_near(name: frozenset[str], beside: frozenset[str], there: Sequence[Reach]) -> bool:
    """Whether one of the words stands within reach of the name somewhere in the source."""
    return any(
        not near.isdisjoint(beside) and any(is_named(one, word) for one in name)
        for word, near in there
    )


@lru_cache(maxsize=10_000)
def _reaches(text: str) -> tuple[Reach, ...]:
    """Each content word of a source, with what stands within its reach.

    The first name of a clause does all that is told up to the next name; of several side by side,
    the last one does: "Russian President Putin".
    """
    found: list[Reach] = []
    for clause in _clauses(text):
        runs = _runs(clause)
        doer = runs[0].stop - 1 if runs else -1
        behind = runs[1].start + 1 if len(runs) > 1 else len(clause)
        for place, token in enumerate(clause):
            end = max(place + REACH + 1, behind) if place == doer else place + REACH + 1
            near = (other.forms for other in clause[max(0, place - REACH) : end])
            found.append((token.forms, frozenset().union(*near)))
    return tuple(found)


@lru_cache(maxsize=10_000)
def _clauses(text: str) -> tuple[Clause, ...]:
    names = names_in(text)
    return tuple(
        tuple(token for match in WORD.finditer(part) for token in _tokens(match.group(), names))
        for part in CLAUSE_ENDS.split(text)
    )


def _tokens(written: str, names: frozenset[str]) -> list[Token]:
    parts = [part for word in words(written) for part in word.split("-")]
    forms = [_forms(part) for part in parts if part and part not in STOPWORDS]
    return [
        Token(one, written[0].isupper() and not names.isdisjoint(one) and one.isdisjoint(CALENDAR))
        for one in forms
    ]


def _forms(word: str) -> frozenset[str]:
    return frozenset({SAID}) if word in NEUTRAL else folded(word)


@lru_cache(maxsize=10_000)
def _folded(text: str) -> frozenset[str]:
    return frozenset(form for clause in _clauses(text) for token in clause for form in token.forms)


def _runs(clause: Clause) -> list[range]:
    """Where names stand side by side."""
    runs: list[range] = []
    for place, token in enumerate(clause):
        if token.is_name and runs and runs[-1].stop == place:
            runs[-1] = range(runs[-1].start, place + 1)
        elif token.is_name:
            runs.append(range(place, place + 1))
    return runs
