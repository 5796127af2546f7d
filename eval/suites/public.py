"""Public sets whose rows bring the passages that they ask of: what their suites do alike.

Enters: rows of one file under `Choice.data`. Leaves: questions, and the articles that they need,
each once.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from eval.cases import Ask, Span
from eval.figures.answers import score_ask
from eval.replies import Reply
from eval.suites.protocol import Choice, Score, Task
from index.articles import Article
from index.articles.text import is_blank
from rag.errors import SuiteError

_RUBBISH = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
"""Control characters that are no white space: nobody wrote them, they are a file's bytes."""


def is_readable(text: str) -> bool:
    """Whether this is text that an article may hold: not blank, and without binary rubbish."""
    return not is_blank(text) and _RUBBISH.search(text) is None


def _readable(text: str) -> str:
    if not is_readable(text):
        raise ValueError("no text that can be read")
    return text


Words = Annotated[str, AfterValidator(_readable)]
"""Text that can be an article's, kept as it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of a set: its question, and the articles that it may be answered from.

    Attributes:
        pool: Questions of one pool are asked of each other's articles too; empty where a question
            is asked of its own articles alone.
    """

    ask: Ask
    articles: tuple[Article, ...]
    pool: str = ""


class PassageSuite(ABC):
    """A suite of one file, each of whose rows is a question with its passages.

    Attributes:
        file: Its place under `Choice.data`.

    Raises:
        SuiteMissing: If there is no such file.
        SuiteError: Naming the file, and the line that is broken.
    """

    name: str
    file: str
    task: Task = Task.ANSWER

    def __init__(self, choice: Choice) -> None:
        everything = list(self.read(choice.data / self.file))
        by_id = {one.ask.id: one for one in everything}
        if len(by_id) < len(everything):
            raise SuiteError(f"{Path(self.file).name}: two rows have the same id")
        self._each_once(everything)
        taken = [by_id[ask.id] for ask in choice.take(one.ask for one in everything)]
        self._asked = list(self.arrange(taken, everything))
        self._articles = self._each_once(self._asked)

    @abstractmethod
    def read(self, path: Path) -> Iterable[Asked]:
        """Every question of the file, in any order."""

    def arrange(self, chosen: Sequence[Asked], everything: Sequence[Asked]) -> Sequence[Asked]:
        """The chosen questions with the articles that each is asked of: here, its own."""
        return chosen

    def questions(self) -> Sequence[Ask]:
        """The chosen questions, by id."""
        return [one.ask for one in self._asked]

    def corpus(self) -> Sequence[Article]:
        """The articles of the chosen questions and no others, each once, by id."""
        return list(self._articles.values())

    def score(self, question: Ask, reply: Reply) -> Score:
        """What one reply is worth."""
        return score_ask(question, reply, self._articles)

    def _each_once(self, asked: Iterable[Asked]) -> dict[str, Article]:
        known: dict[str, Article] = {}
        for article in (article for one in asked for article in one.articles):
            if known.setdefault(article.id, article) != article:
                name = Path(self.file).name
                raise SuiteError(f"{name}: two different passages have the id {article.id!r}")
        return {name: known[name] for name in sorted(known)}


def find_spans(article: Article, pattern: re.Pattern[str]) -> tuple[Span, ...]:
    """Every match in an article's text, in order."""
    return tuple(
        Span(article_id=article.id, start=match.start(), end=match.end(), quote=match[0])
        for match in pattern.finditer(article.text)
    )


def sources_of(shared: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Which rows come from one source, where rows are linked by whatever they share.

    Args:
        shared: Row id → the names of what it has in common with others: documents, first turns.

    Returns:
        Row id → the smallest id of all the rows that it is linked to, over any number of steps.
    """
    leader = {row: row for row in shared}

    def lead(row: str) -> str:
        while leader[row] != row:
            row = leader[row]
        return row

    first: dict[str, str] = {}
    for row, names in shared.items():
        for name in names:
            one, other = sorted((lead(row), lead(first.setdefault(name, row))))
            leader[other] = one
    return {row: lead(row) for row in shared}
