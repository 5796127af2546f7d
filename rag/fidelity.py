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

from index.lexical import STOPWORDS, stem, words
from rag.amounts import BOUND_WORDS, changes_a_bound, moves_a_number
from rag.atoms import is_named, numbers_in, stems_in
from rag.lemmas import lemmas
from rag.roles import changes_roles
from rag.voice import NEUTRAL, loses_a_hedge, loses_the_speaker

TELLING = frozenset(
    {"above", "after", "against", "all", "before", "below", "both", "few", "most", "only", "until"}
)
"""Function words that change what is said."""

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
        Distortion.ROLES_CHANGED: changes_roles(text, spans),
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
    free = (STOPWORDS | NEUTRAL | BOUND_WORDS) - TELLING
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
