"""Figures on the terminal: nothing is cut, and what was not said is a dash."""

from dataclasses import replace

import pytest

from eval.figures.difference import Difference
from eval.figures.summary import Figure
from eval.replies import Timing
from eval.suites.protocol import Ratio
from eval.tables import comparison, in_words, summary, value_alone
from tests.eval.samples import result


@pytest.mark.parametrize(
    ("figure", "words", "alone"),
    [
        (None, "-", "-"),
        (Figure(None, None, None, None, 0), "-", "-"),
        (Figure(0.75, None, None, None, 3), "0.750", "0.750"),
        (Figure(0.75421, 0.5, 1.0, 0.7, 3), "0.754 (0.500-1.000)", "0.754"),
        (Figure(0.0, 0.0, 0.0, 0.0, 3), "0.000 (0.000-0.000)", "0.000"),
    ],
)
def test_a_figure_in_words(figure: Figure | None, words: str, alone: str) -> None:
    assert (in_words(figure), value_alone(figure)) == (words, alone)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("│┃ ").replace("┃", "│").split("│")]


def test_a_table_has_a_row_a_figure_and_a_column_a_system(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ours = [
        result("a", {"right": Ratio(1)}, timing=Timing(retrieve=1, total=10)),
        result("b", {"right": Ratio(1), "gold": Ratio(1, 2)}, timing=Timing(retrieve=3, total=30)),
    ]
    other = [replace(row, system="copy", figures={"right": Ratio(0)}, timing=None) for row in ours]
    summary([ours, other])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "made: 2 questions"
    rows = [cells(line) for line in lines if "│" in line or "┃" in line]
    assert rows == [
        ["figure", "dateline", "copy"],
        ["gold", "0.500 (0.500-0.500)", "-"],
        ["right", "1.000 (1.000-1.000)", "0.000 (0.000-0.000)"],
        ["retrieve, ms", "2 / 3", "-"],
        ["first_sentence, ms", "-", "-"],
        ["total, ms", "20 / 29", "-"],
    ]


def test_a_clear_difference_has_a_star(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        Difference("clear", 0.9, 0.5, 0.3, 0.5, 40),
        Difference("worse", 0.25, 0.5, -0.4, -0.1, 40),
        Difference("unclear", 0.5, 0.5, -0.1, 0.1, 8),
    ]
    comparison("made", "ours", "theirs", rows)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "made: ours against theirs"
    assert [cells(line) for line in lines if "│" in line or "┃" in line] == [
        ["figure", "ours", "theirs", "difference", "95% interval", "questions"],
        ["clear", "0.900", "0.500", "+0.400 *", "+0.300 to +0.500", "40"],
        ["worse", "0.250", "0.500", "-0.250 *", "-0.400 to -0.100", "40"],
        ["unclear", "0.500", "0.500", "+0.000", "-0.100 to +0.100", "8"],
    ]
