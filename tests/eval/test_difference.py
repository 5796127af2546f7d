"""Two systems on the same questions."""

from dataclasses import replace

import pytest

from eval.figures.difference import Difference, differences
from eval.results import Result
from eval.suites.protocol import Ratio
from rag.errors import SuiteError
from tests.eval.samples import judged, result, sure

Parts = list[float]


def rows(parts: Parts, name: str = "right", begin: int = 0) -> list[Result]:
    return [result(f"{n:02}", {name: Ratio(part)}) for n, part in enumerate(parts, start=begin)]


def test_a_paired_difference_by_value() -> None:
    one, other = rows([1, 1, 1, 1]), rows([1, 1, 0, 0])
    (found,) = differences(one, other)
    assert (found.name, found.one, found.other, found.count) == ("right", 1.0, 0.5, 4)
    assert (found.low, found.high) == (0.0, 1.0)
    assert not found.is_clear
    (back,) = differences(other, one)
    assert (back.low, back.high) == (-1.0, 0.0)


@pytest.mark.parametrize(("one", "other"), [([1.0] * 30, [0.5] * 30), ([0.5] * 30, [1.0] * 30)])
def test_a_difference_of_every_question_is_clear(one: Parts, other: Parts) -> None:
    (found,) = differences(rows(one), rows(other))
    assert found.low == found.high == found.one - found.other
    assert found.is_clear


def test_pairing_keeps_what_both_find_hard_out_of_the_difference() -> None:
    """Unpaired, the interval of the same difference would be about 0.4 wide."""
    hard = [float(n % 2) for n in range(40)]
    better = [1.0 if n == 0 else part for n, part in enumerate(hard)]
    (found,) = differences(rows(better), rows(hard))
    assert found.one - found.other == pytest.approx(1 / 40)
    assert (found.low, found.high) == pytest.approx((0.0, 3 / 40))


def test_a_system_differs_from_itself_by_exactly_nothing() -> None:
    same = [result(f"{n}", {"right": Ratio(n % 2), "gold": Ratio(n % 3 / 7, 3)}) for n in range(9)]
    found = differences(same, same)
    assert [(row.name, row.low, row.high, row.is_clear) for row in found] == [
        ("gold", 0.0, 0.0, False),
        ("right", 0.0, 0.0, False),
    ]
    assert all(row.one == row.other for row in found)


def test_only_shared_questions_count_whatever_their_order() -> None:
    one, other = rows([0, 1, 1]), rows([0, 1, 0], begin=1)
    (found,) = differences(one, other[::-1])
    assert (found.one, found.other, found.count) == (1.0, 0.5, 2)


def test_without_a_common_question_nothing_can_be_compared() -> None:
    with pytest.raises(SuiteError, match="no question in common"):
        differences(rows([1, 1]), rows([1, 1], begin=5))


def test_a_figure_that_only_one_has_is_left_out() -> None:
    one = [result("a", {"right": Ratio(1), "gold": Ratio(1)})]
    other = [result("a", {"right": Ratio(0), "follows_edit": Ratio(1), "gold": Ratio(0, 0)})]
    assert differences(one, other) == [Difference("right", 1.0, 0.0, 1.0, 1.0, 1)]


def test_a_question_of_which_one_side_says_nothing_is_not_compared() -> None:
    """Once it was: two questions that one side has refused moved the other side's figure alone."""
    one = [result(f"{n}", {"gold": Ratio(n < 2, 1)}) for n in range(4)]
    other = [result(f"{n}", {"gold": Ratio(1, 1) if n < 2 else Ratio(0, 0)}) for n in range(4)]
    assert differences(one, other) == [Difference("gold", 1.0, 1.0, 0.0, 0.0, 2)]


def test_shared_sources_are_resampled_as_one() -> None:
    one, other = rows([1.0] * 20), rows([1.0] * 10 + [0.0] * 10)
    alone = differences(one, other)[0]
    one, other = (
        [
            replace(r, case=r.case.model_copy(update={"cluster": "ab"[place >= 10]}))
            for place, r in enumerate(side)
        ]
        for side in (one, other)
    )
    (two,) = differences(one, other)
    assert (two.low, two.high) == (0.0, 1.0)
    assert alone.is_clear


def test_derived_figures_are_compared_and_what_is_the_same_for_both_by_construction_is_not() -> (
    None
):
    """Balanced accuracy was missing, and refusal precision stood there as equal for any two."""
    right = [judged("a", supported=True, right=True), judged("b", supported=False, right=True)]
    wrong = [judged("a", supported=True, right=True), judged("b", supported=False, right=False)]
    found = {row.name: row for row in differences(right, wrong)}
    assert (found["balanced_accuracy"].one, found["balanced_accuracy"].other) == (1.0, 0.5)
    both = [result("a", {"refusal_precision": Ratio(1)})]
    assert differences(both, both) == []


def test_risk_is_compared_where_answers_can_be_told_right_from_wrong() -> None:
    good = [sure(f"{n}", 0.9, right=True) for n in range(4)]
    bad = [sure(f"{n}", 0.9, right=n > 1) for n in range(4)]
    found = {row.name: row for row in differences(good, bad)}
    assert found["expected_calibration_error"].one == pytest.approx(0.1)
    assert found["expected_calibration_error"].other == pytest.approx(0.4)
    assert found["aurc"].one == 0.0
