"""A run on disk: what is written comes back, and what is broken is named."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from eval.cases import Ask, Claim, Search, Slot, Split, Turn
from eval.records import RunFolder
from eval.replies import AnyReply, CitedSentence, Ranking, Reply, Timing, Verdict
from eval.results import Measured, Replied, Result
from eval.suites.protocol import Ratio, Task
from rag.errors import RunMismatch, SuiteError, SuiteMissing
from tests.eval.samples import LEFT, LEFT_TOO, RAINED, REFUSED

MANIFEST = {
    "made_with": {"version": "1"},
    "choice": {"split": "dev"},
    "asked": {"made": "0"},
    "pairs": [["made", "ours"]],
}
FULL_ASK = Ask(
    id="a-2",
    kind="fact",
    split=Split.DEV,
    cluster="source",
    question="Was it “late”?",
    history=(Turn(role="user", content="The ferry?"), Turn(role="assistant", content="Yes.")),
    as_of=date(2025, 3, 4),
    articles=("ferry", "copy"),
    slots=(Slot(name="when", aliases=("9", "nine")),),
    references=("at 9",),
    gold=((LEFT, LEFT_TOO), (RAINED,)),
    required_articles=("ferry",),
    forbidden=("8",),
    wrong=("7",),
    sides=(("ferry",), ("copy",)),
)
FULL_REPLY = Reply(
    refused=False,
    sentences=(
        CitedSentence(text="At 9 – “on time”.", citations=(2, 1), support=0.75),
        CitedSentence(text="Yes."),
    ),
    citations=(LEFT, LEFT_TOO),
    evidence=(RAINED,),
    confidence=0.5,
    question_used="Was the ferry late?",
    agreement=(2,),
    conflicts=(("9", "8"),),
    receipt={"version": "1"},
)


def of(
    case: Ask | Claim | Search,
    reply: AnyReply,
    judged: tuple[float, ...] = (),
    timing: Timing | None = None,
) -> Result:
    task = {Ask: Task.ANSWER, Claim: Task.SUPPORT, Search: Task.SEARCH}[type(case)]
    figures = {"right": Ratio(1, 3), "atom_support": Ratio(0.5)}
    return Result("made", task, "ours", case, reply, figures, judged, timing=timing)


CLAIM = Claim(id="c", kind="made", claim="It rained.", source="It rained.", supported=True)
SEARCH = Search(id="s", kind="event", query="rain", relevant=("copy",), apart_from=("ferry",))
ALL_TASKS = [
    [
        of(FULL_ASK.model_copy(update={"id": "a-1"}), REFUSED, timing=Timing(total=3)),
        of(
            FULL_ASK,
            FULL_REPLY,
            judged=(0.9, 0.25),
            timing=Timing(retrieve=1, first_sentence=2, total=3),
        ),
    ],
    [of(CLAIM, Verdict(probability=0.25), timing=Timing(total=0))],
    [of(SEARCH, Ranking(articles=("copy", "ferry")))],
]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "runs" / "run")
    folder.begin(MANIFEST)
    return folder


@pytest.mark.parametrize("results", ALL_TASKS, ids=list(Task))
def test_what_is_published_comes_back_by_id(folder: RunFolder, results: list[Result]) -> None:
    folder.publish(results[::-1])
    found = folder.load()
    assert found.manifest == MANIFEST
    assert found.folder == folder.path
    assert found.results == {("made", "ours"): results}


def test_the_same_replies_give_the_same_bytes_and_times_stand_apart(folder: RunFolder) -> None:
    slow = [of(FULL_ASK, FULL_REPLY, timing=Timing(total=9999))]
    fast = [of(FULL_ASK, FULL_REPLY, timing=Timing(retrieve=1, total=2))]
    written = []
    for results in (slow, fast):
        folder.publish(results)
        written.append((folder.path / "made" / "ours.results.jsonl").read_bytes())
    assert written[0] == written[1]
    assert b"9999" not in written[0]
    assert (folder.path / "made" / "ours.timings.jsonl").read_bytes() == (
        b'{"id":"a-2","timing":{"retrieve":1,"first_sentence":null,"total":2}}\n'
    )


def test_no_part_of_a_file_is_left_behind(folder: RunFolder) -> None:
    folder.publish(ALL_TASKS[0])
    names = sorted(path.name for path in folder.path.rglob("*") if path.is_file())
    assert names == ["ours.results.jsonl", "ours.timings.jsonl", "run.json"]


REPLIES = [Replied(id=f"q{n}", reply={"n": n}, timing=Timing(total=n)) for n in range(3)]


def test_replies_come_back_by_id_and_the_latest_counts(folder: RunFolder) -> None:
    assert folder.replies("made", "ours") == {}
    again = REPLIES[0].model_copy(update={"reply": {"n": "again"}})
    for replied in [*REPLIES, again]:
        folder.append("made", "ours", replied)
    assert folder.replies("made", "ours") == {"q0": again, "q1": REPLIES[1], "q2": REPLIES[2]}


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_last_line_that_was_cut_off_is_dropped_and_the_rest_kept(
    folder: RunFolder, cut: int
) -> None:
    for replied in REPLIES:
        folder.append("made", "ours", replied)
    path = folder.path / "made" / "ours.replies.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    assert list(folder.replies("made", "ours")) == ["q0", "q1"]
    folder.append("made", "ours", REPLIES[2])
    assert list(folder.replies("made", "ours").values()) == REPLIES


def test_a_file_that_is_one_cut_line_holds_nothing(folder: RunFolder) -> None:
    folder.append("made", "ours", REPLIES[0])
    path = folder.path / "made" / "ours.replies.jsonl"
    path.write_bytes(path.read_bytes()[:10])
    assert folder.replies("made", "ours") == {}
    assert path.read_bytes() == b""


def test_a_reply_that_is_broken_in_the_middle_is_named(folder: RunFolder) -> None:
    for replied in REPLIES:
        folder.append("made", "ours", replied)
    path = folder.path / "made" / "ours.replies.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"id":"q1"', b'"id":"q1'))
    with pytest.raises(SuiteError, match=r"ours\.replies\.jsonl, line 2: "):
        folder.replies("made", "ours")


@pytest.mark.parametrize(
    ("key", "other"), [("made_with", {"version": "2"}), ("choice", {"split": "test"})]
)
def test_another_run_is_not_written_over(folder: RunFolder, key: str, other: object) -> None:
    before = (folder.path / "run.json").read_bytes()
    with pytest.raises(RunMismatch, match=f"another {key}"):
        folder.begin(MANIFEST | {key: other})
    assert (folder.path / "run.json").read_bytes() == before


def test_the_same_run_goes_on_and_remembers_every_pair_and_the_machine(folder: RunFolder) -> None:
    folder.note({"cores": 2})
    folder.begin(MANIFEST | {"pairs": [["made", "copy"], ["made", "ours"]]})
    folder.note({"cores": 4})
    assert folder.load().manifest == MANIFEST | {
        "pairs": [["made", "copy"], ["made", "ours"]],
        "machine": {"cores": 4},
    }


def test_where_there_is_no_run_nothing_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(SuiteMissing, match=r"it has no run\.json"):
        RunFolder(tmp_path / "nowhere").load()


@pytest.mark.parametrize("text", ["{", "[1]", '"run"', "7"])
def test_a_manifest_that_is_none_is_no_run(tmp_path: Path, text: str) -> None:
    """JSON that is no object once was a TypeError."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunMismatch, match="not a run's manifest"):
        RunFolder(tmp_path).load()


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunMismatch, match="file/run cannot be written: Not a directory"):
        RunFolder(tmp_path / "file" / "run").begin(MANIFEST)


