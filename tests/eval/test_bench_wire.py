import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.bench.client import Worker, WorkerFailed
from eval.bench.measure import ask_together
from eval.bench.wire import Server, Watch
from rag.settings import PROJECT
from tests.eval.echo_worker import Echo

ECHO = [sys.executable, "-m", "tests.eval.echo_worker"]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with Worker(ECHO, PROJECT, tmp_path / "log") as one:
        yield one


def ticking() -> Watch:
    """Each look at the clock is a second later."""
    seconds = iter(range(100))
    return Watch(lambda: next(seconds))


def test_the_first_token_and_the_first_sentence_are_timed_when_they_come() -> None:
    watch = ticking()
    watch.pieces(["", "It rained", ". ", "Then it", " stopped."])
    report = watch.report()
    assert (report["first_token_s"], report["first_sentence_s"], report["total_s"]) == (1, 2, 3)
    assert report["text"] == report["written"] == "It rained. Then it stopped."


def test_a_reply_without_an_end_is_a_sentence_when_it_is_over() -> None:
    watch = ticking()
    watch.pieces(["3.5", " million"])
    report = watch.report()
    assert report["first_sentence_s"] == report["total_s"]


def test_a_reply_of_which_nothing_is_shown_has_no_sentence() -> None:
    watch = ticking()
    watch.token()
    report = watch.report(text="")
    assert (report["first_token_s"], report["first_sentence_s"]) == (1, None)


def test_a_served_contender_answers_every_question_and_says_what_failed() -> None:
    asked = [{"op": "load", "n": 1}, *({"op": "ask", "id": i, "question": q} for i, q in QUESTIONS)]
    replies = io.StringIO()
    Server(Echo, [json.dumps(one) for one in asked], replies).run()
    ready, *said = [json.loads(line) for line in replies.getvalue().splitlines()]
    assert ready == {"event": "ready", "facts": {"options": {"op": "load", "n": 1}}}
    by_id = {one["id"]: one for one in said}
    assert by_id[1]["text"] == "Itrained."
    assert by_id[2] == {"event": "error", "id": 2, "message": "RuntimeError: it failed"}


QUESTIONS = [(1, "It rained."), (2, "fail")]


def test_a_worker_in_a_process_is_loaded_and_asked(worker: Worker) -> None:
    worker.load({"model": "none"})
    assert worker.facts["options"]["model"] == "none"
    assert worker.ready_s > 0
    assert worker.ask({"question": "a b"})["text"] == "ab"
    assert worker.peak_mib() > 0


def test_several_users_get_the_reply_to_their_own_question(worker: Worker) -> None:
    worker.load({})
    requests = [{"question": str(number)} for number in range(40)]
    replies, seconds = ask_together(worker, requests, users=8)
    texts = [reply["text"] for reply in replies if not isinstance(reply, WorkerFailed)]
    assert texts == [str(number) for number in range(40)]
    assert seconds > 0


def test_a_worker_that_cannot_load_says_why(worker: Worker) -> None:
    with pytest.raises(WorkerFailed, match=r"^ValueError: no such model$"):
        worker.load({"broken": True})


def test_a_question_that_fails_costs_that_question_alone(worker: Worker) -> None:
    worker.load({})
    with pytest.raises(WorkerFailed, match="it failed"):
        worker.ask({"question": "fail"})
    assert worker.ask({"question": "on"})["text"] == "on"


def test_a_worker_that_dies_is_noticed_by_whoever_waits_and_by_who_comes_later(
    worker: Worker,
) -> None:
    worker.load({})
    for question in ("die", "again"):
        with pytest.raises(WorkerFailed, match="ended"):
            worker.ask({"question": question})


def test_what_a_library_prints_goes_to_the_log(tmp_path: Path) -> None:
    with Worker(ECHO, PROJECT, tmp_path / "log") as worker:
        worker.load({}).ask({"question": "on"})
    assert "libraries print this" in (tmp_path / "log").read_text("utf-8")
