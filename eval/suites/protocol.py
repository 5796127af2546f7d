"""What every suite can do, and what they are opened with."""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from eval.cases import Case, Split
from index.articles import Article

SPLIT_SALT = "dateline"  # fixed before any label was looked at


class Task(StrEnum):
    """What a suite asks of a system, and so which systems can take it."""

    ANSWER = "answer"
    SUPPORT = "support"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One question's part of a figure: `part` of `whole`; a whole of 0 says nothing.

    A figure over many questions is the sum of parts over the sum of wholes.
    """

    part: float
    whole: float = 1.0


Score = Mapping[str, Ratio]
"""Figure name → its ratio for one question; a figure that has no meaning for it is left out."""

CaseT = TypeVar("CaseT", bound=Case)
AskedT = TypeVar("AskedT", bound=Case, contravariant=True)
ReplyT = TypeVar("ReplyT", contravariant=True)
AnyCaseT = TypeVar("AnyCaseT", bound=Case)


class Suite(Protocol[CaseT, ReplyT]):
    """Questions, what they are asked of, and what a reply is worth."""

    name: str
    task: Task

    def questions(self) -> Sequence[CaseT]:
        """The chosen questions, by id."""

    def corpus(self) -> Sequence[Article]:
        """The articles that the chosen questions are asked of; none if each brings its source."""

    def score(self, question: CaseT, reply: ReplyT) -> Score:
        """What one reply is worth."""


AnySuite = Suite[Any, Any]


@runtime_checkable
class BringsIndex(Protocol):
    """A suite whose articles are indexed already: they are not embedded anew."""

    def place(self, folder: Path) -> None:
        """Make the folder a store of its own that holds the articles, as they are indexed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which questions of a suite.

    Attributes:
        data: The folder of the public sets.
        seeds: The folder of the seed articles.
        split: None takes both.
        limit: At most so many, drawn with `seed`; None takes all.
        articles: At most so many articles (or as many as are asked for) in the corpus of a suite
            that measures scale; None takes all.
        feedback: A file of answers that a reader has judged.
        index: The folder of the index that the reader asks.
    """

    data: Path
    seeds: Path
    split: Split | None = Split.TEST
    limit: int | None = None
    seed: int = 0
    articles: int | None = None
    feedback: Path | None = None
    index: Path | None = None

    def take(self, cases: Iterable[AnyCaseT]) -> list[AnyCaseT]:
        """The chosen ones of all cases, by id: the same for the same choice, on every machine."""
        admitted = [case for case in cases if self.split in {None, case.split}]
        admitted.sort(key=lambda case: case.id)
        if self.limit is not None and self.limit < len(admitted):
            drawn = random.Random(self.seed).sample(admitted, self.limit)  # noqa: S311  # not secret
            admitted = sorted(drawn, key=lambda case: case.id)
        return admitted


def split_by(source: str, dev_share: float = 0.5) -> Split:
    """The split of everything that comes from one source, by its digest.

    A public set has no split of its own here, so each is cut by source: rows that share one never
    stand on both sides.
    """
    digest = hashlib.sha256(f"{SPLIT_SALT}:{source}".encode()).digest()
    return Split.DEV if int.from_bytes(digest[:4], "big") < dev_share * 2**32 else Split.TEST
