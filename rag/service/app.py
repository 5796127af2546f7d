"""The FastAPI app: which routes there are, and what stands before them."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI

from rag.collection import collection_of
from rag.desk import desk_of
from rag.gauges import Gauges
from rag.journal import Journal
from rag.metrics import Metrics
from rag.pipeline import Pipeline
from rag.service import articles, asking, chat, health, keys, mcp, pages, problems
from rag.service.access import Access
from rag.service.description import ABOUT, TAGS, DescribedApp, operation_id
from rag.service.guard import Guard
from rag.service.parts import Parts, Surface
from rag.settings import Settings

SPARE_THREADS = 4  # for questions that are told again or turned away, which takes milliseconds
SURFACES = (asking, chat, articles, health, pages, mcp)
FOR_MODELS = (mcp, health)


def create_app(
    pipeline: Pipeline, settings: Settings, surfaces: Iterable[Surface] = SURFACES
) -> FastAPI:
    """The service around one pipeline; the caller closes the pipeline's engine."""
    app = DescribedApp(
        title="Dateline",
        version=pipeline.version,
        description=ABOUT,
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
        docs_url=None,  # the usual viewers load scripts from elsewhere
        redoc_url=None,
    )
    metrics = Metrics()
    desk = desk_of(pipeline, settings, (metrics, Journal(settings.log_questions)))
    metrics.registry.register(Gauges(desk))
    app.state.parts = Parts(
        settings=settings,
        desk=desk,
        metrics=metrics,
        threads=ThreadPoolExecutor(
            settings.questions_at_once + settings.questions_waiting + SPARE_THREADS, "question"
        ),
        collection=collection_of(pipeline, settings),
        now=time.time,
        began=time.time(),
    )
    problems.install(app)
    app.add_middleware(Guard, settings=settings, ring=keys.ring_of(settings))
    keys.describe_keys(app, settings.needs_keys)
    app.add_middleware(Access, metrics=metrics)  # the last that is added is the first that sees
    for surface in surfaces:
        surface.add_routes(app)
    return app


def create_mcp_app(pipeline: Pipeline, settings: Settings) -> FastAPI:
    """The same service with nothing but `/mcp` and its health."""
    return create_app(pipeline, settings, FOR_MODELS)
