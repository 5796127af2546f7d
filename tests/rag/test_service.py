"""The service over HTTP, with a scripted model: answers, events, problems, clients that leave."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index.articles import Article
from index.generation import Reader
from index.store import Store
from rag.engine.protocol import Engine, Prompt
from rag.errors import EngineCancelled, EngineDied, EngineStartFailed
from rag.pipeline import Pipeline
from rag.schemas import AnswerOut, EvidenceEvent, Problem, SentenceEvent
from rag.service import create_app, server_of
from rag.service.guard import HEADERS, MAX_BODY_BYTES
from rag.service.pages import REPORT_POLICY
from rag.service.problems import MEDIA_TYPE
from rag.settings import Settings
from tests.fakes import FakeEngine

MakePipeline = Callable[[Engine], Pipeline]
QUESTION = "How many children were killed in the attack on Kryvyi Rih?"
NINE = "Nine children were killed. The attack on Kryvyi Rih killed 20 civilians."
BBC = "000_cb2a3d9513a7cddf"
PATIENCE_S = 10.0


class BlockingEngine(FakeEngine):
    """Writes nothing until it is cancelled; says when it began and when it ended."""

    def __init__(self) -> None:
        super().__init__(chance=0.999)
        self.began = threading.Event()
        self.cancelled = threading.Event()

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        self.began.set()
        if cancel.wait(PATIENCE_S):
            self.cancelled.set()
        raise EngineCancelled("the question was cancelled")
        yield ""


class HoldingEngine(FakeEngine):
    """Writes nothing until it may; says how many wait for that."""

    def __init__(self) -> None:
        super().__init__(lambda prompt: NINE, chance=0.999)
        self.go = threading.Event()
        self.held = 0
        self._lock = threading.Lock()

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        with self._lock:
            self.held += 1
        assert self.go.wait(PATIENCE_S)
        yield from super().stream(prompt, max_tokens, stop, cancel)


class DyingEngine(FakeEngine):
    """Dies after its first sentence."""

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        yield from ("Nine children were killed. ", "It was a very bad day ")
        raise EngineDied("the model's process has ended")


class SickEngine(FakeEngine):
    """Could not read a prompt."""

    def check(self) -> None:
        raise EngineStartFailed("the model could not be loaded")


@pytest.fixture
def client_of(
    make_pipeline: MakePipeline, settings: Settings
) -> Callable[[FakeEngine], TestClient]:
    def make(engine: FakeEngine) -> TestClient:
        return TestClient(create_app(make_pipeline(engine), settings), "http://127.0.0.1:8000")

    return make


@pytest.fixture
def client(client_of: Callable[[FakeEngine], TestClient]) -> TestClient:
    return client_of(FakeEngine(lambda prompt: NINE, 0.999))


@pytest.fixture
def empty(make_pipeline: MakePipeline, settings: Settings, tmp_path: Path) -> TestClient:
    """A service without an index."""
    pipeline = replace(make_pipeline(FakeEngine()), reader=Reader(Store(tmp_path / "none")))
    return TestClient(create_app(pipeline, settings), "http://127.0.0.1:8000")


def ask(client: TestClient, **fields: object) -> dict[str, Any]:
    response = client.post("/v1/answer", json={"question": QUESTION, **fields})
    assert response.status_code == 200
    found = response.json()
    assert isinstance(found, dict)
    return found


def events(client: TestClient, **fields: object) -> list[tuple[str, str]]:
    response = client.post("/v1/answer", json={"question": QUESTION, "stream": True, **fields})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    blocks = [block for block in response.text.split("\n\n") if block.strip()]
    return [parsed(block) for block in blocks]


def parsed(block: str) -> tuple[str, str]:
    fields = dict(line.split(": ", 1) for line in block.splitlines())
    assert sorted(fields) == ["data", "event"]
    return fields["event"], fields["data"]


def problem(response: Any, status: int, code: str) -> Problem:  # noqa: ANN401  # httpx or its fork
    assert (response.status_code, response.headers["content-type"]) == (status, MEDIA_TYPE)
    found = Problem.model_validate_json(response.content)
    assert (found.status, found.code) == (status, code)
    assert found.detail
    assert found.hint
    assert "Traceback" not in response.text
    assert "site-packages" not in response.text
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    return found


def test_an_answer_fits_the_contract(client: TestClient, seeds: tuple[Article, ...]) -> None:
    body = ask(client)
    answer = AnswerOut.model_validate_json(json.dumps(body))
    texts = {article.id: article.text for article in seeds}
    assert list(body) == [
        "status",
        "refusal",
        "answer",
        "short",
        "sentences",
        "citations",
        "agreement",
        "conflicts",
        "confidence",
        "question_used",
        "timings_ms",
        "receipt",
    ]
    assert (body["status"], body["refusal"]) == ("answered", None)
    assert answer.sentences[0].text == "Nine children were killed."
    assert answer.short is None  # a reply of sentences alone has no few words that are cited
    for citation in answer.citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote
    dates = {citation.article_id: str(citation.published) for citation in answer.citations}
    assert dates[BBC] == "2025-04-08"
    assert sorted(dates) == sorted(texts)


def test_the_few_words_of_a_reply_are_on_the_wire(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    reply = "nine children; forty children\nAnswer: Nine children were killed."
    body = ask(client_of(FakeEngine(lambda prompt: reply, 0.999)))
    assert (body["short"], body["answer"]) == ("nine children", "Nine children were killed [1][2].")


def test_a_refusal_fits_the_contract(
    client_of: Callable[[FakeEngine], TestClient], seeds: tuple[Article, ...]
) -> None:
    body = ask(client_of(FakeEngine(chance=0.001)))
    AnswerOut.model_validate_json(json.dumps(body))
    assert (body["status"], body["answer"], body["short"]) == ("refused", "", None)
    assert (body["sentences"], body["agreement"], body["conflicts"]) == ([], [], [])
    (nearest,) = body["citations"]
    (article,) = [article for article in seeds if article.id == nearest["article_id"]]
    assert article.text[nearest["start"] : nearest["end"]] == nearest["quote"]
    assert "Kryvyi Rih" in nearest["quote"]
    assert body["refusal"] == {
        "code": "not_in_articles",
        "message": (
            "The articles do not say how many children were killed in the attack on Kryvyi Rih."
        ),
        "nearest": [nearest["id"]],
    }


def test_a_refusal_without_anything_near_cites_nothing(client: TestClient) -> None:
    body = ask(client, as_of="2025-04-07")
    assert (body["refusal"]["code"], body["refusal"]["nearest"]) == ("off_topic", [])
    assert body["citations"] == []


def test_every_field_of_a_request_is_used(client: TestClient) -> None:
    body = ask(
        client,
        history=[{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}],
        as_of="2025-04-08",
        filters={
            "article_ids": [BBC],
            "outlets": [],
            "published_from": "2025-04-01",
            "published_to": None,
        },
        stream=False,
    )
    assert {citation["article_id"] for citation in body["citations"]} == {BBC}
    assert ask(client, as_of="2025-04-07")["refusal"]["code"] == "off_topic"


def test_a_question_is_folded_not_executed(client: TestClient) -> None:
    body = ask(client, question=f"  {QUESTION}\n\t ")
    assert body["question_used"] == QUESTION


def test_half_a_character_is_replaced_wherever_it_stands(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    """A lone surrogate in the history reached the engine, which cannot encode it."""
    engine = FakeEngine(lambda prompt: NINE, 0.999)
    content = rb'{"question": "And he \ud800?", "history": [{"role": "user", "content": "\udfff"}]}'
    headers = {"content-type": "application/json"}
    response = client_of(engine).post("/v1/answer", content=content, headers=headers)
    assert response.status_code == 200
    asked = engine.prompts[0].messages[-1].content
    assert "Reader: ?\nLast question: And he ??" in asked


def test_events_come_in_the_contracts_order(client: TestClient) -> None:
    found = events(client)
    assert [name for name, _ in found] == ["evidence", "sentence", "sentence", "answer"]
    evidence = EvidenceEvent.model_validate_json(found[0][1])
    first = SentenceEvent.model_validate_json(found[1][1])
    second = SentenceEvent.model_validate_json(found[2][1])
    answer = AnswerOut.model_validate_json(found[3][1])
    assert len(evidence.evidence) == 6
    assert answer.sentences == [first.sentence, second.sentence]
    assert answer.citations == [*first.citations, *second.citations]
    assert {citation.quote for citation in answer.citations} <= {e.text for e in evidence.evidence}


def test_the_streamed_answer_is_the_whole_answer(client: TestClient) -> None:
    streamed = json.loads(events(client)[-1][1])
    whole = ask(client)
    assert streamed | {"timings_ms": None} == whole | {"timings_ms": None}


def test_a_streamed_refusal_has_no_sentence(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    found = events(client_of(FakeEngine(chance=0.001)))
    assert [name for name, _ in found] == ["evidence", "answer"]


def test_an_engine_that_dies_in_mid_stream_is_an_error_event(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    """No sentence is shown before: a reply is weighed as a whole."""
    found = events(client_of(DyingEngine(chance=0.999)))
    assert [name for name, _ in found] == ["evidence", "error"]
    error = Problem.model_validate_json(found[-1][1])
    assert (error.status, error.code) == (503, "engine_died")


def test_an_unforeseen_error_in_mid_stream_is_an_error_event(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    """The stream was cut without a word, and a client could not tell it from a lost connection."""
    found = events(client_of(FakeEngine(lambda prompt: ValueError("the secret"), 0.999)))
    assert [name for name, _ in found] == ["evidence", "error"]
    assert Problem.model_validate_json(found[-1][1]).code == "internal_error"
    assert "secret" not in found[-1][1]


def test_an_engine_that_dies_is_a_problem(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    client = client_of(DyingEngine(chance=0.999))
    problem(client.post("/v1/answer", json={"question": QUESTION}), 503, "engine_died")


@pytest.mark.parametrize(
    ("content", "code", "status", "detail"),
    [
        (b"", "malformed_request", 422, "the body: Field required"),
        (b"{", "malformed_request", 422, ""),
        (b'{"question": "x"', "malformed_request", 422, ""),
        (b'{"question": "\xff"}', "malformed_request", 422, "the body: "),
        (b"[" * 20_000, "malformed_request", 422, "the body: "),
        (rb'{"question": "\ud800"}', "empty_question", 422, "the question is empty"),
        (b"null", "malformed_request", 422, ""),
        (b"[]", "malformed_request", 422, ""),
        (b"{}", "malformed_request", 422, "question: Field required"),
        (b'{"question": null}', "malformed_request", 422, "question: "),
        (b'{"question": 7}', "malformed_request", 422, "question: "),
        (b'{"question": "x", "extra": 1}', "malformed_request", 422, "extra: Extra inputs"),
        (b'{"question": "x", "as_of": 0}', "malformed_request", 422, "written YYYY-MM-DD"),
        (b'{"question": "x", "as_of": "1744106400"}', "malformed_request", 422, "YYYY-MM-DD"),
        (b'{"question": "x", "history": [], "filters": 0}', "malformed_request", 422, "filters: "),
        (b'{"question": "x", "as_of": "soon"}', "malformed_request", 422, "as_of: "),
        (
            b'{"question": "x", "filters": {"author": "y"}}',
            "malformed_request",
            422,
            "filters.auth",
        ),
        (
            b'{"question": "x", "history": [{"role": "system", "content": "y"}]}',
            "malformed_request",
            422,
            "history.0.role: ",
        ),
        (b'{"question": ""}', "empty_question", 422, "the question is empty"),
        (b'{"question": " \\n "}', "empty_question", 422, "the question is empty"),
        (b'{"question": "?!"}', "empty_question", 422, "the question is empty"),
        (
            b'{"question": "' + b"x" * 2001 + b'"}',
            "question_too_long",
            413,
            "the question has 2001 characters; 2000 are allowed",
        ),
        (b'{"question": "' + b"x" * 100_000 + b'"}', "body_too_large", 413, "65536 bytes"),
        (b" " * 5_000_000, "body_too_large", 413, "65536 bytes"),
    ],
    ids=lambda value: repr(value)[:40],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_request_is_a_problem(
    client: TestClient, content: bytes, code: str, status: int, detail: str, stream: bool
) -> None:
    if stream:
        content = content.replace(b'{"question"', b'{"stream": true, "question"')
    response = client.post(
        "/v1/answer", content=content, headers={"content-type": "application/json"}
    )
    assert detail in problem(response, status, code).detail


def test_the_largest_body_is_read(client: TestClient) -> None:
    body = b'{"question": "Who?"}'
    exact = body + b" " * (MAX_BODY_BYTES - len(body))
    headers = {"content-type": "application/json"}
    assert client.post("/v1/answer", content=exact, headers=headers).status_code == 200
    problem(client.post("/v1/answer", content=exact + b" ", headers=headers), 413, "body_too_large")


@pytest.mark.parametrize("stream", [0, "true", None])
def test_a_stream_is_asked_for_by_true_alone(client: TestClient, stream: object) -> None:
    """schemathesis: 0 was taken for false, though the description says that it is a boolean."""
    response = client.post("/v1/answer", json={"question": QUESTION, "stream": stream})
    assert problem(response, 422, "malformed_request").detail.startswith("stream: ")


@pytest.mark.parametrize("path", ["/v1/articles/gone", "/v1/articles/%2e%2e", "/v1/articles/%00"])
def test_an_unknown_article_is_a_problem(client: TestClient, path: str) -> None:
    problem(client.get(path), 404, "article_not_found")


@pytest.mark.parametrize(
    "path", ["/gone", "/v1", "/static/gone.js", "/static/%2e%2e/service.py", "/v1/articles/a/b"]
)
def test_an_unknown_path_is_a_problem(client: TestClient, path: str) -> None:
    problem(client.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/answer", "POST"),
        ("DELETE", "/healthz", "GET"),
        ("POST", "/", "GET"),
        ("POST", "/static/app.js", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_a_problem_that_names_the_right_one(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == allowed


def test_an_unforeseen_error_shows_nothing(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    engine = FakeEngine(lambda prompt: ValueError("the secret"), 0.999)
    client = client_of(engine)
    quiet = TestClient(client.app, "http://127.0.0.1:8000", raise_server_exceptions=False)
    response = quiet.post("/v1/answer", json={"question": QUESTION})
    found = Problem.model_validate_json(response.content)
    assert (response.status_code, found.code) == (500, "internal_error")
    assert response.headers["content-type"] == MEDIA_TYPE
    assert "secret" not in response.text


def test_articles_are_listed_and_shown(
    client: TestClient, seeds: tuple[Article, ...], store: Store
) -> None:
    listed = client.get("/v1/articles").json()
    assert listed["generation"] == store.newest().id
    assert [(a["id"], a["chars"]) for a in listed["articles"]] == [
        (article.id, len(article.text)) for article in seeds
    ]
    shown = client.get(f"/v1/articles/{BBC}").json()
    assert (shown["text"], shown["published"], shown["outlet"]) == (
        seeds[0].text,
        "2025-04-08",
        None,
    )


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/articles", "/static/app.js"])
def test_every_reply_has_the_security_headers(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_without_an_index_it_lives_but_is_not_ready(empty: TestClient) -> None:
    assert empty.get("/healthz").status_code == 200
    problem(empty.get("/readyz"), 503, "no_index")
    problem(empty.get("/v1/articles"), 503, "no_index")
    problem(empty.post("/v1/answer", json={"question": QUESTION}), 503, "no_index")
    streamed = empty.post("/v1/answer", json={"question": QUESTION, "stream": True})
    problem(streamed, 503, "no_index")


def test_without_a_model_it_is_not_ready(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    problem(client_of(SickEngine()).get("/readyz"), 503, "engine_start_failed")


def test_the_api_describes_itself(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["info"]["title"] == "Dateline"
    assert sorted(document["paths"]) == [
        "/healthz",
        "/metrics",
        "/readyz",
        "/v1/answer",
        "/v1/articles",
        "/v1/articles/{article_id}",
        "/v1/chat/completions",
        "/v1/examples",
        "/v1/models",
        "/v1/models/{model}",
    ]
    reply = document["paths"]["/v1/answer"]["post"]["responses"]["200"]
    schema = reply["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    assert schema == "AnswerOut"
    assert set(AnswerOut.model_fields) == set(document["components"]["schemas"][schema]["required"])
    assert "Retry-After" in document["paths"]["/v1/answer"]["post"]["responses"]["429"]["headers"]
    assert client.get("/docs").status_code == 404  # its scripts would come from elsewhere


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """A real server on a free port, in a thread that has ended when the block has."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = server_of(app, app.state.parts.settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


