"""What stands before the service; the order is that of cost, and no body is read before the last.

    head bounded → Host known → Origin its own → key → media type → length → the application

What the application is given is a body that keeps its bounds; what it replies bears the headers of
every reply. Replies are passed on as they come, so that event streams stream, for as long as the
client takes them (`rag.service.connection` sees to that).
"""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import ClientTooSlow, DatelineError
from rag.keys import KeyRing
from rag.service.headers import HEADERS, Outflow
from rag.service.heads import (
    MAX_BODY_BYTES,
    body_limit,
    check_head,
    check_length,
    check_media,
    has_body,
)
from rag.service.inflow import Inflow, drain
from rag.service.keys import check_key
from rag.service.origins import check_host, check_origin, names_of
from rag.service.problems import headers_of, problem_of, reply, unexpected_problem
from rag.settings import Settings

__all__ = ["HEADERS", "MAX_BODY_BYTES", "Guard", "refuse"]

BYTES_PER_MB = 1024 * 1024
CLOSE = {"connection": "close"}


class Guard:
    """ASGI middleware: refuses what must not reach the service, and covers all that it replies.

    Args:
        ring: The keys to ask for; None asks for none.
    """

    def __init__(self, app: ASGIApp, settings: Settings, ring: KeyRing | None) -> None:
        self._app = app
        self._names = names_of(settings)
        self._upload_bytes = settings.upload_mb * BYTES_PER_MB
        self._patience_s = settings.client_timeout_s
        self._ring = ring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        outflow = Outflow(send, scope["path"])
        inflow = Inflow(receive, body_limit(scope, self._upload_bytes), self._patience_s)
        error = self._refusal(scope)
        if error is None:
            await self._serve(scope, inflow, outflow)
            error = inflow.error
        if error is not None and not outflow.started:
            unread = not (inflow.whole or isinstance(error, ClientTooSlow))
            await refuse(error, scope, receive, outflow, self._patience_s if unread else 0)

    def _refusal(self, scope: Scope) -> DatelineError | None:
        """What a request is refused for, unread."""
        try:
            check_head(scope)
            check_host(scope, self._names)
            check_origin(scope)
            if self._ring is not None:
                check_key(scope, self._ring)
            check_media(scope)
            check_length(scope, body_limit(scope, self._upload_bytes))
        except DatelineError as error:
            return error
        return None

    async def _serve(self, scope: Scope, inflow: Inflow, outflow: Outflow) -> None:
        """Have the application reply; a bug is a problem document, if nothing was sent before."""

        async def send(message: Message) -> None:
            if inflow.error is None or outflow.started:
                await outflow(message)

        try:
            await self._app(scope, inflow, send)
        except ClientDisconnect:
            return
        except Exception as error:
            if outflow.started:
                raise
            if inflow.error is None:
                await reply(unexpected_problem(error), path=scope["path"])(scope, inflow, outflow)


async def refuse(
    error: DatelineError, scope: Scope, receive: Receive, send: Send, patience_s: float
) -> None:
    """Reply with a problem document; a client that still sends its body gets it as well.

    The reply has a length, so that the client knows its end while what it sends is read off, for
    `patience_s` at most.
    """
    closes = has_body(scope)
    headers = headers_of(error) | (CLOSE if closes else {})
    problem = reply(problem_of(error), headers, scope["path"])
    start = {"status": problem.status_code, "headers": problem.raw_headers}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": problem.body, "more_body": closes})
    if closes:
        await drain(receive, patience_s)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
