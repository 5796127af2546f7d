"""Confidence against correctness, by hand-computed values."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.figures.risk import (
    Bin,
    answered_confidence,
    answers_of,
    area_under_curve,
    calibration_bins,
    calibration_error,
    coverage_at,
    risk_coverage,
)
from eval.suites.protocol import Ratio
from tests.eval.samples import RAINED, REFUSED, answered, judged, result, sure

WRONG_THIRD = [sure("a", 0.9, True), sure("b", 0.8, True), sure("c", 0.7, False)]
REFUSALS = [result("r", {"confidently_wrong": Ratio(0)}), result("s", {"errors": Ratio(1)})]


def test_the_curve_goes_from_the_surest_answer_on_and_ends_where_the_rest_is_refused() -> None:
    curve = risk_coverage(answers_of([*reversed(WRONG_THIRD), *REFUSALS]))
    assert curve == [(1 / 5, 0), (2 / 5, 0), (3 / 5, 1 / 3)]


def test_answers_of_equal_confidence_stand_by_id() -> None:
    rows = [sure("b", 0.5, True), sure("a", 0.5, False)]
    assert risk_coverage(answers_of(rows)) == [(0.5, 1.0), (1.0, 0.5)]
    assert risk_coverage(answers_of(rows[::-1])) == [(0.5, 1.0), (1.0, 0.5)]


def test_the_area_is_the_mean_risk_of_the_answers_and_refusals_have_none() -> None:
    assert area_under_curve(answers_of(WRONG_THIRD)) == pytest.approx(1 / 9)
    assert area_under_curve(answers_of(WRONG_THIRD + REFUSALS)) == pytest.approx(1 / 9)


def test_an_early_mistake_costs_more_than_a_late_one() -> None:
    rows = [sure("a", 0.9, False), sure("b", 0.8, True), sure("c", 0.7, True)]
    assert area_under_curve(answers_of(rows)) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_coverage_at_five_percent_error_is_of_all_questions() -> None:
    assert coverage_at(answers_of(WRONG_THIRD)) == pytest.approx(2 / 3)
    assert coverage_at(answers_of(WRONG_THIRD + REFUSALS)) == pytest.approx(2 / 5)


def test_coverage_may_pass_a_mistake_that_later_answers_outweigh() -> None:
    rows = [sure(f"{n:02}", 0.99 - n / 100, n != 0) for n in range(20)]
    assert coverage_at(answers_of(rows)) == 1.0
    assert coverage_at(answers_of(rows[:19])) == 0.0
    assert coverage_at(answers_of(rows[:19]), error=0.1) == 1.0


def test_calibration_error_by_value() -> None:
    rows = [sure("a", 0.95, True), sure("b", 0.91, False), sure("c", 0.35, False)]
    low, high = calibration_bins(answers_of(rows))
    assert low == Bin(confidence=0.35, accuracy=0.0, count=1)
    assert high.confidence == pytest.approx(0.93)
    assert (high.accuracy, high.count) == (0.5, 2)
    assert calibration_error(answers_of(rows)) == pytest.approx((2 * 0.43 + 0.35) / 3)


@pytest.mark.parametrize(("confidence", "right"), [(1.0, True), (0.0, False)])
def test_whoever_is_sure_and_right_or_unsure_and_wrong_has_no_error(
    confidence: float, right: bool
) -> None:
    rows = [sure(f"{n}", confidence, right) for n in range(3)]
    assert calibration_error(answers_of(rows)) == 0.0
    assert calibration_bins(answers_of(rows)) == [Bin(confidence, float(right), 3)]


def test_without_answers_there_is_no_risk_and_no_coverage() -> None:
    assert risk_coverage(answers_of(REFUSALS)) == []
    assert isnan(area_under_curve(answers_of(REFUSALS)))
    assert isnan(calibration_error(answers_of(REFUSALS)))
    assert coverage_at(answers_of(REFUSALS)) == 0.0


def test_what_is_refused_unsure_or_unmeasured_is_left_out() -> None:
    wrong = {"confidently_wrong": Ratio(1)}
    unsure = answered("It rained.", RAINED)
    certain = answered("It rained.", RAINED, confidence=0.7)
    assert answered_confidence(result("a", wrong, reply=certain)) == (0.7, True)
    assert answered_confidence(result("a", wrong, reply=REFUSED)) is None
    assert answered_confidence(result("a", wrong, reply=unsure)) is None
    assert answered_confidence(result("a", {}, reply=certain)) is None
    assert answered_confidence(judged("a", supported=True, right=True)) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30), st.integers(0, 5))
def test_every_figure_is_in_its_range(answers: list[tuple[float, bool]], refused: int) -> None:
    rows = [sure(f"{n:02}", confidence, right) for n, (confidence, right) in enumerate(answers)]
    rows += [result(f"r{n}", {"confidently_wrong": Ratio(0)}) for n in range(refused)]
    curve = risk_coverage(answers_of(rows))
    assert [round(share * len(rows)) for share, _ in curve] == list(range(1, len(answers) + 1))
    assert all(0 <= risk <= 1 for _, risk in curve)
    assert 0 <= coverage_at(answers_of(rows)) <= (len(answers) / len(rows) if rows else 0)
    assert sum(one.count for one in calibration_bins(answers_of(rows))) == len(answers)
    if answers:
        assert 0 <= area_under_curve(answers_of(rows)) <= 1
        assert 0 <= calibration_error(answers_of(rows)) <= 1
