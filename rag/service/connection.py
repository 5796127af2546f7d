"""One connection: bounded in number, and dropped when its client is too slow.

uvicorn bounds how long a connection may be idle, and nothing else. Here a client has to send the
head of a request within its time, and to take what is sent to it; the time of a request's body is
`rag.service.inflow`'s. A connection on which an answer is being written may be silent for as long
as that takes.
"""

import asyncio
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from rag.errors import DatelineError, HeadTooLarge, MalformedHttp, TooManyConnections
from rag.service.guard import refuse
from rag.service.headers import Outflow, headers_for
from rag.service.heads import MAX_HEAD_BYTES
from rag.service.inflow import BYTES_PER_S
from rag.service.problems import problem_of, reply
from rag.settings import Settings

CLOSE = {"connection": "close"}


class ConnectionConfig(uvicorn.Config):
    """uvicorn's settings, and ours for each connection.

    Args:
        chosen: Any other of uvicorn's.

    Attributes:
        patience_s: How long a client may take for the head of a request, and for each
            `patience_s * BYTES_PER_S` bytes that it is sent.
        connections: How many may be open; as many again are told so, and more are not listened to.
    """

    def __init__(self, app: ASGIApp, settings: Settings, **chosen: Any) -> None:  # noqa: ANN401  # each its own
        super().__init__(
            app,
            http=Connection,
            ws="none",
            server_header=False,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            **chosen,
        )
        self.patience_s = settings.client_timeout_s
        self.connections = settings.connections


class Connection(H11Protocol):
    """A connection of uvicorn's that does not wait for ever."""

    config: ConnectionConfig

    def __init__(
        self,
        config: ConnectionConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = 0
        self._ended = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's
        """Begin to wait for the first request."""
        super().connection_made(transport)
        most = self.config.connections
        if len(self.connections) > 2 * most:
            transport.abort()
        elif len(self.connections) > most:
            self.app = turn_away
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; once the head is whole, the application is at work."""
        if self._ended:
            return
        super().data_received(data)
        self._at_work()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self._watch()

    def pause_writing(self) -> None:
        """Begin to wait for the client to take what was sent."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """It has taken most of it."""
        super().resume_writing()
        self._at_work()

    def send_400_response(self, msg: str) -> None:
        """Reply to what is not HTTP, unless a reply has begun; what else comes is read off."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        problem = reply(problem_of(self._mistake()), headers_for("") | CLOSE)
        head = h11.Response(status_code=problem.status_code, headers=problem.raw_headers)
        for event in (head, h11.Data(data=bytes(problem.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.write_eof()
        self._ended = True
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.flow.resume_reading()
        self._watch()

    def _mistake(self) -> DatelineError:
        unread, _ = self.conn.trailing_data
        if len(unread) > MAX_HEAD_BYTES:
            return HeadTooLarge(f"the head has more than {MAX_HEAD_BYTES} bytes")
        return MalformedHttp("this is not HTTP/1.1")

    def _at_work(self) -> None:
        replying = self.cycle is not None and not self.cycle.response_complete
        if replying and not self._ended and not self.flow.write_paused:
            self._unwatch()

    def _watch(self) -> None:
        self._unwatch()
        self._unsent = self.transport.get_write_buffer_size()
        self._timer = self.loop.call_later(self.config.patience_s, self._late)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        """Drop the connection, unless its client takes a large reply at a fair rate."""
        taken = self._unsent - self.transport.get_write_buffer_size()
        if taken >= self.config.patience_s * BYTES_PER_S:
            self._watch()
        else:
            self.transport.abort()


async def turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """The application of a connection too many."""
    if scope["type"] == "http":
        error = TooManyConnections("too many connections are open")
        await refuse(error, scope, receive, Outflow(send, scope["path"]), 0)
