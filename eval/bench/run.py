"""A whole run: the chosen sections in order, the targets, and what is written."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from eval.bench.cells import Cell, Part, Run, Section
from eval.bench.client import WorkerFailed
from eval.bench.machine import busy_note, busy_share, load_average, machine_facts
from eval.bench.plot import svg_of
from eval.bench.ratios import ratios_of
from eval.bench.sections.answering import latency, peers
from eval.bench.sections.growth import growth
from eval.bench.sections.indexing import indexing
from eval.bench.sections.limits import limits
from eval.bench.sections.start import start
from eval.bench.sections.users import users
from eval.bench.setting import Setting
from eval.bench.tables import markdown_of
from eval.manifest import code_digest
from rag.errors import SuiteError
from rag.settings import PROJECT

Measure = Callable[[Setting], tuple[list[Cell], list[str]]]

SECTIONS: Mapping[Part, Measure] = {
    Part.START: start,
    Part.LIMITS: limits,
    Part.LATENCY: latency,
    Part.PEERS: peers,
    Part.USERS: users,
    Part.GROWTH: growth,
    Part.INDEX: indexing,
}


def parts_of(only: str | None) -> list[Part]:
    """The sections of `--only latency,users`, in the order of a run; all if nothing is said.

    Raises:
        SuiteError: Naming one that does not exist.
    """
    if only is None:
        return list(Part)
    wanted = {name.strip() for name in only.split(",")}
    known = {part.value for part in Part}
    if unknown := sorted(wanted - known):
        raise SuiteError(f"no section {unknown[0]!r}; there are: {', '.join(Part)}")
    return [part for part in Part if part.value in wanted]


def run_sections(setting: Setting, parts: Sequence[Part], began: datetime) -> Run:
    """Measure; after each section everything that is known is written."""
    made = made_of(setting, parts, began)
    run = Run(made=made, sections=())
    for part in parts:
        section = measure_section(setting, part, SECTIONS[part])
        run = Run(made=made, sections=(*run.sections, section))
        run = run.model_copy(update={"ratios": ratios_of(run)})
        write(run, setting.out)
    return run


def measure_section(setting: Setting, part: Part, measure: Measure) -> Section:
    """One section, with what else the machine did before it began."""
    load, busy = load_average(), busy_share()
    warnings = [note for note in [busy_note(busy)] if note]
    for line in (f"{part.value}:", *warnings):
        setting.say(line)
    began = time.monotonic()
    try:
        setting.evidence(setting.asks[:1], setting.index(2))  # the index is there from now on
        cells, notes = measure(setting)
    except WorkerFailed as error:
        cells, notes = [], [f"not measured: {error}"]
    return Section(
        part=part,
        cells=tuple(cells),
        notes=(*warnings, *notes),
        seconds=round(time.monotonic() - began, 1),
        busy=busy,
        load=load,
    )


def made_of(setting: Setting, parts: Sequence[Part], began: datetime) -> dict[str, Any]:
    """With what, on what and when."""
    return {
        "date": began.isoformat(timespec="seconds"),
        "plan": setting.plan.name,
        "sections": [part.value for part in parts],
        "machine": machine_facts(),
        "peers": dict(setting.peer_versions),
        "code_sha256": code_digest(PROJECT),
        "questions": [ask.id for ask in setting.asks[: setting.plan.ours]],
        "settings": setting.our_settings(),
        "model": {
            "name": setting.model.name,
            "sha256": setting.model_sha256,
            "bytes": setting.model.stat().st_size,
        },
    }


def write(run: Run, folder: Path) -> None:
    """`bench.json`, `bench.svg` and `bench.md`."""
    texts = {
        "bench.json": run.model_dump_json(indent=1, by_alias=True) + "\n",
        "bench.svg": svg_of(run),
        "bench.md": markdown_of(run),
    }
    for name, text in texts.items():
        part = folder / f"{name}.part"
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(folder / name)
