"""Confidence against correctness: does an answer's confidence mean what it says?

Only replies that were answered, carry a confidence, and can be told right from wrong count.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.replies import Reply
from eval.results import Result

Numbers = NDArray[np.float64]

BINS = 10
ERROR_ALLOWED = 0.05


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: how sure they were, and how many were right."""

    confidence: float
    accuracy: float
    count: int


def answered_confidence(result: Result) -> tuple[float, bool] | None:
    """Confidence, and whether the answer was wrong; None where one of them is unknown."""
    reply, wrong = result.reply, result.figures.get("confidently_wrong")
    if not isinstance(reply, Reply) or reply.refused or reply.confidence is None or not wrong:
        return None
    return reply.confidence, bool(wrong.part)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers among some results, the surest first, equal confidence by id.

    Attributes:
        confidence, wrong: `(answers,)` float64 each; wrong is 1 or 0.
        asked: How many questions there were, the refused ones too.
    """

    confidence: Numbers
    wrong: Numbers
    asked: int


def answers_of(results: Sequence[Result]) -> Answers:
    """What these results say of confidence."""
    confidence, wrong, _ = ranked(results)
    return Answers(confidence, wrong, len(results))


def ranked(results: Sequence[Result]) -> tuple[Numbers, Numbers, list[str]]:
    """Confidence, wrongness and unit of each answer, as `Answers` has them."""
    known = [
        (-pair[0], result.case.id, float(pair[1]), result.case.unit)
        for result in results
        if (pair := answered_confidence(result)) is not None
    ]
    known.sort()
    confidence = np.array([-row[0] for row in known], dtype=np.float64)
    return confidence, np.array([row[2] for row in known]), [row[3] for row in known]


def risk_coverage(answers: Answers) -> list[tuple[float, float]]:
    """(coverage, risk) after each answer.

    Coverage is the share of all questions that were answered so far; risk is the share of those
    answers that are wrong. The curve ends where the system refused the rest.
    """
    counts, risks = _risks(answers)
    return list(zip((counts / answers.asked).tolist(), risks.tolist(), strict=True))


def area_under_curve(answers: Answers) -> float:
    """Mean risk over the points of the risk–coverage curve; lower is better; NaN without any.

    Source: Geifman, El-Yaniv, NeurIPS 2017 (the area), over the answered questions only.
    """
    _, risks = _risks(answers)
    return float(risks.mean()) if len(risks) else float("nan")


def coverage_at(answers: Answers, error: float = ERROR_ALLOWED) -> float:
    """The largest coverage of all the questions at which the risk is at most `error`."""
    counts, risks = _risks(answers)
    return float(counts[risks <= error].max(initial=0) / answers.asked) if answers.asked else 0.0


def calibration_error(answers: Answers) -> float:
    """Expected calibration error over ten bins of equal width; NaN without answers.

    Source: Naeini, Cooper, Hauskrecht, AAAI 2015.
    """
    if not len(answers.confidence):
        return float("nan")
    gaps = np.bincount(
        _bins(answers), weights=answers.confidence - (1 - answers.wrong), minlength=BINS
    )
    return float(np.abs(gaps).sum() / len(answers.confidence))


def calibration_bins(answers: Answers) -> list[Bin]:
    """The bins that hold an answer, the least sure first."""
    places = _bins(answers)
    return [
        Bin(
            confidence=float(answers.confidence[places == place].mean()),
            accuracy=float(1 - answers.wrong[places == place].mean()),
            count=int((places == place).sum()),
        )
        for place in sorted(set(places.tolist()))
    ]


RISK_FIGURES: Mapping[str, Callable[[Answers], float]] = {
    "aurc": area_under_curve,
    "coverage_at_5_percent_error": coverage_at,
    "expected_calibration_error": calibration_error,
}
"""The figures of this module by name."""


def _risks(answers: Answers) -> tuple[Numbers, Numbers]:
    """How many answers so far, and the share of them that is wrong."""
    counts = np.arange(1, len(answers.wrong) + 1, dtype=np.float64)
    return counts, np.cumsum(answers.wrong) / counts


def _bins(answers: Answers) -> NDArray[np.int64]:
    return np.minimum((answers.confidence * BINS).astype(np.int64), BINS - 1)
