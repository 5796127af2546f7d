"""What every reply says about itself, whoever wrote it: a route, an error, a static file."""

from collections.abc import Iterable

from starlette.types import Message, Send

Pair = tuple[bytes, bytes]

HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

PAGES = ("/", "/eval")
STATIC = "/static/"


def headers_for(path: str) -> dict[str, str]:
    """The headers of a reply from that path."""
    is_page = path in PAGES or path.startswith(STATIC)
    # what is asked and answered is kept nowhere; a page must never mix the files of two versions
    return HEADERS | {"cache-control": "no-cache" if is_page else "no-store"}


class Outflow:
    """The reply to one request, on its way: bears the headers that it has not set itself."""

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._path = path
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Send a part of the reply."""
        if message["type"] == "http.response.start":
            self.started = True
            given = list(message.get("headers", []))
            message = {**message, "headers": [*given, *self._missing(given)]}
        await self._send(message)

    def _missing(self, given: Iterable[Pair]) -> list[Pair]:
        own = {name.lower() for name, _ in given}
        pairs = ((name.encode(), value.encode()) for name, value in headers_for(self._path).items())
        return [pair for pair in pairs if pair[0] not in own]
