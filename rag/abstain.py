"""Answer or refuse: a small calibrated model over signals that cost almost nothing.

The weights are fitted on the dev split of `eval/suites/seeds.jsonl` by `python -m eval.calibrate`.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from index.lexical import content_stems
from rag.atoms import atoms_of, stems_in
from rag.types import Evidence

OFF_TOPIC_BELOW = 0.2  # cosine of the best sentence under which nothing is near
CLIP = 1e-4


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer; each grows with it.

    Attributes:
        margin: The model's own log odds that the evidence answers the question.
        similarity: Cosine of the question and the nearest sentence.
        coverage: Share of the question's content words that stand in the evidence.
        atoms: Share of the question's names and numbers that stand in the evidence.
    """

    margin: float
    similarity: float
    coverage: float
    atoms: float

    def vector(self) -> tuple[float, ...]:
        """The signals in the order of their fields."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: `confidence = 1 / (1 + exp(-(bias + weights . signals)))`."""

    bias: float
    signals: Signals


FITTED = Weights(bias=0.0, signals=Signals(1.0, 0.0, 0.0, 0.0))


def signals_of(question: str, evidence: Sequence[Evidence], answered: float) -> Signals:
    """The signals for a question.

    Args:
        question: As it was asked.
        evidence: What the model saw.
        answered: The model's probability that the evidence answers it.
    """
    source = stems_in("\n".join(item.text for item in evidence))
    atoms = atoms_of(question)
    chance = min(max(answered, CLIP), 1 - CLIP)
    return Signals(
        margin=math.log(chance / (1 - chance)),
        similarity=max((item.similarity for item in evidence), default=0.0),
        coverage=_share(content_stems(question), source),
        atoms=_share([*sorted(atoms.names), *sorted(atoms.numbers)], source),
    )


def confidence(signals: Signals, weights: Weights = FITTED) -> float:
    """Probability that the question is answerable from the evidence."""
    pairs = zip(signals.vector(), weights.signals.vector(), strict=True)
    return 1 / (1 + math.exp(-(weights.bias + sum(value * weight for value, weight in pairs))))


def signal_names() -> tuple[str, ...]:
    """The names of the signals, in order."""
    return tuple(field.name for field in fields(Signals))


def _share(wanted: Sequence[str], known: frozenset[str]) -> float:
    return sum(item in known for item in wanted) / len(wanted) if wanted else 1.0
