"""The log: one event is one line, whatever stands in it, and no words of a question."""

import io
import json
import logging
import string
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import Phase, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from rag.engine.protocol import Engine
from rag.logs import format_for, logging_to
from rag.pipeline import Pipeline
from rag.service import create_app
from rag.settings import LogFormat, LogLevel, Settings
from tests.fakes import FakeEngine

LOG = logging.getLogger("rag.test")
OURS = "http://127.0.0.1:8000"
NINE = "Nine children were killed. The attack on Kryvyi Rih killed 20 civilians."
HOSTILE = st.text() | st.text(alphabet='\r\n\t\x00\x1b\x7f\x85\x9b\u2028\u2029\u202e\ud800"\\{}')


class Terminal(io.StringIO):
    """A stream that a person sees."""

    def isatty(self) -> bool:
        return True


def logged(
    act: Callable[[], object],
    form: LogFormat = LogFormat.JSON,
    level: LogLevel = LogLevel.INFO,
    with_texts: bool = False,
) -> str:
    stream = io.StringIO()
    with logging_to(stream, form, level, with_texts):
        act()
    return stream.getvalue()


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_event_is_a_line_of_json() -> None:
    (line,) = lines(logged(lambda: LOG.info("done", extra={"seconds": 0.5, "code": None})))
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "done",
        "level": "info",
        "logger": "rag.test",
        "seconds": 0.5,
        "code": None,
    }


def test_for_people_it_is_text() -> None:
    text = logged(lambda: LOG.warning("done", extra={"seconds": 0.5}), LogFormat.TEXT)
    assert text.count("\n") == 1
    for part in ("warning", "done", "seconds=0.5", "rag.test"):
        assert part in text


@limits(deadline=None)
@given(event=HOSTILE, name=HOSTILE, number=st.floats() | st.integers() | st.none())
def test_no_text_breaks_a_line_of_json(event: str, name: str, number: float | None) -> None:
    extra = {"field": name, "number": number}
    text = logged(lambda: LOG.error("%s", event, extra=extra))
    (line,) = text.splitlines()
    assert text == line + "\n"
    assert text.isascii()
    found = json.loads(line)
    assert (found["event"], found["field"]) == (event, name)


@limits(deadline=None)
@given(event=HOSTILE, name=HOSTILE)
def test_no_text_breaks_a_line_for_people(event: str, name: str) -> None:
    text = logged(lambda: LOG.error("%s", event, extra={"field": name}), LogFormat.TEXT)
    (line,) = text.splitlines()
    assert text == line + "\n"
    assert not any(ord(character) < 32 or character in "\x7f\x9b\u202e" for character in line)
    text.encode()


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        (LogLevel.DEBUG, ["debug", "info", "warning", "error"]),
        (LogLevel.INFO, ["info", "warning", "error"]),
        (LogLevel.WARNING, ["warning", "error"]),
        (LogLevel.ERROR, ["error"]),
    ],
)
def test_a_level_is_heard_with_all_that_is_graver(level: LogLevel, heard: list[str]) -> None:
    def act() -> None:
        for one in LogLevel:
            LOG.log(logging.getLevelName(one.upper()), "done")

    assert [line["level"] for line in lines(logged(act, level=level))] == heard


def test_others_are_heard_from_warnings_on_in_the_same_form() -> None:
    """What a library tells of its work may hold the words of a question."""

    def act() -> None:
        other = logging.getLogger("somebody.else")
        other.debug("a question")
        other.info("a question")
        other.warning("slow %s", "disk", extra={"color_message": "x"})
        warnings.warn("old\nhabit", DeprecationWarning, stacklevel=1)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        slow, habit = lines(logged(act, level=LogLevel.DEBUG))
    assert (slow["event"], slow["logger"], slow["level"]) == (
        "slow disk",
        "somebody.else",
        "warning",
    )
    assert "color_message" not in slow
    assert (habit["logger"], "old\nhabit" in habit["event"]) == ("py.warnings", True)


def fail(words: str) -> None:
    try:
        try:
            raise KeyError(words)
        except KeyError as error:
            raise ValueError(words) from error
    except ValueError:
        LOG.exception("broken")


def test_an_error_is_told_with_where_it_came_from() -> None:
    (line,) = lines(logged(lambda: fail("the\nreason")))
    assert [one["exc_type"] for one in line["exception"]] == ["ValueError", "KeyError"]
    assert line["exception"][0]["exc_value"] == "the\nreason"
    frame = line["exception"][0]["frames"][-1]
    assert (frame["name"], frame["filename"]) == ("fail", __file__)
    assert "locals" not in json.dumps(line)


