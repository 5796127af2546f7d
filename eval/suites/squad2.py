"""SQuAD 2.0: short answers out of one paragraph, and near misses that it does not answer.

Source: Rajpurkar, Jia, Liang, ACL 2018. The rows are read from the folder of public sets, never
shipped.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from eval.cases import Ask, Row, Slot, Span
from eval.suites.protocol import split_by
from eval.suites.public import Asked, PassageSuite, Words
from eval.suites.rows import read_rows
from index.articles import Article

Text = Annotated[str, Field(min_length=1)]


class SquadAnswer(Row):
    """A span of the context."""

    text: Text
    start: Annotated[int, Field(ge=0)]

    @property
    def end(self) -> int:
        """Where it ends in the context."""
        return self.start + len(self.text)


class SquadRow(Row):
    """A question of one paragraph, which many rows share."""

    id: Text
    title: Text
    question: Text
    context: Words
    answers: tuple[SquadAnswer, ...]
    answerable: bool

    @model_validator(mode="after")
    def _agrees(self) -> "SquadRow":
        if self.answerable != bool(self.answers):
            raise ValueError("it is answerable exactly if it has answers")
        if any(self.context[a.start : a.end] != a.text for a in self.answers):
            raise ValueError("an answer is not the context at its offset")
        return self

    def to_article(self) -> Article:
        """The paragraph, under an id that is its digest: the same for every row that has it."""
        digest = hashlib.sha256(f"{self.title}\n{self.context}".encode()).hexdigest()
        return Article(id=f"squad2-{digest[:16]}", text=self.context, title=self.title)


class SquadSuite(PassageSuite):
    """One paragraph a question.

    Split by its page, of which there are eight; the cluster is the paragraph, since a split has too
    few pages to resample.
    """

    name = "squad2"
    file = "qa/squad2_dev.jsonl.gz"

    def read(self, path: Path) -> Iterator[Asked]:
        """One question a row."""
        return map(_squad2, read_rows(path, SquadRow))


def _squad2(row: SquadRow) -> Asked:
    article = row.to_article()
    texts = tuple(dict.fromkeys(answer.text for answer in row.answers))
    ask = Ask(
        id=row.id,
        kind="answerable" if row.answerable else "unanswerable",
        split=split_by(row.title),
        cluster=article.id,
        question=row.question,
        articles=(article.id,),
        must_refuse=not row.answerable,
        slots=(Slot(name="answer", aliases=texts),) if texts else (),
        references=texts,
        gold=(_spans(article.id, row.answers),) if texts else (),
    )
    return Asked(ask, (article,))


def _spans(article_id: str, answers: tuple[SquadAnswer, ...]) -> tuple[Span, ...]:
    """Where the annotators found the answer, each place and length once, in the text's order."""
    found = sorted({(answer.start, answer.end, answer.text) for answer in answers})
    return tuple(Span(article_id=article_id, start=s, end=e, quote=text) for s, e, text in found)
