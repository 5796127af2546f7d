"""OpenAI's chat API, so that existing chat clients work unchanged.

The last message is the question, those before it are its history; the prompt is ours, so system
messages are ignored. See `rag.schemas.chat` for what is accepted, ignored and refused.
"""

from urllib.parse import quote
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.sse import format_sse_event
from pydantic import BaseModel

from rag.errors import ModelNotFound, UnsupportedParameter
from rag.pipeline import Event, EvidenceFound, Finished, SentenceVerified
from rag.schemas import (
    MODEL,
    AnswerOut,
    ChatIn,
    ChatProblem,
    ChunkChoiceOut,
    ChunkOut,
    CompletionOut,
    DeltaOut,
    ErrorOut,
    EvidenceEvent,
    FailureOut,
    Link,
    ModelList,
    ModelOut,
    Problem,
    SentenceEvent,
    UsageOut,
    annotations_of,
    fingerprint_of,
)
from rag.service.asking import respond
from rag.service.description import Tag, event_stream
from rag.service.parts import Shared
from rag.service.statuses import OF_A_QUESTION, documented
from rag.types import Answer, Citation

DONE = "[DONE]"


def add_routes(app: FastAPI) -> None:
    """Add the routes of this module."""
    asked = documented(*OF_A_QUESTION, UnsupportedParameter, ModelNotFound, model=ChatProblem)
    app.post(
        "/v1/chat/completions",
        response_model=CompletionOut,
        responses=asked | event_stream(("message", ChunkOut), ("message", FailureOut), end=DONE),
        tags=[Tag.OPENAI],
    )(create_chat_completion)
    app.get(
        "/v1/models",
        responses=documented(model=ChatProblem),
        tags=[Tag.OPENAI],
    )(list_models)
    app.get(
        "/v1/models/{model:path}",
        responses=documented(ModelNotFound, model=ChatProblem),
        tags=[Tag.OPENAI],
    )(get_model)


async def create_chat_completion(chat: ChatIn, request: Request, parts: Shared) -> Response:
    """Answer the last message of a chat, in the form of OpenAI's API.

    The content carries markers such as `[1]`; `annotations` say where each stands and what it
    cites, and `dateline` is the whole answer as `POST /v1/answer` returns it. A refusal is told in
    the content, with `finish_reason` "stop"; its reason is in `dateline.refusal`.

    With `stream`, the reply is chunks: the role and the evidence (before the model runs), one
    piece of content a verified sentence, then the annotations with the whole answer, the usage if
    `stream_options.include_usage` asks for it, and `[DONE]`; or, at any place, `{"error": …}`.
    """
    known_model(chat.model)
    dialect = OpenAI(
        name=f"chatcmpl-{uuid4().hex}",
        created=int(parts.now()),
        link=linked(request),
        with_usage=chat.with_usage,
    )
    question = chat.to_question(parts.settings)
    return await respond(question, bool(chat.stream), dialect, request, parts)


def list_models(parts: Shared) -> ModelList:
    """The models that can be asked: one."""
    return ModelList(data=[ModelOut(created=int(parts.began))])


def get_model(model: str, parts: Shared) -> ModelOut:
    """One model."""
    known_model(model)
    return ModelOut(created=int(parts.began))


def known_model(name: str) -> None:
    """Nothing, for a model that can be asked.

    Raises:
        ModelNotFound: For any other.
    """
    if name != MODEL:
        raise ModelNotFound(f"there is no model {name!r}; the one there is is {MODEL!r}")


def linked(request: Request) -> Link:
    """A citation's link: the article's own address or, if it has none, its address here."""
    here = str(request.base_url)

    def link(citation: Citation) -> str:
        return citation.article.url or f"{here}v1/articles/{quote(citation.article.id, safe='')}"

    return link


class OpenAI:
    """The dialect of OpenAI's API, for one question.

    Args:
        name: The completion's id.
        created: Seconds since 1970.
        with_usage: Whether a stream ends with a chunk about tokens.
    """

    def __init__(self, name: str, created: int, link: Link, with_usage: bool) -> None:
        self._name = name
        self._created = created
        self._link = link
        self._with_usage = with_usage
        self._begun = False
        self._said = False

    def whole(self, answer: Answer) -> BaseModel:
        """A completion."""
        return CompletionOut.of(answer, self._name, self._created, self._link)

    def event(self, event: Event) -> bytes:
        """The chunks of an event; their contents together are the content of a completion."""
        match event:
            case EvidenceFound(evidence):
                return self._delta("", EvidenceEvent.of(evidence))
            case SentenceVerified(sentence, citations):
                gap, self._said = " " if self._said else "", True
                return self._delta(gap + sentence.marked, SentenceEvent.of(sentence, citations))
            case Finished(answer):
                return self._end(answer)

    def failure(self, problem: Problem) -> bytes:
        """What OpenAI sends in the place of a chunk."""
        failure = FailureOut(error=ErrorOut.of(problem))
        return format_sse_event(data_str=failure.model_dump_json())

    def _delta(self, content: str, told: EvidenceEvent | SentenceEvent | None) -> bytes:
        """A chunk with content; the first one says who speaks."""
        role, self._begun = None if self._begun else "assistant", True
        delta = DeltaOut(role=role, content=content)
        return self._chunk(choices=[ChunkChoiceOut(delta=delta)], dateline=told)

    def _end(self, answer: Answer) -> bytes:
        """The refusal if it is one, the last chunk, the usage if it was asked for."""
        mark = fingerprint_of(answer.receipt)
        refusal = self._delta(answer.refusal.message, None) if answer.refusal else b""
        delta = DeltaOut(annotations=annotations_of(answer, self._link))
        last = self._chunk(
            choices=[ChunkChoiceOut(delta=delta, finish_reason="stop")],
            system_fingerprint=mark,
            dateline=AnswerOut.of(answer),
        )
        used = UsageOut.of(answer.usage)
        usage = self._chunk(choices=[], system_fingerprint=mark, usage=used)
        return (
            refusal + last + (usage if self._with_usage else b"") + format_sse_event(data_str=DONE)
        )

    def _chunk(self, **fields: object) -> bytes:
        chunk = ChunkOut.model_validate({"id": self._name, "created": self._created} | fields)
        return format_sse_event(data_str=chunk.model_dump_json())
