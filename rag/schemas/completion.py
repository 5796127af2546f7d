"""An answer in the form of OpenAI's chat API, whole and in chunks."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from rag.schemas.answer import AnswerOut
from rag.schemas.events import EvidenceEvent, SentenceEvent
from rag.schemas.wire import Wire
from rag.types import Answer, Citation, Receipt, Usage

MODEL = "dateline"
"""The one model there is for clients: whatever answers behind it is in the receipt."""

Link = Callable[[Citation], str]
"""Where a citation's article can be read."""


def _absent(value: object) -> bool:
    return value is None


class UrlCitationOut(Wire):
    """Where a marker such as "[1]" stands: `content[start_index:end_index]`, in code points.

    OpenAI does not say what it counts in; code points are what its Python client's strings hold.
    """

    start_index: int
    end_index: int
    title: str
    url: str


class AnnotationOut(Wire):
    """A citation of the content."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitationOut


class MessageOut(Wire):
    """The answer; a refusal is told in `content`, since that is what chat clients show.

    `refusal` stays null: with OpenAI it means that a model would not, not that the articles do not
    say. Programs find the reason of a refusal in `dateline.refusal`.
    """

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[AnnotationOut]


class ChoiceOut(Wire):
    """The one choice there is."""

    index: Literal[0] = 0
    message: MessageOut
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class UsageOut(Wire):
    """Tokens of the prompt, and of what the model wrote; 0 if it was not asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, usage: Usage) -> "UsageOut":
        """From the pipeline's own type."""
        read, written = usage.prompt_tokens, usage.completion_tokens
        return cls(prompt_tokens=read, completion_tokens=written, total_tokens=read + written)


class CompletionOut(Wire):
    """An answer or a refusal; `dateline` is what `POST /v1/answer` returns."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: Annotated[list[ChoiceOut], Field(min_length=1, max_length=1)]
    usage: UsageOut
    system_fingerprint: str
    dateline: AnswerOut

    @classmethod
    def of(cls, answer: Answer, name: str, created: int, link: Link) -> "CompletionOut":
        """From the pipeline's own type, with the id `name`, made `created` seconds after 1970."""
        said = MessageOut(content=content_of(answer), annotations=annotations_of(answer, link))
        return cls(
            id=name,
            created=created,
            choices=[ChoiceOut(message=said)],
            usage=UsageOut.of(answer.usage),
            system_fingerprint=fingerprint_of(answer.receipt),
            dateline=AnswerOut.of(answer),
        )


class DeltaOut(Wire):
    """What a chunk adds to the message."""

    role: Annotated[Literal["assistant"] | None, Field(exclude_if=_absent)] = None
    content: Annotated[str | None, Field(exclude_if=_absent)] = None
    annotations: Annotated[list[AnnotationOut] | None, Field(exclude_if=_absent)] = None


class ChunkChoiceOut(Wire):
    """The one choice there is."""

    index: Literal[0] = 0
    delta: DeltaOut
    logprobs: None = None
    finish_reason: Literal["stop"] | None = None


class ChunkOut(Wire):
    """A part of a streamed answer; `dateline` is the event of `POST /v1/answer` that it tells."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL
    choices: list[ChunkChoiceOut]
    usage: Annotated[UsageOut | None, Field(exclude_if=_absent)] = None
    system_fingerprint: Annotated[str | None, Field(exclude_if=_absent)] = None
    dateline: Annotated[
        EvidenceEvent | SentenceEvent | AnswerOut | None, Field(exclude_if=_absent)
    ] = None


class ModelOut(Wire):
    """A model that can be asked; `created` is when the service began."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["dateline"] = "dateline"


class ModelList(Wire):
    """Every model that can be asked."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


def content_of(answer: Answer) -> str:
    """The message: the answer's text with its markers, or why there is none."""
    return answer.refusal.message if answer.refusal else answer.text


def annotations_of(answer: Answer, link: Link) -> list[AnnotationOut]:
    """One for each marker in the content, in its order."""
    return [
        AnnotationOut(
            url_citation=UrlCitationOut(
                start_index=start,
                end_index=end,
                title=citation.article.title,
                url=link(citation),
            )
        )
        for citation, start, end in _markers(answer)
    ]


def _markers(answer: Answer) -> Iterator[tuple[Citation, int, int]]:
    """Each citation where the text marks it; a text may hold words that look like markers."""
    begin = 0
    for sentence in answer.sentences:
        marks = [f"[{number}]" for number in sentence.citations]
        start = begin + len(sentence.marked.rstrip(".!?")) - len("".join(marks))
        for number, mark in zip(sentence.citations, marks, strict=True):
            yield answer.citations[number - 1], start, start + len(mark)
            start += len(mark)
        begin += len(sentence.marked) + len(" ")


def fingerprint_of(receipt: Receipt) -> str:
    """A short name for all that determines an answer besides the question."""
    told = (receipt.model_sha256, receipt.index_generation, receipt.prompt_sha256, receipt.version)
    return f"fp_{hashlib.sha256(chr(10).join(told).encode()).hexdigest()[:16]}"
