"""What is asked, over HTTP or in the terminal."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictBool

from rag.errors import EmptyQuestion, QuestionTooLong
from rag.schemas.wire import Wire
from rag.settings import Settings
from rag.types import (
    Filters,
    Message,
    Question,
    Role,
)

HISTORY_TURNS = 200
HISTORY_CHARS = 32_000
"""Of all turns together; the latest few are read (`rag.dialogue`)."""

Name = Annotated[str, Field(max_length=200)]
Names = Annotated[tuple[Name, ...], Field(max_length=200)]
"""Ids or outlets of a filter."""

WRITTEN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written_day(value: object) -> object:
    """The same, if it is a day as JSON Schema has it; pydantic would take seconds as well."""
    if isinstance(value, date) or (isinstance(value, str) and WRITTEN_DAY.fullmatch(value)):
        return value
    raise ValueError("a day is written YYYY-MM-DD")


DayIn = Annotated[date, BeforeValidator(written_day)]


class TurnIn(Wire):
    """One earlier turn of the conversation."""

    role: Literal[Role.USER, Role.ASSISTANT]
    content: str


class FiltersIn(Wire):
    """Which articles may be used; an empty list or null does not restrict."""

    article_ids: Names = ()
    outlets: Names = ()
    published_from: DayIn | None = None
    published_to: DayIn | None = None


class AskIn(Wire):
    """A question. `as_of` leaves out what is newer, and what bears no date."""

    question: str
    history: Annotated[tuple[TurnIn, ...], Field(max_length=HISTORY_TURNS)] = ()
    as_of: DayIn | None = None
    filters: FiltersIn = FiltersIn()
    stream: StrictBool = False

    def to_question(self, settings: Settings) -> Question:
        """The question in the pipeline's words.

        Raises:
            EmptyQuestion, QuestionTooLong.
        """
        return Question(
            text=checked_question(self.question, settings.question_chars),
            history=checked_history(self.history),
            as_of=self.as_of,
            filters=Filters(
                article_ids=frozenset(self.filters.article_ids),
                outlets=frozenset(self.filters.outlets),
                published_from=self.filters.published_from,
                published_to=self.filters.published_to,
            ),
        )


def checked_question(text: str, max_chars: int) -> str:
    """The question, white space folded.

    Raises:
        EmptyQuestion: If it holds no letter and no digit.
        QuestionTooLong: If it has more than `max_chars` characters.
    """
    if len(text) > max_chars:
        raise QuestionTooLong(f"the question has {len(text)} characters; {max_chars} are allowed")
    if not any(character.isalnum() for character in text):
        raise EmptyQuestion("the question is empty")
    return " ".join(unbroken(text).split())


def checked_history(turns: Sequence[TurnIn]) -> tuple[Message, ...]:
    """The earlier turns in the pipeline's words.

    Raises:
        QuestionTooLong: If they have more than `HISTORY_CHARS` characters together.
    """
    chars = sum(len(turn.content) for turn in turns)
    if chars > HISTORY_CHARS:
        raise QuestionTooLong(f"the history has {chars} characters; {HISTORY_CHARS} are allowed")
    return tuple(Message(turn.role, unbroken(turn.content)) for turn in turns)


def unbroken(text: str) -> str:
    """The text with "?" for each half of a surrogate pair: JSON can spell it, UTF-8 cannot."""
    return text.encode(errors="replace").decode()
