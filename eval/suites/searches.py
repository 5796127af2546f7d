"""Which articles tell of the same? ECB+ (events), and the table of all suites of search.

Source: Cybulska, Vossen, LREC 2014 (ECB+, from tommasoc80/EventStoryLine). The rows are read from
the folder of public sets, never shipped.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Annotated

from pydantic import Field

from eval.cases import Row, Search
from eval.figures.retrieval import score_search
from eval.replies import Ranking
from eval.suites.allsides import AllsidesSuite
from eval.suites.protocol import Choice, Score, Suite, Task, split_by
from eval.suites.public import Words
from eval.suites.rows import read_rows
from index.articles import Article
from index.articles.text import opening_words, shorten
from rag.errors import SuiteError

QUERY_CHARS = 300
SHINGLE_WORDS = 5
NEAR_COPY = 0.5
PROSE_WORDS = 6
FILE = "events/ecbplus.jsonl.gz"

_WORD = re.compile(r"[^\W\d_]+")


class EventRow(Row):
    """One article about one event; one line of its text is one sentence."""

    id: Annotated[str, Field(min_length=1)]
    event: Annotated[str, Field(min_length=1)]
    topic: Annotated[str, Field(min_length=1)]
    outlet: str | None
    published: Annotated[date | None, Field(alias="date")]
    date_from: str | None
    title: str | None
    url: str | None
    text: Words

    @property
    def query(self) -> str:
        """Title and first sentence; the opening, for one without a title."""
        if not self.title:
            return shorten(self.text, QUERY_CHARS)
        return f"{self.title}\n{shorten(self._first_sentence, QUERY_CHARS)}"

    @property
    def _first_sentence(self) -> str:
        """The first line of prose: some begin with lines of dates."""
        lines = [line for line in self.text.split("\n") if line.strip()]
        prose = (line for line in lines if len(_WORD.findall(line)) >= PROSE_WORDS)
        return next(prose, lines[0])

    def to_article(self) -> Article:
        """With what is known of it; two in five are dated."""
        return Article(
            id=self.id,
            text=self.text,
            title=self.title or opening_words(self.text),
            outlet=self.outlet,
            published=self.published,
            url=self.url,
        )


class EcbplusSuite:
    """An article's title and first sentence should find the other articles about its event.

    The corpus is always whole: other articles of the topic tell of a similar event, and those are
    what is hard. Split by topic, so that both events of one stand on one side; cluster: the event.

    Raises:
        SuiteMissing: If its file is not there.
        SuiteError: Naming the file, and the line that is broken.
    """

    name = "ecbplus"
    task = Task.SEARCH

    def __init__(self, choice: Choice) -> None:
        rows = sorted(read_rows(choice.data / FILE, EventRow), key=lambda row: row.id)
        if len({row.id for row in rows}) < len(rows):
            raise SuiteError(f"{Path(FILE).name}: two rows have the same id")
        events: dict[str, list[EventRow]] = {}
        for row in rows:
            events.setdefault(row.event, []).append(row)
        self._articles = [row.to_article() for row in rows]
        self._questions = choice.take(one for event in events.values() for one in ask_event(event))

    def questions(self) -> Sequence[Search]:
        """The chosen questions, by id."""
        return self._questions

    def corpus(self) -> Sequence[Article]:
        """All articles, by id, whatever is chosen."""
        return self._articles

    def score(self, question: Search, reply: Ranking) -> Score:
        """What one ranking is worth."""
        return score_search(question, reply)


def ask_event(event: Sequence[EventRow]) -> Iterator[Search]:
    """One question an article; none, if it is the only one about the event."""
    copies = near_copies({row.id: row.text for row in event})
    for row in event if len(event) > 1 else ():
        yield Search(
            id=row.id,
            kind="near_copy" if row.id in copies else "same_event",
            split=split_by(row.topic),
            cluster=row.event,
            query=row.query,
            relevant=tuple(other.id for other in event if other is not row),
            apart_from=(row.id,),
        )


def near_copies(texts: Mapping[str, str]) -> set[str]:
    """Those that share, with another, at least half of the shingles that either has (Jaccard)."""
    shingles = {name: _shingles(text) for name, text in texts.items()}
    return {
        name
        for one, other in combinations(shingles, 2)
        if len(shingles[one] & shingles[other]) >= NEAR_COPY * len(shingles[one] | shingles[other])
        for name in (one, other)
    }


def _shingles(text: str) -> set[tuple[str, ...]]:
    """Runs of five words; a shorter text is one run."""
    words = re.findall(r"\w+", text.lower())
    last = max(1, len(words) - SHINGLE_WORDS + 1)
    return {tuple(words[place : place + SHINGLE_WORDS]) for place in range(last)}


SEARCH_SUITES: Mapping[str, Callable[[Choice], Suite[Search, Ranking]]] = {
    suite.name: suite for suite in (AllsidesSuite, EcbplusSuite)
}
"""Every suite of search by its name."""
