"""`dateline eval`: what can go wrong before a model is loaded, and what is made of a run."""

import json
import subprocess  # the command line is a process
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.command import app, must_point, show
from eval.records import RunFolder
from eval.suites.protocol import Ratio
from rag.cli import exit_status_of
from rag.errors import BrokenPointer, DatelineError
from tests.eval.report_run import build_run
from tests.eval.samples import judged, result


@dataclass(frozen=True)
class Ended:
    """How a command ended; `said` is its error, in one line."""

    status: int
    out: str
    said: str


Evaluate = Callable[..., Ended]


@pytest.fixture
def evaluate(tmp_path: Path) -> Evaluate:
    """Run `dateline eval …` in this process, with a data folder of the test's own."""
    env = {"DATELINE_DATA_DIR": str(tmp_path / "data"), "DATELINE_CACHE_DIR": str(tmp_path / "no")}

    def run(*words: str | Path) -> Ended:
        ended = CliRunner().invoke(app, [str(word) for word in words], env=env)
        error = ended.exception
        if isinstance(error, DatelineError):
            return Ended(exit_status_of(type(error)), ended.stdout, f"[{error.code}] {error}")
        assert error is None or isinstance(error, SystemExit), ended.exc_info
        return Ended(ended.exit_code, ended.stdout, "")

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three made-up suites and three systems."""
    return build_run(tmp_path_factory.mktemp("made") / "run", questions=8, claims=6, searches=4)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("riddles",), 65, "[bad_suite] there is no suite 'riddles'; there are: seeds, followups"),
        (("run", "seeds", "riddles"), 65, "[bad_suite] there is no suite 'riddles'"),
        (("seeds", "--system", "gpt"), 65, "[bad_suite] there is no system 'gpt'; there are: "),
        (("seeds", "--system", "scorer"), 65, "[bad_suite] seeds can be taken by dateline, "),
        (("seeds", "--split", "train"), 65, "[bad_suite] there is no split 'train'"),
        (("--split", "train", "seeds"), 65, "[bad_suite] there is no split 'train'"),
        (("seeds", "squad2", "--data", "/nowhere"), 66, "[suite_missing] squad2 is absent: "),
        (
            ("squad2", "--data", "/nowhere", "--skip-missing"),
            66,
            "[suite_missing] no suite is left",
        ),
        (("seeds", "--out", "/dev/null/run"), 73, "[run_mismatch] /dev/null/run cannot be written"),
        (("report", "/nowhere"), 66, "[suite_missing] there is no run in /nowhere"),
        (("gate", "/nowhere"), 66, "[suite_missing] there is no run in /nowhere"),
        (("compare", "/nowhere:dateline", ":copy"), 66, "[suite_missing] there is no run in "),
    ],
)
def test_what_cannot_be_done_is_said_before_a_model_is_loaded(
    evaluate: Evaluate, tmp_path: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    ended = evaluate(*words)
    assert (ended.status, ended.out) == (status, "")
    assert ended.said.startswith(said)
    assert "\n" not in ended.said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("words", [("seeds", "--limit", "0"), ("compare",), ("seeds", "--loud")])
def test_words_that_no_command_takes_are_a_mistake_of_usage(
    evaluate: Evaluate, words: tuple[str, ...]
) -> None:
    assert evaluate(*words).status == 2


def test_a_folder_that_holds_another_run_is_left_as_it_is(
    evaluate: Evaluate, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.begin({"choice": {"split": "dev"}, "pairs": []})
    before = (folder.path / "run.json").read_bytes()
    ended = evaluate("seeds", "--out", folder.path)
    assert (ended.status, ended.out) == (73, "")
    assert "holds a run with another choice" in ended.said
    assert (folder.path / "run.json").read_bytes() == before


def test_an_error_is_one_line_and_its_remedy_in_the_terminal() -> None:
    """The evaluation is a command of `dateline`, and its errors end as all others do."""
    command = [sys.executable, "-c", "from rag.cli import main; main()", "eval", "riddles"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own
    first, second = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (65, "")
    assert first.startswith("error [bad_suite]: there is no suite 'riddles'")
    assert second == "  Mend the line that is named."


def test_the_suites_and_who_takes_them_are_listed(evaluate: Evaluate) -> None:
    lines = evaluate("suites").out.splitlines()
    assert lines[0].startswith(
        "answer: dateline, bm25, dense, oracle, copy, closed, chunks, refuse"
    )
    assert lines[1] == "support: dateline, scorer, coverage, always"
    assert lines[2] == "search: dateline, bm25, dense"
    assert lines[3].startswith("suites: seeds, followups, interventions, ")


def test_a_report_is_written_beside_its_run_and_kept_as_the_latest(
    evaluate: Evaluate, made: Path, tmp_path: Path
) -> None:
    ended = evaluate("report", made)
    page = Path(ended.out.strip().replace("\n", ""))
    assert (ended.status, page.parent) == (0, made)
    assert (tmp_path / "data" / "eval" / page.name).read_bytes() == page.read_bytes()


def test_a_system_is_compared_with_itself_and_nothing_differs(
    evaluate: Evaluate, made: Path
) -> None:
    ended = evaluate("compare", f"{made}:dateline", f"{made}:dateline", "--json")
    tables = json.loads(ended.out)
    assert (ended.status, list(tables)) == (0, ["ferries", "ferry_claims", "ferry_searches"])
    rows = [row for table in tables.values() for row in table]
    assert {"correctness", "accuracy", "hits_at_1"} <= {row["name"] for row in rows}
    assert {(row["low"], row["high"], row["one"] - row["other"]) for row in rows} == {(0, 0, 0)}


def test_a_comparison_for_people_has_a_table_a_suite(evaluate: Evaluate, made: Path) -> None:
    ended = evaluate("compare", f"{made}:dateline", ":copy")
    assert ended.status == 0
    assert ended.out.count("95% interval") == 3
    figures = {line.split()[1] for line in ended.out.splitlines() if line.startswith("│")}
    assert {"correctness", "accuracy", "hits_at_1"} <= figures


def test_runs_without_a_common_suite_cannot_be_compared(
    evaluate: Evaluate, made: Path, tmp_path: Path
) -> None:
    other = RunFolder(tmp_path / "other")
    other.begin({})
    other.publish([result("a", {"right": Ratio(1)})])
    ended = evaluate("compare", made, other.path)
    assert (ended.status, ended.out) == (65, "")
    assert ended.said.endswith("have no suite in common")


def test_a_gate_that_has_no_bound_for_a_run_is_an_error(evaluate: Evaluate, made: Path) -> None:
    ended = evaluate("gate", made)
    assert (ended.status, ended.out) == (65, "")
    assert "thresholds" in ended.said


def test_figures_are_printed_as_json_that_every_reader_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One class of claims alone once gave NaN, which is no JSON."""
    show([[judged("a", supported=True, right=True)]], as_json=True)
    (row,) = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert (row["suite"], row["system"], row["questions"]) == ("made", "dateline", 1)
    assert row["figures"]["balanced_accuracy"]["value"] is None
    assert row["figures"]["sensitivity"] == {
        "value": 1.0,
        "low": 1.0,
        "high": 1.0,
        "macro": 1.0,
        "count": 1,
    }
    assert (row["by_kind"], row["latency_ms"]) == ({"made": {"sensitivity": 1.0}}, {})


def test_one_broken_pointer_of_ours_ends_in_an_error_and_a_baselines_does_not() -> None:
    fine = result("a", {"pointer_validity": Ratio(2, 2)})
    silent = result("b", {"pointer_validity": Ratio(0, 0)})
    broken = result("c", {"pointer_validity": Ratio(1, 2)})
    must_point([[fine, silent], [silent], [replace(broken, system="chunks")]])
    with pytest.raises(BrokenPointer, match="made: a citation does not quote its article"):
        must_point([[fine], [fine, broken]])
