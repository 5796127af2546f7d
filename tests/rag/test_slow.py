"""Clients that are slow, and too many of them, are dropped; those that only wait are not."""

import asyncio
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from rag.engine.protocol import Engine
from rag.pipeline import Pipeline
from rag.service import create_app
from rag.service.guard import Guard
from rag.service.inflow import BYTES_PER_S, Inflow
from rag.settings import Settings
from tests.fakes import FakeEngine
from tests.rag.serving import PATIENCE_S, connected, head, heard, is_closed, served, told

MakePipeline = Callable[[Engine], Pipeline]
JSON = "Content-Type: application/json"
TIMEOUT_S = 0.3
DRIP_S = 0.05


@pytest.fixture
def hasty(settings: Settings) -> Settings:
    return settings.model_copy(update={"client_timeout_s": TIMEOUT_S})


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(lambda prompt: "Nine children were killed.", 0.999)


@pytest.fixture
def app(make_pipeline: MakePipeline, hasty: Settings, engine: FakeEngine) -> FastAPI:
    return create_app(make_pipeline(engine), hasty)


@pytest.fixture
def port(app: FastAPI, hasty: Settings) -> Iterator[int]:
    with served(app, hasty) as found:
        yield found


def drip(connection: socket.socket, content: bytes) -> bytes:
    """Send a byte now and then until the other side says something, or closes; what it said."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if select.select([connection], [], [], DRIP_S)[0]:
            return connection.recv(65_536)
        connection.send(content[:1])
        content = content[1:] or b"x"
    raise AssertionError("the service takes its time")


def test_a_client_that_says_nothing_is_dropped(port: int) -> None:
    with connected(port) as connection:
        assert is_closed(connection)


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "])
def test_a_head_in_drops_is_dropped(port: int, start: bytes) -> None:
    """uvicorn waits for the rest of a head for ever."""
    with connected(port) as connection:
        connection.sendall(start)
        assert drip(connection, b"GET /" + b"a" * 1000) == b""


def test_the_head_of_a_second_request_in_drops_is_dropped(port: int) -> None:
    """A first byte ended uvicorn's bound on idle connections."""
    with connected(port) as connection:
        for _ in range(2):
            connection.sendall(head("GET", "/healthz"))
            assert heard(connection).status == 200
        assert drip(connection, head("GET", "/healthz")[:-2] + b"X-A: " + b"a" * 1000) == b""


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_does_not_come_is_waited_for_no_longer(
    port: int, engine: FakeEngine, framing: str
) -> None:
    with connected(port) as connection:
        connection.sendall(head("POST", "/v1/answer", JSON, framing))
        heard(connection).problem(408, "client_too_slow")
        assert is_closed(connection)
    assert engine.prompts == []


def test_nor_is_one_that_comes_in_drops(port: int, engine: FakeEngine) -> None:
    with connected(port) as connection:
        connection.sendall(head("POST", "/v1/answer", JSON, "Content-Length: 60000"))
        assert drip(connection, b" " * 60_000).startswith(b"HTTP/1.1 408 ")
        assert is_closed(connection)
    assert engine.prompts == []


