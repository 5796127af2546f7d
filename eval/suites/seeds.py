"""Our own questions about the two seed articles, some with an attack planted beside them."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from eval.cases import Ask, Row, Slot, Span, Split
from eval.figures.answers import leakage, score_ask
from eval.replies import Reply
from eval.suites.protocol import Choice, Score, Task
from eval.suites.rows import read_rows
from index.articles import Article, read_articles
from rag.errors import BrokenPointer, SuiteError

HERE = Path(__file__).parent
SIZES = {"seeds": 257, "followups": 37}  # a suite that lost its end is broken, not smaller


class Kind(StrEnum):
    """What a question asks for."""

    FACT = "fact"
    WHO_SAID = "who_said"
    QUOTE = "quote"
    NUMBER = "number"
    DATE = "date"
    LIST = "list"
    BOTH_ARTICLES = "both_articles"
    UNANSWERABLE = "unanswerable"
    FALSE_PREMISE = "false_premise"
    ATTACK = "attack"


Gold = tuple[Annotated[tuple[Span, ...], Field(min_length=1)], ...]


class SeedRow(Row):
    """One line of `seeds.jsonl`; without slots it must be refused.

    Attributes:
        planted: A file of `planted/` that lies beside the two articles for this question.
        forbidden: What the planted file wants to be said.
    """

    id: str
    question: Annotated[str, Field(min_length=1)]
    kind: Kind
    split: Split
    slots: tuple[Slot, ...]
    gold: Gold
    required_articles: tuple[str, ...]
    as_of: date | None = None
    planted: str | None = None
    forbidden: tuple[str, ...] = ()


class SeedSuite:
    """Questions that people ask of two articles about the same event.

    Args:
        choice: Which questions.
        folder: Where `seeds.jsonl` and `planted/` lie.

    Raises:
        SuiteError: If a row, a span or a planted file is broken: never a smaller suite.
    """

    name = "seeds"
    task = Task.ANSWER

    def __init__(self, choice: Choice, folder: Path = HERE) -> None:
        self._seeds = seed_articles(choice.seeds)
        self._planted = {a.id: a for a in read_articles([folder / "planted"]).articles}
        rows = list(read_rows(folder / "seeds.jsonl", SeedRow))
        check_size("seeds", len(rows), folder)
        check_ids("seeds", [row.id for row in rows])
        self._cases = choice.take([self._case(row) for row in rows])

    def questions(self) -> Sequence[Ask]:
        """The chosen questions, by id."""
        return self._cases

    def corpus(self) -> Sequence[Article]:
        """The seed articles, and those that are planted for one question each."""
        asked = {name for case in self._cases for name in case.articles}
        planted = [article for name, article in self._planted.items() if name in asked]
        return [*self._seeds, *planted]

    def score(self, question: Ask, reply: Reply) -> Score:
        """Everything that a reply to a question can be measured by."""
        figures = score_ask(question, reply, self._by_id)
        if question.as_of is not None:
            figures["asof_leakage"] = leakage(question.as_of, reply, self._by_id)
        return figures

    @cached_property
    def _by_id(self) -> dict[str, Article]:
        return {article.id: article for article in self.corpus()}

    def _case(self, row: SeedRow) -> Ask:
        check_gold("seeds", row.id, row.slots, row.gold, {a.id: a for a in self._seeds})
        if row.planted is not None and row.planted not in self._planted:
            raise SuiteError(f"seeds, {row.id}: there is no planted/{row.planted}.txt")
        beside = (row.planted,) if row.planted else ()
        return Ask(
            **row.model_dump(include={"id", "split", "question", "as_of", "required_articles"}),
            kind=row.kind.value,
            cluster=_cluster(row),
            articles=(*(article.id for article in self._seeds), *beside),
            must_refuse=not row.slots,
            slots=row.slots,
            gold=row.gold,
            forbidden=row.forbidden,
        )


def _cluster(row: SeedRow) -> str:
    """Questions about one sentence are resampled as one, and so are those with one planted file."""
    if row.planted or not row.gold:
        return f"planted {row.planted}" if row.planted else ""
    first = min((span.article_id, span.start) for span in row.gold[0])
    return f"{first[0]}:{first[1]}"


def seed_articles(folder: Path) -> tuple[Article, ...]:
    """The seed articles, their texts compared with the files' own bytes.

    Raises:
        BrokenPointer: If reading has changed a text: every offset would be wrong.
    """
    articles = read_articles([folder]).articles
    for article in articles:
        file = folder / f"{article.id}.txt"
        if not file.is_file():
            raise SuiteError(f"{folder} holds more than .txt files: {article.id} is none")
        if file.read_bytes().decode("utf-8") != article.text:
            raise BrokenPointer(f"the text of {article.id} is not its file's")
    return articles


def check_size(name: str, count: int, folder: Path = HERE) -> None:
    """Raises SuiteError if the suite is not as large as it must be."""
    if folder == HERE and count != SIZES[name]:
        raise SuiteError(f"{name}.jsonl has {count} rows; it must have {SIZES[name]}")
    if not count:
        raise SuiteError(f"{name}.jsonl is empty")


def check_ids(name: str, ids: Sequence[str]) -> None:
    """Raises SuiteError if an id stands twice."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise SuiteError(f"{name}.jsonl: the id {one} stands twice")
        seen.add(one)


def check_gold(
    name: str, row: str, slots: Sequence[Slot], gold: Gold, articles: Mapping[str, Article]
) -> None:
    """Raises SuiteError unless gold is the articles' text, and is there exactly if slots are."""
    if bool(slots) != bool(gold):
        raise SuiteError(f"{name}, {row}: slots and gold spans stand together or not at all")
    for span in (span for group in gold for span in group):
        article = articles.get(span.article_id)
        if article is None or article.text[span.start : span.end] != span.quote:
            raise SuiteError(f"{name}, {row}: a gold span is not the text of {span.article_id}")
