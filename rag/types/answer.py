"""What leaves the pipeline: an answer whose every sentence is cited, or a refusal."""

from dataclasses import dataclass
from enum import StrEnum

from index.articles import Article
from rag.errors import BrokenPointer


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
    """Why there is no answer, for a program (`code`) and for a person (`message`).

    Attributes:
        message: Names what was looked for.
        nearest: Ids of citations of the nearest thing that the articles do say; may be empty.
    """

    code: RefusalCode
    message: str
    nearest: tuple[int, ...] = ()


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
class ConflictSide:
    """One value, in the words of an article, and the ids of the citations that give it."""

    value: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Different values for the same thing, in the order of the evidence; at least two sides.

    Attributes:
        slot: What the values are of, in words of the articles.
    """

    slot: str
    sides: tuple[ConflictSide, ...]


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
    """Milliseconds from the question's arrival to the end of each stage; None if it had none.

    Attributes:
        waited: Until the question had its place at the engine.
        judged: Until the model had read the evidence and judged it.
        written: Until it had written its reply.
    """

    retrieve: int
    first_sentence: int | None
    total: int
    waited: int = 0
    judged: int | None = None
    written: int | None = None

    def later(self, waited: int) -> "Timings":
        """The same after a wait: each is so many milliseconds later."""

        def moved(ms: int | None) -> int | None:
            return None if ms is None else ms + waited

        return Timings(
            retrieve=self.retrieve + waited,
            first_sentence=moved(self.first_sentence),
            total=self.total + waited,
            waited=self.waited + waited,
            judged=moved(self.judged),
            written=moved(self.written),
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the prompt that the model was given, and of what it wrote; 0 if it was not asked.

    How many of the prompt it had to read is not said: some of them were in its cache.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose every sentence is cited, or a refusal; nothing else can be constructed.

    Attributes:
        short: The answer in a few words that stand in a cited span; None for a refusal, and where
            no such words were found.
        dropped: Whether it is a refusal only because nothing of a reply could be shown: no
            sentence was verified, or what was is about another day or number than the question.
    """

    status: Status
    refusal: Refusal | None
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    agreement: tuple[Agreement, ...]
    confidence: float
    question_used: str
    timings: Timings
    receipt: Receipt
    conflicts: tuple[Conflict, ...] = ()
    short: str | None = None
    dropped: bool = False
    usage: Usage = Usage()

    def __post_init__(self) -> None:
        answered = self.status is Status.ANSWERED
        if answered != bool(self.sentences) or answered == (self.refusal is not None):
            raise BrokenPointer("an answer has sentences, a refusal has a reason, and never both")
        if [c.id for c in self.citations] != list(range(1, len(self.citations) + 1)):
            raise BrokenPointer("citations are not numbered from 1")
        nearest = self.refusal.nearest if self.refusal else ()
        used = {number for sentence in self.sentences for number in sentence.citations}
        if used | {*nearest} != {citation.id for citation in self.citations}:
            raise BrokenPointer("sentences and citations do not match")
        sides = [side for conflict in self.conflicts for side in conflict.sides]
        if any(not side.citations or not used.issuperset(side.citations) for side in sides):
            raise BrokenPointer("a side of a conflict has no citation of the answer")
        if any(not sentence.citations for sentence in self.sentences):
            raise BrokenPointer("a sentence has no citation")
        if self.dropped if answered else self.short is not None:
            raise BrokenPointer("few words belong to an answer, dropped drafts to a refusal")

    @property
    def text(self) -> str:
        """The sentences with their markers, joined by spaces; empty for a refusal."""
        return " ".join(sentence.marked for sentence in self.sentences)
