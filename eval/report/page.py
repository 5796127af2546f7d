"""A run → everything that its page shows, in order; knows nothing of HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.figures.losses import Stage
from eval.figures.summary import Figure, figures_of
from eval.records import Run
from eval.report.about import Facts, brief_of, details_of, facts_of, receipts_of
from eval.report.failures import Failure
from eval.report.geometry import Plot
from eval.report.items import AskItem, ask_items
from eval.report.losses import LossView, loss_view, stages_in
from eval.report.plots import plots_of
from eval.report.rows import Row, in_chunks, rows_of
from eval.report.scorer import Standing
from eval.report.tables import (
    CEILINGS,
    HEADLINES,
    KindRow,
    MetricGroup,
    Systems,
    interval,
    kind_table,
    metric_table,
    with_latency,
    written,
)
from eval.suites.protocol import Task

OURS = "dateline"
PLOTS_AT_ONCE = 6

SYSTEMS_IN_WORDS: Mapping[str, str] = {
    OURS: "the whole system, as users call it",
    "bm25": "ours, finding evidence by its words alone",
    "dense": "ours, finding evidence by its meaning alone",
    "oracle": "ours, given the annotated evidence: what finding costs",
    "copy": "the best sentence found, copied; no language model",
    "closed": "the language model alone, without articles",
    "chunks": "the language model with passages, nothing verified",
    "refuse": "refuses everything",
    "scorer": "the independent scorer",
    "coverage": "the share of a claim's details that stand in its source",
    "always": "says that every claim is supported",
}

TASKS_IN_WORDS: Mapping[Task, str] = {
    Task.ANSWER: "questions answered from articles",
    Task.SUPPORT: "claims judged against a source",
    Task.SEARCH: "searches for articles",
}


@dataclass(frozen=True, slots=True)
class Glance:
    """One suite in one line: a figure of ours, and the best other system's."""

    name: str
    system: str
    value: str
    interval: str
    other: str
    other_system: str
    ours_best: bool
    other_best: bool


@dataclass(frozen=True, slots=True)
class SuiteView:
    """All of one suite.

    Attributes:
        items: Its questions; none where it has claims or searches.
        more_plots: Those of other systems, where they are too many to be looked at together.
        chunks: Its claims or searches, in tables of limited length.
    """

    id: str
    name: str
    task: Task
    words: str
    count: int
    systems: tuple[str, ...]
    glance: Glance | None
    groups: tuple[MetricGroup, ...]
    kinds: tuple[KindRow, ...]
    plots: tuple[Plot, ...]
    more_plots: tuple[Plot, ...]
    items: tuple[AskItem, ...]
    chunks: tuple[Sequence[Row], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report.

    Attributes:
        losses: Of each suite that asks questions.
        stages: Those that `losses` shows, with their meanings.
    """

    facts: tuple[str, ...]
    receipts: Facts
    systems: tuple[tuple[str, str], ...]
    suites: tuple[SuiteView, ...]
    losses: tuple[LossView, ...]
    stages: tuple[tuple[Stage, str], ...]
    standing: tuple[Standing, ...]
    kinds: tuple[str, ...]
    failures: tuple[Failure, ...]
    questions: int


def page_of(run: Run, standing: tuple[Standing, ...] = ()) -> Page:
    """Work out a report: the same run gives the same page."""
    names = sorted({suite for suite, _ in run.results})
    suites = tuple(_suite(n, name, _ordered(run, name)) for n, name in enumerate(names))
    views = (loss_view(suite.id, suite.name, _ordered(run, suite.name)) for suite in suites)
    losses = tuple(view for view in views if view is not None)
    systems = sorted({system for _, system in run.results}, key=_ours_first)
    results = [result for found in run.results.values() for result in found]
    receipts = receipts_of(results)
    return Page(
        facts=(*facts_of(run.manifest), *brief_of(receipts)),
        receipts=tuple(dict.fromkeys((*receipts, *details_of(run.manifest)))),
        systems=tuple((name, SYSTEMS_IN_WORDS.get(name, "")) for name in systems),
        suites=suites,
        losses=losses,
        stages=stages_in(losses),
        standing=standing,
        kinds=tuple(sorted({result.case.kind for result in results})),
        failures=tuple(Failure),
        questions=sum(suite.count for suite in suites),
    )


def _ours_first(system: str) -> tuple[bool, str]:
    return system != OURS, system


def _ordered(run: Run, suite: str) -> Systems:
    """The systems of a suite, ours first, the others in alphabetical order."""
    names = sorted((system for name, system in run.results if name == suite), key=_ours_first)
    return {name: run.results[suite, name] for name in names if run.results[suite, name]}


def _suite(number: int, name: str, systems: Systems) -> SuiteView:
    task = next(iter(systems.values()))[0].task
    figures = {system: with_latency(figures_of(rs), rs) for system, rs in systems.items()}
    asked = task is Task.ANSWER
    plots = plots_of(f"suite-{number}", systems)
    few, first = len(plots) <= PLOTS_AT_ONCE, next(iter(systems))
    return SuiteView(
        id=f"suite-{number}",
        name=name,
        task=task,
        words=TASKS_IN_WORDS[task],
        count=len({result.case.id for results in systems.values() for result in results}),
        systems=tuple(systems),
        glance=_glance(task, figures),
        groups=metric_table(figures),
        kinds=kind_table(systems, task),
        plots=plots if few else tuple(p for p in plots if p.system in {"", first}),
        more_plots=() if few else tuple(p for p in plots if p.system not in {"", first}),
        items=ask_items(name, systems, number) if asked else (),
        chunks=() if asked else in_chunks(rows_of(systems)),
    )


def _glance(task: Task, figures: Mapping[str, Mapping[str, Figure]]) -> Glance | None:
    """The first headline figure that the first system has, and who else does best in it."""
    ours, *others = figures
    name = next((name for name in _headlines(task) if name in figures[ours]), None)
    if name is None:
        return None
    value = figures[ours][name].value or 0.0
    shown = {s: figures[s][name].value for s in others if name in figures[s] and s not in CEILINGS}
    known = {s: value for s, value in shown.items() if value is not None}
    best = max(known, key=lambda system: known[system], default="")
    return Glance(
        name=name,
        system=ours,
        value=written(name, figures[ours][name].value),
        interval=interval(figures[ours][name]),
        other=written(name, known[best]) if best else "",
        other_system=best,
        ours_best=bool(best) and value > known[best],
        other_best=bool(best) and value < known[best],
    )


def _headlines(task: Task) -> tuple[str, ...]:
    return ("balanced_accuracy", *HEADLINES[task])
