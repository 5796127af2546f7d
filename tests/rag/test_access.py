"""Each request: its id, its line in the log, and how it ended."""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.engine.protocol import Engine
from rag.errors import EngineDied
from rag.pipeline import Pipeline
from rag.service import create_app
from rag.service.guard import HEADERS
from rag.settings import Settings
from tests.fakes import FakeEngine
from tests.rag.test_service import (
    NINE,
    PATIENCE_S,
    QUESTION,
    BlockingEngine,
    posted,
    served,
    until,
)

MakePipeline = Callable[[Engine], Pipeline]
OURS = "http://127.0.0.1:8000"


@pytest.fixture
def app_of(make_pipeline: MakePipeline, settings: Settings) -> Callable[[FakeEngine], FastAPI]:
    return lambda engine: create_app(make_pipeline(engine), settings)


@pytest.fixture
def client(app_of: Callable[[FakeEngine], FastAPI]) -> TestClient:
    return TestClient(app_of(FakeEngine(lambda prompt: NINE, 0.999)), OURS)


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "rag")


def fields(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, Any]]:
    """The fields of every line of an event, without what each record of `logging` has."""
    known = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
    records = [record for record in caplog.records if record.msg == event]
    return [{k: v for k, v in vars(one).items() if k not in known} for one in records]


def test_a_request_is_a_line(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    response = client.get("/v1/articles/000_cb2a3d9513a7cddf")
    (line,) = fields(caplog, "request")
    assert line | {"duration_ms": None} == {
        "method": "GET",
        "route": "/v1/articles/{article_id}",
        "status": 200,
        "outcome": "complete",
        "code": None,
        "duration_ms": None,
        "bytes": len(response.content),
    }
    assert line["duration_ms"] > 0


@pytest.mark.parametrize(
    ("method", "path", "status", "route", "code"),
    [
        ("GET", "/", 200, "/", None),
        ("GET", "/static/app.js", 200, "/static/*", None),
        ("GET", "/static/gone.js", 404, "/static/*", "not_found"),
        ("GET", "/v1/articles/gone", 404, "/v1/articles/{article_id}", "article_not_found"),
        ("GET", "/gone", 404, "unmatched", "not_found"),
        ("DELETE", "/v1/articles", 405, "/v1/articles", "method_not_allowed"),
        ("POST", "/v1/answer", 422, "/v1/answer", "malformed_request"),
    ],
)
def test_a_line_names_the_route_and_the_error(
    client: TestClient,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
    status: int,
    route: str,
    code: str | None,
) -> None:
    client.request(method, path)
    (line,) = fields(caplog, "request")
    assert (line["status"], line["route"], line["code"]) == (status, route, code)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_who_only_watches_is_no_event(
    client: TestClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    client.get(path)
    assert [r.levelno for r in caplog.records if r.msg == "request"] == [logging.DEBUG]


@pytest.mark.parametrize("given", ["a", "7f3c-12_X.y", "x" * 64])
def test_a_harmless_id_is_given_back(client: TestClient, given: str) -> None:
    assert client.get("/healthz", headers={"x-request-id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", "x" * 65, "two words", "a\tb", 'a"b', "é", "<script>", "a;b", "a/b", "${jndi}"]
)
def test_any_other_id_is_replaced(client: TestClient, given: str) -> None:
    headers = {b"x-request-id": given.encode()}
    own = [client.get("/healthz", headers=headers).headers["x-request-id"] for _ in range(2)]
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in own)
    assert own[0] != own[1]


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/gone", b"", 404),
        ("POST", "/v1/answer", b"x" * 100_000, 413),
        ("POST", "/v1/answer", b'{"question": "?"}', 422),
    ],
)
def test_a_refused_request_has_an_id_too(
    client: TestClient, method: str, path: str, content: bytes, status: int
) -> None:
    headers = {"x-request-id": "mine", "content-type": "application/json"}
    response = client.request(method, path, content=content, headers=headers)
    assert (response.status_code, response.headers["x-request-id"]) == (status, "mine")