def test_for_people_an_error_is_indented_and_cannot_forge_a_line() -> None:
    text = logged(lambda: fail("the\n2026-01-01 [info] forged"), LogFormat.TEXT)
    first, *rest = text.splitlines()
    assert "broken" in first
    assert rest[0].strip() == "ValueError the\\u000a2026-01-01 [info] forged"
    assert all(line.startswith("  ") for line in rest)


def test_a_thread_that_dies_is_an_event() -> None:
    def act() -> None:
        thread = threading.Thread(target=lambda: [].pop())
        thread.start()
        thread.join()

    (line,) = lines(logged(act))
    assert (line["event"], line["exception"][0]["exc_type"]) == ("thread_died", "IndexError")


def test_afterwards_everything_is_as_before() -> None:
    root = logging.getLogger()
    before = (root.handlers[:], threading.excepthook, logging.getLogger("rag").level)
    logged(lambda: LOG.info("done"), level=LogLevel.DEBUG)
    with pytest.raises(ValueError, match="inside"):
        logged(lambda: int("inside"))
    assert (root.handlers, threading.excepthook, logging.getLogger("rag").level) == before


def test_auto_is_text_for_a_terminal_alone() -> None:
    assert format_for(LogFormat.AUTO, Terminal()) is LogFormat.TEXT
    assert format_for(LogFormat.AUTO, io.StringIO()) is LogFormat.JSON
    assert format_for(LogFormat.TEXT, io.StringIO()) is LogFormat.TEXT
    assert format_for(LogFormat.JSON, Terminal()) is LogFormat.JSON


def test_all_lines_of_a_request_have_its_id(
    make_pipeline: Callable[[Engine], Pipeline], settings: Settings
) -> None:
    """The question is answered in another thread, which knew nothing of the request."""
    engine = FakeEngine(lambda prompt: ValueError("a bug"), 0.999)
    client = TestClient(create_app(make_pipeline(engine), settings), OURS)

    def act() -> None:
        asked = {"question": "How many children were killed in the attack on Kryvyi Rih?"}
        client.post("/v1/answer", json=asked, headers={"x-request-id": "mine"})

    found = lines(logged(act))
    assert [(line["event"], line["request_id"]) for line in found] == [
        ("question_failed", "mine"),
        ("unexpected_error", "mine"),
        ("request", "mine"),
    ]


WORDS = st.lists(
    st.text(string.ascii_lowercase, min_size=6, max_size=12).map(lambda word: f"zq{word}"),
    min_size=1,
    max_size=5,
)


def converse(client: TestClient, text: str, word: str) -> None:
    """A question, well and badly asked, and its words wherever a client can put them."""
    headers = {"x-request-id": f"{text} ", "user-agent": text, "referer": word}
    for stream in (False, True):
        asked = {"question": f"How many {text} were killed in Kryvyi Rih?", "stream": stream}
        turns = [{"role": "user", "content": text}, {"role": "assistant", "content": text}]
        client.post("/v1/answer", json=asked, headers=headers)
        client.post(
            "/v1/answer",
            json=asked | {"question": f"Who in Kryvyi Rih killed nine children, {text}?"},
        )
        client.post("/v1/answer", json=asked | {"history": turns})
        client.post("/v1/answer", json=asked | {word: text})
        client.post("/v1/answer", json=asked | {"filters": {"outlets": text}})
    client.post("/v1/answer", content=text.encode())
    client.post("/v1/answer", json={"question": text * 1000})
    for path in (f"/{word}", f"/v1/articles/{word}", f"/static/{word}", f"/?{word}={word}"):
        client.get(path, headers=headers)
    client.get("/", headers={"host": f"{word}.example"})
    client.request(word.upper(), "/")


@pytest.mark.parametrize("form", [LogFormat.JSON, LogFormat.TEXT])
def test_the_log_of_a_conversation_has_none_of_its_words(
    make_pipeline: Callable[[Engine], Pipeline], settings: Settings, form: LogFormat
) -> None:
    """Errors that repeat the prompt are among what happens, and so are bugs."""

    def reply(prompt: str) -> str | Exception:
        return ValueError(prompt) if "Who" in prompt else prompt + NINE

    none_kept = settings.model_copy(update={"answers_kept": 0})
    app = create_app(make_pipeline(FakeEngine(reply, 0.999)), none_kept)
    client = TestClient(app, OURS)

    @given(words=WORDS)
    @limits(max_examples=8, deadline=None, phases=[Phase.generate])
    def check(words: list[str]) -> None:
        text = " ".join(words)
        log = logged(lambda: converse(client, text, words[0]), form, LogLevel.DEBUG)
        assert log.count("request") > 12
        assert log.count("unexpected_error") == 2
        assert [word for word in words if word in log.lower()] == []

    check()
