"""Does a source support a claim? What gates our answers, what judges them, and two trivial ways."""

import time
from collections.abc import Callable, Sequence
from itertools import combinations

from eval.cases import Claim
from eval.figures.grounding import Judge
from eval.replies import Timing, Verdict
from index.articles import Article
from index.sentences import split_sentences
from rag.overlap import coverage
from rag.verify import support

EVIDENCE = 6  # sentences of the source that are looked at, as in an answer's prompt
MOST_SPANS = 2


class Judged:
    """A verdict for each claim by some probability.

    Args:
        probability: Of (claim, source), 0 to 1; 0.5 and above says that it is supported.
    """

    def __init__(self, probability: Callable[[str, str], float]) -> None:
        self._probability = probability

    def __call__(self, case: Claim) -> tuple[Verdict, Timing]:
        """Judge one claim."""
        began = time.monotonic()
        chance = self._probability(case.claim, case.source)
        spent = round((time.monotonic() - began) * 1000)
        return Verdict(probability=round(chance, 4)), Timing(total=spent)


def gate(at_least: float) -> Callable[[str, str], float]:
    """What lets a sentence into an answer, spread so that its threshold is at 0.5.

    The best one or two of the source's nearest sentences must hold every number, name and quoted
    word of the claim, and a share of its content words of at least `at_least`.
    """

    def probability(claim: str, source: str) -> float:
        best = best_support(claim, nearest(claim, source))
        if best < at_least:
            return best / at_least / 2
        spare = 1 - at_least
        return 0.5 + (best - at_least) / spare / 2 if spare else 1.0

    return probability


def best_support(claim: str, sentences: Sequence[str]) -> float:
    """The best support of a claim by one or two sentences, 0 to 1."""
    sets = (s for size in range(1, MOST_SPANS + 1) for s in combinations(sentences, size))
    return max((support(claim, spans) for spans in sets), default=0.0)


def nearest(claim: str, source: str) -> list[str]:
    """The source's sentences that share most content words with a claim, in their order."""
    sentences = [s.text for s in split_sentences(Article(id="source", text=source, title=""))]
    ranked = sorted(range(len(sentences)), key=lambda n: (-coverage(claim, sentences[n]), n))
    return [sentences[n] for n in sorted(ranked[:EVIDENCE])]


def scorer(judge: Judge) -> Callable[[str, str], float]:
    """The independent scorer, one claim at a time."""
    return lambda claim, source: judge.probabilities([(claim, source)])[0]


def always(claim: str, source: str) -> float:
    """Everything is supported: balanced accuracy 0.5."""
    return 1.0
