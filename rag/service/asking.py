"""`POST /v1/answer`: a question in, the answer out, as JSON or as server-sent events.

Questions are answered in threads; a client that goes away cancels its question.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.sse import format_sse_event
from starlette.types import Receive, Scope, Send

from rag.errors import DatelineError, EngineCancelled
from rag.pipeline import Event, EvidenceFound, Finished, SentenceVerified
from rag.schemas import (
    AnswerOut,
    AskIn,
    CitationOut,
    EvidenceEvent,
    EvidenceOut,
    SentenceEvent,
    SentenceOut,
)
from rag.service.parts import Shared
from rag.service.problems import BUSY, problem_of, unexpected_problem
from rag.underway import Underway


def add_routes(app: FastAPI) -> None:
    """Add the route of this module."""
    app.post("/v1/answer", response_model=AnswerOut, responses=BUSY)(answer)


async def answer(ask: AskIn, request: Request, parts: Shared) -> Response:
    """Answer a question; with `stream`, as events `evidence`, `sentence`…, `answer` or `error`.

    What goes wrong before the first event is a problem document, in a stream as well.
    """
    underway = Underway(parts.desk, ask.to_question(parts.settings), parts.threads)
    async with watched(request, underway):
        if ask.stream:
            return EventStream(underway, as_events(underway, await underway.next()))
        whole = await underway.answer()
    return JSONResponse(AnswerOut.of(whole).model_dump(mode="json"))


@asynccontextmanager
async def watched(request: Request, underway: Underway) -> AsyncIterator[None]:
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
    while (await request.receive())["type"] != "http.disconnect":
        pass
    underway.stop()


class EventStream(StreamingResponse):
    """Server-sent events about a question; a client that has gone stops it."""

    def __init__(self, underway: Underway, events: AsyncIterator[bytes]) -> None:
        super().__init__(
            events,
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


async def as_events(underway: Underway, event: Event) -> AsyncIterator[bytes]:
    """The event, and all that follow it, as they are sent."""
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
