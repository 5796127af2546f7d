"""One piece of a claim, and its evidence → a row of cheap numbers.

The names, in the order of the columns, are `NAMES`. Shares are of the piece: 1.0 means that all
of it was found. Lengths are left out on purpose: they tell the labelled sets apart, and with them
their base rates, but not what is true. Knows no model.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from eval.support.evidence import Passage
from index.lexical import STOPWORDS, stem, words

NAMES = (
    "cover_best",  # weighted share of content stems in the best sentence
    "cover_evidence",  # … in the chosen sentences
    "cover_source",  # … in the whole source
    "bigrams",  # share of word pairs that stand in the evidence
    "longest_run",  # longest copied run of words, as a share of the piece
    "missing_numbers",  # numbers that are not in the evidence
    "missing_numbers_source",  # … not in the source
    "missing_names",  # share of capitalised words that are not in the evidence
    "missing_names_source",  # … not in the source
    "missing_words_source",  # content words that are nowhere in the source, count
    "negation",  # the piece is negated and the best sentence is not, or the reverse
    "first_person",  # share of first-person and second-person words: chat, not fact
    "gap",  # longest run of words of the piece without any of the evidence, as a share
)
HIGHER_IS_BETTER = frozenset(
    ["cover_best", "cover_evidence", "cover_source", "bigrams", "longest_run", "encoder_support"]
)
"""Of the columns, the ones whose least value over the pieces of a claim is the worst."""

_NUMBER = re.compile(r"\d")
_NAME = re.compile(r"\b[A-Z][\w’'-]*")
_NEGATION_WORDS = (
    "no not never none nobody nothing neither nor without cannot fail failed deny denied"
)
_NEGATIONS = frozenset(_NEGATION_WORDS.split())
_PERSON_WORDS = "i i'm i've i'd i'll me my you your you're we our us yes yeah"
_PERSONS = frozenset(_PERSON_WORDS.split())


def piece_features(piece: str, passage: Passage, chosen: Sequence[int]) -> list[float]:
    """The row of one piece: `len(NAMES)` finite numbers."""
    claim = words(piece)
    evidence = " ".join(passage.sentences[row] for row in chosen)
    found = words(evidence)
    known = frozenset(found)
    best = max(chosen, key=lambda row: (_cover(claim, passage, passage.stems[row]), -row))
    stems = frozenset(stem for row in chosen for stem in passage.stems[row])
    everywhere = frozenset(passage.frequency)
    names = [word for match in _NAME.finditer(piece) for word in words(match.group())]
    numbers = [word for word in claim if _NUMBER.search(word)]
    return [
        _cover(claim, passage, passage.stems[best]),
        _cover(claim, passage, stems),
        _cover(claim, passage, everywhere),
        _share([pair in set(pairwise(found)) for pair in pairwise(claim)]),
        _longest_run(claim, found) / max(1, len(claim)),
        float(sum(word not in known for word in numbers)),
        float(sum(word not in passage.words for word in numbers)),
        1 - _share([word in known for word in names]),
        1 - _share([word in passage.words for word in names]),
        float(sum(root not in everywhere for root in _content(claim))),
        float(_negated(claim) != _negated(words(passage.sentences[best]))),
        sum(word in _PERSONS for word in claim) / max(1, len(claim)),
        _gap(claim, stems, known) / max(1, len(claim)),
    ]


def _content(claim: Sequence[str]) -> Iterator[str]:
    return (stem(word) for word in claim if word not in STOPWORDS)


def _cover(claim: Sequence[str], passage: Passage, stems: frozenset[str]) -> float:
    weights = {root: passage.weight(root) for root in _content(claim)}
    total = sum(weights.values())
    if not total:
        return 1.0
    return sum(weight for root, weight in weights.items() if root in stems) / total


def _share(found: Sequence[bool]) -> float:
    """The share that is true; nothing asked, nothing missing."""
    return sum(found) / len(found) if found else 1.0


def _negated(text: Sequence[str]) -> bool:
    return any(word in _NEGATIONS or word.endswith("n't") for word in text)


def _longest_run(claim: Sequence[str], found: Sequence[str]) -> int:
    """Length of the longest common run of words."""
    best = 0
    above = [0] * (len(found) + 1)
    for word in claim:
        row = [0] * (len(found) + 1)
        for at, other in enumerate(found, start=1):
            if word == other:
                row[at] = above[at - 1] + 1
        best = max(best, *row)
        above = row
    return best


def _gap(claim: Sequence[str], stems: frozenset[str], known: frozenset[str]) -> int:
    """Longest run of words that neither stand in the evidence nor share a stem with it."""
    best = run = 0
    for word in claim:
        run = 0 if word in known or stem(word) in stems else run + 1
        best = max(best, run)
    return best