def test_a_strangers_host_is_refused_under_an_id(client: TestClient) -> None:
    response = client.get("/", headers={"x-request-id": "mine", "host": "evil.example"})
    assert (response.status_code, response.headers["x-request-id"]) == (421, "mine")


def test_a_bug_is_logged_once_and_its_reply_has_all_headers(
    app_of: Callable[[FakeEngine], FastAPI], caplog: pytest.LogCaptureFixture
) -> None:
    """The reply to an unforeseen error went past the guard, and had no security headers."""
    client = TestClient(app_of(FakeEngine(lambda prompt: ValueError("the bug"), 0.999)), OURS)
    response = client.post(
        "/v1/answer", json={"question": QUESTION}, headers={"x-request-id": "mine"}
    )
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert response.headers["x-request-id"] == "mine"
    (told,) = [record for record in caplog.records if record.exc_info]
    assert told.exc_info is not None
    assert (told.msg, str(told.exc_info[1])) == ("unexpected_error", "the bug")


def test_a_question_is_a_line_with_what_it_took(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    body = client.post("/v1/answer", json={"question": QUESTION}).json()
    client.post("/v1/answer", json={"question": QUESTION, "stream": True})
    made, retold = fields(caplog, "question")
    times = {name for name in made if name.endswith("_ms")}
    assert {name: value for name, value in made.items() if name not in times} == {
        "status": "answered",
        "refusal": None,
        "confidence": round(body["confidence"], 3),
        "remembered": False,
        "sentences": len(body["sentences"]),
        "citations": len(body["citations"]),
        "prompt_tokens": made["prompt_tokens"],
        "completion_tokens": 11,
        "generation": body["receipt"]["index_generation"],
    }
    stages = {"waited", "retrieve", "judge", "write", "first_sentence", "total"}
    assert times == {f"{stage}_ms" for stage in stages}
    assert made["prompt_tokens"] > 100
    assert made["total_ms"] == body["timings_ms"]["total"]
    assert (retold["remembered"], retold["prompt_tokens"], retold["completion_tokens"]) == (
        True,
        0,
        0,
    )


def test_a_refusal_and_an_error_are_lines_with_their_codes(
    app_of: Callable[[FakeEngine], FastAPI], caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(app_of(FakeEngine(lambda prompt: EngineDied("gone"), 0.999)), OURS)
    client.post("/v1/answer", json={"question": QUESTION, "as_of": "2025-04-07"})
    client.post("/v1/answer", json={"question": QUESTION, "stream": True})
    (refused,), (failed,) = fields(caplog, "question"), fields(caplog, "question_failed")
    assert (refused["status"], refused["refusal"]) == ("refused", "off_topic")
    assert failed == {"code": "engine_died"}


def test_the_words_are_logged_if_that_is_asked_for(
    make_pipeline: MakePipeline, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    opted = settings.model_copy(update={"log_questions": True})
    app = create_app(make_pipeline(FakeEngine(lambda prompt: NINE, 0.999)), opted)
    body = TestClient(app, OURS).post("/v1/answer", json={"question": QUESTION}).json()
    (line,) = fields(caplog, "question")
    assert (line["question"], line["answer"]) == (QUESTION, body["answer"])


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_is_logged_as_such(
    app_of: Callable[[FakeEngine], FastAPI], caplog: pytest.LogCaptureFixture, stream: bool
) -> None:
    engine = BlockingEngine()
    app = app_of(engine)
    with served(app) as address:
        with posted(address, question=QUESTION, stream=stream):
            assert engine.began.wait(PATIENCE_S)
        until(lambda: bool(fields(caplog, "request")) and bool(fields(caplog, "question_failed")))
        metrics = httpx.get(f"{address}/metrics", timeout=PATIENCE_S).text
    (line,), (failed,) = fields(caplog, "request")[:1], fields(caplog, "question_failed")
    assert (line["outcome"], failed["code"]) == ("disconnected", "cancelled")
    assert 'dateline_http_disconnects_total{route="/v1/answer"} 1.0' in metrics
