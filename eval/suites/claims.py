"""Five public sets of claims, each to be checked against its own source.

frank, summedits, wice, feversym and begin, read from `<data>/ground/`. The texts are pre-tokenised,
lower-cased or crawled as their makers left them. Left aside: the user's turn before a reply of
begin (`question`), the text before a claim of wice (`context`), since the task is the claim alone
against its source.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from eval.cases import Claim, Row, Split
from eval.replies import Verdict
from eval.suites.protocol import Choice, Ratio, Score, Task, split_by
from eval.suites.public import sources_of
from eval.suites.rows import read_rows
from index.articles import Article
from rag.errors import SuiteError

DEV_SHARE = 0.65
"""Share of sources in dev. Chosen on row counts alone, before any label was looked at: the support
scorer is trained on dev, so dev is the larger part. A row that shares its claim (or, in wice, its
page) with a row of dev is of dev as well, whatever its source."""

_SUPPORTED_FROM = 0.5
_FOLDER = "ground"


class _Row(Row, ABC):
    id: str
    source_id: str
    source: str
    claim: str
    label: Literal[0, 1]

    @property
    @abstractmethod
    def kind(self) -> str:
        """What the report groups by."""

    @property
    def shared(self) -> list[str]:
        """What it may have in common with other rows: the source, the claim."""
        return [f"source {self.source_id}", f"claim {self.claim}"]


class _Frank(_Row):
    score: float
    subset: Literal["cnndm", "bbc"]

    @property
    def kind(self) -> str:
        return self.subset


class _SummEdits(_Row):
    edit_types: tuple[str, ...]

    @property
    def kind(self) -> str:
        return "edited" if self.edit_types else "original"


class _Wice(_Row):
    partial: bool
    supporting: tuple[tuple[int, ...], ...]
    page: str
    context: str

    @property
    def kind(self) -> str:
        if self.label:
            return "full"
        return "partial" if self.partial else "none"

    @property
    def shared(self) -> list[str]:
        return [*super().shared, f"page {self.page}"]


class _FeverSym(_Row):
    @property
    def kind(self) -> str:
        return "fact"


class _Begin(_Row):
    question: str
    subset: Literal["wow", "cmu"]
    model: str

    @property
    def kind(self) -> str:
        return self.subset


_SETS: dict[str, tuple[str, type[_Row]]] = {
    "frank": ("frank_dev.jsonl.gz", _Frank),
    "summedits": ("summedits_news_dev.jsonl.gz", _SummEdits),
    "wice": ("wice_dev.jsonl.gz", _Wice),
    "feversym": ("feversym_dev.jsonl.gz", _FeverSym),
    "begin": ("begin_dev.jsonl.gz", _Begin),
}
CLAIM_SUITES = tuple(_SETS)
CLAIM_FILES = tuple(f"{_FOLDER}/{file}" for file, _ in _SETS.values())
"""What they are read from, below the data folder."""


class ClaimSuite:
    """One of `CLAIM_SUITES`.

    Kinds: frank's and begin's parts, how far a wice claim is supported, whether a summedits claim
    was edited; feversym has one kind.

    Raises:
        SuiteMissing: If the file is not in the data folder.
        SuiteError: If there is no such suite, or a row is broken.
    """

    task = Task.SUPPORT

    def __init__(self, name: str, choice: Choice) -> None:
        if name not in _SETS:
            raise SuiteError(f"no suite of claims is called {name}; known: {', '.join(_SETS)}")
        self.name = name
        file, kind = _SETS[name]
        self._claims = choice.take(_claims(choice.data / _FOLDER / file, kind))

    def questions(self) -> Sequence[Claim]:
        """The chosen claims, by id."""
        return self._claims

    def corpus(self) -> Sequence[Article]:
        """None: each claim brings its source."""
        return ()

    def score(self, question: Claim, reply: Verdict) -> Score:
        """Whether the verdict is right, and the same as a part of its own class.

        Balanced accuracy is the mean of sensitivity and specificity over a suite.
        """
        right = Ratio(float((reply.probability >= _SUPPORTED_FROM) == question.supported))
        return {"accuracy": right, "sensitivity" if question.supported else "specificity": right}


def _claims(path: Path, kind: type[_Row]) -> list[Claim]:
    rows = list(read_rows(path, kind))
    if not rows:
        raise SuiteError(f"{path.name} is empty")
    linked = sources_of({row.id: row.shared for row in rows})
    tuned_on = {linked[row.id] for row in rows if _split(row) is Split.DEV}
    return [_claim(row, Split.DEV if linked[row.id] in tuned_on else Split.TEST) for row in rows]


def _split(row: _Row) -> Split:
    return split_by(row.source_id, DEV_SHARE)


def _claim(row: _Row, split: Split) -> Claim:
    return Claim(
        id=row.id,
        kind=row.kind,
        split=split,
        cluster=row.source_id,
        claim=row.claim,
        source=row.source,
        supported=row.label == 1,
    )
