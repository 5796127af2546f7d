"""What decides a run's folder: the code and settings that make replies, and the choice."""

from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import Split
from eval.manifest import asked_digest, code_digest, machine, manifest_of, merged, run_name
from eval.suites.protocol import AnySuite, Choice, Task
from rag.errors import RunMismatch
from rag.settings import PROJECT, Settings
from tests.eval.bench import CLAIM, SEARCH, Trivial

CHOICE = Choice(Path("data"), Path("seeds"), Split.TEST, limit=5, seed=1)


CLAIMS = Trivial(Task.SUPPORT, CLAIM)
PLAN: list[tuple[AnySuite, list[str]]] = [(CLAIMS, ["dateline"])]


def name_of(choice: Choice, settings: Settings) -> str:
    return run_name(manifest_of(choice, settings, PLAN))


def test_a_manifest_by_value(settings: Settings) -> None:
    found = manifest_of(CHOICE, settings, PLAN)
    assert found["choice"] == {"split": "test", "limit": 5, "seed": 1, "articles": None}
    assert found["pairs"] == [["trivial", "dateline"]]
    assert found["made_with"]["code_sha256"] == code_digest(PROJECT)
    assert found["made_with"]["settings"] == {
        "model": settings.model,
        "embedder": settings.embedder,
        "context_tokens": 4096,
        "answer_tokens": 120,
        "history_turns": 6,
        "evidence_sentences": 6,
        "evidence_tokens": 1200,
        "refuse_below": settings.refuse_below,
        "support_at_least": settings.support_at_least,
    }
    both = manifest_of(replace(CHOICE, split=None, limit=None), settings, PLAN)
    assert both["choice"] == {"split": "both", "limit": None, "seed": 1, "articles": None}


def test_the_same_choice_goes_on_in_the_same_folder_wherever_its_data_lie(
    settings: Settings,
) -> None:
    elsewhere = replace(CHOICE, data=Path("elsewhere"))
    manifest = manifest_of(elsewhere, settings, [*PLAN, (CLAIMS, ["copy"])])
    assert run_name(manifest) == name_of(CHOICE, settings)


def test_another_choice_or_setting_is_another_run(settings: Settings) -> None:
    names = {
        name_of(CHOICE, settings),
        name_of(replace(CHOICE, seed=2), settings),
        name_of(replace(CHOICE, limit=None), settings),
        name_of(replace(CHOICE, split=Split.DEV), settings),
        name_of(CHOICE, settings.model_copy(update={"refuse_below": 0.9})),
        name_of(CHOICE, settings.model_copy(update={"model": "other"})),
    }
    assert len(names) == 6
    assert name_of(CHOICE, settings.model_copy(update={"port": 9})) in names


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of few files, in a folder named as a surface is."""
    root = tmp_path / "web"
    for name in ("index/a.py", "rag/b.py", "prompts/c.txt", "eval/systems/d.py", "index/m.toml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


@pytest.mark.parametrize(
    "name", ["index/a.py", "rag/b.py", "prompts/c.txt", "eval/systems/d.py", "index/m.toml"]
)
def test_a_change_of_what_makes_replies_changes_the_digest(tree: Path, name: str) -> None:
    before = code_digest(tree)
    (tree / name).write_text("changed")
    assert code_digest(tree) != before


@pytest.mark.parametrize(
    "name",
    [
        "rag/service/app.py",
        "rag/examples/choose.py",
        "rag/cli/ask.py",
        "rag/web/x.txt",
        "eval/tables.py",
        "seeds/a.txt",
        "rag/__pycache__/b.pyc",
    ],
)
def test_a_change_of_anything_else_does_not(tree: Path, name: str) -> None:
    before = code_digest(tree)
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("new")
    assert code_digest(tree) == before


def test_a_file_that_moves_changes_the_digest(tree: Path) -> None:
    before = code_digest(tree)
    (tree / "rag" / "b.py").rename(tree / "rag" / "z.py")
    assert code_digest(tree) != before


def test_the_machine_is_described_in_numbers_that_can_be() -> None:
    found = machine()
    assert found["cores"] >= 1
    assert found["peak_memory_mib"] > 20
    assert found["python"].startswith("3.")
    assert found["processor"].strip() == found["processor"] != ""


def test_what_is_asked_is_part_of_a_run_and_what_is_right_is_not() -> None:
    right = CLAIM.model_copy(update={"supported": False, "kind": "other"})
    asked = CLAIM.model_copy(update={"claim": "It snowed."})
    digests = [asked_digest(Trivial(Task.SUPPORT, case)) for case in (CLAIM, right, asked)]
    assert digests[0] == digests[1] != digests[2]
    assert asked_digest(Trivial(Task.SEARCH, SEARCH)) != asked_digest(Trivial(Task.SUPPORT, SEARCH))


def test_runs_of_one_folder_add_their_suites_and_never_mix_their_questions(tmp_path: Path) -> None:
    one = {"asked": {"a": "1"}, "pairs": [["a", "x"]]}
    two = {"asked": {"b": "2"}, "pairs": [["b", "x"]]}
    both = {"asked": {"a": "1", "b": "2"}, "pairs": [["a", "x"], ["b", "x"]]}
    assert merged(tmp_path, one, two) == both
    with pytest.raises(RunMismatch, match=r"another a \('1', now '3'\)"):
        merged(tmp_path, both, {"asked": {"a": "3"}})
