"""What one answer took: the time at which each stage ended, and the tokens of the model."""

from collections.abc import Callable

from rag.types import Timings, Usage


class Effort:
    """Noted while a question is answered.

    Args:
        began: When the question arrived, by `clock`.
        clock: Seconds, monotonic.
    """

    def __init__(self, began: float, clock: Callable[[], float]) -> None:
        self._began = began
        self._clock = clock
        self._retrieve_ms = 0
        self._judged_ms: int | None = None
        self._written_ms: int | None = None
        self._first_sentence_ms: int | None = None
        self._prompt_tokens = 0
        self._completion_tokens = 0

    def retrieved(self) -> None:
        """Retrieval has ended."""
        self._retrieve_ms = self._elapsed_ms()

    def judged(self, prompt_tokens: int) -> None:
        """The model has read a prompt of so many tokens, and judged."""
        self._judged_ms = self._elapsed_ms()
        self._prompt_tokens = prompt_tokens

    def written(self, completion_tokens: int) -> None:
        """The model has written so many tokens."""
        self._written_ms = self._elapsed_ms()
        self._completion_tokens = completion_tokens

    def said(self) -> None:
        """A sentence stands in the answer; only the first is noted."""
        if self._first_sentence_ms is None:
            self._first_sentence_ms = self._elapsed_ms()

    def timings(self) -> Timings:
        """The stages so far; the total ends now."""
        return Timings(
            retrieve=self._retrieve_ms,
            first_sentence=self._first_sentence_ms,
            total=self._elapsed_ms(),
            judged=self._judged_ms,
            written=self._written_ms,
        )

    def usage(self) -> Usage:
        """The tokens so far."""
        return Usage(self._prompt_tokens, self._completion_tokens)

    def _elapsed_ms(self) -> int:
        return round((self._clock() - self._began) * 1000)
