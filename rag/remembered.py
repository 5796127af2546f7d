"""Answers that were given, for whoever asks the same again: the least recently used go first."""

import threading
from collections.abc import Hashable
from dataclasses import dataclass

from cachetools import LRUCache

from rag.pipeline import EvidenceFound, SentenceVerified
from rag.types import Answer

Step = EvidenceFound | SentenceVerified


@dataclass(frozen=True, slots=True)
class Told:
    """What was told about one question: the events before its answer, in order, and the answer."""

    steps: tuple[Step, ...]
    answer: Answer


class Remembered:
    """Keeps what was told, by everything that decided it; safe between threads.

    Args:
        most: How many answers are kept; 0 keeps none.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: LRUCache[Hashable, Told] = LRUCache(most)
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Told | None:
        """What was told then, if it is still known."""
        with self._lock:
            return self._told.get(key)

    def keep(self, key: Hashable, told: Told) -> None:
        """Remember it, and forget the one that was not asked for the longest, if need be."""
        if self._most:
            with self._lock:
                self._told[key] = told
