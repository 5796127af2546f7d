"""The file of answers that a reader has judged, as the chat page exports it.

JSON Lines, one judged answer a line. It comes from a browser and may have been edited by hand, so
every length is bounded. Of the answer only what can be compared is read: the wire may grow.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from eval.cases import Row, Span, Turn
from eval.suites.rows import read_rows
from rag.errors import SuiteError, SuiteMissing
from rag.types import RefusalCode, Status

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 10_000

Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Names = Annotated[tuple[Name, ...], Field(max_length=1_000)]
Number = Annotated[int, Field(ge=1)]


class Shown(BaseModel):
    """A part of an answer as it was shown; what this version does not compare is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ShownRefusal(Shown):
    """Why there was no answer."""

    code: RefusalCode


class ShownSentence(Shown):
    """One sentence, and the ids of its citations."""

    text: Text
    citations: Annotated[tuple[Number, ...], Field(min_length=1, max_length=100)]


class ShownCitation(Shown):
    """A numbered span of an article."""

    id: Number
    article_id: Name
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    quote: Annotated[Text, Field(min_length=1)]

    @property
    def span(self) -> Span:
        """The span alone."""
        return Span(**self.model_dump(exclude={"id"}))


class ShownAnswer(Shown):
    """The answer that was judged."""

    status: Status
    refusal: ShownRefusal | None
    sentences: Annotated[tuple[ShownSentence, ...], Field(max_length=100)]
    citations: Annotated[tuple[ShownCitation, ...], Field(max_length=500)]

    @model_validator(mode="after")
    def _answered_or_refused(self) -> "ShownAnswer":
        answered = self.status is Status.ANSWERED
        if answered != bool(self.sentences) or answered == (self.refusal is not None):
            raise ValueError("an answer has sentences, a refusal has a reason, and never both")
        used = {number for sentence in self.sentences for number in sentence.citations}
        if not used <= {citation.id for citation in self.citations}:
            raise ValueError("a sentence cites a number that no citation has")
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The sentences, white space folded."""
        return tuple(" ".join(sentence.text.split()) for sentence in self.sentences)


class AskedFilters(Row):
    """Which articles could be used."""

    article_ids: Names = ()
    outlets: Names = ()
    published_from: date | None = None
    published_to: date | None = None


class AskedTurn(Turn):
    """One earlier turn."""

    content: Text


class Asked(Row):
    """What was asked, as `POST /v1/answer` takes it, without `stream`."""

    question: Text
    history: Annotated[tuple[AskedTurn, ...], Field(max_length=200)] = ()
    as_of: date | None = None
    filters: AskedFilters = AskedFilters()

    @model_validator(mode="after")
    def _asks_something(self) -> "Asked":
        if not any(character.isalnum() for character in self.question):
            raise ValueError("the question is empty")
        return self


class JudgedRow(Row):
    """One line: a question, the answer that it had, and what a reader thought of it."""

    format: Literal["dateline-feedback/1"]
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
    asked_at: AwareDatetime
    request: Asked
    verdict: Literal["up", "down"]
    note: Text | None = None
    answer: ShownAnswer


def read_judged(path: Path) -> list[JudgedRow]:
    """Every line, in the file's order.

    Raises:
        SuiteMissing: If there is no such file.
        SuiteError: Naming the line that is broken, if one is; or if the file is too large.
    """
    if not path.is_file():
        raise SuiteMissing(f"there is no file {path}")
    if path.suffix == ".gz":
        raise SuiteError(f"{path.name} is compressed; give the file as the page exported it")
    if path.stat().st_size > MOST_BYTES:
        raise SuiteError(f"{path.name} has more than {MOST_BYTES} bytes")
    rows = list(read_rows(path, JudgedRow))
    if not 0 < len(rows) <= MOST_ROWS:
        raise SuiteError(f"{path.name} has {len(rows)} lines; 1 to {MOST_ROWS:,} are taken")
    first: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if first.setdefault(row.id, number) != number:
            raise SuiteError(
                f"{path.name}, line {number}: the id {row.id} stands on line {first[row.id]} too"
            )
    return rows
