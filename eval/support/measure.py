"""Balanced accuracy, with bootstrap intervals in which all claims of a source move together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.cases import Claim

THRESHOLD = 0.5
DRAWS = 2_000
MEAN_OF = ("frank", "summedits", "wice", "begin")
"""The headline leaves feversym out: its claims were written to fool, and are no news sentences."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim of a suite, and what was said of it."""

    suite: str
    claim: Claim
    probability: float

    @property
    def is_right(self) -> bool:
        """Whether the side of 0.5 is the label's."""
        return (self.probability >= THRESHOLD) == self.claim.supported


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure, and the same over `DRAWS` resampled sets of sources."""

    value: float
    draws: Floats
    rows: int
    sources: int


def balanced_accuracy(judged: Sequence[Judged], seed: int) -> Measured:
    """The mean of the shares of supported and of unsupported claims that are judged right.

    A resample without one of the classes is left out.

    Raises:
        ValueError: If a class is empty.
    """
    counts = _counts(judged)
    whole = counts.sum(axis=0, keepdims=True)
    if not (whole[0, 1] and whole[0, 3]):
        raise ValueError("balanced accuracy needs claims of both classes")
    rng = np.random.default_rng(seed)
    share = np.full(len(counts), 1 / len(counts))
    drawn = rng.multinomial(len(counts), share, size=DRAWS) @ counts
    drawn = drawn[(drawn[:, 1] > 0) & (drawn[:, 3] > 0)]
    return Measured(float(_balanced(whole)[0]), _balanced(drawn), len(judged), len(counts))


def mean_of(parts: Iterable[Measured]) -> Measured:
    """The mean of several figures, each resampled by itself."""
    found = list(parts)
    least = min(len(part.draws) for part in found)
    return Measured(
        float(np.mean([part.value for part in found])),
        np.mean([part.draws[:least] for part in found], axis=0),
        sum(part.rows for part in found),
        sum(part.sources for part in found),
    )


def by_suite(judged: Sequence[Judged], seed: int) -> dict[str, Measured]:
    """Each suite's figure, and the mean of `MEAN_OF` as `mean`."""
    found = _grouped(judged, lambda one: one.suite, seed)
    return {**found, "mean": mean_of(found[name] for name in MEAN_OF)}


def by_kind(judged: Sequence[Judged], seed: int) -> dict[str, Measured]:
    """Figures of the kinds in which both classes stand, as `suite/kind`."""
    return _grouped(judged, lambda one: f"{one.suite}/{one.claim.kind}", seed)


def _grouped(
    judged: Sequence[Judged], key: Callable[[Judged], str], seed: int
) -> dict[str, Measured]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(key(one), []).append(one)
    mixed = {n: g for n, g in groups.items() if len({one.claim.supported for one in g}) == 2}
    return {name: balanced_accuracy(group, seed) for name, group in mixed.items()}


def _counts(judged: Sequence[Judged]) -> NDArray[np.int64]:
    """For each source, by its name: right and all of the supported, right and all of the others."""
    table: dict[str, list[int]] = {}
    for one in judged:
        row = table.setdefault(one.claim.unit, [0, 0, 0, 0])
        first = 0 if one.claim.supported else 2
        row[first] += one.is_right
        row[first + 1] += 1
    return np.array([table[name] for name in sorted(table)], dtype=np.int64)


def _balanced(counts: NDArray[np.int64]) -> Floats:
    return np.asarray((counts[:, 0] / counts[:, 1] + counts[:, 2] / counts[:, 3]) / 2)


def interval(measured: Measured) -> tuple[float, float]:
    """The middle 95% of the draws."""
    low, high = np.quantile(measured.draws, [0.025, 0.975])
    return float(low), float(high)


def table_of(found: Mapping[str, Measured]) -> str:
    """Lines to be printed."""
    lines = []
    for name, measured in found.items():
        low, high = interval(measured)
        lines.append(f"{name:18} {measured.value:.3f} [{low:.3f}, {high:.3f}] {measured.rows}")
    return "\n".join(lines)
