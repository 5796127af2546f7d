"""Who may use the engine now: some questions at once, some more in a queue, the rest later."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from math import ceil
from statistics import fmean

from rag.errors import Busy, EngineCancelled

LOOK_S = 0.05  # between two looks at whether a question that waits was cancelled
RECENT = 16  # turns over which a question's usual time is averaged


class Admission:
    """Admits questions in the order in which they come.

    Args:
        at_once: How many may be inside together.
        waiting: How many more may wait for a place.
        clock: Seconds, monotonic.
    """

    def __init__(self, at_once: int, waiting: int, clock: Callable[[], float]) -> None:
        self._at_once = at_once
        self._waiting = waiting
        self._clock = clock
        self._inside = 0
        self._queue: deque[object] = deque()
        self._lasted: deque[float] = deque(maxlen=RECENT)
        self._changed = threading.Condition()

    @property
    def taken(self) -> int:
        """How many are inside or wait."""
        with self._changed:
            return self._inside + len(self._queue)

    @contextlib.contextmanager
    def take(self, cancel: threading.Event) -> Iterator[None]:
        """Wait for a place and hold it.

        Raises:
            Busy: At once, if as many wait as may.
            EngineCancelled: If `cancel` is set while the question waits.
        """
        self._enter(cancel)
        began = self._clock()
        try:
            yield
        finally:
            self._leave(self._clock() - began)

    def _enter(self, cancel: threading.Event) -> None:
        with self._changed:
            self._refuse_if_full()
            ticket = object()
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or self._inside >= self._at_once:
                    if cancel.is_set():
                        raise EngineCancelled("the question was cancelled")
                    self._changed.wait(LOOK_S)
                self._inside += 1
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def _leave(self, lasted_s: float) -> None:
        with self._changed:
            self._inside -= 1
            self._lasted.append(lasted_s)
            self._changed.notify_all()

    def _refuse_if_full(self) -> None:
        """A retry is advised for when all that wait now will have been admitted."""
        if self.taken >= self._at_once + self._waiting:
            usual_s = fmean(self._lasted) if self._lasted else 0.0
            wait_s = max(1, ceil(usual_s * (len(self._queue) + 1) / self._at_once))
            raise Busy(f"questions that are answered or wait already: {self.taken}", wait_s)
