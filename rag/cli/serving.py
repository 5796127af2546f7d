"""`dateline serve` and `dateline mcp --http`: from the settings to a service that has ended."""

import logging
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.cli.terminal import say
from rag.compose import pipeline_of
from rag.errors import PortInUse
from rag.logs import format_for, logging_to
from rag.pipeline import Pipeline
from rag.settings import LogFormat, Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

LOG = logging.getLogger(__name__)

MakeApp = Callable[[Pipeline, Settings], "FastAPI"]


def serve_until_told(settings: Settings, make_app: MakeApp) -> None:
    """Serve, until a signal says otherwise.

    Raises:
        PortInUse: If the address cannot be had.
        DatelineError: Whatever else keeps the service from starting.
    """
    from rag.service import require_keys

    require_keys(settings)
    form = format_for(settings.log_format, sys.stderr)
    with (
        listen(settings) as listener,
        logging_to(sys.stderr, form, settings.log_level, settings.log_questions),
    ):
        pipeline = pipeline_of(settings, _teller(form))
        try:
            serve_pipeline(pipeline, settings, listener, form, make_app)
        finally:
            pipeline.engine.close()


def serve_pipeline(
    pipeline: Pipeline,
    settings: Settings,
    listener: socket.socket,
    form: LogFormat,
    make_app: MakeApp,
) -> None:
    """Serve what is loaded; see `serve_until_told`."""
    from rag.service import server_of
    from rag.warm import Warmer

    app = make_app(pipeline, settings)
    server = server_of(app, settings)
    warmer = Warmer(pipeline, settings.sentences_ahead)
    address = f"http://{settings.host}:{listener.getsockname()[1]}"
    try:
        warmer.start()
        if form is LogFormat.TEXT:
            say(f"ready: {address}  (the API is described at {address}/openapi.json; Ctrl-C stops)")
        else:
            LOG.info("ready", extra={"address": address, "version": pipeline.version})
        server.run(sockets=[listener])
    finally:
        app.state.parts.collection.close()
        warmer.stop()


def _teller(form: LogFormat) -> Callable[[str], None]:
    """Tells what takes long while the service starts."""
    if form is LogFormat.TEXT:
        return say
    return lambda step: LOG.info("starting", extra={"step": step})


def listen(settings: Settings) -> socket.socket:
    """A bound socket, taken before the models are loaded; who connects meanwhile waits.

    It says TCP, since asyncio sends without delay (`TCP_NODELAY`) only through sockets that do.

    Raises:
        PortInUse: If the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise PortInUse(f"cannot listen on {settings.host}:{settings.port}: {reason}") from error
    return listener
