"""Wire models: what enters and leaves over HTTP, and the JSON that the terminal prints."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from index.articles import Article
from rag.errors import EmptyQuestion, QuestionTooLong
from rag.settings import Settings
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Evidence,
    Filters,
    Message,
    Question,
    RefusalCode,
    Role,
    Status,
)


class Wire(BaseModel):
    """What all have in common: unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TurnIn(Wire):
    """One earlier turn of the conversation."""

    role: Literal[Role.USER, Role.ASSISTANT]
    content: str


class FiltersIn(Wire):
    """Which articles may be used; an empty list or null does not restrict."""

    article_ids: list[str] = []
    outlets: list[str] = []
    published_from: date | None = None
    published_to: date | None = None


class AskIn(Wire):
    """A question. `as_of` leaves out what is newer, and what bears no date."""

    question: str
    history: Annotated[list[TurnIn], Field(max_length=200)] = []
    as_of: date | None = None
    filters: FiltersIn = FiltersIn()
    stream: bool = False

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "Who is Oleksandr Syrskyi?"}]}
    )

    def to_question(self, settings: Settings) -> Question:
        """The question in the pipeline's words.

        Raises:
            EmptyQuestion, QuestionTooLong.
        """
        return Question(
            text=checked_question(self.question, settings.question_chars),
            history=tuple(Message(turn.role, unbroken(turn.content)) for turn in self.history),
            as_of=self.as_of,
            filters=Filters(
                article_ids=frozenset(self.filters.article_ids),
                outlets=frozenset(self.filters.outlets),
                published_from=self.filters.published_from,
                published_to=self.filters.published_to,
            ),
        )


def checked_question(text: str, max_chars: int) -> str:
    """The question, white space folded.

    Raises:
        EmptyQuestion: If it holds no letter and no digit.
        QuestionTooLong: If it has more than `max_chars` characters.
    """
    if len(text) > max_chars:
        raise QuestionTooLong(f"the question has {len(text)} characters; {max_chars} are allowed")
    if not any(character.isalnum() for character in text):
        raise EmptyQuestion("the question is empty")
    return " ".join(unbroken(text).split())


def unbroken(text: str) -> str:
    """The text with "?" for each half of a surrogate pair: JSON can spell it, UTF-8 cannot."""
    return text.encode(errors="replace").decode()


class RefusalOut(Wire):
    """Why there is no answer."""

    code: RefusalCode
    message: str


class SentenceOut(Wire):
    """One sentence, without markers, and the ids of its citations."""

    text: str
    citations: list[int]
    support: float

    @classmethod
    def of(cls, sentence: AnswerSentence) -> "SentenceOut":
        """From the pipeline's own type."""
        return cls(text=sentence.text, citations=list(sentence.citations), support=sentence.support)


class CitationOut(Wire):
    """An exact span: `article.text[start:end] == quote`, in Unicode code points."""

    id: int
    article_id: str
    title: str
    outlet: str | None
    published: date | None
    url: str | None
    start: int
    end: int
    quote: str

    @classmethod
    def of(cls, citation: Citation) -> "CitationOut":
        """From the pipeline's own type."""
        article = citation.article
        return cls(
            id=citation.id,
            article_id=article.id,
            title=article.title,
            outlet=article.outlet,
            published=article.published,
            url=article.url,
            start=citation.start,
            end=citation.end,
            quote=citation.quote,
        )


class AgreementOut(Wire):
    """Citations of one sentence that stand in several articles."""

    citations: list[int]
    articles: int
    independent: int


class SideOut(Wire):
    """One side of a conflict."""

    value: str
    citations: list[int]


class ConflictOut(Wire):
    """Different values for the same thing."""

    slot: str
    sides: list[SideOut]


class TimingsOut(Wire):
    """Milliseconds since the question arrived."""

    retrieve: int
    first_sentence: int | None
    total: int


class ReceiptOut(Wire):
    """What determines the answer besides the question."""

    model_sha256: str
    index_generation: str
    prompt_sha256: str
    version: str


class AnswerOut(Wire):
    """An answer whose every sentence is cited, or a refusal."""

    status: Status
    refusal: RefusalOut | None
    answer: str
    sentences: list[SentenceOut]
    citations: list[CitationOut]
    agreement: list[AgreementOut]
    conflicts: list[ConflictOut]
    confidence: float
    question_used: str
    timings_ms: TimingsOut
    receipt: ReceiptOut

    @classmethod
    def of(cls, answer: Answer) -> "AnswerOut":
        """From the pipeline's own type. Conflicts are not looked for yet: the list is empty."""
        refusal, receipt, timings = answer.refusal, answer.receipt, answer.timings
        return cls(
            status=answer.status,
            refusal=RefusalOut(code=refusal.code, message=refusal.message) if refusal else None,
            answer=answer.text,
            sentences=[SentenceOut.of(sentence) for sentence in answer.sentences],
            citations=[CitationOut.of(citation) for citation in answer.citations],
            agreement=[
                AgreementOut(
                    citations=list(one.citations),
                    articles=one.articles,
                    independent=one.independent,
                )
                for one in answer.agreement
            ],
            conflicts=[],
            confidence=answer.confidence,
            question_used=answer.question_used,
            timings_ms=TimingsOut(
                retrieve=timings.retrieve,
                first_sentence=timings.first_sentence,
                total=timings.total,
            ),
            receipt=ReceiptOut(
                model_sha256=receipt.model_sha256,
                index_generation=receipt.index_generation,
                prompt_sha256=receipt.prompt_sha256,
                version=receipt.version,
            ),
        )


class EvidenceOut(Wire):
    """A sentence that may answer; higher scores are better."""

    article_id: str
    title: str
    outlet: str | None
    published: date | None
    url: str | None
    start: int
    end: int
    text: str
    score: float
    similarity: float

    @classmethod
    def of(cls, evidence: Evidence) -> "EvidenceOut":
        """From the pipeline's own type."""
        article = evidence.article
        return cls(
            article_id=article.id,
            title=article.title,
            outlet=article.outlet,
            published=article.published,
            url=article.url,
            start=evidence.sentence.start,
            end=evidence.sentence.end,
            text=evidence.text,
            score=round(evidence.score, 6),
            similarity=round(evidence.similarity, 4),
        )


class EvidenceEvent(Wire):
    """Server-sent event `evidence`: what was found, before the model runs."""

    evidence: list[EvidenceOut]


class SentenceEvent(Wire):
    """Server-sent event `sentence`: a verified sentence, and the citations it uses first."""

    sentence: SentenceOut
    citations: list[CitationOut]


class ArticleOut(Wire):
    """An article without its text."""

    id: str
    title: str
    outlet: str | None
    published: date | None
    url: str | None
    chars: int

    @classmethod
    def of(cls, article: Article) -> "ArticleOut":
        """From the index's own type."""
        return cls(
            id=article.id,
            title=article.title,
            outlet=article.outlet,
            published=article.published,
            url=article.url,
            chars=len(article.text),
        )


class ArticleText(ArticleOut):
    """An article with its canonical text."""

    text: str

    @classmethod
    def of(cls, article: Article) -> "ArticleText":
        """From the index's own type."""
        return cls(**ArticleOut.of(article).model_dump(), text=article.text)


class ArticleList(Wire):
    """Every article of the current generation, by id."""

    generation: str
    articles: list[ArticleOut]


class Health(Wire):
    """Whether the process lives, or could answer a question."""

    status: Literal["ok"]


class Problem(Wire):
    """RFC 9457 problem document; `code` is stable, `hint` is the remedy."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    hint: str
