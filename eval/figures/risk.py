"""Confidence against correctness: does an answer's confidence mean what it says?

Only replies that were answered, carry a confidence, and can be told right from wrong count.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.records import Result
from eval.replies import Reply

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


def risk_coverage(results: Sequence[Result], asked: int) -> list[tuple[float, float]]:
    """(coverage, risk) after each answer, the surest first, equal confidence by id.

    Coverage is the share of all questions that were answered so far; risk is the share of those
    answers that are wrong. The curve ends where the system refused the rest.
    """
    _, wrong = _ranked(results)
    counts = np.arange(1, len(wrong) + 1)
    return list(zip((counts / asked).tolist(), (np.cumsum(wrong) / counts).tolist(), strict=True))


def area_under_curve(results: Sequence[Result]) -> float:
    """Mean risk over the points of the risk–coverage curve; lower is better; NaN without any.

    Source: Geifman, El-Yaniv, NeurIPS 2017 (the area), over the answered questions only.
    """
    risks = [risk for _, risk in risk_coverage(results, len(results))]
    return float(np.mean(risks)) if risks else float("nan")


def coverage_at(results: Sequence[Result], error: float = ERROR_ALLOWED) -> float:
    """The largest coverage of all the questions at which the risk is at most `error`."""
    curve = risk_coverage(results, len(results))
    return max((coverage for coverage, risk in curve if risk <= error), default=0.0)


def calibration_error(results: Sequence[Result]) -> float:
    """Expected calibration error over ten bins of equal width; NaN without answers.

    Source: Naeini, Cooper, Hauskrecht, AAAI 2015.
    """
    bins = calibration_bins(results)
    total = sum(one.count for one in bins)
    if not total:
        return float("nan")
    return sum(one.count * abs(one.confidence - one.accuracy) for one in bins) / total


def calibration_bins(results: Sequence[Result]) -> list[Bin]:
    """The bins that hold an answer, the least sure first."""
    confidence, wrong = _ranked(results)
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        Bin(
            confidence=float(confidence[places == place].mean()),
            accuracy=float(1 - wrong[places == place].mean()),
            count=int((places == place).sum()),
        )
        for place in range(BINS)
        if (places == place).any()
    ]


RISK_FIGURES: Mapping[str, Callable[[Sequence[Result]], float]] = {
    "aurc": area_under_curve,
    "coverage_at_5_percent_error": coverage_at,
    "expected_calibration_error": calibration_error,
}
"""Figures of all results of a system, the refused ones too, by name."""


def _ranked(results: Sequence[Result]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Confidence and wrongness, `(answers,)` float64 each, the surest first."""
    known = [(r.case.id, pair) for r in results if (pair := answered_confidence(r)) is not None]
    known.sort(key=lambda row: (-row[1][0], row[0]))
    pairs = np.array([pair for _, pair in known], dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
