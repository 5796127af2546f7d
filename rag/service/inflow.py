"""The body of a request as it arrives: bounded in size and in time."""

import asyncio

from starlette.types import Message, Receive

from rag.errors import ClientTooSlow, DatelineError
from rag.service.heads import too_large

BYTES_PER_S = 16 * 1024
"""Who sends or takes as much is not slow. Source: a poor telephone line, 128 kbit/s."""

GONE: Message = {"type": "http.disconnect"}


class Inflow:
    """Passes a body on while it keeps its bounds.

    A body that breaks one ends as if the client had gone: the application gives up, and whoever
    made this tells the client why.

    Args:
        limit: Bytes that the body may have.
        patience_s: How long the body may take, plus a second for each `BYTES_PER_S` that came.

    Attributes:
        error: The bound that was broken, if one was.
        whole: Whether nothing more of the body will come.
    """

    def __init__(self, receive: Receive, limit: int, patience_s: float) -> None:
        self._receive = receive
        self._limit = limit
        self._deadline = asyncio.get_running_loop().time() + patience_s
        self._bytes = 0
        self.whole = False
        self.error: DatelineError | None = None

    async def __call__(self) -> Message:
        """The next part of the body; after the last, the end of the connection."""
        if self.error is not None:
            return GONE
        if self.whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline + self._bytes / BYTES_PER_S):
                message = await self._receive()
        except TimeoutError:
            return self._broken(ClientTooSlow(f"{self._bytes} bytes of the body came in time"))
        self._bytes += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        return message if self._bytes <= self._limit else self._broken(too_large(self._limit))

    def _broken(self, error: DatelineError) -> Message:
        self.error = error
        return GONE


async def drain(receive: Receive, patience_s: float) -> None:
    """Read what is left of a body, for so long at most, and forget it.

    A connection that is closed with unread bytes is reset, and the client may lose our last words.
    """
    try:
        async with asyncio.timeout(patience_s):
            while (await receive()).get("more_body", False):
                pass
    except TimeoutError:
        return
