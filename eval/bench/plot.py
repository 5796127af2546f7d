"""A run → one SVG: times of each system, and how they grow with users, passages and articles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.bench.cells import Cell, Part, Run, System, cells_of
from eval.bench.tables import number
from eval.report.geometry import (
    Bar,
    Frame,
    Line,
    Note,
    Plot,
    Shape,
    Tick,
    line,
    marker,
    style_of,
)

WIDTH, HEIGHT, GAP = 400, 300, 20
LEFT, TOP, RIGHT, BOTTOM = 48, 34, 390, 250
COMPARED = tuple(one for one in System if one is not System.MACHINE)
BAR_HEIGHT = 12.0
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Panel:
    """A plot and where it stands in the drawing."""

    x: int
    y: int
    plot: Plot


@dataclass(frozen=True, slots=True)
class Key:
    """One system in the legend."""

    y: int
    style: int
    name: str
    marker: str


def svg_of(run: Run) -> str:
    """The drawing; what was not measured is not drawn."""
    panels = [
        Panel(20 + (WIDTH + GAP) * (place % 2), 50 + (HEIGHT + GAP) * (place // 2), plot)
        for place, plot in enumerate(plots_of(run))
    ]
    below = 50 + (HEIGHT + GAP) * ceil(len(panels) / 2)
    keys = [
        Key(below + 20 * place, style_of(place), system.value, marker(list(Shape)[place], 20, 0))
        for place, system in enumerate(COMPARED)
    ]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("drawing.svg")
    return template.render(
        panels=panels,
        keys=keys,
        title=f"{run.made['machine']['processor']}, {run.made['machine']['cores']} cores,"
        f" {run.made['model']['name']}, {run.made['date']}",
        width=2 * WIDTH + 3 * GAP,
        height=below + 20 * len(keys) + 10,
    )


def plots_of(run: Run) -> list[Plot]:
    """Those that have anything to show."""
    times = [*_last_of_ours(run), *_of(run, Part.LATENCY, System.PLAIN)]
    times += cells_of(run.sections, Part.PEERS)
    plots = [
        _bars("first", "Time to the first sentence, median", "first_sentence_median_s", times),
        _bars("total", "Time to the whole reply, median", "total_median_s", times),
        _lines(run, Part.USERS, "users", "answers_per_s", "Answers a second", "users at once"),
        _lines(
            run,
            Part.GROWTH,
            "passages",
            "total_median_s",
            "Seconds, by passages in the prompt",
            "passages (plain), sentences (ours)",
        ),
        _lines(
            run,
            Part.GROWTH,
            "articles",
            "total_median_s",
            "Seconds, by articles in the index",
            "articles",
        ),
    ]
    return [plot for plot in plots if plot.bars or plot.lines]


def _of(run: Run, part: Part, system: System) -> list[Cell]:
    return [cell for cell in cells_of(run.sections, part) if cell.system is system]


def _last_of_ours(run: Run) -> list[Cell]:
    known = run.cell(Part.LATENCY, System.OURS, time="first")
    return [known] if known else []


def _bars(id_: str, title: str, name: str, cells: Sequence[Cell]) -> Plot:
    """One bar a system, lying, its seconds beside it."""
    shown = [cell for cell in cells if name in cell.figures]
    values = [cell.figures[name] for cell in shown]
    frame = Frame(12, TOP, RIGHT - 40, BOTTOM, x_max=top_of(values))
    slot = (BOTTOM - TOP) / max(1, len(shown))
    bars, notes = [], []
    for place, (cell, value) in enumerate(zip(shown, values, strict=True)):
        y = round(TOP + slot * place + slot / 2, 1)
        bars.append(Bar(frame.left, y, round(frame.x(value) - frame.left, 1), BAR_HEIGHT))
        notes.append(Note(frame.left, y - 5, cell.system.value))
        notes.append(Note(frame.x(value) + 5, y + 10, f"{number(value)} s"))
    return Plot(
        id=id_,
        title=title,
        description="; ".join(
            f"{cell.system.value}: {number(value)} s"
            for cell, value in zip(shown, values, strict=True)
        ),
        width=WIDTH,
        height=HEIGHT,
        area=frame.area,
        x_label="seconds",
        y_label="",
        x_ticks=[Tick(frame.x(v), number(v)) for v in levels(frame.x_max)],
        y_ticks=(),
        numbers=[(c.system.value, number(v)) for c, v in zip(shown, values, strict=True)],
        bars=bars,
        notes=notes,
    )


def _lines(run: Run, part: Part, by: str, name: str, title: str, x_label: str) -> Plot:
    """One line a system; conditions stand at equal distances, in rising order."""
    cells = [c for c in cells_of(run.sections, part) if by in c.at and name in c.figures]
    steps = sorted({int(cell.at[by]) for cell in cells})
    top = top_of([cell.figures[name] for cell in cells])
    frame = Frame(LEFT, TOP, RIGHT, BOTTOM, x_max=max(1, len(steps) - 1), y_max=top)

    def spot(cell: Cell) -> tuple[float, float]:
        return frame.x(steps.index(int(cell.at[by]))), frame.y(cell.figures[name])

    return Plot(
        id=f"{part.value}-{by}",
        title=title,
        description="; ".join(
            f"{c.system.value}, {c.at[by]} {by}: {number(c.figures[name])}" for c in cells
        ),
        width=WIDTH,
        height=HEIGHT,
        area=frame.area,
        x_label=x_label,
        y_label="",
        x_ticks=[Tick(frame.x(place), f"{step:,}") for place, step in enumerate(steps)],
        y_ticks=[Tick(frame.y(value), number(value)) for value in levels(top)],
        numbers=[(c.system.value, str(c.at[by]), number(c.figures[name])) for c in cells],
        lines=_of_systems(cells, spot),
    )


def _of_systems(cells: Sequence[Cell], spot: Callable[[Cell], tuple[float, float]]) -> list[Line]:
    found = []
    for place, system in enumerate(COMPARED):
        spots = sorted(spot(cell) for cell in cells if cell.system is system)
        if spots:
            found.append(line(system.value, style_of(place), spots))
    return found


def top_of(values: Sequence[float]) -> float:
    """A round number that no value exceeds: 1, 2 or 5 times a power of ten."""
    highest = max(values, default=0.0)
    if highest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(highest))
    return next(step * power for step in STEPS if step * power >= highest * (1 - 1e-9))


def levels(top: float) -> list[float]:
    """Zero, a half, and the top."""
    return [0.0, top / 2, top]
