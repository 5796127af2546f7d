"""Which of 8,000 news articles holds this? Each question is a sentence of one, said differently.

Source: a sample of ramybaly/Article-Bias-Prediction (Baly et al., EMNLP 2020). The rows are read
from the folder of public sets, never shipped.
"""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

from pydantic import Field

from eval.cases import Row, Search
from eval.figures.retrieval import score_search
from eval.replies import Ranking
from eval.suites.protocol import Choice, Score, Task, split_by
from eval.suites.public import Words
from eval.suites.rewrites import rewrite
from eval.suites.rows import read_rows
from index.articles import Article
from rag.errors import SuiteError

SENTENCE_CHARS = range(60, 251)
FILE = "corpus/allsides_8k.jsonl.gz"

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")
_UNENDED = re.compile(
    r"(?:^|[\s(“\"])(?:[A-Z]|[A-Z]\.[A-Z]|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Rev|Hon|Jr|Sr"
    r"|St|No|vs|Inc|Co|Corp|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec|Calif|Fla|Va|Pa|Ill|Mass|Mich|Ariz"
    r"|Conn|Wis|Tenn|Ga|La|Ky|Ala|Miss|Minn|Colo|Okla|Ore|Tex|Wash|Nev|Mo|Del|Md|etc|a\.m|p\.m)$"
)
"""The end of a piece that a full stop has cut off, but that is no end of a sentence."""

LONGEST_ABBREVIATION = 8

_SEVERAL = re.compile(r"[.!?][\"”’']|[!?] ")
BOILERPLATE = (
    *("©", "@", "|", "http", "www.", "newsletter", "subscri", "copyright", "sign up", "click"),
    *("reprint", "advertis", "getty", "photo", "story highlights", "follow us", "rights reserved"),
    *("contributed to this", "email", "e-mail", "twitter", "facebook", "associated press"),
    *("reuters", "reporting by", "image", "video", "watch", "read more"),
)
"""What a page says about itself, or about its pictures; in lower case."""


class AllsidesRow(Row):
    """One article."""

    id: Annotated[str, Field(min_length=1)]
    outlet: str | None
    published: Annotated[date | None, Field(alias="date")]
    title: Annotated[str, Field(min_length=1)]
    url: str | None
    text: Words

    def to_article(self) -> Article:
        """Under its own id; the text is verbatim."""
        return Article(
            id=self.id,
            text=self.text,
            title=self.title,
            outlet=self.outlet,
            published=self.published,
            url=self.url,
        )


class AllsidesSuite:
    """One question an article, where it has a sentence that is fit; split by article.

    Args:
        choice: Which questions, and how many articles lie around those asked for.

    Raises:
        SuiteMissing: If its file is not there.
        SuiteError: Naming the file, and the line that is broken.
    """

    name = "allsides"
    task = Task.SEARCH

    def __init__(self, choice: Choice) -> None:
        rows = [row.to_article() for row in read_rows(choice.data / FILE, AllsidesRow)]
        known = {article.id: article for article in sorted(rows, key=lambda one: one.id)}
        if len(known) < len(rows):
            raise SuiteError(f"{Path(FILE).name}: two rows have the same id")
        order = [name for name in known if choice.split in {None, split_by(name)}]
        if choice.limit is not None:  # no more is written than is asked
            random.Random(choice.seed).shuffle(order)  # noqa: S311  # not secret
        self._questions = choice.take(islice(make_questions(known, order), choice.limit))
        asked = {name for question in self._questions for name in question.relevant}
        self._corpus = [known[name] for name in bounded(known, asked, choice.articles, choice.seed)]

    def questions(self) -> Sequence[Search]:
        """The chosen questions, by id."""
        return self._questions

    def corpus(self) -> Sequence[Article]:
        """The articles asked for, and others up to the bound, by id."""
        return self._corpus

    def score(self, question: Search, reply: Ranking) -> Score:
        """What one ranking is worth."""
        return score_search(question, reply)


def bounded(known: Iterable[str], asked: set[str], bound: int | None, seed: int) -> list[str]:
    """The ids of those asked for, and of others drawn up to the bound, sorted."""
    others = sorted(set(known) - asked)
    count = len(others) if bound is None else max(0, bound - len(asked))
    if count < len(others):
        others = random.Random(seed).sample(others, count)  # noqa: S311  # not secret
    return sorted({*asked, *others})


def make_questions(articles: Mapping[str, Article], order: Iterable[str]) -> Iterator[Search]:
    """For each id, in order, the first of its sentences that is fit and can be rewritten, if any.

    The walk over its sentences begins at a place that its id decides, so that not all questions are
    about beginnings.
    """
    parts = {name: pieces(article.text) for name, article in articles.items()}
    seen = Counter(chain.from_iterable(parts.values()))
    for name in order:
        found = (rewrite(sentence, name) for sentence in _fit(name, parts[name], seen))
        query = next((text for text in found if text), None)
        if query:
            yield Search(
                id=name, kind="rewritten", split=split_by(name), query=query, relevant=(name,)
            )


def pieces(text: str) -> list[str]:
    """What stands between line ends and full stops: mostly sentences, without their full stop."""
    return [piece for line in text.split("\n") for piece in line.split(". ")]


def _fit(name: str, parts: Sequence[str], seen: Mapping[str, int]) -> Iterator[str]:
    """Whole sentences of an article that stand nowhere else, none of a page's furniture."""
    digest = hashlib.sha256(name.encode()).digest()
    begin = int.from_bytes(digest[:4], "big") % len(parts)
    for place in (*range(begin, len(parts)), *range(begin)):
        whole = place == 0 or not _is_unended(parts[place - 1])
        if whole and seen[parts[place]] == 1 and is_sentence(parts[place]):
            text = parts[place].strip()
            yield text if text[-1] in '”"' else text.rstrip(".") + "."


def is_sentence(piece: str) -> bool:
    """Whether a piece is one sentence of a fit length, about somebody or something with a name."""
    text = piece.strip()
    return (
        len(text) in SENTENCE_CHARS
        and (text[0].isupper() or text[0] in '“"')
        and (text[-1].isalnum() or text[-1] in '.”"')
        and not _is_unended(text.rstrip("."))
        and _NAME.search(text) is not None
        and _SEVERAL.search(text[:-1]) is None
        and not _is_boilerplate(text.lower())
    )


def _is_unended(piece: str) -> bool:
    """Whether the full stop after it was no end, but an abbreviation's."""
    return _UNENDED.search(piece[-LONGEST_ABBREVIATION:]) is not None


def _is_boilerplate(text: str) -> bool:
    return any(words in text for words in BOILERPLATE)
