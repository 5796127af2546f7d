"""The FastAPI app: which routes there are, and what stands before them."""

from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from rag.collection import collection_of
from rag.desk import desk_of
from rag.pipeline import Pipeline
from rag.service import articles, asking, health, pages, problems
from rag.service.guard import Guard, allowed_hosts, body_limits
from rag.service.parts import Parts
from rag.settings import Settings

SPARE_THREADS = 4  # for questions that are told again or turned away, which takes milliseconds
SURFACES = (asking, articles, health, pages)


def create_app(pipeline: Pipeline, settings: Settings) -> FastAPI:
    """The service around one pipeline; the caller closes the pipeline's engine."""
    app = FastAPI(
        title="Dateline",
        version=pipeline.version,
        responses=problems.DOCUMENTED,
        docs_url=None,  # the usual viewers load scripts from elsewhere
        redoc_url=None,
    )
    app.state.parts = Parts(
        settings=settings,
        desk=desk_of(pipeline, settings),
        threads=ThreadPoolExecutor(
            settings.questions_at_once + settings.questions_waiting + SPARE_THREADS, "question"
        ),
        collection=collection_of(pipeline, settings),
    )
    problems.install(app)
    app.add_middleware(Guard, limits=body_limits(settings.upload_mb))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(settings.host))
    for surface in SURFACES:
        surface.add_routes(app)
    return app
