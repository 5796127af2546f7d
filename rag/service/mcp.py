"""`/mcp`: the tools of the Model Context Protocol over streamable HTTP, beside the API.

The desk, and so the queue and what is remembered, is the service's: many who ask take turns.

A client of the protocol until 2025-11-25 has a session, since only a session can be told that a
question is cancelled; there is room for `MAX_SESSIONS`, and one that is idle ends. Later clients
have none: they cancel by closing the connection. Either way a connection that ends stops its
question.

Which hosts and origins may ask is the guard's matter, as for every path.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rag.mcp.server import server_of
from rag.mcp.source import Ready
from rag.service.heads import MAX_BODY_BYTES
from rag.service.parts import Parts

PATH = "/mcp"
MAX_SESSIONS = 128
SESSION_IDLE_S = 1800.0  # a client that asks again later may not know how to open another


def add_routes(app: FastAPI) -> None:
    """Add the route of this module; it serves while the app's lifespan lasts."""
    parts: Parts = app.state.parts
    server = server_of(Ready(parts.desk, parts.threads), parts.pipeline.version)
    endpoint = Endpoint(server)
    app.router.routes.append(Route(PATH, endpoint, include_in_schema=False))
    app.include_router(APIRouter(lifespan=endpoint.serving))


class Endpoint:
    """ASGI application; its sessions live as long as the app's lifespan."""

    def __init__(self, server: Server[Any]) -> None:
        self._server = server
        self._sessions: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def serving(self, app: FastAPI) -> AsyncIterator[None]:
        """The lifespan. A session manager runs once, so that each lifespan has its own."""
        self._sessions = StreamableHTTPSessionManager(
            self._server,
            security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
            session_idle_timeout=SESSION_IDLE_S,
            max_sessions=MAX_SESSIONS,
            max_request_body_size=MAX_BODY_BYTES,
        )
        async with self._sessions.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self._sessions is None:
            raise RuntimeError("the app's lifespan has not begun")
        await self._sessions.handle_request(scope, receive, send)
