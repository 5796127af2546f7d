"""A question in the form of OpenAI's chat API.

Fields that it does not know are ignored here, unlike in our own API: OpenAI's clients add new ones,
and the hints among them (`temperature`, `seed`, `max_tokens`, `stop`, `user`, …) change nothing
about an answer that is greedy, short and made of whole verified sentences. What would make the
answer another one than was asked for is refused: several choices, tools, images, sound, JSON.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from rag.errors import MalformedRequest
from rag.schemas.ask import HISTORY_TURNS, AskIn, DayIn, FiltersIn, TurnIn
from rag.schemas.wire import Wire
from rag.settings import Settings
from rag.types import Question, Role

UNSUPPORTED = "unsupported"
"""The type of a validation error about something that OpenAI's API has and this one has not."""


class ChatRole(StrEnum):
    """Who speaks in a chat; both kinds of instructions are ignored, since the prompt is ours."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"


def or_refused(why: str) -> WrapValidator:
    """Whatever does not fit the annotated type is unsupported, for this reason."""

    def check(value: object, fits: ValidatorFunctionWrapHandler) -> object:
        refused = PydanticCustomError(UNSUPPORTED, "{why}", {"why": why})
        try:
            fitting = fits(value)
        except ValidationError as error:
            raise refused from error
        if isinstance(fitting, bool) != isinstance(value, bool):  # a literal takes what is equal
            raise refused
        return fitting

    return WrapValidator(check)


class Lenient(BaseModel):
    """A model of OpenAI's; see above for why unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class TextPart(Lenient):
    """A part of a message."""

    type: Annotated[Literal["text"], or_refused("only parts of type 'text' can be read")]
    text: str


def as_parts(value: object) -> object:
    """Content as a list of parts, as it may be written as well."""
    if value is None:
        return ()
    return ({"type": "text", "text": value},) if isinstance(value, str) else value


Content = Annotated[
    tuple[TextPart, ...],
    BeforeValidator(as_parts, json_schema_input_type=str | tuple[TextPart, ...] | None),
]
NoTools = Annotated[
    Annotated[tuple[Any, ...], Field(max_length=0)] | None, or_refused("there are no tools here")
]
NoToolChosen = Annotated[Literal["none", "auto"] | None, or_refused("there are no tools here")]
NoSound = Annotated[None, or_refused("there is no sound here")]


class ChatMessage(Lenient):
    """One message; what its parts say is joined by line breaks."""

    role: Annotated[
        ChatRole, or_refused("no message of this role can be read: there are no tools here")
    ]
    content: Content = ()
    tool_calls: NoTools = None
    function_call: Annotated[None, or_refused("there are no tools here")] = None

    @property
    def text(self) -> str:
        """What it says."""
        return "\n".join(part.text for part in self.content)


class ResponseFormat(Lenient):
    """How the answer is to be written."""

    type: Literal["text"]


class StreamOptions(Lenient):
    """What a stream holds; `include_usage` adds a chunk with the tokens."""

    include_usage: StrictBool | None = None


class DatelineIn(Wire):
    """Our own options, as in `POST /v1/answer`; with the openai client, in `extra_body`."""

    as_of: DayIn | None = None
    filters: FiltersIn = FiltersIn()


class ChatIn(Lenient):
    """A chat whose last message is the question; the ones before it are the conversation.

    Messages of the roles `system` and `developer` are ignored: the prompt is ours. Sampling
    parameters and limits (`temperature`, `top_p`, `seed`, `max_tokens`, `stop`, `user`, …) are
    accepted and change nothing: decoding is greedy, and an answer is a few whole sentences.
    """

    model: str
    messages: Annotated[tuple[ChatMessage, ...], Field(min_length=1, max_length=HISTORY_TURNS + 1)]
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    dateline: DatelineIn | None = None
    n: Annotated[Literal[1] | None, or_refused("a question has one answer")] = None
    logprobs: Annotated[Literal[False] | None, or_refused("they are not kept")] = None
    top_logprobs: Annotated[Literal[0] | None, or_refused("they are not kept")] = None
    logit_bias: Annotated[
        Annotated[dict[str, float], Field(max_length=0)] | None, or_refused("decoding is greedy")
    ] = None
    response_format: Annotated[
        ResponseFormat | None, or_refused("an answer is text; its parts stand in `dateline`")
    ] = None
    modalities: Annotated[tuple[Literal["text"], ...] | None, or_refused("an answer is text")] = (
        None
    )
    audio: NoSound = None
    tools: NoTools = None
    tool_choice: NoToolChosen = None
    functions: NoTools = None
    function_call: NoToolChosen = None
    web_search_options: Annotated[None, or_refused("only the articles are searched")] = None

    @property
    def with_usage(self) -> bool:
        """Whether a stream ends with a chunk about tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def to_question(self, settings: Settings) -> Question:
        """The question in the pipeline's words.

        Raises:
            MalformedRequest: If the last message is not the user's.
            EmptyQuestion, QuestionTooLong.
        """
        spoken = {ChatRole.USER, ChatRole.ASSISTANT}
        said = [message for message in self.messages if message.role in spoken]
        if not said or said[-1].role is not ChatRole.USER:
            raise MalformedRequest("messages: the last one must be the user's")
        *earlier, asked = said
        chosen = self.dateline or DatelineIn()
        turns = (
            (Role.USER if turn.role is ChatRole.USER else Role.ASSISTANT, turn) for turn in earlier
        )
        return AskIn(
            question=asked.text,
            history=tuple(TurnIn(role=role, content=turn.text) for role, turn in turns),
            as_of=chosen.as_of,
            filters=chosen.filters,
        ).to_question(settings)
