"""Who asks for what, and what came of it: each request has an id, a line of the log, and counts.

A line names the template of the route, not the path, which may hold a client's words.
"""

import logging
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from rag.metrics import Metrics

LOG = logging.getLogger(__name__)

HEADER = b"x-request-id"
HARMLESS_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
WATCHING = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for every few seconds: only for those who look for it."""

SEEN = "dateline.seen"
"""Where a request's scope has its `Seen`."""


class Outcome(StrEnum):
    """How a reply ended."""

    COMPLETE = "complete"
    DISCONNECTED = "disconnected"
    BROKEN = "broken"


@dataclass(slots=True)
class Seen:
    """What is seen of one request while it is served.

    Attributes:
        status: Of the reply; None as long as it has not begun.
        code: The error that the reply tells, if it is one.
    """

    id: str
    status: int | None = None
    sent_bytes: int = 0
    outcome: Outcome = Outcome.BROKEN
    code: str | None = None

    def of_receive(self, receive: Receive) -> Receive:
        """The same, and it is seen when the client leaves."""

        async def seen() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and self.outcome is Outcome.BROKEN:
                self.outcome = Outcome.DISCONNECTED
            return message

        return seen

    def of_send(self, send: Send) -> Send:
        """The same with the request's id, and what is sent is seen."""

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                headers = [*message.get("headers", []), (HEADER, self.id.encode())]
                message = {**message, "headers": headers}
            elif message["type"] == "http.response.body":
                self.sent_bytes += len(message.get("body", b""))
                if not message.get("more_body", False) and self.outcome is Outcome.BROKEN:
                    self.outcome = Outcome.COMPLETE
            await send(message)

        return seen


class Access:
    """ASGI middleware, the outermost of ours, so that it sees what the others refuse."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[SEEN] = seen = Seen(_id_of(scope["headers"]))
        began = time.monotonic()
        self._metrics.request_began()
        with bound_contextvars(request_id=seen.id):
            try:
                await self._app(scope, seen.of_receive(receive), seen.of_send(send))
            finally:
                self._note(scope, seen, time.monotonic() - began)

    def _note(self, scope: Scope, seen: Seen, lasted_s: float) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.request_ended(route, method, str(seen.status or "none"), lasted_s)
        if seen.outcome is Outcome.DISCONNECTED:
            self._metrics.disconnected(route)
        if seen.code is not None:
            self._metrics.problem(seen.code)
        fields = {
            "method": method,
            "route": route,
            "status": seen.status,
            "outcome": seen.outcome.value,
            "code": seen.code,
            "duration_ms": round(lasted_s * 1000, 1),
            "bytes": seen.sent_bytes,
        }
        LOG.log(logging.DEBUG if route in WATCHING else logging.INFO, "request", extra=fields)


def note_problem(scope: Scope, code: str) -> None:
    """The reply to this request is an error."""
    seen = scope.get(SEEN)
    if isinstance(seen, Seen):
        seen.code = code


def route_of(scope: Scope) -> str:
    """The template of the route that was taken; `unmatched` if there was none."""
    route, root = scope.get("route"), scope.get("root_path", "")
    template = None if isinstance(route, Mount) else getattr(route, "path", None)
    if template is None:
        return f"{root}/*" if root else "unmatched"
    return f"{root}{template}"


def _id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The client's own, if it is short and harmless; else a new one."""
    for name, value in headers:
        if name.lower() == HEADER and HARMLESS_ID.fullmatch(value):
            return value.decode()
    return secrets.token_hex(8)
