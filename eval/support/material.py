"""What training reads from the folder of public sets: labelled rows, and plain news."""

import random
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from eval.cases import Split
from eval.suites.claims import CLAIM_SUITES, ClaimSuite
from eval.suites.protocol import Choice
from eval.suites.rows import read_rows
from eval.support.evidence import passage_of
from eval.support.examples import Article, Labelled

NEWS = "corpus/allsides_8k.jsonl.gz"


class _News(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    text: str


def labelled(data: Path, split: Split) -> list[Labelled]:
    """Rows of one split of every suite, suite by suite, by id."""
    return [
        Labelled(name, claim, passage_of(claim.source))
        for name in CLAIM_SUITES
        for claim in ClaimSuite(name, Choice(data, data, split)).questions()
    ]


def news(data: Path, count: int, rng: random.Random) -> list[Article]:
    """Articles drawn from the corpus, with their titles."""
    rows = list(read_rows(data / NEWS, _News))
    drawn = rng.sample(rows, min(count, len(rows)))
    return [Article(row.title, passage_of(row.text)) for row in drawn]


def untitled(rows: Sequence[Labelled]) -> list[Article]:
    """Each source of labelled rows once, in their order, without a title."""
    return [Article("", passage) for passage in dict.fromkeys(row.passage for row in rows)]