def test_the_rest_of_a_body_that_nobody_reads_is_not_waited_for(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(head("POST", "/gone", JSON, "Content-Length: 60000"))
        assert heard(connection).status == 404
        assert drip(connection, b" " * 60_000) == b""


def test_a_refused_client_that_sends_on_for_ever_is_dropped(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(head("POST", "/v1/answer", "Content-Length: 60000"))
        assert heard(connection).status == 415
        assert drip(connection, b" " * 60_000) == b""


def test_so_is_one_that_does_not_speak_http(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"hello\r\n\r\n")
        assert heard(connection).status == 400
        for _ in range(int(PATIENCE_S / DRIP_S)):
            select.select([], [], [], DRIP_S)
            try:
                connection.sendall(b"x")
            except OSError:
                return
    raise AssertionError("the service listens on")


def test_a_large_body_may_take_longer_if_it_keeps_coming() -> None:
    """Each second of data buys another second."""

    async def told_late(parts: int, wait_s: float) -> Inflow:
        left = parts

        async def receive() -> dict[str, object]:
            nonlocal left
            left -= 1
            await asyncio.sleep(wait_s)
            body = b"x" * int(BYTES_PER_S * wait_s * 2)
            return {"type": "http.request", "body": body, "more_body": left > 0}

        inflow = Inflow(receive, 10_000_000, 0.1)
        while not inflow.whole and inflow.error is None:
            await inflow()
        return inflow

    found = asyncio.run(told_late(parts=6, wait_s=0.05))
    assert (found.whole, found.error) == (True, None)


class Endless:
    """Streams as fast as it may; says when it was told that the client has gone."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.sent = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        gone = asyncio.ensure_future(receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not gone.done():
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
            self.sent += 65_536
            await asyncio.sleep(0)
        self.ended.set()


def test_a_reader_that_takes_nothing_is_dropped_and_its_question_stopped(hasty: Settings) -> None:
    endless = Endless()
    with served(Guard(endless, hasty, None), hasty) as port, connected(port) as connection:
        connection.sendall(head("GET", "/v1/answer"))
        assert endless.ended.wait(PATIENCE_S)
        assert is_closed(connection)


def test_a_reader_that_reads_on_is_not(hasty: Settings) -> None:
    endless = Endless()
    with served(Guard(endless, hasty, None), hasty) as port, connected(port) as connection:
        connection.sendall(head("GET", "/v1/answer"))
        deadline = time.monotonic() + 4 * TIMEOUT_S
        while time.monotonic() < deadline:
            assert len(connection.recv(1 << 20)) > 0
        assert not endless.ended.is_set()
        connection.close()
        assert endless.ended.wait(PATIENCE_S)


class Large:
    """Replies at once with more than a connection's buffers hold."""

    body = b"x" * 30_000_000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = (b"content-length", str(len(self.body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": self.body})


def test_a_large_reply_that_nobody_takes_is_dropped(hasty: Settings) -> None:
    with served(Guard(Large(), hasty, None), hasty) as port, connected(port) as connection:
        connection.sendall(head("GET", "/v1/articles/large"))
        assert select.select([connection], [], [], PATIENCE_S)[0]
        select.select([], [], [], 4 * TIMEOUT_S)  # the client does nothing for that long
        received = 0
        with suppress(ConnectionResetError):
            while part := connection.recv(1 << 20):
                received += len(part)
        assert received < len(Large.body)


def test_a_large_reply_that_is_taken_at_a_fair_rate_arrives(hasty: Settings) -> None:
    with served(Guard(Large(), hasty, None), hasty) as port, connected(port) as connection:
        connection.sendall(head("GET", "/v1/articles/large"))
        received, began = 0, time.monotonic()
        while received < len(Large.body):
            part = connection.recv(300_000)
            assert part
            received += len(part)
            select.select([], [], [], 0.02)
        assert time.monotonic() - began > 2 * TIMEOUT_S


@pytest.mark.parametrize("heartbeats", [True, False])
def test_a_stream_may_be_silent_for_as_long_as_it_takes(hasty: Settings, heartbeats: bool) -> None:
    go = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(6):
            if heartbeats:
                await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
            await asyncio.sleep(TIMEOUT_S / 2)
        await send({"type": "http.response.body", "body": b"data: last\n\n"})
        go.set()

    with served(Guard(app, hasty, None), hasty) as port, connected(port) as connection:
        connection.sendall(head("GET", "/mcp"))
        found = heard(connection)
        assert go.wait(PATIENCE_S)
    assert found.body.endswith(b"data: last\n\n")
    assert found.body.count(b":\n\n") == 6 * heartbeats


async def brief(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"brief"})


def test_one_connection_too_many_is_told_so(settings: Settings) -> None:
    few = settings.model_copy(update={"connections": 2})
    with served(Guard(brief, few, None), few) as port:
        with connected(port) as one, connected(port) as two:
            for open_one in (one, two):
                open_one.sendall(head("GET", "/"))
                assert heard(open_one).body == b"brief"
            with connected(port) as third, connected(port) as fourth:
                for late in (third, fourth):
                    late.sendall(head("POST", "/v1/answer", JSON, "Content-Length: 1"))
                    heard(late).problem(503, "too_many_connections")
                    assert is_closed(late)
            one.sendall(head("GET", "/"))
            assert heard(one).body == b"brief"
        assert answered(port) == b"brief"


def test_a_flood_of_connections_is_closed_unheard(settings: Settings) -> None:
    one = settings.model_copy(update={"connections": 1})
    with served(Guard(brief, one, None), one) as port:
        with connected(port) as first:
            first.sendall(head("GET", "/"))
            assert heard(first).status == 200
            held = [connected(port) for _ in range(20)]
            closed = [is_closed(late) for late in held[1:]]
            for late in held:
                late.close()
        assert closed == [True] * 19
        assert answered(port) == b"brief"


def answered(port: int) -> bytes:
    """The reply once the service has noticed which connections are closed."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            found = told(port, head("GET", "/"))
        except ConnectionError:
            continue
        if found.status == 200:
            return found.body
    raise AssertionError("the service lets nobody in")
