"""What enters the pipeline: a question with its history and filters, and the evidence for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from index.articles import Article
from index.chunks import Chunk
from index.sentences import Sentence


class Role(StrEnum):
    """Who speaks in a conversation or a prompt."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation, or of a prompt."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be used; an empty field does not restrict.

    An article without a date is outside any date limit, since nothing shows that it is inside;
    one without an outlet is outside any choice of outlets.
    """

    article_ids: frozenset[str] = frozenset()
    outlets: frozenset[str] = frozenset()
    published_from: date | None = None
    published_to: date | None = None

    def admit(self, article: Article) -> bool:
        """Whether the article may be used."""
        return (
            (not self.article_ids or article.id in self.article_ids)
            and (not self.outlets or article.outlet in self.outlets)
            and self._in_time(article.published)
        )

    def _in_time(self, published: date | None) -> bool:
        if self.published_from is None and self.published_to is None:
            return True
        if published is None:
            return False
        after = self.published_from is None or self.published_from <= published
        return after and (self.published_to is None or published <= self.published_to)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of which articles, as of when."""

    text: str
    history: tuple[Message, ...] = ()
    as_of: date | None = None
    filters: Filters = field(default_factory=Filters)

    @property
    def admits_all(self) -> bool:
        """Whether nothing restricts the articles."""
        return self.as_of is None and self.filters == Filters()

    def admits(self, article: Article) -> bool:
        """Whether the article may be used: inside the filters and, if given, not after `as_of`."""
        known = Filters(published_to=self.as_of)
        return self.filters.admit(article) and known.admit(article)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer, with its chunk as context; a higher score is better.

    Attributes:
        score: Fused reciprocal rank.
        similarity: Cosine of sentence and question.
        copies: The same sentence in other articles, or nearly; remembered, since they are sources
            as well, but not shown to the model.
    """

    sentence: Sentence
    chunk: Chunk
    article: Article
    score: float
    similarity: float
    copies: tuple["Evidence", ...] = ()

    @property
    def text(self) -> str:
        """The sentence's text."""
        return self.sentence.text


def texts_of(evidence: Sequence[Evidence]) -> list[str]:
    """The texts alone, in the same order."""
    return [item.text for item in evidence]
