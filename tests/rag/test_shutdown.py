"""How the service ends: what is underway is finished or told so, and nothing is left behind."""

import json
import logging
import os
import signal
import socket
import subprocess  # signals are sent to a process
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.admission import Admission
from rag.engine.protocol import Engine
from rag.errors import ShuttingDown
from rag.pipeline import Pipeline
from rag.service import create_app
from rag.service.server import Server
from rag.settings import PROJECT, Settings
from tests.fakes import FakeEngine
from tests.rag.test_service import (
    PATIENCE_S,
    QUESTION,
    BlockingEngine,
    HoldingEngine,
    parsed,
    problem,
    until,
)

MakePipeline = Callable[[Engine], Pipeline]
FOREVER_S = 3600.0
REAL_PATIENCE_S = 120.0


@dataclass(frozen=True)
class Ending:
    """A service that can be ended by its test."""

    address: str
    server: Server
    admission: Admission
    thread: threading.Thread

    def ask(self, question: str, *, stream: bool = False) -> httpx.Response:
        asked = {"question": question, "stream": stream}
        return httpx.post(f"{self.address}/v1/answer", json=asked, timeout=PATIENCE_S)

    def end(self) -> None:
        """Begin to end, and return when questions are refused."""
        self.server.end()
        until(lambda: is_closed(self.admission))

    def has_ended(self) -> bool:
        self.thread.join(PATIENCE_S)
        return not self.thread.is_alive()


def is_closed(admission: Admission) -> bool:
    try:
        admission.refuse_if_closed()
    except ShuttingDown:
        return True
    return False


@contextmanager
def ending(app: FastAPI, grace_s: float, last_words_s: float = PATIENCE_S) -> Iterator[Ending]:
    """A real server on a free port; it has ended when the block has."""
    admission = app.state.parts.desk.admission
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        chosen = app.state.parts.settings.model_copy(update={"shutdown_grace_s": grace_s})
        server = Server(app, chosen, admission, last_words_s)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        until(lambda: server.started)
        try:
            yield Ending(address, server, admission, thread)
        finally:
            server.end()
            server.end()
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def events(response: httpx.Response) -> list[tuple[str, str]]:
    assert response.status_code == 200
    return [parsed(block) for block in response.text.split("\n\n") if block.strip()]


def code_of(event: tuple[str, str]) -> tuple[str, str]:
    return event[0], json.loads(event[1])["code"]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def test_what_is_underway_is_finished_and_what_waits_is_told(
    make_pipeline: MakePipeline, settings: Settings, threads: ThreadPoolExecutor
) -> None:
    engine = HoldingEngine()
    with ending(create_app(make_pipeline(engine), settings), FOREVER_S) as service:
        inside = threads.submit(service.ask, QUESTION, stream=True)
        until(lambda: engine.held == 1)
        waits = threads.submit(service.ask, f"{QUESTION} 2")
        streams = threads.submit(service.ask, f"{QUESTION} 3", stream=True)
        until(lambda: service.admission.taken == 3)
        service.end()
        problem(waits.result(PATIENCE_S), 503, "shutting_down")
        problem(streams.result(PATIENCE_S), 503, "shutting_down")
        assert not inside.done()
        engine.go.set()
        assert [name for name, _ in events(inside.result(PATIENCE_S))][-1] == "answer"
        assert service.has_ended()
        with pytest.raises(httpx.ConnectError):
            service.ask(QUESTION)


def test_what_is_not_finished_in_time_is_cancelled_and_told(
    make_pipeline: MakePipeline, settings: Settings, threads: ThreadPoolExecutor
) -> None:
    engine = BlockingEngine()
    two = settings.model_copy(update={"questions_at_once": 2})
    with ending(create_app(make_pipeline(engine), two), grace_s=0.2) as service:
        streams = threads.submit(service.ask, QUESTION, stream=True)
        whole = threads.submit(service.ask, f"{QUESTION} 2")
        until(lambda: service.admission.taken == 2 and engine.began.is_set())
        service.end()
        found = events(streams.result(PATIENCE_S))
        problem(whole.result(PATIENCE_S), 503, "shutting_down")
        assert service.has_ended()
    assert [name for name, _ in found] == ["evidence", "error"]
    assert code_of(found[-1]) == ("error", "shutting_down")
    assert engine.cancelled.is_set()


def test_a_second_signal_waits_for_nobody(
    make_pipeline: MakePipeline, settings: Settings, threads: ThreadPoolExecutor
) -> None:
    engine = BlockingEngine()
    with ending(create_app(make_pipeline(engine), settings), FOREVER_S) as service:
        streams = threads.submit(service.ask, QUESTION, stream=True)
        assert engine.began.wait(PATIENCE_S)
        service.end()
        assert not streams.done()
        service.end()
        assert code_of(events(streams.result(PATIENCE_S))[-1]) == ("error", "shutting_down")
        assert service.has_ended()


