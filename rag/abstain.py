"""Answer or refuse: a small calibrated model over signals that cost almost nothing.

The weights are fitted on the dev split of `eval/suites/seeds.jsonl` by `python -m eval.calibrate`.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from rag.atoms import atoms_of, missing_atoms
from rag.types import Evidence

OFF_TOPIC_BELOW = 0.2  # cosine of the best sentence under which nothing is near
CLIP = 1e-4


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer; each grows with it.

    Attributes:
        margin: The model's own log odds that the evidence answers the question.
        similarity: Cosine of the question and the nearest sentence.
        atoms: Share of the question's names, numbers and quoted words that stand in the evidence.
    """

    margin: float
    similarity: float
    atoms: float

    def vector(self) -> tuple[float, ...]:
        """The signals in the order of their fields."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: `confidence = 1 / (1 + exp(-(bias + weights . signals)))`."""

    bias: float
    signals: Signals


FITTED = Weights(bias=-3.3956, signals=Signals(margin=1.318, similarity=4.3377, atoms=0.5771))


def signals_of(question: str, evidence: Sequence[Evidence], answered: float) -> Signals:
    """The signals for a question.

    Args:
        question: As it was asked.
        evidence: What the model saw.
        answered: The model's probability that the evidence answers it.
    """
    source = "\n".join(item.text for item in evidence)
    asked = question[:1].lower() + question[1:]  # "Name two …" and "Roughly …" name nothing
    wanted, missing = atoms_of(asked), missing_atoms(asked, source)
    chance = min(max(answered, CLIP), 1 - CLIP)
    return Signals(
        margin=math.log(chance / (1 - chance)),
        similarity=max((item.similarity for item in evidence), default=0.0),
        atoms=1 - len(missing) / len(wanted) if len(wanted) else 1.0,
    )


def confidence(signals: Signals, weights: Weights = FITTED) -> float:
    """Probability that the question is answerable from the evidence."""
    pairs = zip(signals.vector(), weights.signals.vector(), strict=True)
    return 1 / (1 + math.exp(-(weights.bias + sum(value * weight for value, weight in pairs))))


def signal_names() -> tuple[str, ...]:
    """The names of the signals, in order."""
    return tuple(field.name for field in fields(Signals))
