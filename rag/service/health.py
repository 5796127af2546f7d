"""How the service is: for whoever starts, watches and restarts it."""

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client.exposition import choose_encoder

from rag.errors import EngineDied, EngineStartFailed, ShuttingDown
from rag.schemas import Health
from rag.service.description import Tag
from rag.service.parts import Shared
from rag.service.statuses import OF_THE_INDEX, documented

OPENMETRICS = "application/openmetrics-text"
"""What Prometheus asks for; others get its older text format."""


def add_routes(app: FastAPI) -> None:
    """Add the routes of this module."""
    app.get("/healthz", responses=documented(is_open=True), tags=[Tag.OPERATION])(healthz)
    app.get(
        "/readyz",
        responses=documented(
            *OF_THE_INDEX, EngineStartFailed, EngineDied, ShuttingDown, is_open=True
        ),
        tags=[Tag.OPERATION],
    )(readyz)
    app.get(
        "/metrics",
        response_class=PlainTextResponse,
        responses=documented() | {200: {"content": {OPENMETRICS: {"schema": {"type": "string"}}}}},
        tags=[Tag.OPERATION],
    )(metrics)


async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


def readyz(parts: Shared) -> Health:
    """A question could be answered: there is an index, the model's process lives, nothing ends.

    A full queue is no reason to say no: whoever asks then is told when to come again, what is
    remembered is still told, and a balancer that left would only come back a moment later.
    """
    parts.desk.admission.refuse_if_closed()
    parts.pipeline.reader.current()
    parts.pipeline.engine.check()
    return Health(status="ok")


def metrics(request: Request, parts: Shared) -> Response:
    """What is measured, for Prometheus."""
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(parts.metrics.registry), headers={"content-type": media_type})
