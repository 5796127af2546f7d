"""What more passages in the prompt, and more articles in the index, cost."""

from collections.abc import Callable, Iterator
from pathlib import Path

from eval.bench.cells import Cell, System
from eval.bench.client import Worker, WorkerFailed
from eval.bench.setting import Setting, in_words
from index.store import Store, read_manifest

LARGEST = "largest"  # the folder of the index that grows from run to run
WORTH = 0.2  # of the next doubling: an index is not made larger for less


def growth(setting: Setting) -> tuple[list[Cell], list[str]]:
    """First passages, then articles; ours and plain."""
    cells = [cell for count in setting.plan.passages for cell in _of_passages(setting, count)]
    notes = ["ours reads single sentences: as many as plain reads passages"]
    for count in setting.plan.articles:
        cells += _of_articles(setting, count, notes)
    return cells, notes


def _of_passages(setting: Setting, count: int) -> Iterator[Cell]:
    at: dict[str, int | str] = {"passages": count}
    yield _measured(setting, System.OURS, at, setting.index(2), evidence_sentences=count)
    yield _measured(setting, System.PLAIN, at, setting.index(2))


def _of_articles(setting: Setting, count: int, notes: list[str]) -> Iterator[Cell]:
    try:
        folder, held, seconds = indexed(setting, count)
    except WorkerFailed as error:
        for system in (System.OURS, System.PLAIN):
            yield Cell(system=system, at={"articles": count}, why=str(error))
        return
    if held < count:
        notes.append(
            f"{held} of {count} articles: as many as {setting.plan.index_s:.0f} s of indexing"
            " allow; the next run goes on from there"
        )
    if seconds:
        notes.append(f"{held} articles: {seconds:.0f} s of indexing in this run")
    for system in (System.OURS, System.PLAIN):
        yield _measured(setting, system, {"articles": held}, folder)


def indexed(setting: Setting, count: int) -> tuple[Path, int, float]:
    """An index of so many articles: its folder, how many it holds, the seconds that it took.

    A large one is made in steps that each hold the one before, until the time is used up.

    Raises:
        WorkerFailed: If not even the first step can be made.
    """
    if count <= 200:
        return setting.index(count), count, _index(setting, setting.index(count), count)
    folder = setting.indexes / LARGEST
    return folder, *grow(
        lambda size: _index(setting, folder, size), _held(folder), count, setting.plan.index_s
    )


def grow(
    index: Callable[[int], float], held: int, wanted: int, budget_s: float
) -> tuple[int, float]:
    """Double what is held until it is what is wanted, or the next step would take too long.

    Args:
        index: Makes the index hold so many articles; returns the seconds.
        held: Articles that it holds.
        wanted: Articles that it should hold.
        budget_s: Seconds for all steps.

    Returns:
        How many it holds, and the seconds spent.
    """
    first = held or min(200, wanted)
    spent = index(first)
    rate = spent / (first - held) if first > held else 0.0
    held = first
    while held < wanted:
        fits = int((budget_s - spent) / rate) if rate else held
        step = min(wanted - held, held, fits)
        if step <= 0 or step < min(wanted - held, held) * WORTH:
            break
        seconds = index(held + step)
        held, spent, rate = held + step, spent + seconds, seconds / step
    return held, spent


def _index(setting: Setting, folder: Path, count: int) -> float:
    setting.say(f"  an index of {count} articles")
    with setting.worker("evidence").load(setting.index_options(folder, count)) as worker:
        return float(worker.facts["indexing_s"] or 0.0)


def _held(folder: Path) -> int:
    store = Store(folder)
    return len(read_manifest(store.newest()).articles) if store.exists() else 0


def _measured(
    setting: Setting, system: System, at: dict[str, int | str], folder: Path, **more: int
) -> Cell:
    asks = setting.asks[: setting.plan.grown]
    count = int(at.get("passages", 4))
    try:
        requests = setting.requests(system, [setting.asks[-1], *asks], folder, count)
        with setting.open(system, setting.options(system, folder, more)) as worker:
            _warm(worker, system, requests)
            return setting.cell(worker, system, asks, requests[1:], at)
    except WorkerFailed as error:
        return Cell(system=system, at=at, why=f"{in_words(at)}: {error}")


def _warm(worker: Worker, system: System, requests: list[dict[str, object]]) -> None:
    """Ours is asked everything once: its second time is compared, as elsewhere."""
    for request in requests if system is System.OURS else requests[:1]:
        worker.ask(request)
