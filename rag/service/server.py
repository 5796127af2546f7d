"""The server around the app, as `dateline serve` and the tests run it."""

import uvicorn
from starlette.types import ASGIApp

from rag.service.connection import Connection, ConnectionConfig
from rag.service.heads import MAX_HEAD_BYTES
from rag.settings import Settings


def server_of(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    """A server whose connections keep the bounds of the settings; it listens when it is run."""
    config = ConnectionConfig(
        app,
        http=Connection,
        ws="none",
        log_level="warning",
        server_header=False,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
    )
    config.patience_s = settings.client_timeout_s
    config.connections = settings.connections
    return uvicorn.Server(config)
