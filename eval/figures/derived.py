"""Figures that are no ratio, as statistics of how often each unit is drawn.

Balanced accuracy of claims; risk and calibration of answers. A unit is what is resampled as one.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.cases import Ask
from eval.figures.risk import RISK_FIGURES, Answers, answered_confidence, ranked
from eval.results import Result

CLASSES = ("sensitivity", "specificity")

Times = NDArray[np.int64]
Statistic = Callable[[Times], float]
"""`(units,)` how often each unit is drawn → the figure; NaN where it does not exist."""


def statistics_of(results: Sequence[Result], units: Sequence[str]) -> dict[str, Statistic]:
    """The derived figures that have a meaning for these results, by name.

    Args:
        results: Of one suite and system.
        units: Every unit of the results, in the order of `Times`.
    """
    found: dict[str, Statistic] = {}
    if any(name in result.figures for result in results for name in CLASSES):
        found["balanced_accuracy"] = _balanced_accuracy(results, units)
    if tells_right_from_wrong(results):
        found |= {name: _of_answers(of, results, units) for name, of in RISK_FIGURES.items()}
    return found


def tells_right_from_wrong(results: Sequence[Result]) -> bool:
    """Whether confidence can be held against correctness.

    Where the answers to answerable questions cannot be told right from wrong, all that can be told
    is wrong: risk and calibration would say nothing.
    """
    sure = any(answered_confidence(result) is not None for result in results)
    return sure and any(
        isinstance(result.case, Ask)
        and not result.case.must_refuse
        and "confidently_wrong" in result.figures
        for result in results
    )


def _balanced_accuracy(results: Sequence[Result], units: Sequence[str]) -> Statistic:
    """Mean of sensitivity and specificity; NaN if one class is missing."""
    place = {unit: n for n, unit in enumerate(units)}
    sums = np.zeros((len(CLASSES), 2, len(units)))
    for result in results:
        for row, name in enumerate(CLASSES):
            if name in result.figures:
                ratio = result.figures[name]
                sums[row, :, place[result.case.unit]] += (ratio.part, ratio.whole)

    def statistic(times: Times) -> float:
        parts, wholes = (sums @ times).T
        return float((parts / wholes).mean()) if wholes.all() else float("nan")

    return statistic


def _of_answers(
    of: Callable[[Answers], float], results: Sequence[Result], units: Sequence[str]
) -> Statistic:
    """A figure of confidence; what is drawn keeps its order, so nothing is ranked anew."""
    confidence, wrong, unit_of = ranked(results)
    place = {unit: n for n, unit in enumerate(units)}
    rows = np.array([place[unit] for unit in unit_of], dtype=np.int64)
    sizes = Counter(result.case.unit for result in results)
    asked = np.array([sizes[unit] for unit in units])

    def statistic(times: Times) -> float:
        often = times[rows]
        drawn = Answers(np.repeat(confidence, often), np.repeat(wrong, often), int(times @ asked))
        return of(drawn)

    return statistic
