"""What a run has measured, as `bench.json` holds it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from eval.cases import Row

SCHEMA = 1


class Part(StrEnum):
    """The sections of a run, in their order."""

    START = "start"
    LIMITS = "limits"
    LATENCY = "latency"
    PEERS = "peers"
    USERS = "users"
    GROWTH = "growth"
    INDEX = "index"


class System(StrEnum):
    """What is compared."""

    OURS = "ours"
    PLAIN = "plain llama_cpp"
    SERVER = "llama_cpp.server, articles in a cached prompt"
    TXTAI = "txtai RAG"
    CITATIONS = "LlamaIndex CitationQueryEngine"
    MACHINE = "this machine"


class Cell(Row):
    """One system under one condition.

    Attributes:
        at: The condition: users, passages, articles, which time it was asked.
        figures: Name → value; the name ends in the unit. What could not be measured is left out.
        asked: How many questions the figures are of.
        answers: What was measured of each.
        why: Why there are no figures, or fewer; empty if nothing is missing.
    """

    system: System
    at: Mapping[str, int | str] = {}
    figures: Mapping[str, float] = {}
    asked: int = 0
    answers: tuple[dict[str, Any], ...] = ()
    why: str = ""


class Section(Row):
    """One part of a run.

    Attributes:
        busy: Share of the processors' time that others used just before.
        load: Averages over 1, 5 and 15 minutes before it; the bench's own work counts in them.
    """

    part: Part
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    busy: float = 0.0
    load: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Ratio(Row):
    """One target.

    Attributes:
        value: None if it could not be computed.
        bound: What the value must not exceed, or, if `at_least`, must reach.
        why: Why there is no value.
    """

    name: str
    value: float | None
    bound: float
    unit: str = ""
    at_least: bool = False
    why: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None if nobody knows."""
        if self.value is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


class Run(Row):
    """A whole run."""

    version: int = SCHEMA
    made: dict[str, Any]
    sections: tuple[Section, ...]
    ratios: tuple[Ratio, ...] = ()

    def cell(self, part: Part, system: System, **at: int | str) -> Cell | None:
        """The first cell of a system under a condition; more may be said of it than is asked."""
        for section in self.sections:
            for cell in section.cells if section.part is part else ():
                if cell.system is system and at.items() <= dict(cell.at).items():
                    return cell
        return None


def cells_of(sections: Sequence[Section], part: Part) -> list[Cell]:
    """All cells of a part, in order."""
    return [cell for section in sections if section.part is part for cell in section.cells]
