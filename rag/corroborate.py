"""Which sentences several articles support, and how many of those articles are independent."""

from collections.abc import Sequence
from itertools import combinations

from index.lexical import words
from rag.types import Agreement, AnswerSentence, Citation

SHINGLE_WORDS = 4
COPIED_SHARE = 0.2  # of the shorter article's shingles


def agreement_of(
    sentences: Sequence[AnswerSentence], citations: Sequence[Citation]
) -> tuple[Agreement, ...]:
    """One entry for each sentence that cites more than one article, in the answer's order."""
    by_id = {citation.id: citation for citation in citations}
    found: list[Agreement] = []
    for sentence in sentences:
        articles = {by_id[n].article.id: by_id[n].article.text for n in sentence.citations}
        if len(articles) > 1:
            texts = [articles[key] for key in sorted(articles)]
            found.append(Agreement(sentence.citations, len(texts), independent_origins(texts)))
    return tuple(found)


def independent_origins(texts: Sequence[str]) -> int:
    """How many groups the texts form when near-copies are put together.

    Two texts are near-copies if they share `COPIED_SHARE` of the shorter one's runs of
    `SHINGLE_WORDS` words; a copy of a copy belongs to the same group.
    """
    group = list(range(len(texts)))
    shingles = [_shingles(text) for text in texts]
    for one, other in combinations(range(len(texts)), 2):
        if _copied(shingles[one], shingles[other]):
            group = [group[one] if g == group[other] else g for g in group]
    return len(set(group))


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    found = words(text)
    runs = (tuple(found[i : i + SHINGLE_WORDS]) for i in range(len(found) - SHINGLE_WORDS + 1))
    return frozenset(runs)


def _copied(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    shorter = min(len(one), len(other))
    return bool(shorter) and len(one & other) >= COPIED_SHARE * shorter
