"""The examples of the current generation, worked out once."""

import threading

from index.generation import Generation
from rag.examples.choose import Example, examples_of


class LatestExamples:
    """Remembers the examples of one generation: the last that it was asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[str, tuple[Example, ...]] | None = None

    def of(self, generation: Generation) -> tuple[Example, ...]:
        """As `examples_of`; who asks while they are worked out waits for them."""
        with self._lock:
            if self._known is None or self._known[0] != generation.id:
                self._known = generation.id, examples_of(generation)
            return self._known[1]
