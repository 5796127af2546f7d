"""Do the cited spans support the sentences? Judged by a scorer that gates nothing.

Source: the citation rules of ALCE (Gao et al., EMNLP 2023), with the scorer in place of its model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.figures.answers import with_days
from eval.replies import Reply
from eval.suites.protocol import Ratio
from index.articles import Article
from rag.atoms import missing_atoms

SUPPORTED = 0.5


class Judge(Protocol):
    """How likely a source supports a claim; `name` tells one scorer's weights from another's."""

    name: str

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """One probability a (claim, source) pair, in their order."""


@dataclass(frozen=True, slots=True)
class Grounding:
    """What the judge says of one reply.

    Attributes:
        figures: groundedness, citation_recall, citation_precision; none for a refusal.
        judged: Probability of each sentence by all of its spans, joined; 0 without any.
    """

    figures: dict[str, Ratio]
    judged: tuple[float, ...]


def ground(reply: Reply, judge: Judge, corpus: Mapping[str, Article]) -> Grounding:
    """Judge every sentence of a reply by its citations.

    A sentence is grounded if the judge says that its spans support it and they hold its numbers,
    dates, names and quoted words. In both halves the spans are read with the days that their
    relative dates name, as in `atom_support`: whether these days are right, no judge can say. A
    citation counts if the sentence is supported, and either it alone supports it or the others
    without it do not.

    Args:
        reply: What is judged.
        judge: Who says what supports what.
        corpus: Article id → article: a relative date counts from its day.
    """
    if not reply.sentences:
        return Grounding({}, ())
    judged: list[float] = []
    grounded = recalled = precise = cited = 0
    for sentence in reply.sentences:
        spans = reply.spans_of(sentence)
        quotes = [with_days(span, corpus) for span in spans]
        whole = _judge(judge, sentence.text, [quotes])[0]
        judged.append(whole)
        cited += len(quotes)
        if whole < SUPPORTED:
            continue
        recalled += 1
        grounded += not len(missing_atoms(sentence.text, "\n".join(quotes)))
        precise += _precise(judge, sentence.text, quotes)
    count = len(reply.sentences)
    figures = {
        "groundedness": Ratio(grounded, count),
        "citation_recall": Ratio(recalled, count),
        "citation_precision": Ratio(precise, cited),
    }
    return Grounding(figures, tuple(judged))


def _precise(judge: Judge, text: str, quotes: Sequence[str]) -> int:
    """How many citations of a supported sentence count."""
    if len(quotes) == 1:
        return 1
    alone = _judge(judge, text, [[quote] for quote in quotes])
    without = _judge(judge, text, [[*quotes[:n], *quotes[n + 1 :]] for n in range(len(quotes))])
    pairs = zip(alone, without, strict=True)
    return sum(one >= SUPPORTED or rest < SUPPORTED for one, rest in pairs)


def _judge(judge: Judge, text: str, sources: Sequence[Sequence[str]]) -> list[float]:
    """One probability a source; 0 for one without any quote."""
    known = [" ".join(quotes) for quotes in sources if quotes]
    found = iter(judge.probabilities([(text, source) for source in known]) if known else [])
    return [next(found) if quotes else 0.0 for quotes in sources]
