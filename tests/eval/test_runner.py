"""A run goes on where it stopped, and the same replies give the same bytes."""

import pytest

from eval.cases import Ask
from eval.figures.summary import figures_of
from eval.replies import Reply
from eval.runner import error_figures
from eval.suites.protocol import Ratio, Task
from eval.suites.seeds import SeedSuite
from eval.systems import SYSTEMS
from rag.errors import EngineDied, EngineStartFailed, PromptTooLong, SuiteError
from tests.eval.bench import Answering, MakeTrial, asked_of, embedded_by, first_line


def interrupted_after(count: int) -> Answering:
    """The same model, until somebody presses Ctrl-C."""
    left = iter(range(count))

    def answer(prompt: str) -> str:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return first_line(prompt)

    return answer


def test_every_system_is_asked_every_question_once(trial: MakeTrial, suite: SeedSuite) -> None:
    whole = trial("whole")
    systems = list(SYSTEMS[Task.ANSWER])
    whole.run(suite, *systems)
    ids = [case.id for case in suite.questions()]
    for system in systems:
        assert [result.case.id for result in whole.results("seeds", system)] == ids
        lines = (whole.folder.path / "seeds" / f"{system}.replies.jsonl").read_text().splitlines()
        assert len(lines) == len(ids) == 6
    assert not (whole.folder.path / "seeds" / "index").exists()


@pytest.mark.parametrize("system", ["chunks", "dateline"])
@pytest.mark.parametrize("after", [0, 1, 4])
def test_an_interrupted_run_goes_on_and_ends_in_the_same_bytes(
    trial: MakeTrial, suite: SeedSuite, system: str, after: int
) -> None:
    whole, cut = trial("whole"), trial("cut")
    everything = asked_of(whole.run(suite, system))
    with pytest.raises(KeyboardInterrupt):
        cut.run(suite, system, answer=interrupted_after(after))
    known = len(cut.folder.replies("seeds", system))
    assert after <= known < 6
    rest = asked_of(cut.run(suite, system))
    assert rest < everything or after == 0
    if system == "chunks":
        assert (everything, known, rest) == (6, after, 6 - after)
    assert cut.bytes_of("seeds", system) == whole.bytes_of("seeds", system)


def test_a_second_run_asks_nothing_loads_nothing_and_changes_nothing(
    trial: MakeTrial, suite: SeedSuite
) -> None:
    whole = trial("whole")
    systems = list(SYSTEMS[Task.ANSWER])
    assert whole.run(suite, *systems).pipelines == len(systems) - 1  # all but `refuse`
    before = {system: whole.bytes_of("seeds", system) for system in systems}
    bench = whole.run(suite, *systems)
    assert (bench.pipelines, asked_of(bench), embedded_by(bench)) == (0, 0, [])
    assert {system: whole.bytes_of("seeds", system) for system in systems} == before


def test_another_system_of_the_same_folder_is_asked_alone(
    trial: MakeTrial, suite: SeedSuite
) -> None:
    both = trial("both")
    both.run(suite, "chunks")
    assert asked_of(both.run(suite, "chunks", "closed")) == 6
    assert both.folder.load().results.keys() == {("seeds", "chunks"), ("seeds", "closed")}


@pytest.mark.parametrize(
    ("error", "code"),
    [(PromptTooLong("too long"), "prompt_too_long"), (EngineDied("dead"), "engine_died")],
)
def test_a_question_that_the_engine_cannot_take_is_recorded_and_not_left_out(
    trial: MakeTrial, suite: SeedSuite, error: Exception, code: str
) -> None:
    hard = next(case for case in suite.questions() if not case.must_refuse)
    failing = trial("failing")

    def answer(prompt: str) -> str | Exception:
        return error if hard.question in prompt else first_line(prompt)

    failing.run(suite, "chunks", answer=answer)
    found = {result.case.id: result for result in failing.results("seeds", "chunks")}
    assert [name for name, r in found.items() if r.figures["errors"] == Ratio(1)] == [hard.id]
    assert found[hard.id].reply == Reply(refused=True, refusal=f"error: {code}")
    assert found[hard.id].figures["false_refusal"] == Ratio(1)
    assert sum(result.figures["errors"].whole for result in found.values()) == 6


def test_an_error_that_every_question_would_meet_ends_the_run_and_keeps_what_was_said(
    trial: MakeTrial, suite: SeedSuite
) -> None:
    ended = trial("ended")
    said: list[str | Exception] = ["It rained.", "It rained.", EngineStartFailed("no memory")]
    replies = iter(said)
    with pytest.raises(EngineStartFailed, match="no memory"):
        ended.run(suite, "chunks", answer=lambda prompt: next(replies))
    assert len(ended.folder.replies("seeds", "chunks")) == 2
    assert ended.folder.load().results == {}


def test_a_reply_of_another_shape_is_named(trial: MakeTrial, suite: SeedSuite) -> None:
    """Once pydantic's own error, which no command translates."""
    whole = trial("whole")
    whole.run(suite, "refuse")
    path = whole.folder.path / "seeds" / "refuse.replies.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"refused":true', b'"refused":"perhaps"', 1))
    first = suite.questions()[0].id
    with pytest.raises(SuiteError, match=rf"refuse\.replies\.jsonl, {first}: refused: "):
        whole.run(suite, "refuse")


def test_what_ours_answers_points_into_the_articles_and_invents_nothing(
    trial: MakeTrial, suite: SeedSuite
) -> None:
    whole = trial("whole")
    whole.run(suite, "dateline")
    figures = figures_of(whole.results("seeds", "dateline"))
    said = ("pointer_validity", "atom_support", "sentences_cited", "errors")
    assert [figures[name].value for name in said] == [1.0, 1.0, 1.0, 0.0]
    assert figures["false_refusal"].value == 1 / 4  # "since when", of a line without a time


def test_a_model_that_says_no_refuses_everything(trial: MakeTrial, suite: SeedSuite) -> None:
    whole = trial("whole")
    whole.run(suite, "dateline", chance=0.0001)
    figures = figures_of(whole.results("seeds", "dateline"))
    said = ("refusal_recall", "false_refusal", "confidently_wrong", "refusal_precision")
    assert [figures[name].value for name in said] == [1.0, 1.0, 0.0, 2 / 6]
    assert figures["gold_recall"].value == 0.0
    assert figures["pointer_validity"].value == 1.0  # of the nearest sentences, which it cites


def test_what_was_asked_is_what_the_suite_holds(trial: MakeTrial, suite: SeedSuite) -> None:
    whole = trial("whole")
    whole.run(suite, "copy")
    assert [result.case for result in whole.results("seeds", "copy")] == suite.questions()
    assert all(isinstance(result.case, Ask) for result in whole.results("seeds", "copy"))


def test_an_engine_that_died_has_not_refused_rightly() -> None:
    """A crash on an unanswerable question was counted as a right refusal."""
    died = Reply(refused=True, refusal="error: engine_died")
    figures = {"refusal_recall": Ratio(1), "refusal_precision": Ratio(1)}
    assert error_figures(died, figures) == {
        "errors": Ratio(1),
        "refusal_recall": Ratio(0),
        "refusal_precision": Ratio(0),
    }
    assert error_figures(Reply(refused=True, refusal="off_topic"), figures) == {"errors": Ratio(0)}
