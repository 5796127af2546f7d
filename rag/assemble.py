"""Verified sentences → the answer: citations numbered once, agreement counted, time taken."""

from collections.abc import Callable

from rag.corroborate import agreement_of
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Receipt,
    Refusal,
    RefusalCode,
    Status,
    Timings,
)
from rag.verify import Verified

MESSAGES = {
    RefusalCode.NOT_IN_ARTICLES: "The articles do not answer this question.",
    RefusalCode.OFF_TOPIC: "The articles are about something else.",
    RefusalCode.UNSAFE: "This question cannot be answered from articles.",
    RefusalCode.AMBIGUOUS: "The question can be read in several ways; please say which you mean.",
}


class AnswerBuilder:
    """Collects what belongs to one answer.

    Args:
        began: When the question arrived, by `clock`.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        *,
        question_used: str,
        model_sha256: str,
        generation: str,
        prompt_sha256: str,
        version: str,
        began: float,
        clock: Callable[[], float],
    ) -> None:
        self._question_used = question_used
        self._receipt = Receipt(model_sha256, generation, prompt_sha256, version)
        self._clock = clock
        self._began = began
        self._retrieve_ms = 0
        self._first_sentence_ms: int | None = None
        self._sentences: list[AnswerSentence] = []
        self._citations: dict[tuple[str, int, int], Citation] = {}

    def retrieved(self) -> None:
        """Retrieval has ended."""
        self._retrieve_ms = self._elapsed_ms()

    def has(self, text: str) -> bool:
        """Whether the answer says this already."""
        return any(sentence.text == text for sentence in self._sentences)

    def add(self, verified: Verified) -> tuple[AnswerSentence, tuple[Citation, ...]]:
        """Append a sentence; a span cited before keeps its number."""
        ids: list[int] = []
        fresh: list[Citation] = []
        for item in verified.evidence:
            key = (item.article.id, item.sentence.start, item.sentence.end)
            if key not in self._citations:
                number = len(self._citations) + 1
                citation = Citation(number, item.article, key[1], key[2], item.text)
                self._citations[key] = citation
                fresh.append(citation)
            ids.append(self._citations[key].id)
        sentence = AnswerSentence(verified.text, tuple(ids), round(verified.support, 4))
        self._sentences.append(sentence)
        if self._first_sentence_ms is None:
            self._first_sentence_ms = self._elapsed_ms()
        return sentence, tuple(fresh)

    def finish(self, confidence: float) -> Answer:
        """The answer; a refusal if no sentence could be verified."""
        if not self._sentences:
            return self.refuse(RefusalCode.NOT_IN_ARTICLES, confidence)
        return self._answer(Status.ANSWERED, None, confidence)

    def refuse(self, code: RefusalCode, confidence: float) -> Answer:
        """A refusal, with the confidence that led to it."""
        return self._answer(Status.REFUSED, Refusal(code, MESSAGES[code]), confidence)

    def _answer(self, status: Status, refusal: Refusal | None, confidence: float) -> Answer:
        citations = tuple(self._citations.values())
        return Answer(
            status=status,
            refusal=refusal,
            sentences=tuple(self._sentences),
            citations=citations,
            agreement=agreement_of(self._sentences, citations),
            confidence=round(confidence, 4),
            question_used=self._question_used,
            timings=Timings(self._retrieve_ms, self._first_sentence_ms, self._elapsed_ms()),
            receipt=self._receipt,
        )

    def _elapsed_ms(self) -> int:
        return round((self._clock() - self._began) * 1000)
