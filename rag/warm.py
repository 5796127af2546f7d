"""In the background: the sentences of an index are read before anybody asks about them.

What the engine keeps of a sentence serves every question that finds it. Questions come first; this
goes on when none is there, and begins again when a newer index is published.
"""

import logging
import threading
from collections.abc import Iterator

from index.generation import Generation
from rag.errors import DatelineError
from rag.pipeline import Pipeline

LOG = logging.getLogger(__name__)

LOOK_S = 2.0  # between two looks at whether there is a newer index
TOGETHER = 5  # sentences a request


class Warmer:
    """Reads the sentences of the index that a pipeline answers from, in a thread of its own.

    Args:
        pipeline: Whose engine reads them.
        most: How many sentences are read, those of the first articles; what one keeps of more
            would drive out what it keeps of these.
    """

    def __init__(self, pipeline: Pipeline, most: int) -> None:
        self._pipeline = pipeline
        self._most = most
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="warm", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when nothing is asked of the engine any more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def warm(self, generation: Generation) -> bool:
        """Read a generation's sentences; False if it ended before that was done.

        Raises:
            DatelineError: As the engine says.
        """
        for texts in self._groups(generation):
            if self._stop.is_set() or self._pipeline.reader.current().id != generation.id:
                return False
            self._pipeline.template.pin(self._pipeline.engine, self._stop)
            prompt = self._pipeline.layout.fill(self._pipeline.template, "", texts, anew=0)
            self._pipeline.engine.prepare(prompt, self._stop)
        return True

    def _groups(self, generation: Generation) -> Iterator[list[str]]:
        count = min(self._most, len(generation.sentence_spans))
        for start in range(0, count, TOGETHER):
            rows = range(start, min(start + TOGETHER, count))
            yield [generation.sentence(row).text for row in rows]

    def _run(self) -> None:
        done = ""
        while self._pipeline.layout.joins and not self._stop.wait(LOOK_S):
            try:
                generation = self._pipeline.reader.current()
                if generation.id != done and self.warm(generation):
                    done = generation.id
            except DatelineError as error:
                if not self._stop.is_set():
                    LOG.warning("sentences are not read ahead for now: %s", error)
