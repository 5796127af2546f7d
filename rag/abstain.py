"""Answer or refuse: a small calibrated model over signals that cost almost nothing.

The weights are fitted on the dev split of `eval/suites/seeds.jsonl` by `python -m eval.calibrate`.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace

from rag.atoms import atoms_of, missing_atoms
from rag.engine.protocol import Prompt
from rag.overlap import coverage
from rag.types import Evidence, texts_of
from rag.verify import Verified

OFF_TOPIC_BELOW = 0.2  # cosine of the best sentence under which nothing is near
CLIP = 1e-4


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer; each grows with it.

    Attributes:
        margin: The model's own log odds that the evidence answers the question.
        similarity: Cosine of the question and the nearest sentence.
        atoms: Share of the question's names, numbers and quoted words that stand in the evidence.
        kept: How much of what is shown is the reply itself and not a sentence in its stead.
        covered: Share of the question's content words in what is shown and what that cites.
    """

    margin: float
    similarity: float
    atoms: float
    kept: float
    covered: float

    def vector(self) -> tuple[float, ...]:
        """The signals in the order of their fields."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: `confidence = 1 / (1 + exp(-(bias + weights . signals)))`."""

    bias: float
    signals: Signals


FITTED = Weights(-3.3956, Signals(1.318, 4.3377, 0.5771, 0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Read:
    """What the model has read.

    Attributes:
        prompt: Up to where its judgement stands.
        evidence: In the order in which it is numbered there, from 1.
        chance: The model's probability that this answers the question.
    """

    prompt: Prompt
    evidence: list[Evidence]
    chance: float


def signals_of(question: str, read: Read, said: Sequence[Verified]) -> Signals:
    """The signals for a question.

    Args:
        question: As it was asked.
        read: What the model saw and thought of it.
        said: What is left of its reply.
    """
    shown = [text for one in said for text in (one.text, *texts_of(one.evidence))]
    return replace(
        hoped_for(question, read),
        kept=sum(one.as_drafted for one in said) / len(said) if said else 0.0,
        covered=coverage(question, "\n".join(shown)),
    )


def hoped_for(question: str, read: Read) -> Signals:
    """The signals if the reply were as good as can be: what is known before it is written."""
    asked = question[:1].lower() + question[1:]  # "Name two …" and "Roughly …" name nothing
    chance = min(max(read.chance, CLIP), 1 - CLIP)
    return Signals(
        margin=math.log(chance / (1 - chance)),
        similarity=max((item.similarity for item in read.evidence), default=0.0),
        atoms=_share_found(asked, _source(read)),
        kept=1.0,
        covered=1.0,
    )


def _source(read: Read) -> str:
    return "\n".join(texts_of(read.evidence))


def _share_found(text: str, source: str) -> float:
    """Share of a text's atoms that stand in a source; 1 if it has none."""
    wanted, missing = atoms_of(text), missing_atoms(text, source)
    return 1 - len(missing) / len(wanted) if len(wanted) else 1.0


def confidence(signals: Signals, weights: Weights = FITTED) -> float:
    """Probability that the question is answerable from the evidence."""
    pairs = zip(signals.vector(), weights.signals.vector(), strict=True)
    return 1 / (1 + math.exp(-(weights.bias + sum(value * weight for value, weight in pairs))))


def signal_names() -> tuple[str, ...]:
    """The names of the signals, in order."""
    return tuple(field.name for field in fields(Signals))
