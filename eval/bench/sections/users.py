"""Several users at once."""

from collections.abc import Iterator
from functools import partial

from eval.bench.cells import Cell, System
from eval.bench.client import Worker
from eval.bench.sections.answering import attempt
from eval.bench.setting import Setting


def users(setting: Setting) -> tuple[list[Cell], list[str]]:
    """Ours, plain, and the cached prompt; as many questions at each step."""
    plan = setting.plan
    cached = partial(_steps, setting, System.SERVER, plan.shared, plan.users)
    plain = partial(_steps, setting, System.PLAIN, plan.plain_shared, plan.plain_users)
    cells = attempt(setting, System.OURS, {}, partial(_ours, setting))
    cells += attempt(setting, System.SERVER, {}, cached)
    cells += attempt(setting, System.PLAIN, {}, plain)
    why = "one model in one process takes one question at a time"
    cells += [Cell(system=one, why=f"{why}: as one user") for one in ONE_AT_A_TIME]
    return cells, [f"plain and llama_cpp.server: {why}; their users wait for one another"]


ONE_AT_A_TIME = (System.TXTAI, System.CITATIONS)


def _ours(setting: Setting, worker: Worker) -> Iterator[Cell]:
    """Other questions at each step, since what was asked before is quicker."""
    count = setting.plan.shared
    worker.ask(setting.requests(System.OURS, [setting.asks[-1]])[0])
    for step, number in enumerate(setting.plan.users):
        asks = setting.asks[step * count : (step + 1) * count]
        requests = setting.requests(System.OURS, asks)
        yield setting.cell(worker, System.OURS, asks, requests, {"users": number}, number)


def _steps(
    setting: Setting, system: System, count: int, steps: tuple[int, ...], worker: Worker
) -> Iterator[Cell]:
    asks = setting.asks[:count]
    requests = setting.requests(system, asks)
    worker.ask(setting.requests(system, [setting.asks[-1]])[0])
    for number in steps:
        yield setting.cell(worker, system, asks, requests, {"users": number}, number)
