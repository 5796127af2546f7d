"""What the tools are given and what they return beside the wire models; pydantic, as over HTTP."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from rag.errors import BodyTooLarge, MalformedRequest
from rag.schemas import AskIn, EvidenceOut, FiltersIn, TurnIn, Wire
from rag.settings import Settings
from rag.types import Question

MAX_ARGUMENT_BYTES = 64 * 1024  # as much as a question's body may have over HTTP
EVIDENCE = 10  # sentences, unless more or fewer are asked for
MOST_EVIDENCE = 50

T = TypeVar("T", bound=Wire)


class Scope(Wire):
    """Which articles may be used."""

    as_of: Annotated[
        date | None, Field(description="Leave out what was published later, and what has no date.")
    ] = None
    filters: FiltersIn = FiltersIn()


class AskArguments(Scope):
    """A question."""

    question: Annotated[str, Field(description="One question, in English, in a sentence.")]
    history: Annotated[
        tuple[TurnIn, ...],
        Field(
            max_length=200,
            description="Earlier turns, oldest first, if the question refers to them.",
        ),
    ] = ()

    def to_question(self, settings: Settings) -> Question:
        """The question in the pipeline's words.

        Raises:
            EmptyQuestion, QuestionTooLong.
        """
        asked = AskIn(
            question=self.question, history=self.history, as_of=self.as_of, filters=self.filters
        )
        return asked.to_question(settings)


class SearchArguments(Scope):
    """Words to look for."""

    query: Annotated[str, Field(description="What the sentences should say; words or a question.")]
    limit: Annotated[
        int, Field(ge=1, le=MOST_EVIDENCE, description="Most sentences to return.")
    ] = EVIDENCE

    def to_question(self, settings: Settings) -> Question:
        """The query as the retriever takes it.

        Raises:
            EmptyQuestion, QuestionTooLong.
        """
        asked = AskIn(question=self.query, as_of=self.as_of, filters=self.filters)
        return asked.to_question(settings)


class ArticleArguments(Wire):
    """Which article."""

    article_id: Annotated[str, Field(description="As `ask` and `search` have it in `article_id`.")]


class SearchOut(Wire):
    """Sentences of one generation of the index, best first."""

    index_generation: str
    evidence: list[EvidenceOut]


def taken(kind: type[T], arguments: Mapping[str, object]) -> T:
    """The arguments of a call, checked.

    Raises:
        BodyTooLarge: If they are more than `MAX_ARGUMENT_BYTES` of JSON.
        MalformedRequest: Naming the first that does not fit.
    """
    body = json.dumps(arguments)
    if len(body) > MAX_ARGUMENT_BYTES:
        raise BodyTooLarge(f"the arguments have more than {MAX_ARGUMENT_BYTES} bytes")
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the arguments"
        raise MalformedRequest(f"{place}: {first['msg']}") from None
