"""Latency, memory and correctness: ours, plain chat completion, and the peers."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from eval.bench.cells import Cell, System
from eval.bench.client import Worker, WorkerFailed
from eval.bench.setting import Setting
from eval.cases import Ask
from rag.settings import Settings

AGAIN = 4  # questions that are asked again
KEPT = 100  # answers that are kept for it

Measure = Callable[[Worker], Iterator[Cell]]


def latency(setting: Setting) -> tuple[list[Cell], list[str]]:
    """Ours when it sees a question's evidence for the first time and when it knows it; plain."""
    notes = [
        "plain llama_cpp gets the four passages of our search and reads every prompt whole",
        "ours: asked twice with the answer cache off, so the second time its evidence is known",
    ]
    asks, few = setting.asks[: setting.plan.ours], setting.asks[: setting.plan.plain]
    cells = attempt(setting, System.OURS, {}, partial(_twice, setting, asks))
    cells += attempt(setting, System.OURS, {"time": "again"}, partial(_again, setting), KEPT)
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
    return cells, ["a first sentence of a peer is the first that ends; nothing has verified it"]


def attempt(
    setting: Setting,
    system: System,
    at: dict[str, int | str],
    measure: Measure,
    answers_kept: int = 0,
) -> list[Cell]:
    """The cells of one loaded system; if it fails, one that says why."""
    cells: list[Cell] = []
    try:
        options = setting.options(system, answers_kept=answers_kept)
        with setting.open(system, options) as worker:
            cells.extend(measure(worker))
    except WorkerFailed as error:
        cells.append(Cell(system=system, at=at, why=str(error)))
    return cells


def _once(setting: Setting, system: System, asks: Sequence[Ask], worker: Worker) -> Iterator[Cell]:
    requests = setting.requests(system, [setting.asks[-1], *asks])
    worker.ask(requests[0])  # another question, to touch the memory
    yield setting.cell(worker, system, asks, requests[1:], {})


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
