"""Results → figures with intervals: by value, and what must hold of any results."""

import json
from dataclasses import asdict, replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.figures.summary import (
    Figure,
    by_kind,
    figures_of,
    latency_of,
    ratio_interval,
    resampled,
)
from eval.replies import Timing
from eval.results import Result
from eval.suites.protocol import Ratio
from tests.eval.samples import judged, result, sure

HALF = [result(f"{n:02}", {"right": Ratio(n % 2)}) for n in range(40)]


def width(figure: Figure) -> float:
    assert figure.low is not None
    assert figure.high is not None
    return figure.high - figure.low


def in_clusters(rows: list[Result], size: int) -> list[Result]:
    """The same rows, neighbours of which share a source."""
    return [
        replace(row, case=row.case.model_copy(update={"cluster": f"source-{place // size}"}))
        for place, row in enumerate(rows)
    ]


def test_a_figure_is_the_sum_of_parts_over_the_sum_of_wholes_and_the_mean_over_kinds() -> None:
    rows = [
        result("a", {"gold": Ratio(1, 4)}, kind="fact"),
        result("b", {"gold": Ratio(3, 4)}, kind="fact"),
        result("c", {"gold": Ratio(2, 2)}, kind="date"),
        result("d", {"gold": Ratio(0, 0)}, kind="quote"),
        result("e", {}, kind="list"),
    ]
    found = figures_of(rows)["gold"]
    assert (found.value, found.macro, found.count) == (0.6, 0.75, 3)
    assert by_kind(rows) == {
        "date": {"gold": 1.0},
        "fact": {"gold": 0.5},
        "list": {"gold": None},
        "quote": {"gold": None},
    }


def test_an_interval_is_that_of_a_fair_coin_and_the_same_every_time() -> None:
    found = figures_of(HALF)["right"]
    assert found.value == 0.5
    assert (found.low, found.high) == pytest.approx((0.35, 0.65), abs=0.026)
    assert figures_of(HALF)["right"] == found


def test_what_shares_a_source_is_resampled_as_one() -> None:
    rows = [result(f"{n:02}", {"right": Ratio(n < 20)}) for n in range(40)]
    alone, two = figures_of(rows)["right"], figures_of(in_clusters(rows, 20))["right"]
    assert alone.value == two.value == 0.5
    assert (two.low, two.high) == (0.0, 1.0)
    assert width(alone) < 0.4


def test_a_source_of_many_questions_weighs_as_many() -> None:
    rows = [result(f"{n}", {"right": Ratio(n == 9)}) for n in range(10)]
    sources = [*in_clusters(rows[:9], 9), rows[9]]
    found = figures_of(sources)["right"]
    assert (found.value, found.low, found.high) == (0.1, 0.0, 1.0)


def test_one_source_says_nothing_about_the_spread() -> None:
    found = figures_of(in_clusters(HALF, 40))["right"]
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("part", [0.0, 1.0])
def test_where_every_question_says_the_same_the_interval_is_the_value(part: float) -> None:
    rows = [result(f"{n}", {"right": Ratio(part)}) for n in range(5)]
    assert figures_of(rows)["right"] == Figure(part, part, part, part, 5)


def test_a_figure_of_which_no_question_says_anything_has_no_value() -> None:
    rows = [result(f"{n}", {"gold": Ratio(0, 0)}) for n in range(3)]
    assert figures_of(rows) == {"gold": Figure(None, None, None, None, 0)}
    assert figures_of([]) == {}


def test_resamples_in_which_nothing_is_said_are_left_out() -> None:
    parts, wholes = np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0])
    assert ratio_interval(parts, wholes) == (1.0, 1.0)
    nowhere = resampled(lambda chosen: float("nan"), np.arange(3.0))
    assert np.isnan(nowhere).all()


def test_balanced_accuracy_is_the_mean_of_both_classes() -> None:
    rows = [judged(f"y{n}", supported=True, right=n < 3) for n in range(4)]
    rows += [judged(f"n{n}", supported=False, right=n < 1) for n in range(2)]
    found = figures_of(rows)
    assert (found["sensitivity"].value, found["specificity"].value) == (0.75, 0.5)
    assert found["balanced_accuracy"].value == 0.625
    assert found["balanced_accuracy"].count == 6
    assert list(found) == ["balanced_accuracy", "sensitivity", "specificity"]


