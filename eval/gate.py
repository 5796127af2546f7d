"""The figures that must not fall: `eval/thresholds.toml` against a run."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError, model_validator

from eval.cases import Row
from eval.figures.summary import figures_of
from eval.records import Run
from eval.suites.rows import broken
from rag.errors import SuiteError

THRESHOLDS = Path(__file__).parent / "thresholds.toml"


class Bound(Row):
    """What a figure must be: at least, at most, or both.

    Attributes:
        if_any: A run in which no question speaks of the figure keeps the bound.
        of_at_least: Over fewer questions that speak of it, the figure is not judged.
    """

    at_least: float | None = None
    at_most: float | None = None
    if_any: bool = False
    of_at_least: int = 0

    @model_validator(mode="after")
    def _bounds_something(self) -> "Bound":
        if self.at_least is None and self.at_most is None:
            raise ValueError("a bound has at_least, at_most or both")
        return self

    def allows(self, value: float) -> bool:
        """Whether a value keeps the bound."""
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)

    def in_words(self) -> str:
        """For people."""
        pairs = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{words} {value:g}" for words, value in pairs if value is not None)


Thresholds = dict[str, dict[str, dict[str, Bound]]]
"""Suite → system → figure → bound."""


@dataclass(frozen=True, slots=True)
class Check:
    """One figure of a run against its bound; `value` is None if the run does not have it."""

    suite: str
    system: str
    figure: str
    value: float | None
    bound: Bound
    count: int = 0

    @property
    def passed(self) -> bool:
        """Whether the figure keeps the bound; one that is missing does not, unless it may be."""
        if self.value is None:
            return self.bound.if_any
        return self.is_of_too_few or self.bound.allows(self.value)

    @property
    def is_of_too_few(self) -> bool:
        """Whether chance alone could break the bound."""
        return self.count < self.bound.of_at_least

    def in_words(self) -> str:
        """One line for the terminal."""
        value = "missing" if self.value is None else f"{self.value:.3f}"
        word = "ok" if self.passed else "FAILED"
        word = "few" if self.is_of_too_few and self.value is not None else word
        where = f"{self.suite} · {self.system} · {self.figure}"
        return f"{word:7}{where}: {value}, must be {self.bound.in_words()}"


def load_thresholds(path: Path = THRESHOLDS) -> Thresholds:
    """The thresholds of the project.

    Raises:
        SuiteError: If the file is missing or says something that no threshold is.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SuiteError(f"{path.name} cannot be read: {error}") from error
    try:
        return TypeAdapter(Thresholds).validate_python(data)
    except ValidationError as error:
        raise broken(path.name, error) from error


def check(run: Run, thresholds: Thresholds) -> list[Check]:
    """Every bound of the suites and systems that the run has, in the file's order.

    Raises:
        SuiteError: If the run has none that the file speaks of: a gate that checks nothing.
    """
    found = [
        Check(suite, system, figure, value, bound, count)
        for suite, systems in thresholds.items()
        for system, bounds in systems.items()
        if (suite, system) in run.results
        for figure, bound, value, count in _values(run, suite, system, bounds)
    ]
    if not found:
        raise SuiteError("the run has no suite and system that the thresholds speak of")
    return found


def _values(
    run: Run, suite: str, system: str, bounds: dict[str, Bound]
) -> list[tuple[str, Bound, float | None, int]]:
    figures = figures_of(run.results[suite, system])
    known = {name: (one.value, one.count) for name, one in figures.items()}
    return [(name, bound, *known.get(name, (None, 0))) for name, bound in bounds.items()]
