"""Latency, memory and correctness: ours, plain chat completion, and the peers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from eval.bench.cells import Cell, System
from eval.bench.client import Worker, WorkerFailed
from eval.bench.setting import Setting
from eval.cases import Ask
from rag.settings import Settings

AGAIN = 4  # questions that are asked again
ANSWERS_KEPT = {"answers_kept": 100}
USUAL: Mapping[str, int] = {}
SAVING: dict[str, int | str] = {"cache": "in memory"}

Measure = Callable[[Worker], Iterator[Cell]]


def latency(setting: Setting) -> tuple[list[Cell], list[str]]:
    """Ours when it sees a question's evidence for the first time and when it knows it; plain."""
    notes = [
        "plain llama_cpp gets the four passages of our search and reads every prompt whole",
        "ours: asked twice with the answer cache off, the second time with most of it known",
    ]
    asks, few = setting.asks[: setting.plan.ours], setting.asks[: setting.plan.plain]
    cells = attempt(setting, System.OURS, {}, partial(_twice, setting, asks))
    cells += attempt(
        setting, System.OURS, {"time": "again"}, partial(_again, setting), ANSWERS_KEPT
    )
    cells += attempt(setting, System.PLAIN, {}, partial(_once, setting, System.PLAIN, few))
    if "answers_kept" not in Settings.model_fields:
        notes.append("this version keeps no answers: an identical question is answered anew")
    return cells, notes


def peers(setting: Setting) -> tuple[list[Cell], list[str]]:
    """The three that others offer. Each has its own prompt and finds its own passages."""
    cells: list[Cell] = []
    for system, count in (
        (System.SERVER, setting.plan.ours),
        (System.TXTAI, setting.plan.slow),
        (System.CITATIONS, setting.plan.slow),
    ):
        asks = setting.asks[:count]
        cells += attempt(setting, system, {}, partial(_once, setting, system, asks))
    saving = partial(_once, setting, System.SERVER, setting.asks[: setting.plan.slow], at=SAVING)
    cells += attempt(setting, System.SERVER, SAVING, saving, {"ram_cache": 1})
    return cells, [
        "a first sentence of a peer is the first that ends; nothing has verified it",
        "llama_cpp.server keeps the articles read; with `--cache true` it also saves every state",
    ]


def attempt(
    setting: Setting,
    system: System,
    at: dict[str, int | str],
    measure: Measure,
    more: Mapping[str, int] = USUAL,
) -> list[Cell]:
    """The cells of one loaded system; if it fails, one that says why.

    Args:
        setting: Of the run.
        system: Is loaded.
        at: Of the cell that says why.
        measure: Makes the cells.
        more: As `Setting.options` takes them.
    """
    cells: list[Cell] = []
    try:
        with setting.open(system, setting.options(system, setting.index(2), more)) as worker:
            cells.extend(measure(worker))
    except WorkerFailed as error:
        cells.append(Cell(system=system, at=at, why=str(error)))
    return cells


def _once(
    setting: Setting,
    system: System,
    asks: Sequence[Ask],
    worker: Worker,
    at: dict[str, int | str] | None = None,
) -> Iterator[Cell]:
    requests = setting.requests(system, [setting.asks[-1], *asks])
    worker.ask(requests[0])  # another question, to touch the memory
    yield setting.cell(worker, system, asks, requests[1:], at or {})


def _twice(setting: Setting, asks: Sequence[Ask], worker: Worker) -> Iterator[Cell]:
    requests = setting.requests(System.OURS, [setting.asks[-1], *asks])
    worker.ask(requests[0])
    for time in ("first", "second"):
        yield setting.cell(worker, System.OURS, asks, requests[1:], {"time": time})


def _again(setting: Setting, worker: Worker) -> Iterator[Cell]:
    asks = setting.asks[: min(AGAIN, setting.plan.ours)]
    requests = setting.requests(System.OURS, asks)
    for request in requests:
        worker.ask(request)
    yield setting.cell(worker, System.OURS, asks, requests, {"time": "again"})
