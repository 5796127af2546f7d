"""Questions about given passages: ClapNQ (long answers), NoMIRACL (refusal), and the table of all.

Sources: primeqa/clapnq (Rosenthal et al., TACL 2025); project-miracl/nomiracl (Thakur et al.,
Findings of EMNLP 2024). Their rows are read from the folder of public sets, never shipped.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from eval.cases import Ask, Row
from eval.replies import Reply
from eval.suites.mtrag import MtragSuite
from eval.suites.protocol import Choice, Suite, split_by
from eval.suites.public import Asked, PassageSuite, Words, find_spans, sources_of
from eval.suites.ramdocs import RamdocsSuite
from eval.suites.rows import read_rows
from eval.suites.squad2 import SquadSuite
from index.articles import Article
from index.articles.text import OPENING_CHARS, opening_words

Text = Annotated[str, Field(min_length=1)]


class ClapnqPassage(Row):
    """A Wikipedia passage, pre-tokenised, kept so."""

    id: Text
    title: Text
    text: Words


class ClapnqRow(Row):
    """A question of one passage; `evidence` are its sentences that answer."""

    id: Text
    question: Text
    passages: Annotated[tuple[ClapnqPassage, ...], Field(min_length=1, max_length=1)]
    answers: tuple[Text, ...]
    evidence: tuple[Text, ...]
    answerable: bool

    @model_validator(mode="after")
    def _agrees(self) -> "ClapnqRow":
        if self.answerable != bool(self.answers):
            raise ValueError("it is answerable exactly if it has answers")
        if any(sentence not in self.passages[0].text for sentence in self.evidence):
            raise ValueError("an evidence sentence is not in the passage")
        return self


class ClapnqSuite(PassageSuite):
    """One passage a question: a long answer, or none.

    Gold is one group a sentence of evidence; the one answerable row without any has no gold, and
    is measured by its references alone. Split and cluster: the passage's title.
    """

    name = "clapnq"
    file = "qa/clapnq_dev.jsonl.gz"

    def read(self, path: Path) -> Iterator[Asked]:
        """One question a row."""
        return map(_clapnq, read_rows(path, ClapnqRow))


def _clapnq(row: ClapnqRow) -> Asked:
    passage = row.passages[0]
    article = Article(id=passage.id, text=passage.text, title=passage.title)
    gold = [find_spans(article, re.compile(re.escape(text))) for text in row.evidence]
    ask = Ask(
        id=row.id,
        kind=_kind(row.answerable),
        split=split_by(passage.title),
        cluster=passage.title,
        question=row.question,
        articles=(article.id,),
        must_refuse=not row.answerable,
        references=row.answers,
        gold=tuple(gold) if row.answerable else (),
    )
    return Asked(ask, (article,))


class MiraclPassage(Row):
    """A Wikipedia passage; its id is `page#number`, its text begins with `Title: `."""

    id: Annotated[str, Field(pattern=r"^\d+#\d+$")]
    text: Words

    @property
    def page(self) -> str:
        """The Wikipedia article that it is from."""
        return self.id.partition("#")[0]


class MiraclRow(Row):
    """A question of passages that a search found; whether any of them answers it is known."""

    id: Text
    question: Text
    passages: Annotated[tuple[MiraclPassage, ...], Field(min_length=1)]
    answerable: bool


class NomiraclSuite(PassageSuite):
    """Ten passages a question; only whether it is rightly refused or answered can be measured.

    Split and cluster: rows that share a Wikipedia article, over any number of steps, are one.
    """

    name = "nomiracl"
    file = "qa/nomiracl_dev.jsonl.gz"

    def read(self, path: Path) -> Iterator[Asked]:
        """One question a row."""
        rows = list(read_rows(path, MiraclRow))
        sources = sources_of({row.id: {passage.page for passage in row.passages} for row in rows})
        return (_nomiracl(row, sources[row.id]) for row in rows)


def _nomiracl(row: MiraclRow, source: str) -> Asked:
    articles = tuple(_miracl_article(passage) for passage in row.passages)
    ask = Ask(
        id=row.id,
        kind=_kind(row.answerable),
        split=split_by(source),
        cluster=source,
        question=row.question,
        articles=tuple(article.id for article in articles),
        must_refuse=not row.answerable,
    )
    return Asked(ask, articles)


def _miracl_article(passage: MiraclPassage) -> Article:
    """The title is what stands before the first colon; one that holds a colon is cut there."""
    title, colon, _ = passage.text.partition(": ")
    known = colon and 0 < len(title) <= OPENING_CHARS
    return Article(
        id=f"nomiracl-{passage.id.replace('#', '-')}",
        text=passage.text,
        title=title if known else opening_words(passage.text),
    )


def _kind(answerable: bool) -> str:
    return "answerable" if answerable else "unanswerable"


PASSAGE_SUITES: Mapping[str, Callable[[Choice], Suite[Ask, Reply]]] = {
    suite.name: suite
    for suite in (ClapnqSuite, MtragSuite, NomiraclSuite, RamdocsSuite, SquadSuite)
}
"""Every suite of given passages by its name."""
