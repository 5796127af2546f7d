"""What the cross-encoder learns from: labelled dev rows, and pairs that a program made.

Only sources of the dev split are read from the labelled sets, and no label of a test row. News
articles without labels come from `corpus/allsides_8k`.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.cases import Claim
from eval.support.evidence import Passage, pieces_of
from eval.support.negatives import Edit, Stock, corrupt, stock_of
from eval.support.positives import compress, restyle

_WORDS = range(6, 46)
"""Lengths of sentences that make a claim."""

_PARTLY_TRUE = 0.15
_PIECE_OF_FALSE = 0.3


@dataclass(frozen=True, slots=True)
class Example:
    """A pair to learn from.

    Attributes:
        target: Probability of support, 0 to 1.
        spans: Characters of the claim that are wrong; None if nobody knows which.
        origin: Where it comes from, for the card.
    """

    claim: str
    evidence: str
    target: float
    spans: tuple[tuple[int, int], ...] | None
    origin: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row of a labelled set, its source prepared."""

    suite: str
    claim: Claim
    passage: Passage

    @property
    def part(self) -> str:
        """What is weighed by itself: the suite, and frank's two parts."""
        return f"{self.suite}/{self.claim.kind}" if self.suite == "frank" else self.suite

    @property
    def target(self) -> float:
        """For each piece: a false claim that is partly true, or has several pieces, is softer."""
        if self.claim.supported:
            return 1.0
        if len(pieces_of(self.claim.claim)) > 1:
            return _PIECE_OF_FALSE
        return _PARTLY_TRUE if self.claim.kind == "partial" else 0.0


@dataclass(frozen=True, slots=True)
class Article:
    """Unlabelled text to make pairs from; an empty title makes none."""

    title: str
    passage: Passage


def evidence_of(claim: str, passage: Passage) -> str:
    """The chosen sentences, joined in document order."""
    return " ".join(passage.sentences[row] for row in passage.select(claim))


def labelled_examples(rows: Sequence[Labelled], rng: random.Random) -> Iterator[Example]:
    """Every piece of every row, and one false version of each supported row's pieces."""
    weights = weigh(rows)
    stocks = [stock_of(row.passage.sentences) for row in rows]
    for at, (row, weight) in enumerate(zip(rows, weights, strict=True)):
        pieces = pieces_of(row.claim.claim)
        for piece in pieces:
            evidence = evidence_of(piece, row.passage)
            yield Example(piece, evidence, row.target, None, row.suite, weight / len(pieces))
        if row.claim.supported:
            edit = corrupt(rng.choice(pieces), stocks[at], stocks[at - 1], rng)
            if edit:
                yield _example(edit, row.passage, f"{row.suite}, edited", weight / 2)


def made_examples(articles: Sequence[Article], count: int, rng: random.Random) -> Iterator[Example]:
    """`count` pairs from each article, about half of them true."""
    other = stock_of(())
    for article in articles:
        here = stock_of(article.passage.sentences)
        for _ in range(count):
            example = _made(article, here, other, rng)
            if example:
                yield example
        other = here


def _made(article: Article, here: Stock, other: Stock, rng: random.Random) -> Example | None:
    passage, kind = article.passage, rng.random()
    if article.title and kind < 0.25:
        return _pair(article.title, passage, here, other, rng, "title")
    rows = [row for row, text in enumerate(passage.sentences) if len(text.split()) in _WORDS]
    if not rows:
        return None
    row = rng.choice(rows)
    claim = passage.sentences[row]
    if kind > 0.88 and len(passage.sentences) > 3:
        rest = Passage(passage.sentences[:row] + passage.sentences[row + 1 :])
        return Example(claim, evidence_of(claim, rest), 0.1, None, "left out")
    if kind > 0.65:  # as cited spans are: a few sentences, nothing else
        first = max(0, row - rng.randrange(3))
        passage = Passage(passage.sentences[first : row + 1 + rng.randrange(2)])
    return _pair(compress(claim, rng), passage, here, other, rng, "sentence")


def _pair(
    claim: str, passage: Passage, here: Stock, other: Stock, rng: random.Random, origin: str
) -> Example | None:
    """True or false with equal odds; None if nothing could be made wrong."""
    edit: Edit | None = Edit(claim)
    if rng.random() < 0.5:
        edit = corrupt(claim, here, other, rng)
    if edit is None:
        return None
    fault = edit.fault.value if edit.fault else "true"
    return _example(restyle(edit, rng), passage, f"{origin}, {fault}", 1.0)


def _example(edit: Edit, passage: Passage, origin: str, weight: float) -> Example:
    target = 0.0 if edit.spans else 1.0
    evidence = evidence_of(edit.text, passage)
    return Example(edit.text, evidence, target, edit.spans, origin, weight)


def weigh(rows: Sequence[Labelled]) -> list[float]:
    """A weight for each row: both classes of every part count the same; mean 1.

    frank's two parts are told apart, or a model learns which is which: 93% of one is false.
    """
    counts = Counter((row.part, row.claim.supported) for row in rows)
    suite_of = {row.part: row.suite for row in rows}
    parts_of = Counter(suite_of.values())
    scale = len(rows) / (2 * len(parts_of))
    return [scale / parts_of[row.suite] / counts[row.part, row.claim.supported] for row in rows]
