"""What is asked, and what a right reply holds: rows of every suite, checked as they are read."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rag.types import Filters, Message, Question, Role


class Split(StrEnum):
    """`dev` may be tuned on; `test` never."""

    DEV = "dev"
    TEST = "test"


class Row(BaseModel):
    """What all rows have in common: frozen, and no field that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Slot(Row):
    """One thing that a right answer contains, under any of its names."""

    name: str
    aliases: Annotated[tuple[str, ...], Field(min_length=1)]


class Span(Row):
    """Part of an article; `text[start:end] == quote`."""

    article_id: str
    start: Annotated[int, Field(ge=0)]
    end: int
    quote: Annotated[str, Field(min_length=1)]

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share at least one character."""
        same = self.article_id == other.article_id
        return same and self.start < other.end and other.start < self.end


class Turn(Row):
    """One turn of the conversation before a question."""

    role: Literal["user", "assistant"]
    content: str


class Case(Row):
    """One thing that is asked of a system.

    Attributes:
        id: Unique in its suite; results are sorted by it.
        kind: What the report groups by: the suite's own classes.
        cluster: What is resampled as one for intervals: the source that several rows share.
    """

    id: Annotated[str, Field(min_length=1)]
    kind: str
    split: Split = Split.TEST
    cluster: str = ""

    @property
    def unit(self) -> str:
        """The cluster, or the case alone where it shares nothing."""
        return self.cluster or self.id


class Narrowing(Row):
    """Which articles may be used, besides a list of them; what is empty does not restrict."""

    outlets: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None


class Ask(Case):
    """A question of articles: it is to be answered with citations, or refused.

    Attributes:
        history: The conversation before it, oldest first.
        articles: Ids of the articles that may be used; empty where the whole corpus may.
        must_refuse: The only right reply is a refusal.
        slots: Every one must be filled; none where no exact words are required.
        references: Whole answers to compare by token F1; none where slots decide.
        gold: Groups of evidence; every group is required, any member of a group will do.
        required_articles: Articles that must all be cited; empty where one is enough.
        forbidden: What no answer may contain: what an attack wants, what an edit has replaced.
        wrong: False values that a source states (misinformation); a right answer may report one
            beside the true ones, never alone.
        sides: Groups of article ids; each group is one side of a conflict, with one value.
        narrowing: Restricts the articles further; None where nothing does.
        liked: Whether a reader liked an earlier answer; then nothing else is known of a right one.
            None where nobody was asked.
    """

    question: Annotated[str, Field(min_length=1)]
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    articles: tuple[str, ...] = ()
    must_refuse: bool = False
    slots: tuple[Slot, ...] = ()
    references: tuple[str, ...] = ()
    gold: tuple[Annotated[tuple[Span, ...], Field(min_length=1)], ...] = ()
    required_articles: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    sides: tuple[tuple[str, ...], ...] = ()
    narrowing: Narrowing | None = None
    liked: bool | None = None

    @model_validator(mode="after")
    def _refused_or_answered(self) -> "Ask":
        if self.must_refuse and (self.slots or self.gold or self.references):
            raise ValueError("a question that must be refused has no slots, gold or references")
        return self

    def to_question(self) -> Question:
        """As the pipeline takes it."""
        narrowing = self.narrowing or Narrowing()
        return Question(
            text=self.question,
            history=tuple(Message(Role(turn.role), turn.content) for turn in self.history),
            as_of=self.as_of,
            filters=Filters(
                article_ids=frozenset(self.articles),
                outlets=frozenset(narrowing.outlets),
                published_from=narrowing.published_from,
                published_to=narrowing.published_to,
            ),
        )


class Claim(Case):
    """Does this source support this claim, all of it?"""

    claim: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    supported: bool


class Search(Case):
    """Which articles of the corpus does this text lead to?

    Attributes:
        relevant: Ids of the articles that should come first.
        apart_from: Ids that are left out of the ranking: the article that the text is from.
    """

    query: Annotated[str, Field(min_length=1)]
    relevant: Annotated[tuple[str, ...], Field(min_length=1)]
    apart_from: tuple[str, ...] = ()


AnyCase = Ask | Claim | Search
