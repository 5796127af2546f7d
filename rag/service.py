"""HTTP: questions in, answers out, as JSON or as server-sent events; and the chat page.

The model works in threads; a client that goes away cancels its question.
"""

import threading
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import anyio
import anyio.to_thread
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
from rag.types import Question

DISCONNECT_POLL_S = 0.1
QUESTIONS_AT_ONCE = 32  # that hold a thread; the others wait without one, and articles are served

PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (404, 413, 422, 503)
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
    app.state.questions = anyio.CapacityLimiter(QUESTIONS_AT_ONCE)
    install(app)
    app.add_middleware(Guard)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(settings.host))
    app.post("/v1/answer", response_model=AnswerOut)(answer)
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


async def answer(ask: AskIn, request: Request, pipeline: Answering, settings: Chosen) -> Response:
    """Answer a question; with `stream`, as events `evidence`, `sentence`…, `answer` or `error`."""
    question = ask.to_question(settings)
    if ask.stream:
        return StreamingResponse(
            _as_events(pipeline, question, request),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )
    return JSONResponse(await _whole(pipeline, question, request))


async def _whole(pipeline: Pipeline, question: Question, request: Request) -> object:
    cancel = threading.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(_watch, request, cancel)
        try:
            found = await anyio.to_thread.run_sync(
                _caught, pipeline, question, cancel, limiter=request.app.state.questions
            )
        finally:
            cancel.set()
            group.cancel_scope.cancel()
    if isinstance(found, DatelineError):
        raise found
    return found.model_dump(mode="json")


def _caught(
    pipeline: Pipeline, question: Question, cancel: threading.Event
) -> AnswerOut | DatelineError:
    """An error as a value, so that it does not leave the task group wrapped in another."""
    try:
        return AnswerOut.of(pipeline.answer(question, cancel))
    except DatelineError as error:
        return error


async def _watch(request: Request, cancel: threading.Event) -> None:
    while not await request.is_disconnected():
        await anyio.sleep(DISCONNECT_POLL_S)
    cancel.set()


async def _as_events(
    pipeline: Pipeline, question: Question, request: Request
) -> AsyncIterator[bytes]:
    cancel = threading.Event()
    limiter = request.app.state.questions
    events = pipeline.run(question, cancel)
    try:
        while True:
            event = await anyio.to_thread.run_sync(
                _next, events, abandon_on_cancel=True, limiter=limiter
            )
            if event is None:
                return
            name, body = _wire(event)
            yield format_sse_event(event=name, data_str=body)
    except EngineCancelled:
        return
    except DatelineError as error:
        yield format_sse_event(event="error", data_str=problem_of(error).model_dump_json())
    except Exception as error:  # a bug: the client is told that the answer will not come
        problem = unexpected_problem(error)
        yield format_sse_event(event="error", data_str=problem.model_dump_json())
    finally:
        cancel.set()  # a client that has gone stops the model


def _next(events: Iterator[Event]) -> Event | None:
    return next(events, None)


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
