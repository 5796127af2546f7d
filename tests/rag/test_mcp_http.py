"""`/mcp` of a real server, beside the API: the official client, and clients that misbehave."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mcp import Client
from mcp.types import TextContent

from index.articles import Article
from rag.cli.serving import listen
from rag.engine.protocol import Engine
from rag.pipeline import Pipeline
from rag.schemas import AnswerOut
from rag.service import create_app, create_mcp_app, server_of
from rag.service.guard import HEADERS, MAX_BODY_BYTES
from rag.service.mcp import MAX_SESSIONS
from rag.settings import Settings
from tests.fakes import FakeEngine
from tests.rag.test_service import (
    BBC,
    NINE,
    PATIENCE_S,
    QUESTION,
    BlockingEngine,
    HoldingEngine,
    until,
)

pytestmark = pytest.mark.anyio

MODES = ["legacy", "auto"]
MakePipeline = Callable[[Engine], Pipeline]
ACCEPT = {"accept": "application/json, text/event-stream"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def running(app: FastAPI, settings: Settings) -> Iterator[str]:
    """A real server with the app's lifespan, in a thread that has ended when the block has."""
    with listen(settings.model_copy(update={"port": 0})) as listener:
        server = server_of(app, settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


@pytest.fixture
def address(make_pipeline: MakePipeline, settings: Settings) -> Iterator[str]:
    engine = FakeEngine(lambda prompt: NINE, 0.999)
    with running(create_app(make_pipeline(engine), settings), settings) as found:
        yield found


def post(
    address: str, message: dict[str, Any], client: httpx.Client | None = None, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    send = client.post if client else httpx.post
    return send(f"{address}/mcp", json=message, headers=ACCEPT | named, timeout=PATIENCE_S)


def opened(address: str, client: httpx.Client | None = None) -> str:
    """A session's id."""
    response = post(address, HELLO, client)
    assert response.status_code == 200
    session: str = response.headers["mcp-session-id"]
    done = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert post(address, done, client, mcp_session_id=session).status_code == 202
    return session


def call(question: str, number: int = 7) -> dict[str, Any]:
    params = {"name": "ask", "arguments": {"question": question}}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


async def until_set(event: threading.Event) -> None:
    assert await anyio.to_thread.run_sync(event.wait, PATIENCE_S)


@pytest.mark.parametrize("mode", MODES)
async def test_the_official_client_uses_every_tool(
    address: str, seeds: tuple[Article, ...], mode: str
) -> None:
    told: list[str] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(message or "")

    async with Client(f"{address}/mcp", mode=mode) as client:
        assert len((await client.list_tools()).tools) == 3
        answer = await client.call_tool("ask", {"question": QUESTION}, progress_callback=hear)
        found = await client.call_tool("search", {"query": QUESTION})
        article = await client.call_tool("get_article", {"article_id": BBC})
        gone = await client.call_tool("get_article", {"article_id": "gone"})
        assert len((await client.list_resources()).resources) == len(seeds)
    said = AnswerOut.model_validate(answer.structured_content)
    assert said.status == "answered"
    assert len(told) == 2 + len(said.sentences)
    assert len(found.structured_content["evidence"]) == 10
    assert article.structured_content["text"] in {one.text for one in seeds}
    (content,) = gone.content
    assert isinstance(content, TextContent)
    assert (gone.is_error, content.text.split(":")[0]) == (True, "article_not_found")


async def test_one_desk_serves_the_api_and_the_tools(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine = FakeEngine(lambda prompt: NINE, 0.999)
    with running(create_app(make_pipeline(engine), settings), settings) as address:
        over_http = httpx.post(f"{address}/v1/answer", json={"question": QUESTION}).json()
        read = len(engine.prompts)
        async with Client(f"{address}/mcp") as client:
            answer = (await client.call_tool("ask", {"question": QUESTION})).structured_content
    assert answer | {"timings_ms": None} == over_http | {"timings_ms": None}
    assert len(engine.prompts) == read


@pytest.mark.parametrize("mode", MODES)
async def test_a_cancelled_question_leaves_the_model_idle(
    make_pipeline: MakePipeline, settings: Settings, mode: str
) -> None:
    engine = BlockingEngine()
    app = create_app(make_pipeline(engine), settings)
    admission = app.state.parts.desk.admission
    with running(app, settings) as address:
        async with Client(f"{address}/mcp", mode=mode) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "ask", {"question": QUESTION})
                await until_set(engine.began)
                assert not engine.cancelled.is_set()
                group.cancel_scope.cancel()
            await until_set(engine.cancelled)
            found = await client.call_tool("search", {"query": QUESTION})
            assert found.is_error is False
        until(lambda: admission.taken == 0)


def test_a_client_that_leaves_stops_the_model_though_its_session_lives(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    """The SDK goes on with a question whose connection has ended: the answer had no reader."""
    engine = BlockingEngine()
    with running(create_app(make_pipeline(engine), settings), settings) as address:
        session = opened(address)
        headers = ACCEPT | {"mcp-session-id": session}
        with httpx.stream(
            "POST", f"{address}/mcp", json=call(QUESTION), headers=headers, timeout=PATIENCE_S
        ) as response:
            assert response.status_code == 200
            assert engine.began.wait(PATIENCE_S)
            assert not engine.cancelled.is_set()
        assert engine.cancelled.wait(PATIENCE_S)
        ping = post(address, {"jsonrpc": "2.0", "id": 8, "method": "ping"}, mcp_session_id=session)
        assert ping.status_code == 200


def test_a_session_that_is_ended_stops_its_question(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine = BlockingEngine()
    with running(create_app(make_pipeline(engine), settings), settings) as address:
        session = opened(address)
        asking = threading.Thread(
            target=post, args=(address, call(QUESTION)), kwargs={"mcp_session_id": session}
        )
        asking.start()
        assert engine.began.wait(PATIENCE_S)
        ended = httpx.delete(f"{address}/mcp", headers={"mcp-session-id": session})
        assert ended.status_code == 200
        assert engine.cancelled.wait(PATIENCE_S)
        asking.join(PATIENCE_S)
        assert not asking.is_alive()
        assert post(address, call(QUESTION), mcp_session_id=session).status_code == 404


async def test_more_questions_than_may_wait_are_told_to_come_back(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine = HoldingEngine()
    one = settings.model_copy(update={"questions_at_once": 1, "questions_waiting": 0})
    with running(create_app(make_pipeline(engine), one), one) as address:
        async with Client(f"{address}/mcp") as client, anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "ask", {"question": QUESTION})
            while not engine.held:
                await anyio.sleep(0.005)
            refused = await client.call_tool("ask", {"question": f"{QUESTION} 2"})
            over_http = httpx.post(f"{address}/v1/answer", json={"question": QUESTION})
            engine.go.set()
    (content,) = refused.content
    assert isinstance(content, TextContent)
    assert (refused.is_error, content.text.split(":")[0]) == (True, "busy")
    assert content.text.endswith("Ask again in 1 s.")
    assert over_http.status_code == 429


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://127.0.0.1.evil.example", "null", "https://localhost:1"],
)
@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28"])
def test_a_page_of_another_site_is_refused(address: str, origin: str, version: str) -> None:
    response = post(address, HELLO, origin=origin, mcp_protocol_version=version)
    assert response.status_code == 403
    assert "mcp-session-id" not in response.headers


def test_a_page_of_our_own_is_served(address: str) -> None:
    assert post(address, HELLO, origin=address).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000"])
def test_a_strangers_host_is_refused(address: str, host: str) -> None:
    response = post(address, HELLO, host=host)
    assert response.status_code == 421
    assert "mcp-session-id" not in response.headers


def test_what_is_no_json_is_refused(address: str) -> None:
    """A page may send text/plain anywhere without asking first."""
    body = json.dumps(HELLO)
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        response = httpx.post(
            f"{address}/mcp", content=body, headers=ACCEPT | {"content-type": kind}
        )
        assert response.status_code == 415


def test_a_large_body_is_refused(address: str) -> None:
    large = HELLO | {"padding": "x" * MAX_BODY_BYTES}
    assert post(address, large).status_code == 413


def test_sessions_are_bounded_and_the_next_gets_the_place_of_one_that_ends(address: str) -> None:
    with httpx.Client() as client:
        sessions = [opened(address, client) for _ in range(MAX_SESSIONS)]
    assert len({*sessions}) == MAX_SESSIONS
    assert post(address, HELLO).status_code == 503
    assert httpx.get(f"{address}/healthz").status_code == 200
    httpx.delete(f"{address}/mcp", headers={"mcp-session-id": sessions[0]})
    assert opened(address) not in sessions


def test_the_replies_have_the_security_headers(address: str) -> None:
    response = post(address, HELLO)
    assert response.headers["content-type"] == "text/event-stream"
    assert response.headers["cache-control"] == "no-cache, no-transform"
    for name in sorted(HEADERS.keys() - {"cache-control"}):
        assert response.headers[name] == HEADERS[name]


def test_the_stream_of_a_session_passes_the_guard(address: str) -> None:
    """Its body limit reads a request to its end first, and a stream must not wait for more."""
    headers = {"accept": "text/event-stream", "mcp-session-id": opened(address)}
    with httpx.stream("GET", f"{address}/mcp", headers=headers, timeout=PATIENCE_S) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"


def test_for_models_alone_there_is_no_page_and_no_api(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    with running(create_mcp_app(make_pipeline(FakeEngine()), settings), settings) as address:
        assert httpx.get(f"{address}/healthz").status_code == 200
        for path in ("/", "/v1/articles", "/static/app.js"):
            assert httpx.get(f"{address}{path}").status_code == 404
        opened(address)
        assert post(address, HELLO, origin="http://evil.example").status_code == 403


def test_the_lifespan_may_begin_again(make_pipeline: MakePipeline, settings: Settings) -> None:
    """The SDK's session manager may run once only."""
    app = create_app(make_pipeline(FakeEngine()), settings)
    for _ in range(2):
        with TestClient(app, "http://127.0.0.1:8000") as client:
            assert client.post("/mcp", json=HELLO, headers=ACCEPT).status_code == 200