@pytest.mark.parametrize("count", [1, 5])
def test_balanced_accuracy_of_one_class_has_neither_value_nor_interval(count: int) -> None:
    """Once NaN, which no JSON reader takes, with a warning of SciPy's on the terminal."""
    rows = [judged(f"{n}", supported=True, right=n % 2 == 0) for n in range(count)]
    found = figures_of(rows)["balanced_accuracy"]
    assert found == Figure(None, None, None, None, count)
    json.dumps(asdict(found), allow_nan=False)


def test_two_claims_are_enough_for_a_value_and_no_resample_warns() -> None:
    rows = [judged("a", supported=True, right=True), judged("b", supported=False, right=False)]
    found = figures_of(rows)["balanced_accuracy"]
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


def test_risk_is_of_the_answered_and_coverage_of_all() -> None:
    rows = [sure(f"{n}", 0.9, right=True) for n in range(3)]
    rows += [sure("3", 0.5, right=False)]
    rows += [result(f"r{n}", {"confidently_wrong": Ratio(0)}) for n in range(4)]
    found = figures_of(rows)
    assert found["coverage_at_5_percent_error"].value == pytest.approx(3 / 8)
    assert found["aurc"].value == pytest.approx(1 / 16)
    assert found["expected_calibration_error"].value == pytest.approx((3 * 0.1 + 0.5) / 4)
    assert {found[n].count for n in ("aurc", "coverage_at_5_percent_error")} == {4}


def test_coverage_is_never_more_than_all_whatever_is_resampled_and_of_each_kind_its_own() -> None:
    """Once of a fixed number of questions: a source drawn twice covered 160% of them."""
    rows = in_clusters([sure(f"{n}", 0.9, right=True) for n in range(8)], 8)
    rows += [sure("8", 0.9, right=True, kind="date"), result("9", {}, kind="date")]
    found = figures_of(rows)["coverage_at_5_percent_error"]
    assert (found.value, found.high) == (0.9, 1.0)
    assert found.macro is None  # a kind is wholly answerable or wholly to be refused


def test_where_all_is_refused_there_is_no_figure_of_risk() -> None:
    assert figures_of([result("a", {"confidently_wrong": Ratio(0)})]).keys() == {
        "confidently_wrong"
    }


def test_latency_percentiles_by_value() -> None:
    times = [Timing(retrieve=1, first_sentence=n or None, total=100 * n) for n in range(11)]
    rows = [result(f"{n:02}", {}, timing=timing) for n, timing in enumerate(times)]
    assert latency_of([*rows, result("without", {})]) == {
        "retrieve": {"p50": 1, "p95": 1},
        "first_sentence": {"p50": 6, "p95": 10},
        "total": {"p50": 500, "p95": 950},
    }
    assert latency_of([result("without", {})]) == {}


ratios = st.integers(0, 4).flatmap(
    lambda whole: st.integers(0, whole).map(lambda part: Ratio(part, whole))
)
named = st.dictionaries(st.sampled_from(["gold_recall", "atom_support"]), ratios)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(named, st.sampled_from(["fact", "date"]), st.sampled_from(["", "x", "y"]))),
    st.randoms(use_true_random=False),
)
def test_every_ratio_is_in_its_range_and_the_order_of_results_does_not_matter(
    rows: list[tuple[dict[str, Ratio], str, str]], random: Random
) -> None:
    results = [result(f"{n:03}", *row) for n, row in enumerate(rows)]
    found = figures_of(results)
    for figure in found.values():
        if figure.value is None:
            assert (figure.low, figure.high, figure.macro, figure.count) == (None, None, None, 0)
            continue
        assert figure.low is not None
        assert figure.high is not None
        assert 0 <= figure.low <= figure.value <= figure.high <= 1
        assert 0 <= (figure.macro or 0) <= 1
    assert figures_of(random.sample(results, len(results))) == found
