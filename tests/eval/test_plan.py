"""What the words of a command mean."""

from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import Split
from eval.plan import Results, open_all, pair_of, split_of, systems_for
from eval.records import RunFolder
from eval.suites.protocol import Choice, Ratio, Task
from eval.suites.seeds import SeedSuite
from rag.errors import SuiteError, SuiteMissing
from rag.settings import PROJECT
from tests.eval.bench import CLAIM, SEARCH, Trivial
from tests.eval.samples import result


@pytest.fixture
def choice(tmp_path: Path) -> Choice:
    """Our own suites, and no public set."""
    return Choice(tmp_path / "nothing", PROJECT / "seeds", limit=1)


def test_a_split_by_its_name() -> None:
    assert [split_of(name) for name in ("dev", "test", "both")] == [Split.DEV, Split.TEST, None]


@pytest.mark.parametrize("name", ["train", "DEV", ""])
def test_there_is_no_other_split(name: str) -> None:
    with pytest.raises(SuiteError, match=f"there is no split '{name}': dev, test or both"):
        split_of(name)


def test_suites_are_opened_once_each_in_the_order_of_asking(choice: Choice) -> None:
    said: list[str] = []
    opened = open_all(["followups", "seeds", "followups"], choice, False, said.append)
    assert [suite.name for suite in opened] == ["followups", "seeds"]
    assert said == []


def test_every_absent_suite_is_named_before_a_question_is_asked(choice: Choice) -> None:
    with pytest.raises(SuiteMissing, match=r"squad2 is absent: .*; wice is absent: "):
        open_all(["squad2", "seeds", "wice"], choice, False, pytest.fail)


def test_absent_suites_are_left_out_aloud_if_that_is_wanted(choice: Choice) -> None:
    said: list[str] = []
    (opened,) = open_all(["squad2", "seeds"], choice, True, said.append)
    assert isinstance(opened, SeedSuite)
    assert [line.partition(":")[0] for line in said] == ["squad2 is absent"]


def test_nothing_left_to_run_is_an_error(choice: Choice) -> None:
    with pytest.raises(SuiteMissing, match="no suite is left to run"):
        open_all(["squad2"], choice, True, lambda line: None)


def test_a_broken_suite_is_never_skipped(choice: Choice) -> None:
    with pytest.raises(SuiteError, match="there is no suite 'riddles'"):
        open_all(["riddles"], choice, True, lambda line: None)


@pytest.mark.parametrize(
    ("task", "names", "fitting"),
    [
        (Task.SUPPORT, ["always", "copy", "dateline", "always"], ["always", "dateline"]),
        (Task.SEARCH, ["scorer", "bm25"], ["bm25"]),
    ],
)
def test_the_systems_that_take_a_suite(task: Task, names: list[str], fitting: list[str]) -> None:
    assert systems_for(Trivial(task, CLAIM), names) == fitting


def test_a_system_that_nobody_knows_and_one_that_does_not_fit_are_told_apart() -> None:
    suite = Trivial(Task.SEARCH, SEARCH)
    with pytest.raises(SuiteError, match="there is no system 'gpt'; there are: always, bm25, "):
        systems_for(suite, ["dateline", "gpt"])
    with pytest.raises(
        SuiteError, match="trivial can be taken by dateline, bm25, dense; not by copy, scorer"
    ):
        systems_for(suite, ["copy", "scorer"])


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """A run in which ours is right and a copy half right, and one in which ours is wrong."""
    parts = {"one": {"dateline": 1.0, "copy": 0.5}, "other": {"dateline": 0.0}}
    for name, systems in parts.items():
        folder = RunFolder(tmp_path / name)
        folder.begin({})
        for system, part in systems.items():
            folder.publish([replace(result("q", {"right": Ratio(part)}), system=system)])
    return tmp_path / "one", tmp_path / "other"


def rights(pair: tuple[Results, Results]) -> list[dict[str, float]]:
    return [{key: rows[0].figures["right"].part for key, rows in side.items()} for side in pair]


def test_what_is_compared(runs: tuple[Path, Path]) -> None:
    one, other = runs
    assert rights(pair_of(f"{one}:dateline", ":copy", print)) == [{"made": 1.0}, {"made": 0.5}]
    assert rights(pair_of(f"{one}:copy", f"{other}:dateline", print)) == [
        {"made": 0.5},
        {"made": 0.0},
    ]
    assert rights(pair_of(f"{one}:dateline", str(other), print)) == [{"made": 1.0}, {"made": 0.0}]
    assert rights(pair_of(str(one), f"{other}:dateline", print)) == [{"made": 1.0}, {"made": 0.0}]
    assert rights(pair_of(str(one), str(other), print)) == [
        {"made · copy": 0.5, "made · dateline": 1.0},
        {"made · dateline": 0.0},
    ]


def test_a_system_that_a_run_does_not_have_is_named_with_those_it_has(
    runs: tuple[Path, Path],
) -> None:
    one, other = runs
    with pytest.raises(SuiteError, match="there is no system 'chunks'; there are: copy, dateline"):
        pair_of(f"{one}:chunks", f"{other}:dateline", print)
    with pytest.raises(SuiteError, match="other: there is no system 'copy'; there are: dateline"):
        pair_of(f"{one}:copy", str(other), print)


def test_a_folder_without_a_run_is_missing(runs: tuple[Path, Path]) -> None:
    with pytest.raises(SuiteMissing, match=r"no run\.json"):
        pair_of(str(runs[0]), str(runs[0].parent), print)
