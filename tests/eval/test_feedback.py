"""A reader's feedback, from the file that the chat page writes to figures."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.cases import Ask, Narrowing, Split
from eval.figures.losses import counts_of
from eval.figures.summary import by_kind, figures_of
from eval.manifest import asked_digest, manifest_of
from eval.replies import CitedSentence, Reply
from eval.report import write_report
from eval.report.items import ask_items
from eval.results import Result
from eval.suites import judged
from eval.suites.feedback import FeedbackSuite
from eval.suites.protocol import BringsIndex, Choice, Ratio
from eval.suites.registry import open_suite
from index.articles import Article
from index.build import sync
from index.store import Store
from rag.errors import IndexMissing, SuiteError, SuiteMissing
from rag.schemas import AnswerOut, AskIn
from rag.settings import Settings
from rag.types import Filters, Message, Role
from tests.conftest import no_progress
from tests.eval.bench import MakeTrial, asked_of, embedded_by
from tests.fakes import FakeEmbedder

WRITTEN = Path(__file__).parent / "feedback.jsonl"
"""As the chat page writes it: one line a judged answer."""

BBC = "000_cb2a3d9513a7cddf"
NINE = "Nine children were killed. The attack on Kryvyi Rih killed 20 civilians."

Row = dict[str, Any]
Write = Callable[..., Choice]


def rows() -> list[Row]:
    return [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def choice(settings: Settings, store: Store) -> Choice:
    """The file, and the seeds as the reader's index."""
    assert store.exists()
    return Choice(settings.data_dir, settings.seeds_dir, feedback=WRITTEN, index=settings.index_dir)


@pytest.fixture
def write(choice: Choice, tmp_path: Path) -> Write:
    """Another file in the file's place; a row that is text is written as it is."""

    def made(*lines: Row | str) -> Choice:
        path = tmp_path / "mine.jsonl"
        whole = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
        return replace(choice, feedback=path)

    return made


def model(prompt: str) -> str:
    """Knows of children, and of nothing else."""
    return NINE if "children" in prompt.rpartition("Question")[2] else "It snowed in Halven."


def test_what_the_page_writes_becomes_figures(trial: MakeTrial, choice: Choice) -> None:
    whole = trial("whole")
    whole.run(FeedbackSuite(choice), "dateline", answer=model)
    results = whole.results("feedback", "dateline")
    told = {r.case.id: r.figures.get("kept", r.figures.get("changed")) for r in results}
    assert told == {
        "01-kept": Ratio(1),
        "02-refused-again": Ratio(1),
        "03-lost": Ratio(0),
        "04-as-before": Ratio(0),
        "05-other-words": Ratio(1),
        "06-answered-now": Ratio(1),
    }
    figures = figures_of(results)
    assert [figures[name].value for name in ("kept", "changed")] == [2 / 3, 2 / 3]
    assert [figures[name].value for name in ("pointer_validity", "errors")] == [1.0, 0.0]
    assert {kind: found["kept"] for kind, found in by_kind(results).items()} == {
        "down": None,
        "up": 2 / 3,
    }


def test_a_question_is_asked_with_all_that_it_was_asked_with(choice: Choice) -> None:
    case = FeedbackSuite(choice).questions()[-1]
    question = case.to_question()
    assert question.text == "And how many children?"
    assert question.history == (
        Message(Role.USER, "Who died in Kryvyi Rih?"),
        Message(Role.ASSISTANT, "20 civilians [1]."),
    )
    assert question.as_of == date(2025, 5, 1)
    assert question.filters == Filters(
        article_ids=frozenset({BBC}), published_from=date(2025, 1, 1)
    )


def test_only_what_the_filters_admit_is_cited(trial: MakeTrial, choice: Choice) -> None:
    whole = trial("whole")
    whole.run(FeedbackSuite(choice), "dateline", answer=model)
    reply = whole.results("feedback", "dateline")[-1].reply
    assert isinstance(reply, Reply)
    assert {span.article_id for span in reply.cited} == {BBC}


def test_the_readers_index_is_copied_and_not_made_anew(
    trial: MakeTrial, choice: Choice, store: Store
) -> None:
    suite = FeedbackSuite(choice)
    assert isinstance(suite, BringsIndex)
    before = store.newest()
    bench = trial("whole").run(suite, "copy")
    questions = {case.question for case in suite.questions()}
    assert set(embedded_by(bench)) <= questions
    assert store.newest() == before


