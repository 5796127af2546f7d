"""Where the tools find what they answer from: at once, or when the models have been loaded."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from index.generation import Reader
from rag.desk import Desk, desk_of
from rag.errors import DatelineError
from rag.pipeline import Pipeline
from rag.settings import Settings

LOG = logging.getLogger(__name__)

SPARE_THREADS = 4  # for searches and articles while questions wait


class Source(Protocol):
    """What every tool is given."""

    @property
    def settings(self) -> Settings:
        """Those that bound a question."""

    @property
    def threads(self) -> Executor:
        """Where whatever takes time is done."""

    @property
    def reader(self) -> Reader:
        """The index, which needs no model."""

    async def desk(self) -> Desk:
        """Where questions are asked.

        Raises:
            DatelineError: If the models cannot be loaded.
        """


@dataclass(frozen=True)
class Ready:
    """A desk that others use as well: that of the service."""

    at: Desk
    threads: Executor

    @property
    def settings(self) -> Settings:
        """See `Source`."""
        return self.at.settings

    @property
    def reader(self) -> Reader:
        """See `Source`."""
        return self.at.pipeline.reader

    async def desk(self) -> Desk:
        """See `Source`."""
        return self.at


class Loading:
    """A desk that is being made in a thread; who asks meanwhile waits.

    Args:
        settings: Of the desk.
        reader: The index, for what needs no model; the pipeline has its own.
        load: Makes the pipeline, which takes seconds. If it fails, whoever waits is told, and the
            next who asks has it tried again.
    """

    def __init__(self, settings: Settings, reader: Reader, load: Callable[[], Pipeline]) -> None:
        self.settings = settings
        self.threads = ThreadPoolExecutor(
            settings.questions_at_once + settings.questions_waiting + SPARE_THREADS, "tool"
        )
        self._reader = reader
        self._load = load
        self._loaded: Future[Desk] | None = None
        self._lock = threading.Lock()

    @property
    def reader(self) -> Reader:
        """See `Source`. The pipeline's once there is one, so that no index is in memory twice."""
        loaded = self._loaded
        if loaded is not None and loaded.done() and loaded.exception() is None:
            self._reader = loaded.result().pipeline.reader
        return self._reader

    async def desk(self) -> Desk:
        """See `Source`. Who stops waiting does not stop the loading."""
        return await asyncio.shield(asyncio.wrap_future(self.begin()))

    def begin(self) -> Future[Desk]:
        """Load unless that is done or under way."""
        with self._lock:
            if self._loaded is None or (self._loaded.done() and self._loaded.exception()):
                self._loaded = self.threads.submit(self._desk)
            return self._loaded

    def close(self) -> None:
        """End the model's process, and every thread; waits until the loading has ended."""
        loaded = self._loaded
        if loaded is not None and not loaded.cancel() and loaded.exception() is None:
            loaded.result().pipeline.engine.close()
        self.threads.shutdown(cancel_futures=True)

    def _desk(self) -> Desk:
        try:
            return desk_of(self._load(), self.settings)
        except DatelineError as error:
            LOG.warning("questions cannot be answered: %s. %s", error, error.hint)
            raise
