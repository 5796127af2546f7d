"""Questions in the log: how each ended and what it took, without its words."""

import logging

from rag.errors import Busy, EngineCancelled, ShuttingDown
from rag.outcome import code_of, stages_ms
from rag.types import Answer, Question

LOG = logging.getLogger(__name__)

EXPECTED = (Busy, EngineCancelled, ShuttingDown)
"""What is nobody's fault."""


class Journal:
    """A desk's listener; its events are `question` and `question_failed`.

    Args:
        with_texts: Whether the words of questions and answers are written down as well.
    """

    def __init__(self, with_texts: bool) -> None:
        self._with_texts = with_texts

    def answered(self, question: Question, answer: Answer, remembered: bool) -> None:
        """See `Listener`."""
        usage = answer.usage
        fields: dict[str, object] = {
            "status": answer.status.value,
            "refusal": answer.refusal.code.value if answer.refusal else None,
            "confidence": round(answer.confidence, 3),
            "remembered": remembered,
            "sentences": len(answer.sentences),
            "citations": len(answer.citations),
            "prompt_tokens": 0 if remembered else usage.prompt_tokens,
            "completion_tokens": 0 if remembered else usage.completion_tokens,
            "generation": answer.receipt.index_generation,
        }
        stages = {"total": answer.timings.total} if remembered else stages_ms(answer)
        times = {f"{stage}_ms": lasted for stage, lasted in stages.items()}
        LOG.info("question", extra=fields | times | self._texts(question, answer))

    def failed(self, question: Question, error: Exception) -> None:
        """See `Listener`."""
        level = logging.INFO if isinstance(error, EXPECTED) else logging.WARNING
        fields = {"code": code_of(error)} | self._texts(question, None)
        LOG.log(level, "question_failed", extra=fields)

    def _texts(self, question: Question, answer: Answer | None) -> dict[str, str]:
        if not self._with_texts:
            return {}
        asked = {"question": question.text}
        return asked if answer is None else asked | {"answer": answer.text}
