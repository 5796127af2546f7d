"""What server-sent events hold besides the answer."""

from collections.abc import Sequence
from datetime import date

from rag.schemas.answer import CitationOut, SentenceOut
from rag.schemas.wire import Wire
from rag.types import AnswerSentence, Citation, Evidence


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

    @classmethod
    def of(cls, evidence: Sequence[Evidence]) -> "EvidenceEvent":
        """From the pipeline's own types."""
        return cls(evidence=[EvidenceOut.of(item) for item in evidence])


class SentenceEvent(Wire):
    """Server-sent event `sentence`: a verified sentence, and the citations it uses first."""

    sentence: SentenceOut
    citations: list[CitationOut]

    @classmethod
    def of(cls, sentence: AnswerSentence, citations: Sequence[Citation]) -> "SentenceEvent":
        """From the pipeline's own types."""
        return cls(
            sentence=SentenceOut.of(sentence),
            citations=[CitationOut.of(citation) for citation in citations],
        )
