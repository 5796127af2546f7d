"""A real server in a thread, bytes to it and replies from it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse

from starlette.types import ASGIApp

from rag.admission import Admission
from rag.schemas import Problem
from rag.service.headers import HEADERS
from rag.service.problems import MEDIA_TYPE
from rag.service.server import Server
from rag.settings import Settings

PATIENCE_S = 10.0


@dataclass(frozen=True)
class Heard:
    """A whole reply."""

    status: int
    headers: HTTPMessage
    body: bytes

    def problem(self, status: int, code: str) -> Problem:
        """The problem document that it has to be, with the headers of every reply."""
        assert (self.status, self.headers["content-type"]) == (status, MEDIA_TYPE), self.body
        found = Problem.model_validate_json(self.body)
        assert (found.status, found.code) == (status, code)
        assert found.detail
        assert found.hint
        assert b"Traceback" not in self.body
        for name, value in HEADERS.items():
            assert self.headers.get_all(name) == [value]
        return found


@contextmanager
def served(app: ASGIApp, settings: Settings) -> Iterator[int]:
    """A port of this machine on which the app is served, as `dateline serve` does it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        admission = Admission(1, 0, time.monotonic)
        server = Server(app, settings, admission)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def head(method: str, path: str, *lines: str) -> bytes:
    """The head of a request, with the machine's address as its host."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def heard(connection: socket.socket, method: str = "GET") -> Heard:
    """The next reply."""
    response = HTTPResponse(connection, method=method)
    response.begin()
    return Heard(response.status, response.headers, response.read())


def told(port: int, content: bytes) -> Heard:
    """The reply to these bytes, sent at once over a connection of their own."""
    with connected(port) as connection:
        connection.sendall(content)
        return heard(connection)


def is_closed(connection: socket.socket) -> bool:
    """Wait until the other side has closed; whatever it still said is dropped."""
    try:
        while connection.recv(65_536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True
