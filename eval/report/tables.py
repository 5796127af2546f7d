"""Figures → tables: metrics by systems, and kinds by systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from eval.figures.summary import Figure, by_kind, latency_of
from eval.replies import Reply
from eval.report.glossary import Group, Metric
from eval.report.metrics import metric_of, order_of
from eval.results import Result
from eval.suites.protocol import Task

Systems = Mapping[str, Sequence[Result]]
"""System → its results in one suite; ours first."""

CEILINGS = frozenset({"oracle", "refuse"})
"""Systems that are given what the others must find, or say nothing: shown, never the best."""

HEADLINES: Mapping[Task, tuple[str, ...]] = {
    Task.ANSWER: ("correctness", "refusal_recall", "exact_match", "token_f1"),
    Task.SUPPORT: ("accuracy",),
    Task.SEARCH: ("recall_at_10", "hits_at_1", "mrr_at_10"),
}
"""What a kind is summed up by: the first that it has."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one system, as it is written; `-` where no question says anything."""

    system: str
    micro: str
    interval: str
    macro: str
    best_micro: bool
    best_macro: bool


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One figure of every system."""

    name: str
    metric: Metric
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Figures that stand together."""

    title: Group
    rows: tuple[MetricRow, ...]


@dataclass(frozen=True, slots=True)
class KindCell:
    """How one system did with one kind: a figure, and the share that it refused."""

    system: str
    value: float | None
    name: str
    refused: float | None


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of questions."""

    kind: str
    count: int
    cells: tuple[KindCell, ...]


def with_latency(figures: Mapping[str, Figure], results: Sequence[Result]) -> Mapping[str, Figure]:
    """The figures, and the times as figures without interval."""
    times = {
        f"latency_{stage}_{percent}": Figure(value, None, None, value, len(results))
        for stage, points in latency_of(results).items()
        for percent, value in points.items()
    }
    return {**figures, **times}


def metric_table(figures: Mapping[str, Mapping[str, Figure]]) -> tuple[MetricGroup, ...]:
    """Every figure that a system has, grouped.

    Args:
        figures: System → figure → value, systems in the order of the columns.
    """
    names = sorted({name for known in figures.values() for name in known}, key=order_of)
    rows = [_metric_row(name, figures) for name in names]
    groups = {group: tuple(row for row in rows if row.metric.group is group) for group in Group}
    return tuple(MetricGroup(group, rows) for group, rows in groups.items() if rows)


def written(name: str, value: float | None) -> str:
    """A figure as it is printed: shares with three places, times in ms or s."""
    if value is None or isnan(value):
        return "–"
    if metric_of(name).group is not Group.COST:
        return f"{value:.3f}"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def interval(figure: Figure) -> str:
    """The 95% interval with two places; empty where there is none."""
    if figure.low is None or figure.high is None or isnan(figure.low) or isnan(figure.high):
        return ""
    return f"[{figure.low:.2f}, {figure.high:.2f}]"


def _metric_row(name: str, figures: Mapping[str, Mapping[str, Figure]]) -> MetricRow:
    metric = metric_of(name)
    known = {system: values[name] for system, values in figures.items() if name in values}
    micro = _best({s: figure.value for s, figure in known.items()}, metric)
    macro = _best({s: figure.macro for s, figure in known.items()}, metric)
    cells = (
        Cell(
            system=system,
            micro=written(name, known[system].value) if system in known else "–",
            interval=interval(known[system]) if system in known else "",
            macro=written(name, known[system].macro) if system in known else "–",
            best_micro=system in micro,
            best_macro=system in macro,
        )
        for system in figures
    )
    return MetricRow(name, metric, tuple(cells))


def _best(values: Mapping[str, float | None], metric: Metric) -> frozenset[str]:
    """The systems with the best value, as printed; none if all are alike."""
    known = {s: v for s, v in values.items() if v is not None and not isnan(v)}
    shown = {s: round(v, 3) for s, v in known.items() if s not in CEILINGS}
    if len(set(shown.values())) < 2 or metric.higher_is_better is None:
        return frozenset()
    best = max(shown.values()) if metric.higher_is_better else min(shown.values())
    return frozenset(system for system, value in shown.items() if value == best)


def kind_table(systems: Systems, task: Task) -> tuple[KindRow, ...]:
    """A row a kind, in alphabetical order; nothing where there is one kind alone."""
    figures = {system: by_kind(results) for system, results in systems.items()}
    kinds = sorted({kind for found in figures.values() for kind in found})
    if len(kinds) < 2:
        return ()
    return tuple(_kind_row(kind, systems, figures, HEADLINES[task]) for kind in kinds)


def _kind_row(
    kind: str,
    systems: Systems,
    figures: Mapping[str, Mapping[str, Mapping[str, float | None]]],
    names: Sequence[str],
) -> KindRow:
    of_kind = {s: [r for r in rs if r.case.kind == kind] for s, rs in systems.items()}
    cells = []
    for system, results in of_kind.items():
        values = figures[system].get(kind, {})
        name = next((name for name in names if values.get(name) is not None), "")
        cells.append(KindCell(system, values.get(name), name, _refused(results)))
    count = max(len(results) for results in of_kind.values())
    return KindRow(kind, count, tuple(cells))


def _refused(results: Sequence[Result]) -> float | None:
    """The share of replies that are refusals; None if these are no answers."""
    replies = [result.reply for result in results if isinstance(result.reply, Reply)]
    return sum(reply.refused for reply in replies) / len(replies) if replies else None
