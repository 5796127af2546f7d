"""How the service is: for whoever starts, watches and restarts it."""

from fastapi import FastAPI

from rag.schemas import Health
from rag.service.parts import Shared


def add_routes(app: FastAPI) -> None:
    """Add the routes of this module."""
    app.get("/healthz")(healthz)
    app.get("/readyz")(readyz)


async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


def readyz(parts: Shared) -> Health:
    """A question could be answered: there is an index, and the model's process lives."""
    parts.pipeline.reader.current()
    parts.pipeline.engine.check()
    return Health(status="ok")