@contextmanager
def posted(address: str, **fields: object) -> Iterator[None]:
    """A question was sent; the client goes away when the block ends."""
    body = json.dumps(fields).encode()
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
        connection.sendall(
            b"POST /v1/answer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        yield


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_client_that_leaves_the_stream_stops_the_model(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine = BlockingEngine()
    asked = {"question": QUESTION, "stream": True}
    with served(create_app(make_pipeline(engine), settings)) as address:
        with httpx.stream(
            "POST", f"{address}/v1/answer", json=asked, timeout=PATIENCE_S
        ) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: evidence"
            assert engine.began.wait(PATIENCE_S)
            assert not engine.cancelled.is_set()
        assert engine.cancelled.wait(PATIENCE_S)
        health = httpx.get(f"{address}/healthz", timeout=PATIENCE_S)
        assert health.json() == {"status": "ok"}


def test_a_client_that_does_not_wait_for_its_answer_stops_the_model(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine = BlockingEngine()
    with served(create_app(make_pipeline(engine), settings)) as address:
        with posted(address, question=QUESTION):
            assert engine.began.wait(PATIENCE_S)
            assert not engine.cancelled.is_set()
        assert engine.cancelled.wait(PATIENCE_S)


def test_as_many_as_may_are_answered_or_wait_while_the_rest_of_the_service_answers(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine, bound = HoldingEngine(), settings.questions_at_once + settings.questions_waiting
    app = create_app(make_pipeline(engine), settings)
    admission = app.state.parts.desk.admission

    def post(number: int) -> httpx.Response:
        asked = {"question": f"{QUESTION} {number}", "stream": bool(number % 2)}
        return httpx.post(f"{address}/v1/answer", json=asked, timeout=PATIENCE_S)

    with served(app) as address, ThreadPoolExecutor(bound) as clients:
        asked = [clients.submit(post, number) for number in range(bound)]
        until(lambda: (admission.taken, engine.held) == (bound, settings.questions_at_once))
        for stream in (0, 1):
            refused = post(bound + stream)
            problem(refused, 429, "busy")
            assert int(refused.headers["retry-after"]) >= 1
        for path in ("/", "/healthz", "/readyz", "/v1/articles", f"/v1/articles/{BBC}"):
            assert httpx.get(f"{address}{path}", timeout=PATIENCE_S).status_code == 200
        assert not any(one.done() for one in asked)
        engine.go.set()
        assert {one.result().status_code for one in asked} == {200}
    assert admission.taken == 0


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_while_it_waits_makes_room(
    make_pipeline: MakePipeline, settings: Settings, stream: bool
) -> None:
    one = settings.model_copy(update={"questions_at_once": 1, "questions_waiting": 1})
    engine = HoldingEngine()
    app = create_app(make_pipeline(engine), one)
    admission = app.state.parts.desk.admission
    with served(app) as address:
        with posted(address, question=QUESTION, stream=stream):
            until(lambda: engine.held == 1)
            with posted(address, question=QUESTION, stream=stream):
                until(lambda: admission.taken == 2)
            until(lambda: admission.taken == 1)
        engine.go.set()
    assert (admission.taken, engine.held) == (0, 1)


def test_the_same_question_is_answered_with_the_same_bytes(
    client_of: Callable[[FakeEngine], TestClient],
) -> None:
    engine = FakeEngine(lambda prompt: NINE, 0.999)
    client = client_of(engine)
    bodies = [ask(client) | {"timings_ms": None} for _ in range(2)]
    streams = [events(client) for _ in range(2)]
    assert json.dumps(bodies[0]) == json.dumps(bodies[1])
    assert streams[0][:-1] == streams[1][:-1]
    assert json.loads(streams[1][-1][1]) | {"timings_ms": None} == bodies[0]
    assert len(engine.prompts) == 2


def test_events_leave_as_they_happen(make_pipeline: MakePipeline, settings: Settings) -> None:
    """Evidence is on the wire while the model has not written a word."""
    engine = BlockingEngine()
    asked = {"question": QUESTION, "stream": True}
    with (
        served(create_app(make_pipeline(engine), settings)) as address,
        httpx.stream("POST", f"{address}/v1/answer", json=asked, timeout=PATIENCE_S) as response,
    ):
        lines = response.iter_lines()
        assert next(lines) == "event: evidence"
        data = json.loads(next(lines).removeprefix("data: "))
        assert len(EvidenceEvent.model_validate(data).evidence) == 6


def test_without_a_report_there_is_no_page_and_no_link(client: TestClient) -> None:
    problem(client.get("/eval"), 404, "not_found")
    assert '<a id="evaluation" href="eval" hidden>' in client.get("/").text


def test_the_latest_report_is_served_and_linked_under_its_own_policy(
    client: TestClient, settings: Settings
) -> None:
    report = settings.data_dir / "eval" / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text("<p>0.754</p>", encoding="utf-8")
    response = client.get("/eval")
    assert (response.status_code, response.text) == (200, "<p>0.754</p>")
    assert response.headers["content-security-policy"] == REPORT_POLICY
    assert response.headers["x-content-type-options"] == "nosniff"
    assert '<a id="evaluation" href="eval">' in client.get("/").text
