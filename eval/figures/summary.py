"""Results of one suite and system → figures with intervals.

Every figure is a sum of parts over a sum of wholes (micro), or the mean of that over kinds (macro).
Intervals are bootstrap percentiles; what shares a source is resampled as one.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import DegenerateDataWarning, bootstrap

from eval.figures.derived import Statistic, statistics_of
from eval.figures.risk import RISK_FIGURES, answered_confidence
from eval.results import Result

RESAMPLES = 2000
LEVEL = 0.95
SEED = 7
PERCENTILES = (50, 95)
NO_MACRO = frozenset({"refusal_precision", *RISK_FIGURES})
"""Figures whose value for one kind says no more than what kind it is."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        value: Over all questions together (micro); None if no question says anything.
        low, high: 95% interval of `value`; equal to it where every question says the same; None
            where there is no value.
        macro: Mean over kinds.
        count: Questions that say something.
    """

    value: float | None
    low: float | None
    high: float | None
    macro: float | None
    count: int


def figures_of(results: Sequence[Result]) -> dict[str, Figure]:
    """Every figure of one suite and system, by name in alphabetical order."""
    names = sorted({name for result in results for name in result.figures})
    figures = {name: _figure(name, results) for name in names} | derived_figures(results)
    return dict(sorted(figures.items()))


def by_kind(results: Sequence[Result]) -> dict[str, dict[str, float | None]]:
    """Kind → figure → value, kinds in alphabetical order."""
    kinds = sorted({result.case.kind for result in results})
    names = sorted({name for result in results for name in result.figures})
    found: dict[str, dict[str, float | None]] = {}
    for kind in kinds:
        of_kind = [result for result in results if result.case.kind == kind]
        found[kind] = {name: share_of(name, of_kind) for name in names}
    return found


def latency_of(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """Stage → {"p50": ms, "p95": ms}, of the replies that had that stage."""
    found: dict[str, dict[str, float]] = {}
    for stage in ("retrieve", "first_sentence", "total"):
        times = [getattr(r.timing, stage) for r in results if r.timing is not None]
        known = [time for time in times if time is not None]
        if known:
            points = np.percentile(known, PERCENTILES)
            pairs = zip(PERCENTILES, points, strict=True)
            found[stage] = {f"p{percent}": round(float(point)) for percent, point in pairs}
    return found


def share_of(name: str, results: Sequence[Result]) -> float | None:
    """Sum of parts over sum of wholes; None if the wholes sum to 0."""
    ratios = [result.figures[name] for result in results if name in result.figures]
    whole = sum(ratio.whole for ratio in ratios)
    return sum(ratio.part for ratio in ratios) / whole if whole else None


def says(name: str, result: Result) -> bool:
    """Whether a figure has a meaning for one question."""
    return name in result.figures and result.figures[name].whole > 0


def derived_figures(results: Sequence[Result]) -> dict[str, Figure]:
    """Figures that are no ratio: balanced accuracy of claims, calibration and risk of answers."""
    units = units_of(results)
    return {
        name: _derived(name, statistic, len(units), results)
        for name, statistic in statistics_of(results, units).items()
    }


def units_of(results: Sequence[Result]) -> list[str]:
    """What is resampled as one, in alphabetical order."""
    return sorted({result.case.unit for result in results})


def drawn_interval(statistic: Statistic, units: int) -> tuple[float, float]:
    """95% percentile interval of a statistic of how often each unit is drawn."""

    def of_chosen(chosen: Numbers) -> float:
        return statistic(np.bincount(chosen.astype(np.int64), minlength=units))

    return resampled(of_chosen, np.arange(units, dtype=np.float64))


def _derived(name: str, statistic: Statistic, units: int, results: Sequence[Result]) -> Figure:
    low, high = drawn_interval(statistic, units)
    known = [value for value in _per_kind(name, results) if not np.isnan(value)]
    count = sum(answered_confidence(result) is not None for result in results)
    return Figure(
        value=_or_none(statistic(np.ones(units, dtype=np.int64))),
        low=_or_none(low),
        high=_or_none(high),
        macro=sum(known) / len(known) if known else None,
        count=count or len(results),
    )


def _per_kind(name: str, results: Sequence[Result]) -> Iterator[float]:
    """A derived figure of each kind; none of those of confidence.

    A kind is wholly answerable or wholly to be refused, so theirs would say what it is.
    """
    if name in NO_MACRO:
        return
    for kind in sorted({result.case.kind for result in results}):
        of_kind = [result for result in results if result.case.kind == kind]
        units = units_of(of_kind)
        yield statistics_of(of_kind, units)[name](np.ones(len(units), dtype=np.int64))


def _figure(name: str, results: Sequence[Result]) -> Figure:
    saying = [result for result in results if says(name, result)]
    kinds = sorted({result.case.kind for result in saying})
    means = [share_of(name, [r for r in saying if r.case.kind == kind]) for kind in kinds]
    known = [mean for mean in means if mean is not None and name not in NO_MACRO]
    low, high = ratio_interval(*sums_by_unit(name, saying)) if saying else (None, None)
    return Figure(
        value=share_of(name, saying),
        low=low,
        high=high,
        macro=sum(known) / len(known) if known else None,
        count=len(saying),
    )


def sums_by_unit(name: str, results: Sequence[Result]) -> tuple[Numbers, Numbers]:
    """Parts and wholes of a figure, `(units,)` float64 each, units in alphabetical order."""
    parts: dict[str, float] = {}
    wholes: dict[str, float] = {}
    for result in results:
        ratio = result.figures[name]
        unit = result.case.unit
        parts[unit] = parts.get(unit, 0.0) + ratio.part
        wholes[unit] = wholes.get(unit, 0.0) + ratio.whole
    units = sorted(parts)
    return np.array([parts[u] for u in units]), np.array([wholes[u] for u in units])


def ratio_interval(parts: Numbers, wholes: Numbers) -> tuple[float, float]:
    """95% percentile interval of sum(parts) / sum(wholes), resampling units."""
    return resampled(lambda p, w, axis=-1: p.sum(axis=axis) / w.sum(axis=axis), parts, wholes)


def resampled(statistic: Callable[..., Any], *columns: Numbers) -> tuple[float, float]:
    """95% percentile interval of a statistic of paired columns.

    A resample in which the statistic does not exist (no question in it says anything) is left out;
    NaN if it exists in none.
    """
    if len(columns[0]) < 2:  # one unit says nothing about the spread
        with np.errstate(invalid="ignore", divide="ignore"):
            value = float(statistic(*columns))
        return value, value
    with np.errstate(invalid="ignore", divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # of its interval, which is not used
        found = bootstrap(
            columns,
            statistic,
            paired=True,
            n_resamples=RESAMPLES,
            confidence_level=LEVEL,
            method="percentile",
            rng=np.random.default_rng(SEED),
        )
    edge = 100 * (1 - LEVEL) / 2
    known = found.bootstrap_distribution[~np.isnan(found.bootstrap_distribution)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, [edge, 100 - edge])
    return float(low), float(high)


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