def test_a_second_run_asks_nothing(trial: MakeTrial, choice: Choice) -> None:
    whole = trial("whole")
    whole.run(FeedbackSuite(choice), "dateline", answer=model)
    before = whole.bytes_of("feedback", "dateline")
    assert asked_of(whole.run(FeedbackSuite(choice), "dateline", answer=model)) == 0
    assert whole.bytes_of("feedback", "dateline") == before


def test_nothing_is_told_of_right_and_wrong(trial: MakeTrial, choice: Choice) -> None:
    """A question of which a reader's liking alone is known is neither answerable nor not."""
    whole = trial("whole")
    whole.run(FeedbackSuite(choice), "dateline", "refuse", answer=model)
    for system in ("dateline", "refuse"):
        results = whole.results("feedback", system)
        names = set(figures_of(results))
        assert names.isdisjoint({"false_refusal", "refusal_recall", "confidently_wrong"})
        assert counts_of(results) == {}


def test_the_report_says_what_became_of_each(trial: MakeTrial, choice: Choice) -> None:
    whole = trial("whole")
    whole.run(FeedbackSuite(choice), "dateline", answer=model)
    page = write_report(whole.folder.path).read_text(encoding="utf-8")
    assert "Kept what was liked" in page
    assert "Changed what was disliked" in page
    items = ask_items("feedback", {"dateline": whole.results("feedback", "dateline")}, 1)
    assert [(take.well, take.verdict) for item in items for take in item.takes] == [
        (True, "kept"),
        (True, "kept"),
        (False, "not kept"),
        (False, "as before"),
        (True, "changed"),
        (True, "changed"),
    ]


def test_an_error_of_the_engine_keeps_and_changes_nothing(choice: Choice) -> None:
    suite = FeedbackSuite(choice)
    died = Reply(refused=True, refusal="error: engine_died")
    scores = [suite.score(case, died) for case in suite.questions()]
    assert all(score.get("kept", score.get("changed")) == Ratio(0) for score in scores)


def test_a_span_that_overlaps_counts_as_cited_again(choice: Choice) -> None:
    suite = FeedbackSuite(choice)
    case = suite.questions()[0]
    whole = [span for (span,) in case.gold]
    parts = tuple(s.model_copy(update={"end": s.end - 9, "quote": s.quote[:-9]}) for s in whole)
    said = CitedSentence(text="Nine.", citations=(1, 2))
    reply = Reply(refused=False, sentences=(said,), citations=parts)
    assert suite.score(case, reply)["kept"] == Ratio(1)
    one = said.model_copy(update={"citations": (1,)})
    alone = Reply(refused=False, sentences=(one,), citations=parts[:1])
    assert suite.score(case, alone)["kept"] == Ratio(0)


def test_the_wire_has_all_that_a_row_holds() -> None:
    """The file repeats a request and its answer as they were sent: no third form to keep."""
    for row in rows():
        assert AnswerOut.model_validate(row["answer"])
        assert AskIn.model_validate(row["request"])


def test_what_a_later_wire_adds_to_an_answer_is_passed_over(write: Write) -> None:
    row = rows()[0]
    row["answer"]["mood"] = "sunny"
    row["answer"]["citations"][0]["colour"] = "blue"
    assert len(FeedbackSuite(write(row)).questions()) == 1


def changed(path: str, value: object) -> Row:
    row = rows()[0]
    *folders, last = path.split(".")
    at: Any = row
    for name in folders:
        at = at[int(name)] if name.isdigit() else at[name]
    at[last] = value
    return row


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nonsense", "line 2: the line: Invalid JSON"),
        ("", "line 2: the line: Invalid JSON"),
        (changed("format", "dateline-feedback/2"), "line 2: format: "),
        (changed("id", "../../etc"), "line 2: id: "),
        (changed("id", "x" * 101), "line 2: id: "),
        (changed("asked_at", "2026-11-22T15:00:00"), "line 2: asked_at: "),
        (changed("verdict", "sideways"), "line 2: verdict: "),
        (changed("mood", "sunny"), "line 2: mood: "),
        (changed("request.question", "  ?! "), "line 2: request: "),
        (changed("request.question", "a" * 20_001), "line 2: request.question: "),
        (changed("request.stream", True), "line 2: request.stream: "),
        (changed("request.history", [{"role": "system", "content": "x"}]), "line 2: request.hist"),
        (changed("note", "x" * 20_001), "line 2: note: "),
        (changed("answer.status", "refused"), "line 2: answer: "),
        (changed("answer.sentences", []), "line 2: answer: "),
        (changed("answer.citations", []), "line 2: answer: "),
        (changed("answer.citations.0.start", -1), "line 2: answer.citations.0.start: "),
        (changed("answer.citations.0.quote", "It snowed."), "line 2: the answer cites '002_"),
        (changed("answer.citations.0.article_id", "gone"), "line 2: the answer cites 'gone'"),
        ("[" * 100_000, "line 2: the line: Invalid JSON"),
    ],
)
def test_a_broken_line_is_named_and_never_left_out(write: Write, row: Row | str, said: str) -> None:
    with pytest.raises(SuiteError, match=r"mine\.jsonl, ") as raised:
        FeedbackSuite(write(rows()[1], row))
    assert said in str(raised.value)
    assert len(str(raised.value)) < 400


