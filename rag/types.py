"""The words of the online half. Frozen, checked where it matters, free of any library."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from index.articles import Article
from index.chunks import Chunk
from index.sentences import Sentence
from rag.errors import BrokenPointer

MARKER = re.compile(r"\[(\d{1,3})\]")


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    REFUSED = "refused"


class RefusalCode(StrEnum):
    """Why there is no answer."""

    NOT_IN_ARTICLES = "not_in_articles"
    OFF_TOPIC = "off_topic"
    UNSAFE = "unsafe"
    AMBIGUOUS = "ambiguous"


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
    """

    sentence: Sentence
    chunk: Chunk
    article: Article
    score: float
    similarity: float

    @property
    def text(self) -> str:
        """The sentence's text."""
        return self.sentence.text


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered pointer to an exact span; one that does not match its article cannot exist.

    Attributes:
        id: From 1, in order of first use in the answer.
        start, end: Unicode code points into `article.text`.
    """

    id: int
    article: Article
    start: int
    end: int
    quote: str

    def __post_init__(self) -> None:
        inside = 0 <= self.start < self.end <= len(self.article.text)
        if not inside or self.article.text[self.start : self.end] != self.quote:
            raise BrokenPointer(
                f"citation {self.id} does not quote {self.article.id}[{self.start}:{self.end}]"
            )


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence, the ids of the citations that support it, and how well they do (0 to 1)."""

    text: str
    citations: tuple[int, ...]
    support: float

    @property
    def marked(self) -> str:
        """The sentence with its markers before the full stop: "It rained [1][2]."."""
        marks = "".join(f"[{number}]" for number in self.citations)
        body = self.text.rstrip()
        stop = body[-1:] if body[-1:] in ".!?" else ""
        return f"{body.removesuffix(stop)} {marks}{stop}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, for a program (`code`) and for a person (`message`)."""

    code: RefusalCode
    message: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """A sentence that several articles support.

    Attributes:
        articles: How many articles are cited.
        independent: How many of them are not near-copies of one another.
    """

    citations: tuple[int, ...]
    articles: int
    independent: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that determines an answer besides the question.

    Attributes:
        prompt_sha256: Digest of the prompt's template files.
    """

    model_sha256: str
    index_generation: str
    prompt_sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds from the question's arrival; `first_sentence` is None for a refusal."""

    retrieve: int
    first_sentence: int | None
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose every sentence is cited, or a refusal; nothing else can be constructed."""

    status: Status
    refusal: Refusal | None
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    agreement: tuple[Agreement, ...]
    confidence: float
    question_used: str
    timings: Timings
    receipt: Receipt

    def __post_init__(self) -> None:
        answered = self.status is Status.ANSWERED
        if answered != bool(self.sentences) or answered == (self.refusal is not None):
            raise BrokenPointer("an answer has sentences, a refusal has a reason, and never both")
        if [c.id for c in self.citations] != list(range(1, len(self.citations) + 1)):
            raise BrokenPointer("citations are not numbered from 1")
        used = {number for sentence in self.sentences for number in sentence.citations}
        if used != {citation.id for citation in self.citations}:
            raise BrokenPointer("sentences and citations do not match")
        if any(not sentence.citations for sentence in self.sentences):
            raise BrokenPointer("a sentence has no citation")

    @property
    def text(self) -> str:
        """The sentences with their markers, joined by spaces; empty for a refusal."""
        return " ".join(sentence.marked for sentence in self.sentences)
