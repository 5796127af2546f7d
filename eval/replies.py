"""What a system said to a case: the same record for ours and for every baseline."""

from typing import Annotated

from pydantic import Field, model_validator

from eval.cases import Row, Span
from rag.types import Answer, Evidence, Status


class CitedSentence(Row):
    """One sentence of an answer; a baseline's may have no citation.

    Attributes:
        citations: Places in the reply's `citations`, counted from 1.
        support: What the system itself says of it; None if it says nothing.
    """

    text: str
    citations: tuple[int, ...] = ()
    support: float | None = None


class Timing(Row):
    """Milliseconds from the question's arrival; None where there was no such moment."""

    retrieve: int | None = None
    first_sentence: int | None = None
    total: int


class Reply(Row):
    """To an `Ask`.

    Attributes:
        citations: Spans of articles, as the system gave them: nothing is checked yet.
        evidence: What the system found, best first.
        searched: Whether it looked for any.
        confidence: Of its answer, 0 to 1; None if it gives none.
        agreement: For each sentence that several articles support, how many are independent.
        conflicts: Values that it set side by side.
        short: The answer in a few words of what is cited; None if the system gives none.
        dropped: Whether it was refused only because nothing of what was drafted could be shown.
    """

    refused: bool
    refusal: str | None = None
    sentences: tuple[CitedSentence, ...] = ()
    citations: tuple[Span, ...] = ()
    evidence: tuple[Span, ...] = ()
    searched: bool = True
    confidence: float | None = None
    question_used: str | None = None
    agreement: tuple[int, ...] = ()
    conflicts: tuple[tuple[str, ...], ...] = ()
    short: str | None = None
    dropped: bool = False
    receipt: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _numbers_exist(self) -> "Reply":
        numbers = {number for sentence in self.sentences for number in sentence.citations}
        if not numbers <= set(range(1, len(self.citations) + 1)):
            raise ValueError("a sentence cites a number that no citation has")
        return self

    @property
    def text(self) -> str:
        """The sentences without markers, joined by spaces."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def cited(self) -> tuple[Span, ...]:
        """What an answer cites; the nearest sentence that a refusal cites answers nothing."""
        return () if self.refused else self.citations

    def spans_of(self, sentence: CitedSentence) -> tuple[Span, ...]:
        """The spans that a sentence cites, in its order."""
        return tuple(self.citations[number - 1] for number in sentence.citations)


class Verdict(Row):
    """To a `Claim`: the probability that its source supports it; 0.5 and above says yes."""

    probability: Annotated[float, Field(ge=0, le=1)]


class Ranking(Row):
    """To a `Search`: article ids, best first, each once."""

    articles: tuple[str, ...]


AnyReply = Reply | Verdict | Ranking


def span_of(evidence: Evidence) -> Span:
    """The sentence of a piece of evidence."""
    sentence = evidence.sentence
    return Span(
        article_id=evidence.article.id,
        start=sentence.start,
        end=sentence.end,
        quote=evidence.text,
    )


def reply_of(answer: Answer, evidence: tuple[Evidence, ...]) -> Reply:
    """An answer of the pipeline, with the evidence that it found first."""
    receipt = answer.receipt
    return Reply(
        refused=answer.status is Status.REFUSED,
        refusal=answer.refusal.code.value if answer.refusal else None,
        sentences=tuple(
            CitedSentence(text=s.text, citations=s.citations, support=s.support)
            for s in answer.sentences
        ),
        citations=tuple(
            Span(article_id=c.article.id, start=c.start, end=c.end, quote=c.quote)
            for c in answer.citations
        ),
        evidence=tuple(span_of(item) for item in evidence),
        confidence=answer.confidence,
        question_used=answer.question_used,
        short=answer.short,
        dropped=answer.dropped,
        conflicts=tuple(
            tuple(side.value for side in conflict.sides) for conflict in answer.conflicts
        ),
        agreement=tuple(entry.independent for entry in answer.agreement),
        receipt={
            "model_sha256": receipt.model_sha256,
            "index_generation": receipt.index_generation,
            "prompt_sha256": receipt.prompt_sha256,
            "version": receipt.version,
        },
    )
