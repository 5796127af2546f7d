"""RAMDocs: documents that contradict one another, speak of namesakes, or are beside the point.

Source: Wang et al., COLM 2025 (HanNight/RAMDocs). The rows are read from the folder of public sets,
never shipped.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from eval.cases import Ask, Row, Slot, Span
from eval.suites.protocol import split_by
from eval.suites.public import Asked, PassageSuite, find_spans, is_readable
from eval.suites.rows import read_rows
from index.articles import Article
from index.articles.text import opening_words

Text = Annotated[str, Field(min_length=1)]

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)? ({_MONTH}),? (\d{{4}})")
_MONTH_FIRST = re.compile(rf"({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})")
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_STRAY = re.compile(r"[\s.,;]+\"?$")
_HEDGE = re.compile(r"^(?:about|around|approximately|between) ", re.IGNORECASE)
_COUNTED = re.compile(r"^([\d,.]*\d) (?:people|persons|inhabitants|residents)$")
_LARGE = re.compile(r"^\d{4,}$")


class Document(Row):
    """What a search found: a true one, a false one, or one beside the point."""

    id: Text
    text: str
    type: Literal["correct", "misinfo", "noise"]
    answer: str

    def to_article(self) -> Article:
        """Under its opening words, for none has a title."""
        return Article(id=self.id, text=self.text, title=opening_words(self.text))


class RamdocsRow(Row):
    """A question whose name has several bearers, so that it may have several right answers."""

    id: Text
    question: Text
    documents: tuple[Document, ...]
    gold_answers: Annotated[tuple[Text, ...], Field(min_length=1)]
    wrong_answers: tuple[Text, ...]
    entities: tuple[str, ...]

    @field_validator("documents")
    @classmethod
    def _can_be_read(cls, documents: tuple[Document, ...]) -> tuple[Document, ...]:
        """Binary rubbish is no article, so such documents are left out."""
        readable = tuple(document for document in documents if is_readable(document.text))
        if not readable:
            raise ValueError("no document that can be read")
        return readable

    @property
    def contradicts_itself(self) -> bool:
        """Whether one string is both right and wrong: no reply can be judged by it."""
        right = {answer.casefold() for answer in self.gold_answers}
        return any(answer.casefold() in right for answer in self.wrong_answers)

    @property
    def answers(self) -> tuple[str, ...]:
        """The right answers that a document of the row gives; no reply can know the others."""
        said = {d.answer.casefold() for d in self.documents if d.type == "correct"}
        return tuple(a for a in dict.fromkeys(self.gold_answers) if a.casefold() in said)

    @property
    def kind(self) -> str:
        """Misinformation is the harder, so it goes first."""
        if any(document.type == "misinfo" for document in self.documents):
            return "conflict"
        return "ambiguous" if len(self.answers) > 1 else "plain"


class RamdocsSuite(PassageSuite):
    """All right answers are to be given, and no false one alone.

    Rows share neither documents nor namesakes, so each is split alone. Left out: rows in which one
    string is both gold and wrong, and those of which no document gives a right answer.
    """

    name = "ramdocs"
    file = "qa/ramdocs_dev.jsonl.gz"

    def read(self, path: Path) -> Iterator[Asked]:
        """One question a row that can be judged."""
        rows = read_rows(path, RamdocsRow)
        return (_ramdocs(row) for row in rows if row.answers and not row.contradicts_itself)


def _ramdocs(row: RamdocsRow) -> Asked:
    articles = {document.id: document.to_article() for document in row.documents}
    slots = tuple(
        Slot(name=f"answer {number}", aliases=variants(answer))
        for number, answer in enumerate(row.answers, start=1)
    )
    sides = _sides(row.documents)
    ask = Ask(
        id=row.id,
        kind=row.kind,
        split=split_by(row.id),
        question=row.question,
        articles=tuple(articles),
        slots=slots,
        gold=tuple(_gold(row.documents, articles, row.answers, slots)),
        wrong=_wrong(row.wrong_answers, slots),
        sides=sides if len(sides) > 1 else (),
    )
    return Asked(ask, tuple(articles.values()))


def _gold(
    documents: Sequence[Document],
    articles: dict[str, Article],
    answers: Sequence[str],
    slots: Sequence[Slot],
) -> Iterator[tuple[Span, ...]]:
    """For each answer, where its true documents say it; an answer that none says is passed over."""
    for answer, slot in zip(answers, slots, strict=True):
        pattern = as_words(slot.aliases)
        own = [d.id for d in documents if d.type == "correct" and d.answer == answer]
        spans = tuple(span for name in own for span in find_spans(articles[name], pattern))
        if spans:
            yield spans


def _wrong(answers: Sequence[str], slots: Sequence[Slot]) -> tuple[str, ...]:
    """The false values, each once.

    One that is part of a true one ("ball" of "hand-ball") is left out: a right answer says it too.
    """
    right = [alias for slot in slots for alias in slot.aliases]
    apart = (a for a in answers if not any(as_words([a]).search(alias) for alias in right))
    return tuple(dict.fromkeys(apart))


def _sides(documents: Sequence[Document]) -> tuple[tuple[str, ...], ...]:
    """Documents that say the same, by what they say; those beside the point say nothing."""
    sides: dict[str, list[str]] = {}
    for document in documents:
        if document.type != "noise":
            sides.setdefault(document.answer.casefold(), []).append(document.id)
    return tuple(tuple(side) for side in sides.values())


def as_words(phrases: Sequence[str]) -> re.Pattern[str]:
    """Any of the phrases as whole words, in upper or lower case; the longest goes first."""
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)", re.IGNORECASE)


def variants(answer: str) -> tuple[str, ...]:
    """The answer first, then what says the same in other words.

    Without brackets, stray punctuation, a hedge ("about") or a counted noun ("people"); a day in
    both orders; a large number with commas and without.
    """
    bare = _STRAY.sub("", _BRACKETS.sub("", answer)) or answer
    plain = _HEDGE.sub("", bare)
    counted = _COUNTED.match(plain)
    number = counted[1] if counted else plain
    said = [answer, bare, plain, number, *_numbers(number), *_dates(plain)]
    return tuple(dict.fromkeys(said))


def _dates(text: str) -> Iterator[str]:
    for pattern, day, month in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        match = pattern.fullmatch(text)
        if match:
            yield f"{match[day]} {match[month]} {match[3]}"
            yield f"{match[month]} {match[day]}, {match[3]}"


def _numbers(text: str) -> Iterator[str]:
    digits = text.replace(",", "")
    if "," in text and digits.isdecimal():
        yield digits
    elif _LARGE.match(text) and len(text) > len("2025"):  # four digits may be a year
        yield f"{int(text):,}"
