"""One question at a time at the engine: whoever waits can still go away."""

import contextlib
import threading
from collections.abc import Iterator

from rag.errors import EngineCancelled

LOOK_S = 0.05  # between two looks at whether the question was cancelled


class Turns:
    """Lets one question after another use the engine, in no promised order.

    A turn covers a question's whole use of the engine, so that no other question's prompt drops
    what this one has read.
    """

    def __init__(self) -> None:
        self._free = threading.Lock()

    @contextlib.contextmanager
    def take(self, cancel: threading.Event) -> Iterator[None]:
        """Wait for a turn and hold it; it may be given back by another thread.

        Raises:
            EngineCancelled: If `cancel` is set first.
        """
        while not self._free.acquire(timeout=LOOK_S):
            if cancel.is_set():
                raise EngineCancelled("the question was cancelled")
        try:
            yield
        finally:
            self._free.release()
