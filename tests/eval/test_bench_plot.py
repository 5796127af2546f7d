from xml.etree import ElementTree

import pytest

from eval.bench.cells import Part
from eval.bench.plot import LEFT, RIGHT, plots_of, svg_of, top_of
from tests.eval.bench_run import run_without


def test_bars_are_as_long_as_their_seconds() -> None:
    total = next(plot for plot in plots_of(run_without()) if plot.id == "total")
    assert [row[0] for row in total.numbers] == [
        "ours",
        "plain llama_cpp",
        "llama_cpp.server, articles in a cached prompt",
    ]
    ours, plain, server = (bar.width for bar in total.bars)
    assert plain / ours == pytest.approx(8 / 2, rel=0.01)
    assert server / ours == pytest.approx(2.5 / 2, rel=0.01)


def test_lines_stand_at_their_values() -> None:
    plots = {plot.id: plot for plot in plots_of(run_without())}
    (ours,) = plots["users-users"].lines
    spots = [tuple(map(float, spot.split(","))) for spot in ours.points.split()]
    assert [x for x, _ in spots][::3] == [LEFT, RIGHT]
    heights = [250 - y for _, y in spots]  # of 0.4, 0.6, 1.0 and 1.2 answers a second
    assert heights == pytest.approx([216 * rate / 2 for rate in (0.4, 0.6, 1.0, 1.2)], abs=0.06)


def test_a_system_with_one_step_is_a_point_and_one_that_was_not_measured_is_none() -> None:
    plots = {plot.id: plot for plot in plots_of(run_without())}
    assert [line.name for line in plots["growth-passages"].lines] == ["ours", "plain llama_cpp"]
    assert "growth-articles" not in plots


def test_the_drawing_is_xml_and_says_its_values_in_words() -> None:
    drawing = ElementTree.fromstring(svg_of(run_without()))  # noqa: S314  # our own
    words = [one.text or "" for one in drawing.iter() if one.tag.endswith("desc")]
    assert words[1].startswith("ours: 2 s; plain llama_cpp: 8 s")
    assert "A & B, 2 cores" in "".join(drawing.itertext())


def test_the_same_run_is_drawn_the_same() -> None:
    assert svg_of(run_without()) == svg_of(run_without())


def test_a_run_of_which_nothing_can_be_drawn_is_an_empty_drawing() -> None:
    assert plots_of(run_without(*Part)) == []
    ElementTree.fromstring(svg_of(run_without(*Part)))  # noqa: S314  # our own


@pytest.mark.parametrize(
    ("highest", "top"), [(0.0, 1), (0.3, 0.5), (1.0, 1), (1.1, 2), (6.0, 10), (200.0, 200)]
)
def test_the_top_of_an_axis_is_round(highest: float, top: float) -> None:
    assert top_of([highest]) == pytest.approx(top)