def test_an_id_stands_once(write: Write) -> None:
    with pytest.raises(SuiteError, match="line 3: the id 01-kept stands on line 1 too"):
        FeedbackSuite(write(*rows()[:2], rows()[0]))


def test_of_an_answer_that_was_disliked_no_article_is_needed(write: Write) -> None:
    row = changed("answer.citations.0.article_id", "gone") | {"verdict": "down"}
    (case,) = FeedbackSuite(write(row)).questions()
    assert (case.kind, case.liked, case.gold) == ("down", False, ())


def test_an_empty_file_is_broken(write: Write) -> None:
    with pytest.raises(SuiteError, match="has 0 lines"):
        FeedbackSuite(write())


def test_a_file_that_is_no_export_is_refused_unread(choice: Choice, tmp_path: Path) -> None:
    packed = tmp_path / "mine.jsonl.gz"
    packed.write_bytes(b"\x1f\x8b")
    with pytest.raises(SuiteError, match="is compressed"):
        FeedbackSuite(replace(choice, feedback=packed))
    huge = tmp_path / "huge.jsonl"
    with huge.open("wb") as file:
        file.truncate(judged.MOST_BYTES + 1)
    with pytest.raises(SuiteError, match=r"huge\.jsonl has more than \d+ bytes"):
        FeedbackSuite(replace(choice, feedback=huge))


@pytest.mark.parametrize("feedback", [None, Path("/nowhere.jsonl"), Path("/")])
def test_without_a_file_the_suite_is_missing(choice: Choice, feedback: Path | None) -> None:
    with pytest.raises(SuiteMissing):
        open_suite("feedback", replace(choice, feedback=feedback))


def test_without_an_index_there_is_nobody_to_ask(choice: Choice, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        open_suite("feedback", replace(choice, index=tmp_path / "none"))


def test_feedback_is_of_the_test_split(choice: Choice) -> None:
    assert FeedbackSuite(replace(choice, split=Split.DEV)).questions() == []


def test_another_file_or_another_index_is_another_run(
    settings: Settings, choice: Choice, write: Write, store: Store
) -> None:
    def chosen(one: Choice, suite: str = "feedback") -> Any:  # noqa: ANN401  # a JSON object
        return manifest_of(one, settings, [(open_suite(suite, one), ["dateline"])])["choice"]

    first = chosen(choice)
    assert first == chosen(choice) != chosen(write(rows()[1]))
    assert "feedback" not in chosen(choice, "seeds")
    sync(store, [Article("new", "It rained in Halven.", "Rain")], FakeEmbedder, no_progress)
    later = chosen(write(rows()[3]))
    assert later["feedback_index"] != first["feedback_index"]


def test_what_narrows_a_question_is_part_of_what_is_asked(choice: Choice) -> None:
    suite = FeedbackSuite(choice)
    before = asked_digest(suite)
    narrowed = [
        c.model_copy(update={"narrowing": Narrowing(outlets=("BBC",))}) for c in suite.questions()
    ]

    class Narrowed(FeedbackSuite):
        def questions(self) -> list[Ask]:
            return narrowed

    assert asked_digest(Narrowed(choice)) != before


def test_results_can_be_read_again(trial: MakeTrial, choice: Choice) -> None:
    whole = trial("whole")
    whole.run(FeedbackSuite(choice), "dateline", answer=model)
    results: list[Result] = whole.results("feedback", "dateline")
    assert [result.case for result in results] == list(FeedbackSuite(choice).questions())
