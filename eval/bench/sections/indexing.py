"""How fast articles are indexed, and how fast 100,000 sentences are searched."""

import importlib
from collections.abc import Callable, Mapping
from functools import partial

from eval.bench.cells import Cell, System
from eval.bench.setting import Setting

MODULE = "eval.bench.retrieval"
RATES, LATENCY = "indexing_rates", "retrieval_latency"


def indexing(setting: Setting) -> tuple[list[Cell], list[str]]:
    """What `eval.bench.retrieval` measures, as cells; each says why it is missing, if it is."""
    try:
        module = importlib.import_module(MODULE)
    except ModuleNotFoundError:
        return [
            Cell(system=System.OURS, at={"of": n}, why=f"no {MODULE}") for n in (RATES, LATENCY)
        ], []
    cells = []
    for name in (RATES, LATENCY):
        setting.say(f"  {name}")
        cells.append(_cell(name, partial(getattr(module, name), setting.settings, setting.data)))
    return cells, []


def _cell(name: str, measure: Callable[[], Mapping[str, float]]) -> Cell:
    try:
        return Cell(system=System.OURS, at={"of": name}, figures=dict(measure()))
    except Exception as error:  # whatever is missing there is the result of this row
        return Cell(system=System.OURS, at={"of": name}, why=f"{type(error).__name__}: {error}")
