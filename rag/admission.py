"""Who may use the engine now: some questions at once, some more in a queue, the rest later."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from statistics import fmean

from rag.errors import Busy, EngineCancelled, ShuttingDown

LOOK_S = 0.05  # between two looks at whether a question that waits was cancelled
STOPPED = "the service is being stopped"
RECENT = 16  # turns over which a question's usual time is averaged


@dataclass(frozen=True, slots=True)
class Places:
    """How many questions are where, and how many may be."""

    inside: int
    waiting: int
    inside_at_most: int
    waiting_at_most: int


class Admission:
    """Admits questions in the order in which they come, until it is closed.

    Args:
        at_once: How many may be inside together.
        waiting: How many more may wait for a place.
        clock: Seconds, monotonic.
    """

    def __init__(self, at_once: int, waiting: int, clock: Callable[[], float]) -> None:
        self._at_once = at_once
        self._waiting = waiting
        self._clock = clock
        self._inside: list[threading.Event] = []
        self._closed = False
        self._cut = False
        self._queue: deque[object] = deque()
        self._lasted: deque[float] = deque(maxlen=RECENT)
        self._changed = threading.Condition()

    @property
    def taken(self) -> int:
        """How many are inside or wait."""
        places = self.places()
        return places.inside + places.waiting

    def places(self) -> Places:
        """Who is where now."""
        with self._changed:
            return Places(len(self._inside), len(self._queue), self._at_once, self._waiting)

    def refuse_if_closed(self) -> None:
        """Return as long as questions are taken.

        Raises:
            ShuttingDown.
        """
        if self._closed:
            raise ShuttingDown(STOPPED)

    def close(self) -> None:
        """Admit nobody from now on; those who wait are turned away at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def cut(self) -> None:
        """Cancel those who are inside as well."""
        self.close()
        with self._changed:
            self._cut = True
            for cancel in self._inside:
                cancel.set()

    @contextlib.contextmanager
    def take(self, cancel: threading.Event) -> Iterator[None]:
        """Wait for a place and hold it.

        Raises:
            Busy: At once, if as many wait as may.
            EngineCancelled: If `cancel` is set while the question waits.
            ShuttingDown: If it is closed meanwhile; or if it is cut, instead of what is raised
                inside when that is cancelled.
        """
        self._enter(cancel)
        began = self._clock()
        try:
            yield
        except EngineCancelled as error:
            if self._cut:
                raise ShuttingDown(STOPPED) from error
            raise
        finally:
            self._leave(cancel, self._clock() - began)

    def _enter(self, cancel: threading.Event) -> None:
        with self._changed:
            self.refuse_if_closed()
            self._refuse_if_full()
            ticket = object()
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or len(self._inside) >= self._at_once:
                    if cancel.is_set():
                        raise EngineCancelled("the question was cancelled")
                    self._changed.wait(LOOK_S)
                    self.refuse_if_closed()
                self._inside.append(cancel)
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def _leave(self, cancel: threading.Event, lasted_s: float) -> None:
        with self._changed:
            self._inside.remove(cancel)
            self._lasted.append(lasted_s)
            self._changed.notify_all()

    def _refuse_if_full(self) -> None:
        """A retry is advised for when all that wait now will have been admitted."""
        if self.taken >= self._at_once + self._waiting:
            usual_s = fmean(self._lasted) if self._lasted else 0.0
            wait_s = max(1, ceil(usual_s * (len(self._queue) + 1) / self._at_once))
            raise Busy(f"questions that are answered or wait already: {self.taken}", wait_s)
