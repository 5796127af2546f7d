"""The server, and how it ends: no stream is cut without a word, and none is waited for forever."""

import asyncio
import contextlib
import logging
import socket
import time
from math import ceil
from types import FrameType

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from rag.admission import Admission
from rag.service.connection import ConnectionConfig
from rag.settings import Settings

LOG = logging.getLogger(__name__)

LAST_WORDS_S = 2.0  # in which clients hear the end of what was cancelled
LOOK_S = 0.05


class Server(uvicorn.Server):
    """Serves until it is told to end, by SIGINT or SIGTERM, and then ends in three steps.

    1. No connection and no question is taken any more, and those who wait are told so.
    2. Questions underway are finished, for `grace_s` seconds or until a second signal.
    3. The others are cancelled and told so; a client that does not listen is left.

    The signals are not raised again: `run` returns, and the process may end with status 0.

    Connections keep the bounds of the settings; see `rag.service.connection`.

    Args:
        app: What is served.
        settings: Its bounds, and the seconds (`grace_s` above) for the second step.
        admission: Who is admitted to the engine of `app`.
        last_words_s: Seconds for the third step.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        admission: Admission,
        last_words_s: float = LAST_WORDS_S,
    ) -> None:
        config = ConnectionConfig(
            app,
            settings,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=ceil(settings.shutdown_grace_s + 2 * last_words_s),
        )
        super().__init__(config)
        self._admission = admission
        self._grace_s = settings.shutdown_grace_s
        self._last_words_s = last_words_s
        self._is_hurried = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal; it does nothing but take a note, since it may come at any moment."""
        self.end()

    def end(self) -> None:
        """Begin to end; at once the second time. Any thread may say so."""
        self._is_hurried = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See the class."""
        LOG.info("stopping", extra={"grace_s": self._grace_s})
        ending = asyncio.create_task(self._end_questions())
        try:
            await super().shutdown(sockets)
        finally:
            ending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ending
        LOG.info("stopped")

    async def _end_questions(self) -> None:
        self._admission.close()
        until = time.monotonic() + self._grace_s
        while time.monotonic() < until and not self._is_hurried:
            await asyncio.sleep(LOOK_S)
        if taken := self._admission.taken:
            LOG.warning("questions_cancelled", extra={"questions": taken})
        self._admission.cut()
        await asyncio.sleep(self._last_words_s)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def server_of(app: FastAPI, settings: Settings) -> Server:
    """A server for a service; it listens when it is run."""
    return Server(app, settings, app.state.parts.desk.admission)
