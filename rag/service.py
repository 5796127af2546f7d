"""HTTP: questions in, answers out, as JSON or as server-sent events; and the chat page.

Questions are answered in threads; a client that goes away cancels its question.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    Response,
    StreamingResponse,
)
from fastapi.sse import format_sse_event
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Receive, Scope, Send

from rag.desk import desk_of
from rag.errors import ArticleNotFound, DatelineError, EngineCancelled
from rag.guard import Guard, allowed_hosts
from rag.pages import WEB, chat_page, report_page
from rag.pipeline import Event, EvidenceFound, Finished, Pipeline, SentenceVerified
from rag.problems import install, problem_of, unexpected_problem
from rag.schemas import (
    AnswerOut,
    ArticleList,
    ArticleOut,
    ArticleText,
    AskIn,
    CitationOut,
    EvidenceEvent,
    EvidenceOut,
    Health,
    Problem,
    SentenceEvent,
    SentenceOut,
)
from rag.settings import Settings
from rag.underway import Underway

DISCONNECT_POLL_S = 0.1
SPARE_THREADS = 4  # for questions that are told again or turned away, which takes milliseconds

PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (404, 413, 422, 503)
}
BUSY: dict[int | str, dict[str, object]] = {
    429: PROBLEMS[503]
    | {"headers": {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}}
}


def create_app(pipeline: Pipeline, settings: Settings) -> FastAPI:
    """The service around one pipeline; the caller closes the pipeline's engine."""
    app = FastAPI(
        title="Dateline",
        version=pipeline.version,
        responses=PROBLEMS,
        docs_url=None,  # the usual viewers load scripts from elsewhere
        redoc_url=None,
    )
    app.state.pipeline = pipeline
    app.state.settings = settings
    app.state.desk = desk_of(pipeline, settings)
    app.state.threads = ThreadPoolExecutor(
        settings.questions_at_once + settings.questions_waiting + SPARE_THREADS, "question"
    )
    install(app)
    app.add_middleware(Guard)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(settings.host))
    app.post("/v1/answer", response_model=AnswerOut, responses=BUSY)(answer)
    app.get("/v1/articles")(list_articles)
    app.get("/v1/articles/{article_id}")(get_article)
    app.get("/healthz")(healthz)
    app.get("/readyz")(readyz)
    app.get("/", include_in_schema=False)(page)
    app.get("/eval", include_in_schema=False)(evaluation)
    app.mount("/static", StaticFiles(directory=WEB), name="static")
    return app


async def _pipeline(request: Request) -> Pipeline:
    return request.app.state.pipeline  # type: ignore[no-any-return]  # set by create_app


async def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]  # set by create_app


Answering = Annotated[Pipeline, Depends(_pipeline)]
Chosen = Annotated[Settings, Depends(_settings)]


async def answer(ask: AskIn, request: Request, settings: Chosen) -> Response:
    """Answer a question; with `stream`, as events `evidence`, `sentence`…, `answer` or `error`.

    What goes wrong before the first event is a problem document, in a stream as well.
    """
    state, question = request.app.state, ask.to_question(settings)
    underway = Underway(state.desk, question, state.threads)
    async with _watched(request, underway):
        if ask.stream:
            return EventStream(underway, await underway.next())
        whole = await underway.answer()
    return JSONResponse(AnswerOut.of(whole).model_dump(mode="json"))


@asynccontextmanager
async def _watched(request: Request, underway: Underway) -> AsyncIterator[None]:
    """Stop the question if the client goes away inside, or anything goes wrong."""
    watch = asyncio.create_task(_watch(request, underway))
    try:
        yield
    except BaseException:
        underway.stop()
        raise
    finally:
        watch.cancel()


async def _watch(request: Request, underway: Underway) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(DISCONNECT_POLL_S)
    underway.stop()


class EventStream(StreamingResponse):
    """The events of a question as server-sent events; a client that has gone stops it."""

    def __init__(self, underway: Underway, first: Event) -> None:
        super().__init__(
            _as_events(underway, first),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )
        self._underway = underway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, until the answer or until the client goes away."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._underway.stop()


async def _as_events(underway: Underway, event: Event) -> AsyncIterator[bytes]:
    try:
        yield _sent(*_wire(event))
        while not isinstance(event, Finished):
            event = await underway.next()
            yield _sent(*_wire(event))
    except EngineCancelled:
        return
    except DatelineError as error:
        yield _sent("error", problem_of(error).model_dump_json())
    except Exception as error:  # a bug: the client is told that the answer will not come
        yield _sent("error", unexpected_problem(error).model_dump_json())


def _sent(name: str, body: str) -> bytes:
    return format_sse_event(event=name, data_str=body)


def _wire(event: Event) -> tuple[str, str]:
    """An event's name and JSON."""
    match event:
        case EvidenceFound(evidence):
            found = EvidenceEvent(evidence=[EvidenceOut.of(item) for item in evidence])
            return "evidence", found.model_dump_json()
        case SentenceVerified(sentence, citations):
            said = SentenceEvent(
                sentence=SentenceOut.of(sentence),
                citations=[CitationOut.of(citation) for citation in citations],
            )
            return "sentence", said.model_dump_json()
        case Finished(whole):
            return "answer", AnswerOut.of(whole).model_dump_json()


def list_articles(pipeline: Answering) -> ArticleList:
    """Every article of the current generation, without its text, by id."""
    generation = pipeline.reader.current()
    return ArticleList(
        generation=generation.id,
        articles=[ArticleOut.of(article) for article in generation.articles],
    )


def get_article(article_id: str, pipeline: Answering) -> ArticleText:
    """One article with its canonical text, into which citations point."""
    article = pipeline.reader.current().by_id.get(article_id)
    if article is None:
        raise ArticleNotFound(f"there is no article {article_id!r}")
    return ArticleText.of(article)


async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


def readyz(pipeline: Answering) -> Health:
    """A question could be answered: there is an index, and the model's process lives."""
    pipeline.reader.current()
    pipeline.engine.check()
    return Health(status="ok")


def page(settings: Chosen) -> HTMLResponse:
    """The chat page."""
    return chat_page(settings)


def evaluation(settings: Chosen) -> FileResponse:
    """The latest evaluation report."""
    return report_page(settings)
