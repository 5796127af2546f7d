"""`POST /v1/answer`: a question in, the answer out, as JSON or as server-sent events.

Questions are answered in threads; a client that goes away cancels its question. Another API that
answers questions gives its own dialect to `respond`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from rag.errors import DatelineError, EngineCancelled
from rag.pipeline import Event, EvidenceFound, Finished, SentenceVerified
from rag.schemas import AnswerOut, AskIn, EvidenceEvent, Problem, SentenceEvent
from rag.service.description import Tag, event_stream
from rag.service.parts import Shared
from rag.service.problems import problem_of, unexpected_problem
from rag.service.statuses import OF_A_QUESTION, documented
from rag.types import Answer, Question
from rag.underway import Underway

EVENTS: dict[str, type[BaseModel]] = {
    "evidence": EvidenceEvent,
    "sentence": SentenceEvent,
    "answer": AnswerOut,
    "error": Problem,
}
"""The events of a stream, in their order, and what each holds; `error` may stand in any place."""


class Dialect(Protocol):
    """How an API words what happens to a question; one object a question."""

    def whole(self, answer: Answer) -> BaseModel:
        """The reply without a stream."""

    def event(self, event: Event) -> bytes:
        """What a stream says of an event."""

    def failure(self, problem: Problem) -> bytes:
        """What a stream says of an error; nothing follows."""


def add_routes(app: FastAPI) -> None:
    """Add the route of this module."""
    app.post(
        "/v1/answer",
        response_model=AnswerOut,
        responses=documented(*OF_A_QUESTION) | event_stream(*EVENTS.items()),
        tags=[Tag.QUESTIONS],
    )(answer)


async def answer(ask: AskIn, request: Request, parts: Shared) -> Response:
    """Answer a question, or refuse it.

    With `stream`, the reply is server-sent events: `evidence` (at once, before the model runs),
    `sentence` (each when it has been verified), then `answer` (the same object as without
    `stream`) or `error` (a problem document). What goes wrong before the first event is a problem
    document with its own status, in a stream as well.
    """
    return await respond(ask.to_question(parts.settings), ask.stream, Own(), request, parts)


async def respond(
    question: Question, stream: bool, dialect: Dialect, request: Request, parts: Shared
) -> Response:
    """Have a question answered, as the dialect words it.

    Raises:
        DatelineError: What goes wrong before the first event.
    """
    underway = Underway(parts.desk, question, parts.threads)
    async with watched(request, underway):
        if stream:
            return EventStream(underway, told(underway, await underway.next(), dialect))
        whole = dialect.whole(await underway.answer())
    return JSONResponse(whole.model_dump(mode="json"))


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


async def told(underway: Underway, event: Event, dialect: Dialect) -> AsyncIterator[bytes]:
    """The event, and all that follow it, as they are sent."""
    try:
        yield dialect.event(event)
        while not isinstance(event, Finished):
            event = await underway.next()
            yield dialect.event(event)
    except EngineCancelled:
        return
    except DatelineError as error:
        yield dialect.failure(problem_of(error))
    except Exception as error:  # a bug: the client is told that the answer will not come
        yield dialect.failure(unexpected_problem(error))


class Own:
    """The dialect of `POST /v1/answer`."""

    def whole(self, answer: Answer) -> BaseModel:
        """The answer as it is."""
        return AnswerOut.of(answer)

    def event(self, event: Event) -> bytes:
        """An event of its own name."""
        match event:
            case EvidenceFound(evidence):
                return _sent("evidence", EvidenceEvent.of(evidence))
            case SentenceVerified(sentence, citations):
                return _sent("sentence", SentenceEvent.of(sentence, citations))
            case Finished(whole):
                return _sent("answer", AnswerOut.of(whole))

    def failure(self, problem: Problem) -> bytes:
        """The problem document."""
        return _sent("error", problem)


def _sent(name: str, body: BaseModel) -> bytes:
    return format_sse_event(event=name, data_str=body.model_dump_json())