Change = Callable[[dict[str, object]], dict[str, object]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row | {"more": 1}, "more: Extra inputs"),
        (lambda row: row | {"task": "sing"}, "task: "),
        (lambda row: row | {"figures": {"right": [1]}}, r"figures\.right"),
        (lambda row: row | {"judged": [1.5]}, r"judged\.0: "),
        (lambda row: row | {"case": {"id": "x"}}, "kind: Field required"),
        (lambda row: row | {"reply": {"refused": "perhaps"}}, "refused: "),
        (lambda row: row | {"task": "support"}, "Extra inputs|Field required"),
    ],
)
def test_a_broken_result_is_named_by_file_and_line(
    folder: RunFolder, change: Change, said: str
) -> None:
    """A case or a reply of another shape once was pydantic's error, without a place."""
    folder.publish(ALL_TASKS[0])
    path = folder.path / "made" / "ours.results.jsonl"
    first, second = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{first}\n{json.dumps(change(json.loads(second)))}\n", encoding="utf-8")
    with pytest.raises(SuiteError, match=rf"ours\.results\.jsonl, line 2: .*({said})"):
        folder.load()


def test_results_without_their_times_are_no_whole_run(folder: RunFolder) -> None:
    folder.publish(ALL_TASKS[0])
    (folder.path / "made" / "ours.timings.jsonl").unlink()
    with pytest.raises(SuiteMissing, match=r"ours\.timings\.jsonl"):
        folder.load()


def test_a_line_of_results_by_value(folder: RunFolder) -> None:
    folder.publish([of(CLAIM, Verdict(probability=0.25))])
    (line,) = (folder.path / "made" / "ours.results.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "suite": "made",
        "task": "support",
        "system": "ours",
        "case": json.loads(CLAIM.model_dump_json()),
        "reply": {"probability": 0.25},
        "figures": {"atom_support": [0.5, 1.0], "right": [1.0, 3.0]},
        "judged": [],
        "judged_by": "",
    }
    assert list(Measured.model_validate_json(line).figures) == ["atom_support", "right"]


def test_two_processes_never_add_to_one_run(folder: RunFolder) -> None:
    folder.begin(MANIFEST)
    with folder.alone(), pytest.raises(RunMismatch, match="another process"), folder.alone():
        pass
    with folder.alone():
        pass
