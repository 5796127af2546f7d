"""What stands before the service: body limit, security headers, known hosts."""

from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import BodyTooLarge
from rag.service.problems import problem_of, reply

MAX_BODY_BYTES = 64 * 1024
MEGABYTE = 1 << 20

Limits = Mapping[tuple[str, str], int]
"""Largest body in bytes, by method and path; `MAX_BODY_BYTES` for all others."""

HEADERS = {
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",  # a page must never mix the modules of two versions
}
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]


def allowed_hosts(host: str) -> list[str]:
    """Host headers to accept: on loopback only its own names, against DNS rebinding."""
    return LOOPBACK if host in {"127.0.0.1", "localhost", "::1"} else ["*"]


def body_limits(upload_mb: int) -> Limits:
    """The routes that take larger bodies."""
    return {("POST", "/v1/articles"): upload_mb * MEGABYTE}


class Guard:
    """ASGI middleware; adds headers to every response and refuses large bodies unread."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", [])
                message = {**message, "headers": [*given, *_missing(given)]}
            await send(message)

        limit = self._limits.get((scope["method"], scope["path"]), MAX_BODY_BYTES)
        body = await _body(receive, limit)
        if body is None:
            error = BodyTooLarge(f"the body has more than {limit} bytes")
            await reply(problem_of(error))(scope, receive, send_guarded)
            return
        await self._app(scope, _replay(body, receive), send_guarded)


def _missing(given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers that a response has not set itself."""
    own = {name.lower() for name, _ in given}
    pairs = ((name.encode(), value.encode()) for name, value in HEADERS.items())
    return [pair for pair in pairs if pair[0] not in own]


async def _body(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None if it is too large. What is too large is not kept."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
