"""Results of one suite and system → figures with intervals.

Every figure is a sum of parts over a sum of wholes (micro), or the mean of that over kinds (macro).
Intervals are bootstrap percentiles; what shares a source is resampled as one.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import DegenerateDataWarning, bootstrap

from eval.figures.risk import (
    RISK_FIGURES,
    Answers,
    answered_confidence,
    answers_of,
    ranked,
)
from eval.results import Result

RESAMPLES = 2000
LEVEL = 0.95
SEED = 7
PERCENTILES = (50, 95)

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
    found: dict[str, Figure] = {}
    if any("sensitivity" in result.figures for result in results):
        found["balanced_accuracy"] = _balanced_accuracy(results)
    if any(answered_confidence(result) is not None for result in results):
        found |= {name: _risk_figure(of, results) for name, of in RISK_FIGURES.items()}
    return found


def _balanced_accuracy(results: Sequence[Result]) -> Figure:
    """Mean of sensitivity and specificity; None if one class is missing."""
    units = sorted({result.case.unit for result in results})
    place = {unit: n for n, unit in enumerate(units)}
    sums = np.zeros((4, len(units)))
    for result in results:
        for row, name in enumerate(("sensitivity", "specificity")):
            ratio = result.figures.get(name)
            if ratio is not None:
                sums[2 * row : 2 * row + 2, place[result.case.unit]] += (ratio.part, ratio.whole)

    def mean(p: Numbers, w: Numbers, q: Numbers, v: Numbers, axis: int = -1) -> Numbers:
        shares = p.sum(axis=axis) / w.sum(axis=axis) + q.sum(axis=axis) / v.sum(axis=axis)
        return np.asarray(shares / 2, dtype=np.float64)

    with np.errstate(invalid="ignore", divide="ignore"):
        of_kinds = [_both_classes(rows) for rows in _by_kind(results).values()]
        value = float(mean(*sums))
    return _derived(value, resampled(mean, *sums), of_kinds, len(results))


def _both_classes(results: Sequence[Result]) -> float:
    shares = [share_of(name, results) for name in ("sensitivity", "specificity")]
    return float("nan") if None in shares else sum(s for s in shares if s is not None) / 2


def _risk_figure(of: Callable[[Answers], float], results: Sequence[Result]) -> Figure:
    """A figure of confidence. A resample draws units: each of their answers so many times.

    What is drawn keeps its order, so nothing is ranked anew.
    """
    confidence, wrong, unit_of = ranked(results)
    sizes = Counter(result.case.unit for result in results)
    units = sorted(sizes)
    place = {unit: n for n, unit in enumerate(units)}
    rows = np.array([place[unit] for unit in unit_of], dtype=np.int64)
    asked = np.array([sizes[unit] for unit in units])

    def statistic(chosen: Numbers) -> float:
        times = np.bincount(chosen.astype(np.int64), minlength=len(units))
        often = times[rows]
        drawn = Answers(np.repeat(confidence, often), np.repeat(wrong, often), int(times @ asked))
        return of(drawn)

    interval = resampled(statistic, np.arange(len(units), dtype=np.float64))
    of_kinds = [of(answers_of(rows)) for rows in _by_kind(results).values()]
    return _derived(of(answers_of(results)), interval, of_kinds, len(confidence))


def _by_kind(results: Sequence[Result]) -> dict[str, list[Result]]:
    kinds: dict[str, list[Result]] = {}
    for result in results:
        kinds.setdefault(result.case.kind, []).append(result)
    return kinds


def _derived(
    value: float, interval: tuple[float, float], of_kinds: Sequence[float], count: int
) -> Figure:
    known = [one for one in of_kinds if not np.isnan(one)]
    low, high = interval
    return Figure(
        value=_or_none(value),
        low=_or_none(low),
        high=_or_none(high),
        macro=sum(known) / len(known) if known else None,
        count=count,
    )


def _figure(name: str, results: Sequence[Result]) -> Figure:
    saying = [result for result in results if says(name, result)]
    kinds = sorted({result.case.kind for result in saying})
    means = [share_of(name, [r for r in saying if r.case.kind == kind]) for kind in kinds]
    known = [mean for mean in means if mean is not None]
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
