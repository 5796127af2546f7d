"""The articles as the service changes them: one change after another, while questions go on.

    read the request → the current generation, revised → published → loaded

All of it happens in one thread of its own. A change that was taken is made whether or not anybody
still waits for it: it is made as a whole, or not at all.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from math import ceil

from index.articles import Article
from index.build import Change, revise
from index.embed import Embedder
from index.generation import Generation, Reader
from rag.errors import ArticleNotFound, IndexBusy, IndexCorrupt, IndexMissing
from rag.pipeline import Pipeline
from rag.settings import Settings

WAITING = 16  # changes that are taken at once, the one that is being made included
STOPPING = "the service is stopping"

Tell = Callable[[int, int], None]
"""Told how many of the texts to embed are embedded: done, total. It must not wait."""


class Collection:
    """The articles that a reader hands out; several threads may change them.

    Args:
        reader: Loads each new generation before its change is reported.
        embedder: The one that the questions use.
        at_most: How many articles there may be when one is added.
    """

    def __init__(self, reader: Reader, embedder: Embedder, at_most: int) -> None:
        self._reader = reader
        self._embedder = embedder
        self._at_most = at_most
        self._thread = ThreadPoolExecutor(1, "index")
        self._places = threading.Semaphore(WAITING)
        self._closing = threading.Event()

    def add(self, read: Callable[[], Sequence[Article]], tell: Tell) -> "Future[Change]":
        """Add articles, in the place of those that have their ids.

        Args:
            read: Gives the articles; called in the collection's thread.
            tell: Called there as well: once with 0 when something is to be embedded, then again.

        Returns:
            The change, or what went wrong: whatever `read` raises; DuplicateArticle,
            TooManyArticles, IndexCorrupt, IndexMismatch, DiskFull; IndexBusy if another process
            writes, or `close` is called. The next question afterwards reads the new articles.

        Raises:
            IndexBusy: At once, if as many changes wait as may.
        """
        return self._submit(lambda: self._revise(read(), (), tell))

    def remove(self, article_id: str) -> "Future[Change]":
        """Take an article out; the last one may go.

        Returns:
            The change, or what went wrong: ArticleNotFound, or as `add`.

        Raises:
            IndexBusy: As `add`.
        """
        return self._submit(lambda: self._remove(article_id))

    def close(self) -> None:
        """Give up the changes that wait, and the one underway unless it is nearly done."""
        self._closing.set()
        self._thread.shutdown(wait=True)

    def _submit(self, work: Callable[[], Change]) -> "Future[Change]":
        self._go_on()
        if not self._places.acquire(blocking=False):
            raise IndexBusy(f"changes of the articles that wait already: {WAITING}")
        try:
            future = self._thread.submit(self._unless_closing, work)
        except RuntimeError as error:
            self._places.release()
            raise IndexBusy(STOPPING) from error
        future.add_done_callback(lambda _: self._places.release())
        return future

    def _remove(self, article_id: str) -> Change:
        change = self._revise((), (article_id,), lambda done, total: None)
        if article_id not in change.removed:
            raise ArticleNotFound(f"there is no article {article_id!r}")
        return change

    def _revise(self, puts: Sequence[Article], removals: Sequence[str], tell: Tell) -> Change:
        change = revise(
            self._reader.store,
            puts,
            removals,
            lambda: self._embedder,
            lambda total: Progress(total, tell, self._go_on),
            at_most=self._at_most,
            known=self._known(),
        )
        self._reader.refresh()
        return change

    def _known(self) -> Generation | None:
        """The generation that serves; None where there is none yet."""
        try:
            return self._reader.current()
        except (IndexMissing, IndexCorrupt):
            return None

    def _unless_closing(self, work: Callable[[], Change]) -> Change:
        self._go_on()
        return work()

    def _go_on(self) -> None:
        if self._closing.is_set():
            raise IndexBusy(STOPPING)


class Progress:
    """Counts embedded texts; see `index.build.ProgressBar`.

    Args:
        total: How many there will be.
        tell: Told at the beginning, and whenever another hundredth is done.
        go_on: Called before each count; raises to give up.
    """

    def __init__(self, total: int, tell: Tell, go_on: Callable[[], None]) -> None:
        self._total = total
        self._tell = tell
        self._go_on = go_on
        self._done = 0
        tell(0, total)

    def update(self, n: int) -> None:
        """`n` more texts are embedded."""
        self._go_on()
        before, self._done = self._done, self._done + n
        step = max(1, ceil(self._total / 100))
        if before // step != self._done // step or self._done == self._total:
            self._tell(self._done, self._total)

    def close(self) -> None:
        """Nothing more will come."""


def collection_of(pipeline: Pipeline, settings: Settings) -> Collection:
    """The articles that a pipeline answers from."""
    return Collection(pipeline.reader, pipeline.retriever.embedder, settings.articles_at_most)
