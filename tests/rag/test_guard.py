"""What stands before the service: bounds on what comes in, headers on all that goes out."""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from index.generation import Reader
from index.store import Store
from rag.engine.protocol import Engine
from rag.errors import EngineStartFailed
from rag.pipeline import Pipeline
from rag.service import create_app
from rag.service.guard import HEADERS, Guard
from rag.service.heads import MAX_BODY_BYTES, MAX_HEAD_BYTES
from rag.service.pages import WEB
from rag.settings import PROJECT, Settings
from tests.fakes import FakeEngine
from tests.rag.serving import PATIENCE_S, connected, head, heard, is_closed, served, told

MakePipeline = Callable[[Engine], Pipeline]
JSON = "Content-Type: application/json"
ATTEMPTS = 5
BOUND_S = 0.05
"""Source: what the project demands of refusals; the best of a few tries, as others use the CPU."""


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(lambda prompt: "Nine children were killed.", 0.999)


@pytest.fixture
def port(make_pipeline: MakePipeline, settings: Settings, engine: FakeEngine) -> Iterator[int]:
    with served(create_app(make_pipeline(engine), settings), settings) as found:
        yield found


@pytest.fixture
def client(make_pipeline: MakePipeline, settings: Settings, engine: FakeEngine) -> TestClient:
    return TestClient(create_app(make_pipeline(engine), settings), "http://127.0.0.1:8000")


def guarded(app: Callable[[Scope, Receive, Send], object], settings: Settings) -> TestClient:
    return TestClient(Guard(app, settings, None), "http://127.0.0.1")  # type: ignore[arg-type]  # an app


