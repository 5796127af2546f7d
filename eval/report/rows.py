"""Claims and searches → rows of compact tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.cases import Claim, Search
from eval.replies import Ranking, Verdict
from eval.report.failures import Failure, failures_of, first_relevant
from eval.report.items import by_case
from eval.report.tables import Systems
from eval.results import Result

SOURCE_CHARS = 600
QUERY_CHARS = 240
ROWS_A_CHUNK = 50


@dataclass(frozen=True, slots=True)
class RowCell:
    """What one system said: a word of the right class, and the number behind it."""

    system: str
    said: str
    number: str
    well: bool
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One claim or search.

    Attributes:
        text: The claim, or the query.
        expected: The label, or how many articles are relevant.
        behind: What opens under it: the source, or the rest of a long query.
    """

    id: str
    kind: str
    text: str
    expected: str
    behind: str
    cells: tuple[RowCell | None, ...]


def rows_of(systems: Systems) -> tuple[Row, ...]:
    """The claims or searches of a suite, by id; a cell is None where a system was not asked."""
    return tuple(_row(results, list(systems)) for results in by_case(systems))


def in_chunks(rows: Sequence[Row]) -> tuple[Sequence[Row], ...]:
    """Rows in tables of a size that a browser lays out at once."""
    return tuple(rows[at : at + ROWS_A_CHUNK] for at in range(0, len(rows), ROWS_A_CHUNK))


def clipped(text: str, chars: int) -> str:
    """The beginning of a text, with a word on how much is left out."""
    if len(text) <= chars:
        return text
    return f"{text[:chars].rstrip()} … ({len(text):,} characters in all)"


def _row(results: Sequence[Result], systems: Sequence[str]) -> Row:
    case = results[0].case
    cells = {result.system: _cell(result) for result in results}
    text, expected, behind = "", "", ""
    if isinstance(case, Claim):
        text, behind = case.claim, clipped(case.source, SOURCE_CHARS)
        expected = "supported" if case.supported else "not supported"
    elif isinstance(case, Search):
        text = clipped(case.query, QUERY_CHARS)
        behind = f"Relevant: {', '.join(case.relevant)}"
        expected = f"{len(case.relevant)} relevant"
    return Row(case.id, case.kind, text, expected, behind, tuple(map(cells.get, systems)))


def _cell(result: Result) -> RowCell:
    case, reply, failures = result.case, result.reply, failures_of(result)
    said, number = "", ""
    if isinstance(reply, Verdict):
        said, number = "right" if not failures else "wrong", f"{reply.probability:.2f}"
    elif isinstance(case, Search) and isinstance(reply, Ranking):
        rank = first_relevant(case, reply)
        said, number = ("found at", str(rank)) if rank else ("not found", "")
    return RowCell(result.system, said, number, not failures, failures)
