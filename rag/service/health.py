"""How the service is: for whoever starts, watches and restarts it."""

from fastapi import FastAPI

from rag.errors import EngineDied, EngineStartFailed
from rag.schemas import Health
from rag.service.description import Tag
from rag.service.parts import Shared
from rag.service.problems import OF_THE_INDEX, documented


def add_routes(app: FastAPI) -> None:
    """Add the routes of this module."""
    app.get("/healthz", responses=documented(), tags=[Tag.OPERATION])(healthz)
    app.get(
        "/readyz",
        responses=documented(*OF_THE_INDEX, EngineStartFailed, EngineDied),
        tags=[Tag.OPERATION],
    )(readyz)


async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


def readyz(parts: Shared) -> Health:
    """A question could be answered: there is an index, and the model's process lives."""
    parts.pipeline.reader.current()
    parts.pipeline.engine.check()
    return Health(status="ok")
