"""Two systems on the same questions: paired differences, with intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.figures.derived import statistics_of
from eval.figures.summary import (
    drawn_interval,
    resampled,
    says,
    share_of,
    sums_by_unit,
    units_of,
)
from eval.results import Result
from rag.errors import SuiteError

ONE_SIDED = frozenset({"refusal_precision"})
"""Of a question that both refused it is the same for both, whatever they are."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two systems, over the questions that both answered for.

    Attributes:
        one, other: The figure of each.
        low, high: 95% interval of `one - other`, resampling the shared units.
        count: Shared questions of which the figure says something for both.
    """

    name: str
    one: float
    other: float
    low: float
    high: float
    count: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def differences(one: Sequence[Result], other: Sequence[Result]) -> list[Difference]:
    """Every figure that both have, by name.

    Raises:
        SuiteError: If they share no question.
    """
    theirs = {result.case.id: result for result in other}
    pairs = [(mine, theirs[mine.case.id]) for mine in one if mine.case.id in theirs]
    if not pairs:
        raise SuiteError("the two have no question in common")
    first, second = [mine for mine, _ in pairs], [its for _, its in pairs]
    names = {name for mine, its in pairs for name in mine.figures.keys() & its.figures.keys()}
    found = [_of_ratios(name, pairs) for name in sorted(names - ONE_SIDED)]
    ratios = [difference for difference in found if difference is not None]
    return sorted([*ratios, *_derived(first, second)], key=lambda difference: difference.name)


def _of_ratios(name: str, pairs: Sequence[tuple[Result, Result]]) -> Difference | None:
    saying = [(a, b) for a, b in pairs if says(name, a) and says(name, b)]
    one, other = [a for a, _ in saying], [b for _, b in saying]
    first, second = share_of(name, one), share_of(name, other)
    if first is None or second is None:
        return None
    low, high = resampled(
        lambda p, w, q, v, axis=-1: (
            p.sum(axis=axis) / w.sum(axis=axis) - q.sum(axis=axis) / v.sum(axis=axis)
        ),
        *sums_by_unit(name, one),
        *sums_by_unit(name, other),
    )
    return Difference(name, first, second, low, high, len(saying))


def _derived(one: Sequence[Result], other: Sequence[Result]) -> Iterator[Difference]:
    """Figures that are no ratio, of the same units drawn for both."""
    units = units_of(one)
    mine, theirs = statistics_of(one, units), statistics_of(other, units)
    whole = np.ones(len(units), dtype=np.int64)
    for name in mine.keys() & theirs.keys():
        first, second = mine[name], theirs[name]
        low, high = drawn_interval(
            lambda times, a=first, b=second: a(times) - b(times),  # type: ignore[misc]  # bound now
            len(units),
        )
        yield Difference(name, first(whole), second(whole), low, high, len(one))
