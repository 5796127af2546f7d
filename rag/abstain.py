"""Answer or refuse: a small calibrated model over signals that cost almost nothing.

The weights are fitted on the dev split of `eval/suites/seeds.jsonl` by `python -m eval.calibrate`.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace

from rag.engine.protocol import Prompt
from rag.types import Evidence
from rag.verify import Verified

OFF_TOPIC_BELOW = 0.2  # cosine of the best sentence under which nothing is near
CLIP = 1e-4


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer; each grows with it.

    Attributes:
        margin: The model's own log odds that the evidence answers the question.
        kept: How much of what is shown is the reply itself and not a sentence in its stead.
    """

    margin: float
    kept: float

    def vector(self) -> tuple[float, ...]:
        """The signals in the order of their fields."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: `confidence = 1 / (1 + exp(-(bias + weights . signals)))`."""

    bias: float
    signals: Signals


FITTED = Weights(bias=-0.2341, signals=Signals(margin=1.9711, kept=0.2977))


@dataclass(frozen=True, slots=True)
class Read:
    """What the model has read.

    Attributes:
        prompt: Up to where its judgement stands.
        evidence: What it shows, best first.
        chance: The model's probability that this answers the question.
    """

    prompt: Prompt
    evidence: list[Evidence]
    chance: float


def signals_of(read: Read, said: Sequence[Verified]) -> Signals:
    """The signals for a question.

    Args:
        read: What the model saw and thought of it.
        said: What is left of its reply.
    """
    return replace(
        hoped_for(read),
        kept=sum(one.as_drafted for one in said) / len(said) if said else 0.0,
    )


def hoped_for(read: Read) -> Signals:
    """The signals if the reply were as good as can be: what is known before it is written."""
    chance = min(max(read.chance, CLIP), 1 - CLIP)
    return Signals(
        margin=math.log(chance / (1 - chance)),
        kept=1.0,
    )


def confidence(signals: Signals, weights: Weights = FITTED) -> float:
    """Probability that the question is answerable from the evidence."""
    pairs = zip(signals.vector(), weights.signals.vector(), strict=True)
    return 1 / (1 + math.exp(-(weights.bias + sum(value * weight for value, weight in pairs))))


def signal_names() -> tuple[str, ...]:
    """The names of the signals, in order."""
    return tuple(field.name for field in fields(Signals))
