"""Whether a sentence says what its spans say, and not only in their words.

A sentence can be made of a span's own words and still distort it: a number beside another noun,
names in each other's place, a party's claim as a fact, a guess as a certainty. Each distortion
here is one rule over words. The rules are strict on purpose: a sentence that fails one is
replaced by its source, word for word, so a false alarm costs elegance and a miss costs the truth.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, product

from index.lexical import STOPWORDS, WORD, stem, words
from rag.amounts import changes_a_bound, moves_a_number
from rag.atoms import is_named, names_in, numbers_in, stems_in
from rag.voice import NEUTRAL, SAYING, loses_a_hedge, loses_the_speaker
from rag.wording.english import LEXICON

BOUNDS = frozenset(
    words(
        "about almost approximately around estimated fewer least less more most nearly over roughly"
        " some under up"
    )
)
"""Words before a number that say that it is not exact; `amounts` compares them."""

TELLING = frozenset(
    {"above", "after", "against", "all", "before", "below", "both", "few", "most", "only", "until"}
)
"""Function words that change what is said."""

OPPOSITE = {"from": "to", "to": "from", "before": "after", "after": "before"}
BEFORE_NAME = re.compile(r"\b(from|to|before|after)\s+(?:an?\s+|the\s+)?\W*$", re.IGNORECASE)
PAUSE = re.compile(r"[,;:“”\"–—]")
ONE_SPELLING = (
    (re.compile(r"\s*%|\bper cent\b"), " percent"),
    (re.compile(r"tre(?=s?\b)"), "ter"),
    (re.compile(r"(?<=\w{3})our"), "or"),
    (re.compile(r"(?<=\w{3})is(?=(?:e[ds]?|ing|ations?)\b)"), "iz"),
)


class Distortion(StrEnum):
    """What a sentence does to its source."""

    WORD_ADDED = "word_added"
    NUMBER_MOVED = "number_moved"
    BOUND_LOST = "bound_lost"
    ROLES_CHANGED = "roles_changed"
    SPEAKER_LOST = "speaker_lost"
    HEDGE_LOST = "hedge_lost"


def distortions(text: str, spans: Sequence[str], question: str) -> tuple[Distortion, ...]:
    """What a sentence distorts, in the order of `Distortion`; empty if nothing was found.

    Args:
        text: The sentence.
        spans: What it cites.
        question: Its words may stand in the sentence as well.
    """
    text, *spans = (_in_one_spelling(one) for one in (text, *spans))
    checks = {
        Distortion.WORD_ADDED: _adds_a_word(text, [*spans, _in_one_spelling(question)]),
        Distortion.NUMBER_MOVED: moves_a_number(text, spans),
        Distortion.BOUND_LOST: changes_a_bound(text, spans),
        Distortion.ROLES_CHANGED: _changes_roles(text, spans),
        Distortion.SPEAKER_LOST: loses_the_speaker(text, spans),
        Distortion.HEDGE_LOST: any(loses_a_hedge(text, span) for span in spans),
    }
    return tuple(kind for kind, found in checks.items() if found)


@lru_cache(maxsize=1_000)
def _in_one_spelling(text: str) -> str:
    """British and American spellings as one, "%" as a word."""
    for pattern, one in ONE_SPELLING:
        text = pattern.sub(one, text)
    return text


def _adds_a_word(text: str, sources: Sequence[str]) -> bool:
    source = "\n".join(sources)
    known = stems_in(source)
    free = (STOPWORDS | NEUTRAL | BOUNDS) - TELLING
    parts = [part for word in words(text) for part in word.split("-")]
    added = [
        word
        for word in parts
        if word not in free and not numbers_in(word) and not is_named(stem(word), known)
    ]
    return bool(added) and not all(_has_a_form_in(word, source) for word in added)


def _has_a_form_in(word: str, source: str) -> bool:
    """Whether another form of the word stands in a source: "began" and "beginning"."""
    return not lemmas(word).isdisjoint(_all_lemmas(source))


@lru_cache(maxsize=1_000)
def _all_lemmas(text: str) -> frozenset[str]:
    return frozenset(lemma for word in words(text) for lemma in lemmas(word))


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> frozenset[str]:
    """The base forms that a lower-cased word can have; none if the lexicon does not know it."""
    with LEXICON:
        import lemminflect  # here: its lexicon takes half a second, and is not always needed

        found: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(word)
    return frozenset(lemma for forms in found.values() for lemma in forms)


def _changes_roles(text: str, spans: Sequence[str]) -> bool:
    """Whether a name does to another what the source has the other way round, and only so.

    Or comes before, after, from or to what the source has on the other side.
    """
    names = names_in("\n".join(spans))
    there = {deed for span in spans for deed in _deeds(span, names)}
    turned = {(other, verb, one) for one, verb, other in there} - there
    places = {place for span in spans for place in _places(span, names)}
    moved = {(OPPOSITE[word], name) for word, name in places} - places
    return not (turned.isdisjoint(_deeds(text, names)) and moved.isdisjoint(_places(text, names)))


@lru_cache(maxsize=10_000)
def _deeds(text: str, names: frozenset[str]) -> frozenset[tuple[str, str, str]]:
    """Each word between two names, with them, doer first: "hit by" has its doer behind it.

    A word of saying is none where a pause stands between: “…, said Olsen”.
    """
    deeds: set[tuple[str, str, str]] = set()
    for (_, left, start), (end, right, _) in pairwise(_names_at(text, names)):
        between = text[start:end]
        free = STOPWORDS | (SAYING if PAUSE.search(between) else frozenset())
        verbs = [stem(word) for word in words(between) if word not in free]
        doers, others = (right, left) if "by" in words(between) else (left, right)
        deeds |= {deed for deed in product(doers, verbs, others) if deed[0] != deed[2]}
    return frozenset(deeds)


@lru_cache(maxsize=10_000)
def _places(text: str, names: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Each preposition of place or time that stands before a name, with it."""
    found = [
        (BEFORE_NAME.search(text[:start]), named) for start, named, _ in _names_at(text, names)
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
