"""Thresholds against a run: what is worse or missing fails, and nothing passes unseen."""

from pathlib import Path

import pytest

from eval.gate import THRESHOLDS, Bound, Check, Thresholds, check, load_thresholds
from eval.records import Run
from eval.report.glossary import METRICS
from eval.results import Result
from eval.suites.protocol import Ratio
from eval.suites.registry import SUITES
from eval.systems import SYSTEMS
from rag.errors import SuiteError
from tests.eval.samples import result

HALF = [result("a", {"correctness": Ratio(1)}), result("b", {"correctness": Ratio(0)})]
SILENT = [result("a", {"gold_precision": Ratio(0, 0)})]


def run_of(**results: list[Result]) -> Run:
    return Run(Path(), {}, {("made", system): rows for system, rows in results.items()})


def bounds(**figures: Bound) -> Thresholds:
    return {"made": {"ours": figures}}


@pytest.mark.parametrize(
    ("bound", "passed"),
    [
        (Bound(at_least=0.5), True),
        (Bound(at_least=0.51), False),
        (Bound(at_most=0.5), True),
        (Bound(at_most=0.49), False),
        (Bound(at_least=0.4, at_most=0.6), True),
        (Bound(at_least=0.6, at_most=0.9), False),
        (Bound(at_least=0.1, at_most=0.4), False),
    ],
)
def test_a_figure_passes_if_it_keeps_its_bound(bound: Bound, passed: bool) -> None:
    (found,) = check(run_of(ours=HALF), bounds(correctness=bound))
    assert found == Check("made", "ours", "correctness", 0.5, bound, 2)
    assert found.passed is passed


@pytest.mark.parametrize(("rows", "name"), [(HALF, "gold_recall"), (SILENT, "gold_precision")])
@pytest.mark.parametrize("bound", [Bound(at_least=0.0), Bound(at_most=1.0)])
def test_a_figure_that_the_run_does_not_have_fails(
    rows: list[Result], name: str, bound: Bound
) -> None:
    (found,) = check(run_of(ours=rows), bounds(**{name: bound}))
    assert (found.value, found.passed) == (None, False)


def test_figures_that_are_no_ratio_are_checked_as_well() -> None:
    (found,) = check(run_of(ours=HALF), bounds(aurc=Bound(at_most=0.1)))
    assert (found.value, found.passed) == (None, False)


def test_every_bound_of_what_the_run_has_is_checked_in_the_files_order() -> None:
    wanted: Thresholds = {
        "made": {
            "other": {"correctness": Bound(at_least=1)},
            "absent": {"correctness": Bound(at_least=1)},
            "ours": {"correctness": Bound(at_most=1), "errors": Bound(at_most=0)},
        },
        "elsewhere": {"ours": {"correctness": Bound(at_least=1)}},
    }
    found = check(run_of(ours=HALF, other=HALF), wanted)
    assert [(one.system, one.figure, one.passed) for one in found] == [
        ("other", "correctness", False),
        ("ours", "correctness", True),
        ("ours", "errors", False),
    ]


def test_a_gate_that_would_check_nothing_is_an_error() -> None:
    with pytest.raises(SuiteError, match="no suite and system that the thresholds speak of"):
        check(run_of(copy=HALF), bounds(correctness=Bound(at_least=0)))


@pytest.mark.parametrize(
    ("value", "bound", "line"),
    [
        (0.5, Bound(at_least=0.25), "ok     made · ours · right: 0.500, must be at least 0.25"),
        (0.5, Bound(at_most=0), "FAILED made · ours · right: 0.500, must be at most 0"),
        (
            None,
            Bound(at_least=0.1, at_most=1),
            "FAILED made · ours · right: missing, must be at least 0.1 and at most 1",
        ),
    ],
)
def test_a_check_in_words(value: float | None, bound: Bound, line: str) -> None:
    assert Check("made", "ours", "right", value, bound).in_words() == line


def test_thresholds_are_read_by_suite_system_and_figure(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text("[seeds.dateline]\npointer_validity.at_least = 1\naurc = { at_most = 0.1 }\n")
    assert load_thresholds(path) == {
        "seeds": {"dateline": {"pointer_validity": Bound(at_least=1.0), "aurc": Bound(at_most=0.1)}}
    }


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[seeds", "cannot be read: "),
        (b"\xff", "cannot be read: "),
        (b"seeds = 1", "seeds: "),
        (b"[seeds.dateline]\naurc.at_least = 'high'", "seeds.dateline.aurc.at_least: "),
        (b"[seeds.dateline]\naurc.atleast = 1", "seeds.dateline.aurc.atleast: Extra inputs"),
        (b"[seeds.dateline.aurc]", "seeds.dateline.aurc: Value error, a bound has at_least"),
    ],
)
def test_thresholds_that_say_something_else_are_named_in_one_line(
    tmp_path: Path, data: bytes, said: str
) -> None:
    """A bound without a limit was once kept by every figure."""
    path = tmp_path / "thresholds.toml"
    path.write_bytes(data)
    with pytest.raises(SuiteError) as caught:
        load_thresholds(path)
    assert str(caught.value).startswith("thresholds.toml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_thresholds_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"no\.toml cannot be read"):
        load_thresholds(tmp_path / "no.toml")
    assert THRESHOLDS.is_file()


def test_a_figure_that_a_short_run_may_lack_is_bound_only_where_it_is() -> None:
    bound = Bound(at_most=0.0, if_any=True)
    assert [one.passed for one in check(run_of(ours=HALF), bounds(leaks=bound))] == [True]
    assert [one.passed for one in check(run_of(ours=HALF), bounds(correctness=bound))] == [False]


def test_the_projects_thresholds_name_suites_systems_and_figures_that_there_are() -> None:
    systems = {name for names in SYSTEMS.values() for name in names}
    thresholds = load_thresholds()
    assert {"pointer_validity", "correctness"} <= thresholds["seeds"]["dateline"].keys()
    assert thresholds.keys() <= SUITES.keys()
    for of_suite in thresholds.values():
        assert of_suite.keys() <= systems
        assert {name for bounds in of_suite.values() for name in bounds} <= METRICS.keys()


@pytest.mark.parametrize(("few", "passed", "word"), [(2, False, "FAILED"), (3, True, "few")])
def test_a_figure_over_too_few_questions_is_shown_and_not_judged(
    few: int, passed: bool, word: str
) -> None:
    bound = Bound(at_least=0.9, of_at_least=few)
    (found,) = check(run_of(ours=HALF), bounds(correctness=bound))
    assert found.passed is passed
    assert found.in_words().startswith(word)


def test_the_promises_are_kept_by_no_less_than_all() -> None:
    """One broken pointer, one attack obeyed or one citation from the future fails the gate."""
    bounds = load_thresholds()["seeds"]["dateline"]
    for name in ("pointer_validity", "sentences_cited"):
        assert (bounds[name].allows(1.0), bounds[name].allows(0.999)) == (True, False)
    for name in ("asof_leakage", "obeyed_attack", "errors"):
        assert (bounds[name].allows(0.0), bounds[name].allows(0.001)) == (True, False)
        assert bounds[name].of_at_least == 0
