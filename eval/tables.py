"""Figures as tables on the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.figures.difference import Difference
from eval.figures.losses import counts_of
from eval.figures.summary import Figure, figures_of, latency_of
from eval.results import Result

WIDTH = 160  # columns; a terminal that is narrower wraps whole lines, and nothing is cut
MOST_WITH_INTERVALS = 4


def summary(found: Sequence[Sequence[Result]]) -> None:
    """A table a suite: a row a figure, a column a system; below, where each lost its questions."""
    for suite in dict.fromkeys(results[0].suite for results in found):
        columns = {r[0].system: figures_of(r) for r in found if r[0].suite == suite}
        sizes = {r[0].system: r for r in found if r[0].suite == suite}
        table = Table(title=escape(f"{suite}: {len(next(iter(sizes.values())))} questions"))
        table.add_column("figure", no_wrap=True)
        for system in columns:
            table.add_column(escape(system), justify="right", no_wrap=True)
        show = in_words if len(columns) <= MOST_WITH_INTERVALS else value_alone
        for name in sorted({name for figures in columns.values() for name in figures}):
            table.add_row(escape(name), *(show(figures.get(name)) for figures in columns.values()))
        for stage in ("retrieve", "first_sentence", "total"):
            table.add_row(f"{stage}, ms", *(_times(results, stage) for results in sizes.values()))
        Console(width=WIDTH).print(table)
        for system, results in sizes.items():
            if said := lost_in_words(results):
                Console(width=WIDTH).print(escape(f"{system}, {said}"), highlight=False)


def comparison(suite: str, one: str, other: str, rows: Sequence[Difference]) -> None:
    """A table of paired differences; a star marks those whose interval leaves out 0."""
    table = Table(title=escape(f"{suite}: {one} against {other}"))
    for heading in (
        "figure",
        escape(one),
        escape(other),
        "difference",
        "95% interval",
        "questions",
    ):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for row in rows:
        table.add_row(
            escape(row.name),
            f"{row.one:.3f}",
            f"{row.other:.3f}",
            f"{row.one - row.other:+.3f}{' *' if row.is_clear else ''}",
            f"{row.low:+.3f} to {row.high:+.3f}",
            str(row.count),
        )
    Console(width=WIDTH).print(table)


def in_words(figure: Figure | None) -> str:
    """The value and its interval: 0.754 (0.646-0.846); a dash where nothing was said."""
    if figure is None or figure.value is None:
        return "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def value_alone(figure: Figure | None) -> str:
    """The value, or a dash."""
    return "-" if figure is None or figure.value is None else f"{figure.value:.3f}"


def lost_in_words(results: Sequence[Result]) -> str:
    """How many questions are at each stage that has any; empty if these are no questions."""
    parts = []
    for must_refuse, words in ((False, "answerable"), (True, "to be refused")):
        counts = counts_of(results, must_refuse)
        if counts:
            stages = ", ".join(f"{count} {stage}" for stage, count in counts.items() if count)
            parts.append(f"of {sum(counts.values())} {words}: {stages}")
    return "; ".join(parts)


def _times(results: Sequence[Result], stage: str) -> str:
    times = latency_of(results).get(stage)
    return f"{times['p50']:g} / {times['p95']:g}" if times else "-"
