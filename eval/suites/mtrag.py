"""mtRAG: the last turn of a conversation, asked of all the passages of its collection.

Source: Katsis et al., TACL 2025 (IBM/mt-rag-benchmark). The rows are read from the folder of public
sets, never shipped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from eval.cases import Ask, Row, Span, Turn
from eval.suites.protocol import split_by
from eval.suites.public import Asked, PassageSuite, Words, sources_of
from eval.suites.rows import read_rows
from index.articles import Article
from index.articles.text import opening_words

Text = Annotated[str, Field(min_length=1)]


class Answerability(StrEnum):
    """What the annotators say of the last turn."""

    ANSWERABLE = "ANSWERABLE"
    PARTIAL = "PARTIAL"
    UNANSWERABLE = "UNANSWERABLE"
    UNDERSPECIFIED = "UNDERSPECIFIED"
    CONVERSATIONAL = "CONVERSATIONAL"

    @property
    def must_refuse(self) -> bool:
        """To ask what is meant is a refusal too."""
        return self in {Answerability.UNANSWERABLE, Answerability.UNDERSPECIFIED}


class MtragTurn(Row):
    """One turn."""

    role: Literal["user", "agent"]
    text: Text

    def to_turn(self) -> Turn:
        """In our words."""
        return Turn(role="user" if self.role == "user" else "assistant", content=self.text)


class MtragContext(Row):
    """A passage that the reference rests on."""

    id: Text
    title: str | None
    text: Words

    def to_article(self) -> Article:
        """Under its title, or its opening words where it has none."""
        title = self.title or opening_words(self.text)
        return Article(id=f"mtrag-{self.id}", text=self.text, title=title)


class MtragRow(Row):
    """A conversation whose last turn is the question."""

    id: Text
    turns: Annotated[tuple[MtragTurn, ...], Field(min_length=1)]
    contexts: tuple[MtragContext, ...]
    reference: Text
    answerability: Answerability
    collection: Text
    subset: str

    @field_validator("turns")
    @classmethod
    def _ends_with_a_question(cls, turns: tuple[MtragTurn, ...]) -> tuple[MtragTurn, ...]:
        if turns[-1].role != "user":
            raise ValueError("the last turn is not the user's")
        return turns

    @property
    def shared(self) -> list[str]:
        """What other rows may have in common with it: the first turn, and each passage."""
        return [f"turn {self.turns[0].text}", *(f"passage {c.id}" for c in self.contexts)]


class MtragSuite(PassageSuite):
    """The last of several turns, asked of the passages of all chosen rows of its collection.

    A row brings only the passages that answer it, and none if nothing does: of those alone, it
    would be enough to refuse where there are none.

    Gold is one group: any of the row's own passages. `CONVERSATIONAL` turns ("thanks!") are left
    out: nothing is asked. Split and cluster: rows that share a first turn or a passage, over any
    number of steps, are one.
    """

    name = "mtrag"
    file = "qa/mtrag_dev.jsonl.gz"

    def read(self, path: Path) -> Iterator[Asked]:
        """One question a row."""
        rows = list(read_rows(path, MtragRow))
        sources = sources_of({row.id: row.shared for row in rows})
        asking = (row for row in rows if row.answerability is not Answerability.CONVERSATIONAL)
        return (_mtrag(row, sources[row.id]) for row in asking)

    def arrange(self, chosen: Sequence[Asked], everything: Sequence[Asked]) -> Sequence[Asked]:
        """Each with its collection's articles among the chosen; with all, if it has none there."""
        widest = _union(chosen) or _union(everything)
        pools = {
            pool: _union([one for one in chosen if one.pool == pool]) or widest
            for pool in {one.pool for one in chosen}
        }
        return [_asked_of(one, pools[one.pool]) for one in chosen]


def _mtrag(row: MtragRow, source: str) -> Asked:
    *history, last = row.turns
    refuse = row.answerability.must_refuse
    articles = tuple(context.to_article() for context in row.contexts)
    whole = tuple(Span(article_id=a.id, start=0, end=len(a.text), quote=a.text) for a in articles)
    ask = Ask(
        id=row.id,
        kind=row.answerability.value.lower(),
        split=split_by(source),
        cluster=source,
        question=last.text,
        history=tuple(turn.to_turn() for turn in history),
        must_refuse=refuse,
        references=() if refuse else (row.reference,),
        gold=(whole,) if whole and not refuse else (),
    )
    return Asked(ask, articles, row.collection)


def _union(asked: Sequence[Asked]) -> tuple[Article, ...]:
    """Every article once, by id."""
    known = {article.id: article for one in asked for article in one.articles}
    return tuple(known[name] for name in sorted(known))


def _asked_of(one: Asked, articles: tuple[Article, ...]) -> Asked:
    names = tuple(article.id for article in articles)
    return replace(one, ask=one.ask.model_copy(update={"articles": names}), articles=articles)
