"""Suites: questions with known answers, every row checked before one is asked."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import SuiteError

SUITES = Path(__file__).parent / "suites"
SIZES = {"seeds": 185}  # a suite that lost its end is not a smaller suite, it is a broken one


class Kind(StrEnum):
    """What a question asks for."""

    FACT = "fact"
    WHO_SAID = "who_said"
    NUMBER = "number"
    DATE = "date"
    LIST = "list"
    BOTH_ARTICLES = "both_articles"
    UNANSWERABLE = "unanswerable"
    FALSE_PREMISE = "false_premise"
    ATTACK = "attack"

    @property
    def must_refuse(self) -> bool:
        """Whether the only right reply is a refusal."""
        return self in {Kind.UNANSWERABLE, Kind.FALSE_PREMISE, Kind.ATTACK}


class Split(StrEnum):
    """`dev` may be tuned on; `test` never."""

    DEV = "dev"
    TEST = "test"


class Row(BaseModel):
    """What all rows have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Slot(Row):
    """One thing that a right answer contains, under any of its names."""

    name: str
    aliases: Annotated[tuple[str, ...], Field(min_length=1)]


class Span(Row):
    """A sentence of an article; `text[start:end] == quote`."""

    article_id: str
    start: Annotated[int, Field(ge=0)]
    end: int
    quote: Annotated[str, Field(min_length=1)]


class Case(Row):
    """One question.

    Attributes:
        gold: Groups of evidence; every group is required, any member of a group will do.
        required_articles: Articles that must all be cited; empty where one is enough.
    """

    id: str
    question: Annotated[str, Field(min_length=1)]
    kind: Kind
    split: Split
    slots: tuple[Slot, ...]
    gold: tuple[Annotated[tuple[Span, ...], Field(min_length=1)], ...]
    required_articles: tuple[str, ...]


def load_suite(name: str, texts: Mapping[str, str], folder: Path = SUITES) -> tuple[Case, ...]:
    """Read a whole suite.

    Args:
        name: `NAME.jsonl` in `folder`.
        texts: Article id → canonical text, to check every span against.
        folder: Where suites lie.

    Raises:
        SuiteError: If the file or any row is missing or broken: never a smaller suite.
    """
    path = folder / f"{name}.jsonl"
    known = sorted(file.stem for file in folder.glob("*.jsonl"))
    if path.parent != folder or not path.is_file():
        raise SuiteError(f"there is no suite {name!r}; known: {', '.join(known) or 'none'}")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path.name} cannot be read: {error}") from error
    cases = tuple(_case(path, number, line, texts) for number, line in enumerate(lines, start=1))
    if not cases:
        raise SuiteError(f"{path.name} is empty")
    if len(cases) != SIZES.get(name, len(cases)):
        raise SuiteError(f"{path.name} has {len(cases)} questions; it must have {SIZES[name]}")
    _check_ids(path, cases)
    return cases


def _case(path: Path, number: int, line: str, texts: Mapping[str, str]) -> Case:
    where = f"{path.name}, line {number}"
    try:
        case = Case.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SuiteError(f"{where}: {place or 'the line'}: {first['msg']}") from error
    if case.kind.must_refuse == bool(case.slots) or case.kind.must_refuse == bool(case.gold):
        raise SuiteError(f"{where}: a question has slots and gold spans unless it is to be refused")
    for span in (span for group in case.gold for span in group):
        text = texts.get(span.article_id, "")
        if text[span.start : span.end] != span.quote:
            raise SuiteError(f"{where}: a gold span is not the text of {span.article_id}")
    return case


def _check_ids(path: Path, cases: tuple[Case, ...]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise SuiteError(f"{path.name}: the id {case.id} stands twice")
        seen.add(case.id)
