"""The server around the app, as `dateline serve` and the tests run it."""

import uvicorn
from starlette.types import ASGIApp

from rag.service.connection import ConnectionConfig
from rag.settings import Settings


def server_of(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    """A server whose connections keep the bounds of the settings; it listens when it is run."""
    return uvicorn.Server(ConnectionConfig(app, settings, log_level="warning"))