def test_a_service_without_questions_ends_at_once(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    app = create_app(make_pipeline(FakeEngine()), settings)
    with ending(app, FOREVER_S) as service, httpx.Client(base_url=service.address) as kept_open:
        assert kept_open.get("/readyz").status_code == 200
        service.end()
        assert service.has_ended()


def test_a_client_that_never_ends_its_request_is_left(
    make_pipeline: MakePipeline, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rag")
    app = create_app(make_pipeline(FakeEngine()), settings)
    with ending(app, grace_s=0.0, last_words_s=0.1) as service:
        host, port = service.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
            connection.sendall(
                b"POST /v1/answer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n{"
            )
            until(lambda: b"underway 2.0" in httpx.get(f"{service.address}/metrics").content)
            service.end()
            assert service.has_ended()
    (line,) = [vars(record) for record in caplog.records if record.msg == "request"]
    assert line["outcome"] == "disconnected"  # its connection was ended, not its handler


def test_while_it_ends_it_is_alive_but_not_ready(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    app = create_app(make_pipeline(FakeEngine()), settings)
    client = TestClient(app, "http://127.0.0.1:8000")
    assert client.get("/readyz").status_code == 200
    app.state.parts.desk.admission.close()
    problem(client.get("/readyz"), 503, "shutting_down")
    assert client.get("/healthz").json() == {"status": "ok"}
    problem(client.post("/v1/answer", json={"question": QUESTION}), 503, "shutting_down")


Process = subprocess.Popen[str]


@contextmanager
def process(*command: str, env: dict[str, str] | None = None) -> Iterator[Process]:
    """A process of our own; it has ended when the block has."""
    with subprocess.Popen(  # noqa: S603  # fixed arguments, no shell
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=env,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def until_event(started: Process, event: str) -> dict[str, Any]:
    """The fields of the first line of an event."""
    assert started.stderr is not None
    for line in started.stderr:
        fields: dict[str, Any] = json.loads(line)
        if fields["event"] == event:
            return fields
    raise AssertionError(f"the log has ended without {event}")


@contextmanager
def asked(address: str) -> Iterator[Iterator[str]]:
    """The lines of a stream whose evidence has come."""
    fields = {"question": QUESTION, "stream": True}
    url = f"{address}/v1/answer"
    with httpx.stream("POST", url, json=fields, timeout=REAL_PATIENCE_S) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: evidence"
        yield lines


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("grace_s", "signals"),
    [
        ("0.1", [signal.SIGTERM]),
        ("3600", [signal.SIGINT, signal.SIGINT]),
        ("3600", [signal.SIGTERM, signal.SIGINT]),
    ],
)
def test_a_process_that_is_told_to_end_tells_its_clients_and_ends_well(
    settings: Settings, grace_s: str, signals: list[signal.Signals]
) -> None:
    """SIGTERM killed it: no client was told, and the status was that of a crash."""
    with process("-m", "tests.rag.serve_alone", str(settings.data_dir), grace_s) as started:
        address = until_event(started, "ready")["address"]
        with asked(address) as lines:
            started.send_signal(signals[0])
            until_event(started, "stopping")
            for more in signals[1:]:
                started.send_signal(more)
            rest = "\n".join(lines)
        out, err = started.communicate(timeout=PATIENCE_S)
    assert code_of(parsed(rest[rest.index("event: error") :].strip())) == ("error", "shutting_down")
    assert (started.returncode, out) == (0, "cancelled\n")
    assert [json.loads(line)["event"] for line in err.splitlines()] == [
        "questions_cancelled",
        "question_failed",
        "request",
        "stopped",
    ]


@pytest.mark.usefixtures("store")
def test_what_uvicorn_has_to_say_is_an_event_too(settings: Settings) -> None:
    with process("-m", "tests.rag.serve_alone", str(settings.data_dir), "0") as started:
        host, port = until_event(started, "ready")["address"].removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
            connection.sendall(b"not http at all\r\n\r\n")
            assert until_event(started, "Invalid HTTP request received.")["level"] == "warning"
        started.send_signal(signal.SIGTERM)
        assert started.wait(PATIENCE_S) == 0


SHORT_PROMPT = "=== user\n$evidence\n$question\n=== assistant\nYes or no?\n"


@pytest.mark.real
def test_the_models_process_is_gone_when_the_service_is(tmp_path: Path) -> None:
    for name in ("answer.txt", "standalone.txt"):
        (tmp_path / name).write_text(SHORT_PROMPT, encoding="utf-8")
    chosen = {"DATA_DIR": str(tmp_path), "PROMPTS_DIR": str(tmp_path), "MODEL": "smollm2-135m"}
    env = os.environ | {f"DATELINE_{name}": value for name, value in chosen.items()}
    dateline = ("-c", "from rag.cli import main; main()")
    with process(*dateline, "index", env=env) as indexing:
        assert indexing.wait(REAL_PATIENCE_S) == 0
    with process(*dateline, "serve", "--port", "0", "--set", "shutdown_grace_s=0", env=env) as one:
        address = until_event(one, "ready")["address"]
        tasks = Path(f"/proc/{one.pid}/task").glob("*/children")
        children = [int(number) for task in tasks for number in task.read_text().split()]
        with asked(address) as lines:
            one.send_signal(signal.SIGTERM)
            ends = [line for line in lines if line.startswith("event: ")]
        assert one.wait(REAL_PATIENCE_S) == 0
    assert ends[-1] in {"event: error", "event: answer"}  # whichever came first
    assert len(children) == 1
    assert not Path(f"/proc/{children[0]}").exists()
