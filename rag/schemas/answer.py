"""An answer on the wire: the whole of it, and its parts."""

from datetime import date

from rag.schemas.wire import Wire
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Conflict,
    Refusal,
    RefusalCode,
    Status,
)


class RefusalOut(Wire):
    """Why there is no answer, and the citations of the nearest thing that the articles do say."""

    code: RefusalCode
    message: str
    nearest: list[int]

    @classmethod
    def of(cls, refusal: Refusal) -> "RefusalOut":
        """From the pipeline's own type."""
        return cls(code=refusal.code, message=refusal.message, nearest=list(refusal.nearest))


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

    @classmethod
    def of(cls, conflict: Conflict) -> "ConflictOut":
        """From the pipeline's own type."""
        sides = [
            SideOut(value=side.value, citations=list(side.citations)) for side in conflict.sides
        ]
        return cls(slot=conflict.slot, sides=sides)


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
    """An answer whose every sentence is cited, or a refusal; `short` is in a few cited words."""

    status: Status
    refusal: RefusalOut | None
    answer: str
    short: str | None
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
        """From the pipeline's own type."""
        refusal, receipt, timings = answer.refusal, answer.receipt, answer.timings
        return cls(
            status=answer.status,
            refusal=RefusalOut.of(refusal) if refusal else None,
            answer=answer.text,
            short=answer.short,
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
            conflicts=[ConflictOut.of(conflict) for conflict in answer.conflicts],
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
