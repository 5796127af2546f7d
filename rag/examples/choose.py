"""Which questions of a collection are shown as examples: few, and of different kinds."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

import numpy as np

from index.articles import Article
from index.generation import Generation
from index.lexical import words
from rag.examples.drafts import Draft, Kind, drafts_of
from rag.hostile import addresses_machine, is_unsafe
from rag.wording import shown

MOST = 4
MOST_CHARS = 120
SENTENCE_CHARS = range(40, 321)
SENTENCES = 1_200  # that are read, of the newest articles, from their beginnings
LEAST_OPENING = 12  # sentences of an article that are read, however many articles there are
ENOUGH = 6  # drafts of a kind
ENOUGH_KINDS = 3  # with enough drafts; then no more sentences are read
TRIED = 8  # drafts of a kind that are looked at closely
TOGETHER = 4  # sentences of an article that count as equally near its beginning
FIRST = 3  # places among the sentences that share words with a question
MOST_READ = 50  # articles that are read to see whether they say how old somebody is
NOT_THERE = "not in these articles, so it should be refused"

_AGES = re.compile(
    r"\bborn\b|\bbirth|\bage[ds]?\b|years?[ -]old\b|\bturn(?:s|ed|ing) \d\d\b|\b[1-9]0s\b"
    r"|\((?:1[89]|20)\d\d|, \d{1,3}(?:,|\.)|\(\d{1,3}\)",
    re.IGNORECASE,
)
_UNFIT = re.compile(r"[^\w\s.,;:!?'’‘“”\"()&%$€£/–—-]")
_WANTED = ((Kind.WHOM, Kind.WHO), (Kind.SAID,), (Kind.COUNT,))
_MORE = (Kind.WHO, Kind.WHAT, Kind.SAID, Kind.COUNT, Kind.WHOM)


@dataclass(frozen=True, slots=True)
class Example:
    """A question to begin with; `note` says what is special about it."""

    question: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft, and where it comes from.

    Attributes:
        row: Of the sentence that answers it.
        article: The article's row.
        place: The sentence's place in its article.
    """

    draft: Draft
    row: int
    article: int
    place: int


def examples_of(generation: Generation) -> tuple[Example, ...]:
    """At most four questions, the same for the same generation; none where none is certain.

    All but the last are each answered by a sentence with which hardly any other shares as many
    words. The last is one that no article answers, where that is sure.
    """
    choice = Choice(generation)
    found = [Example(one.draft.question) for one in choice.answered()]
    absent = choice.absent() if len(found) > 1 else None
    return (*found[: MOST - 1], absent) if absent else tuple(found)


class Choice:
    """The drafts of a generation, and which of them are fit to be shown."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._several: dict[str, bool] = {}

    def answered(self) -> list[Candidate]:
        """At most four, of different kinds and articles as far as there are any, the best first."""
        kept: list[Candidate] = []
        for kinds in (*_WANTED, *((kind,) for kind in _MORE)):
            one = self._best(kinds, kept)
            if one is not None and len(kept) < MOST:
                kept.append(one)
        return kept

    def absent(self) -> Example | None:
        """A question for a day of birth of which no article that has the name says a word."""
        people = dict.fromkeys(one.draft.person for one in self.candidates if one.draft.person)
        for person in [*people][:TRIED]:
            articles = self._articles_with(words(person)[-1])
            question = f"When was {person} born?"
            if len(articles) <= MOST_READ and _is_clean(question):
                texts = (self.generation.articles[row].text for row in articles)
                if not any(map(_AGES.search, texts)):
                    return Example(question, NOT_THERE)
        return None

    @cached_property
    def candidates(self) -> Sequence[Candidate]:
        """All drafts, the best first: about names of several articles, near the beginning."""
        return sorted(
            _read(self.generation),
            key=lambda one: (not self._is_shared(one.draft), one.place // TOGETHER),
        )

    def _best(self, kinds: Sequence[Kind], kept: Sequence[Candidate]) -> Candidate | None:
        """The best of some kinds that has least in common with what is kept.

        A second one of a kind is taken only from another article, about other names.
        """
        used = {one.article for one in kept}
        about = {name for one in kept for name in one.draft.about}
        rows = {one.row for one in kept}
        had = {one.draft.kind for one in kept}

        def shares(one: Candidate) -> tuple[bool, bool]:
            return one.article in used, not about.isdisjoint(one.draft.about)

        fresh = sorted(
            (one for one in self.candidates if one.draft.kind in kinds and one.row not in rows),
            key=shares,
        )
        apart = (one for one in fresh if one.draft.kind not in had or not any(shares(one)))
        return next((one for one in islice(apart, TRIED) if self._is_fit(one)), None)

    def _is_fit(self, one: Candidate) -> bool:
        return (
            _is_clean(one.draft.question)
            and self._is_found(one.row, one.draft.question)
            and not any(map(addresses_machine, self._beside(one)))
        )

    def _is_found(self, row: int, question: str) -> bool:
        """Whether a sentence is among the first by words; copies of it share its place."""
        scores = self.generation.sentence_words.scores(question)
        better = np.unique(scores[scores > scores[row]])
        return len(better) < FIRST

    def _beside(self, one: Candidate) -> Iterator[str]:
        """Every sentence of the paragraph that a draft is from."""
        home = self.generation.home(one.row)
        first = one.row - one.place
        rows = range(first + home.first, first + home.last + 1)
        return (self.generation.sentence(row).text for row in rows)

    def _is_shared(self, draft: Draft) -> bool:
        """Whether all its names stand in several articles."""
        for name in draft.about:
            if name not in self._several:
                self._several[name] = len(self._articles_with(name)) > 1
        return bool(draft.about) and all(self._several[name] for name in draft.about)

    def _articles_with(self, word: str) -> list[int]:
        rows = np.flatnonzero(self.generation.sentence_words.scores(word) > 0)
        owners = self.generation.sentence_spans[rows, 0]  # ascending
        return [int(one) for one in owners[np.diff(owners, prepend=-1) > 0]]


def _read(generation: Generation) -> Iterator[Candidate]:
    """Drafts of the newest articles' openings, until there are enough of every kind."""
    owners = generation.sentence_spans[:, 0]  # ascending
    opening = max(LEAST_OPENING, SENTENCES // max(1, len(generation.articles)))
    counts: Counter[Kind] = Counter()
    for article in _newest(generation.articles)[: SENTENCES // LEAST_OPENING]:
        first, end = np.searchsorted(owners, [article, article + 1]).tolist()
        for place, row in enumerate(range(first, min(end, first + opening))):
            text = " ".join(generation.sentence(row).text.split())
            if len(text) in SENTENCE_CHARS:
                for draft in drafts_of(text, generation.articles[article]):
                    counts[draft.kind] += 1
                    yield Candidate(draft, row, article, place)
        if sum(count >= ENOUGH for count in counts.values()) >= ENOUGH_KINDS:
            return


def _newest(articles: Sequence[Article]) -> list[int]:
    """Rows of articles, the newest first, those without a date last, ties by id."""
    rows = range(len(articles))  # in the order of ids
    return sorted(rows, key=lambda row: -(articles[row].published or date.min).toordinal())


def _is_clean(question: str) -> bool:
    """Whether a question may be shown and asked as it is."""
    plain = (
        len(question) <= MOST_CHARS and not _UNFIT.search(question) and shown(question) == question
    )
    return plain and not is_unsafe(question) and not addresses_machine(question)