async def count_body(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that replies with the number of bytes and of parts that it was sent."""
    size = parts = 0
    while True:
        message = await receive()
        size, parts = size + len(message.get("body", b"")), parts + 1
        if not message.get("more_body", False):
            break
    body = json.dumps({"bytes": size, "parts": parts}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def quickest(act: Callable[[], object]) -> float:
    """Seconds that the quickest of a few tries took."""

    def taken() -> float:
        began = time.perf_counter()
        act()
        return time.perf_counter() - began

    return min(taken() for _ in range(ATTEMPTS))


def test_a_length_over_the_limit_is_refused_before_a_byte_of_the_body(
    port: int, engine: FakeEngine
) -> None:
    def refused() -> None:
        found = told(port, head("POST", "/v1/answer", JSON, "Content-Length: 65537"))
        assert "65536 bytes" in found.problem(413, "body_too_large").detail

    assert quickest(refused) < BOUND_S
    assert engine.prompts == []


def test_a_chunked_body_is_refused_when_it_passes_the_limit(port: int, engine: FakeEngine) -> None:
    """It is not ended: the service does not wait for the rest."""
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"

    def refused() -> None:
        started = head("POST", "/v1/answer", JSON, "Transfer-Encoding: chunked")
        told(port, started + chunk * 4 + b"1\r\n \r\n").problem(413, "body_too_large")

    assert quickest(refused) < BOUND_S
    assert engine.prompts == []


@pytest.mark.parametrize("framing", ["Content-Length: 8000000", "Transfer-Encoding: chunked"])
def test_a_client_that_is_still_sending_is_told_why(port: int, framing: str) -> None:
    """Closing at once resets the connection, and the client never saw the reply."""
    body = b" " * 8_000_000
    if "chunked" in framing:
        body = b"7a1200\r\n" + body + b"\r\n0\r\n\r\n"
    with connected(port) as connection:
        connection.sendall(head("POST", "/v1/answer", JSON, framing) + body)
        found = heard(connection)
        found.problem(413, "body_too_large")
        assert found.headers["connection"] == "close"
        assert is_closed(connection)


def test_articles_may_be_larger_and_come_in_parts(settings: Settings) -> None:
    small = settings.model_copy(update={"upload_mb": 1})
    client = guarded(count_body, small)
    whole = b" " * 1024 * 1024
    headers = {"content-type": "application/json"}
    found = client.post("/v1/articles", content=whole, headers=headers)
    assert found.json()["bytes"] == len(whole)
    for path, content in (("/v1/articles", whole + b" "), ("/v1/other", whole)):
        for body in (content, iter([content[:1000], content[1000:]])):
            refused = client.post(path, content=body, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


def test_a_body_is_passed_on_as_it_comes(settings: Settings) -> None:
    arrived = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["body"]
        arrived.set()
        await count_body(scope, receive, send)

    with served(Guard(app, settings, None), settings) as port, connected(port) as connection:
        connection.sendall(
            head("POST", "/v1/articles", JSON, "Content-Length: 200000") + b"1" * 1000
        )
        assert arrived.wait(PATIENCE_S)
        connection.sendall(b"2" * 199_000)
        assert json.loads(heard(connection).body)["bytes"] == 199_000


def test_replies_are_passed_on_as_they_come(settings: Settings) -> None:
    go = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await asyncio.to_thread(go.wait, PATIENCE_S)
        await send({"type": "http.response.body", "body": b"last"})

    with (
        served(Guard(app, settings, None), settings) as port,
        httpx.stream("GET", f"http://127.0.0.1:{port}/mcp", timeout=PATIENCE_S) as response,
    ):
        parts = response.iter_raw()
        assert next(parts) == b"first"
        go.set()
        assert next(parts) == b"last"


TOO_MUCH: dict[str, tuple[dict[str, object], int, str]] = {
    "question": ({"question": "x" * 2001}, 413, "question_too_long"),
    "turns": (
        {"question": "Who?", "history": [{"role": "user", "content": "x"}] * 201},
        422,
        "malformed_request",
    ),
    "history": (
        {"question": "Who?", "history": [{"role": "user", "content": "x" * 3201}] * 10},
        413,
        "question_too_long",
    ),
    "ids": (
        {"question": "Who?", "filters": {"article_ids": ["x"] * 1001}},
        422,
        "malformed_request",
    ),
    "id": ({"question": "Who?", "filters": {"article_ids": ["x" * 201]}}, 422, "malformed_request"),
    "outlets": (
        {"question": "Who?", "filters": {"outlets": ["x"] * 1001}},
        422,
        "malformed_request",
    ),
    "outlet": ({"question": "Who?", "filters": {"outlets": ["x" * 201]}}, 422, "malformed_request"),
    "body": ({"question": "x" * MAX_BODY_BYTES}, 413, "body_too_large"),
}


@pytest.mark.parametrize("stream", [False, True])
def test_too_much_is_refused_at_once_without_the_model(
    port: int, engine: FakeEngine, stream: bool
) -> None:
    def refused(fields: dict[str, object], status: int, code: str) -> None:
        body = json.dumps(fields | {"stream": stream}).encode()
        request = head("POST", "/v1/answer", JSON, f"Content-Length: {len(body)}") + body
        told(port, request).problem(status, code)

    for kind, expected in TOO_MUCH.items():
        assert quickest(partial(refused, *expected)) < BOUND_S, kind
    assert engine.prompts == []


def test_as_much_as_may_be_is_taken(client: TestClient) -> None:
    asked = {"question": "How many children were killed in Kryvyi Rih?"}
    for fields in (
        {"history": [{"role": "user", "content": "x"}] * 200},
        {"history": [{"role": "user", "content": "x" * 3200}] * 10},
        {"filters": {"article_ids": ["x" * 200] * 200}},
    ):
        assert client.post("/v1/answer", json={**asked, **fields}).status_code == 200


OTHER_TYPES = [
    None,
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; application/json",
    "application/jsonp",
    "application/json-seq",
    "application/json; charset=utf-16",
    "application/json, text/plain",
    "json",
    "",
    ";",
    "application/json\x80",
]
JSON_TYPES = ["application/json", "Application/JSON", "application/json; charset=utf-8"]
JSON_TYPES += ['application/json;charset="UTF-8"']


def test_only_json_reaches_a_question(client: TestClient, engine: FakeEngine) -> None:
    """A page of another site may send text without asking the service first."""
    for kind in OTHER_TYPES:
        headers = {} if kind is None else {b"content-type": kind.encode("latin-1")}
        response = client.post("/v1/answer", content=b'{"question": "Who?"}', headers=headers)
        assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert engine.prompts == []


def test_json_has_several_spellings(client: TestClient) -> None:
    asked = b'{"question": "How many children were killed in Kryvyi Rih?"}'
    for kind in JSON_TYPES:
        response = client.post("/v1/answer", content=asked, headers={"content-type": kind})
        assert response.status_code == 200, kind


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/v1/articles", 200), ("PUT", "/v1/articles", 415), ("POST", "/v1/answer", 415)],
)
def test_a_form_reaches_the_articles_alone(
    settings: Settings, method: str, path: str, status: int
) -> None:
    client = guarded(count_body, settings)
    response = client.request(method, path, files={"file": b"It rained."})
    assert response.status_code == status


def test_two_media_types_are_none(port: int) -> None:
    request = head("POST", "/v1/answer", JSON, "Content-Type: text/plain", "Content-Length: 2")
    told(port, request + b"{}").problem(415, "unsupported_media_type")


RAW: dict[str, tuple[bytes, int, str]] = {
    "not HTTP": (b"\x16\x03\x01 hello\r\n\r\n", 400, "malformed_http"),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400, "malformed_http"),
    "no host in HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\n", 421, "unknown_host"),
    "two hosts": (head("GET", "/", "Host: evil.example"), 400, "malformed_http"),
    "two lengths": (
        head("POST", "/v1/answer", JSON, "Content-Length: 2", "Content-Length: 3") + b"{}",
        400,
        "malformed_http",
    ),
    "a list of lengths": (
        head("POST", "/v1/answer", JSON, "Content-Length: 2, 3") + b"{}",
        400,
        "malformed_http",
    ),
    "a negative length": (
        head("POST", "/v1/answer", JSON, "Content-Length: -2") + b"{}",
        400,
        "malformed_http",
    ),
    "a huge length": (
        head("POST", "/v1/answer", JSON, "Content-Length: 99999999999999999999"),
        413,
        "body_too_large",
    ),
    "a length and chunks": (
        head("POST", "/v1/answer", JSON, "Content-Length: 2", "Transfer-Encoding: chunked")
        + b"0\r\n\r\nGET /v1/articles HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        400,
        "malformed_http",
    ),
    "an unknown encoding": (
        head("POST", "/v1/answer", JSON, "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
        400,
        "malformed_http",
    ),
    "a bad chunk": (
        head("POST", "/v1/answer", JSON, "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n",
        400,
        "malformed_http",
    ),
    "a chunk longer than it says": (
        head("POST", "/v1/answer", JSON, "Transfer-Encoding: chunked") + b"1\r\n{}}}}\r\n0\r\n\r\n",
        400,
        "malformed_http",
    ),
    "a folded header": (head("GET", "/", "X-A: b\r\n c") + b"", 200, ""),
    "a header without a name": (head("GET", "/", ": b"), 400, "malformed_http"),
    "NUL in a header": (head("GET", "/", "X-A: \0"), 400, "malformed_http"),
    "a huge header": (head("GET", "/", "X-A: " + "b" * MAX_HEAD_BYTES), 431, "head_too_large"),
    "an endless header": (b"GET / HTTP/1.1\r\nX-A: " + b"b" * 1_000_000, 431, "head_too_large"),
    "many headers": (head("GET", "/", *["X-A: b"] * 5000), 431, "head_too_large"),
    "many parameters": (head("GET", "/v1/articles?" + "a=b&" * 10_000), 431, "head_too_large"),
    "some parameters": (head("GET", "/v1/articles?" + "a=b&" * 3000), 200, ""),
    "a long path": (head("GET", "/" + "a" * 200_000), 431, "head_too_large"),
    "another machine": (head("GET", "http://evil.example/v1/articles"), 404, "not_found"),
    "a tunnel": (head("CONNECT", "evil.example:443"), 404, "not_found"),
    "an upgrade": (head("GET", "/healthz", "Connection: Upgrade", "Upgrade: websocket"), 200, ""),
}


def test_broken_requests_are_refused_and_the_service_goes_on(port: int) -> None:
    for kind, (content, status, code) in RAW.items():
        found = told(port, content)
        assert found.status == status, (kind, found.body)
        if code:
            found.problem(status, code)
        assert told(port, head("GET", "/healthz")).body == b'{"status":"ok"}', kind


def test_nothing_is_smuggled_behind_a_broken_request(port: int) -> None:
    for kind in ("a length and chunks", "a bad chunk", "two lengths"):
        with connected(port) as connection:
            connection.sendall(RAW[kind][0])
            assert heard(connection).status == 400
            assert connection.recv(1) == b"", kind


TRICKS = [
    "/static/../settings.py",
    "/static/../../pyproject.toml",
    "/static/%2e%2e/settings.py",
    "/static/%2e%2e%2fsettings.py",
    "/static/..%2fsettings.py",
    "/static/..%5csettings.py",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/%252e%252e/settings.py",
    "/static/app.js%00.txt",
    "/static/%00",
    "/static/%ff%fe",
    "/static/",
    "/static/.",
    "/static/..",
    "/static/" + "a" * 5000,
    "/static/" + "a/" * 3000,
    "/eval/../settings.py",
    "/v1/articles/..%2f..%2fsettings.py",
    "/v1/articles/%2fetc%2fpasswd",
    "/v1/articles/%00",
    "/v1/articles/" + "a" * 5000,
    "//etc/passwd",
    "/../../../etc/passwd",
    "/..;/settings.py",
]


def test_no_path_leads_out_of_the_pages(port: int) -> None:
    for path in TRICKS:
        found = told(port, head("GET", path))
        code = str(json.loads(found.body)["code"])
        assert found.problem(404, code).code in {"not_found", "article_not_found"}, path


def test_only_files_of_the_page_are_served(port: int) -> None:
    shown = [path.relative_to(WEB).as_posix() for path in WEB.rglob("*.*")]
    assert {"app.js", "talk/answer.js"} <= set(shown)
    for name in sorted(shown):
        assert told(port, head("GET", f"/static/{name}")).body == (WEB / name).read_bytes()


REPLIES: dict[str, tuple[bytes, int]] = {
    "the page": (head("GET", "/"), 200),
    "a script": (head("GET", "/static/app.js"), 200),
    "JSON": (head("GET", "/v1/articles"), 200),
    "the description": (head("GET", "/openapi.json"), 200),
    "an unknown path": (head("GET", "/gone"), 404),
    "an unknown file": (head("GET", "/static/gone.js"), 404),
    "a wrong method": (head("DELETE", "/healthz"), 405),
    "a redirection": (head("GET", "/v1/articles/"), 307),
    "a foreign origin": (head("POST", "/v1/answer", "Origin: http://evil.example"), 403),
    "an unknown host": (head("GET", "/").replace(b"127.0.0.1", b"evil.example"), 421),
    "a bad request": (head("POST", "/v1/answer", JSON, "Content-Length: 2") + b"{}", 422),
    "a bug": (
        head("POST", "/v1/answer", JSON, "Content-Length: 53")
        + b'{"question": "What happened to children in the end?"}',
        500,
    ),
    "not HTTP": (b"hello\r\n\r\n", 400),
}


def test_every_reply_bears_the_headers(make_pipeline: MakePipeline, settings: Settings) -> None:
    """Those of unforeseen errors bore none: they were written outside of what adds them."""
    broken = make_pipeline(FakeEngine(lambda prompt: ValueError("the secret"), 0.999))
    with served(create_app(broken, settings), settings) as port:
        for kind, (content, status) in REPLIES.items():
            found = told(port, content)
            assert found.status == status, (kind, found.body)
            assert b"secret" not in found.body
            for name, value in HEADERS.items():
                assert found.headers.get_all(name) == [value], kind
            of_page = b"GET / " in content or b"/static/" in content
            assert found.headers.get_all("cache-control") == ["no-cache" if of_page else "no-store"]
            assert not [name for name in found.headers if name.lower().startswith("access-control")]
            assert "server" not in found.headers


def test_the_policy_lets_nothing_foreign_and_nothing_inline_run() -> None:
    policy = dict(
        rule.strip().split(" ", 1) for rule in HEADERS["content-security-policy"].split(";")
    )
    assert policy == {
        "default-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }


def test_a_bug_after_the_first_byte_ends_the_connection(settings: Settings) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("the secret")

    with served(Guard(app, settings, None), settings) as port, connected(port) as connection:
        connection.sendall(head("GET", "/"))
        received = b""
        while part := connection.recv(65_536):
            received += part
    assert b"half" in received
    assert b"secret" not in received
    assert not received.endswith(b"0\r\n\r\n")  # a client can tell that the end is missing


class TellingEngine(FakeEngine):
    """Cannot start, and says where its model lies."""

    def __init__(self, secret: Path) -> None:
        super().__init__(lambda prompt: ValueError(f"cannot read {secret}"), 0.999)
        self._secret = secret

    def check(self) -> None:
        raise EngineStartFailed(f"the model {self._secret} could not be loaded")


def test_no_error_names_a_file_of_the_machine(
    make_pipeline: MakePipeline, settings: Settings, store: Store, tmp_path: Path
) -> None:
    """A missing index was told to everybody with the folder in which it was looked for."""
    secret = tmp_path / "secret.gguf"
    whole = make_pipeline(TellingEngine(secret))
    missing = replace(whole, reader=Reader(Store(tmp_path / "none")))
    bodies = [body for pipeline in (whole, missing) for body in failures(pipeline, settings)]
    for path in store.newest().folder.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"broken")
    bodies += failures(replace(whole, reader=Reader(store)), settings)
    for code in ("internal_error", "engine_start_failed", "no_index", "index_corrupt"):
        assert any(f'"code":"{code}"' in body for body in bodies), code
    for body in bodies:
        for place in (
            tmp_path,
            Path.home(),
            PROJECT,
            Path(sys.prefix),
            Path(httpx.__file__).parent,
        ):
            assert str(place) not in body


def failures(pipeline: Pipeline, settings: Settings) -> list[str]:
    """What a service says to requests that may go wrong."""
    client = TestClient(create_app(pipeline, settings), "http://127.0.0.1")
    asked = {"question": "How many children were killed in the attack on Kryvyi Rih?"}
    replies = [client.get(path) for path in ("/readyz", "/v1/articles", "/v1/articles/x", "/eval")]
    replies += [client.post("/v1/answer", json={**asked, "stream": on}) for on in (False, True)]
    replies += [client.post("/v1/answer", json={"question": ""}), client.get("/static/gone")]
    return [reply.text for reply in replies]
