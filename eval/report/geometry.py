"""The pieces that every plot is made of: numbers on paper, no colour and no text of questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

DIGITS = 1


class Shape(StrEnum):
    """Markers, so that no line is told by its colour alone."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    CROSS = "cross"
    PLUS = "plus"
    WEDGE = "wedge"
    STAR = "star"


DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4", "1 4", "5 5", "14 3 2 3 2 3")
STYLES = 8
SAMPLE = (20, 6)  # the middle of a legend's sample


@dataclass(frozen=True, slots=True)
class Tick:
    """A number on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One system's line.

    Attributes:
        points: An SVG points attribute.
        markers: An SVG path of all markers.
        sample: An SVG path of one, for the legend.
    """

    name: str
    style: int
    points: str
    markers: str
    dash: str
    sample: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, and what is written above it."""

    x: float
    y: float
    width: float
    height: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A word inside the plot."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, and the same in words and numbers.

    Attributes:
        system: The one that it shows; empty if it shows several.
        style: Which of the systems' styles its bars have.
        rules: Thin reference lines, as (x1, y1, x2, y2).
        numbers: Head and rows of a table that says the same.
    """

    id: str
    title: str
    description: str
    width: int
    height: int
    area: Bar
    x_label: str
    y_label: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    numbers: Sequence[Sequence[str]]
    system: str = ""
    style: int = 0
    lines: Sequence[Line] = ()
    bars: Sequence[Bar] = ()
    rules: Sequence[tuple[float, float, float, float]] = ()
    notes: Sequence[Note] = field(default=())


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a plot's area lies in its drawing, and what its edges stand for."""

    left: float
    top: float
    right: float
    bottom: float
    x_max: float = 1.0
    y_max: float = 1.0

    @property
    def area(self) -> Bar:
        """The area as a rectangle."""
        return Bar(self.left, self.top, self.right - self.left, self.bottom - self.top)

    def x(self, value: float) -> float:
        """Where a value lies from the left."""
        return round(self.left + (self.right - self.left) * value / self.x_max, DIGITS)

    def y(self, value: float) -> float:
        """Where a value lies from the top."""
        return round(self.bottom - (self.bottom - self.top) * value / self.y_max, DIGITS)


def style_of(number: int) -> int:
    """The style of the system at this place: they repeat after eight."""
    return number % STYLES


def line(name: str, style: int, points: Sequence[tuple[float, float]], every: int = 1) -> Line:
    """A line through points on paper, a marker on every so-manieth and on the last."""
    shape = list(Shape)[style]
    marked = [p for i, p in enumerate(points, start=1) if i % every == 0 or i == len(points)]
    return Line(
        name=name,
        style=style,
        points=" ".join(f"{x:g},{y:g}" for x, y in points),
        markers="".join(marker(shape, x, y) for x, y in marked),
        dash=DASHES[style],
        sample=marker(shape, *SAMPLE),
    )


def marker(shape: Shape, x: float, y: float) -> str:
    """A marker as part of an SVG path, about eight units wide."""
    return MARKERS[shape](f"M{x:g} {y:g}")


MARKERS: dict[Shape, Callable[[str], str]] = {
    Shape.CIRCLE: lambda at: f"{at}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    Shape.SQUARE: lambda at: f"{at}m-3.5-3.5h7v7h-7z",
    Shape.TRIANGLE: lambda at: f"{at}m0-4.5l4.5 8h-9z",
    Shape.DIAMOND: lambda at: f"{at}m0-5l5 5-5 5-5-5z",
    Shape.CROSS: lambda at: f"{at}m-4-4l8 8m0-8l-8 8",
    Shape.PLUS: lambda at: f"{at}m-5 0h10m-5-5v10",
    Shape.WEDGE: lambda at: f"{at}m0 4.5l4.5-8h-9z",
    Shape.STAR: lambda at: f"{at}m-5 0h10m-5-5v10m-3.5-8.5l7 7m0-7l-7 7",
}


def shares(frame_place: Callable[[float], float], values: Sequence[float]) -> tuple[Tick, ...]:
    """Ticks at shares, in per cent."""
    return tuple(Tick(frame_place(value), f"{value * 100:g}%") for value in values)
