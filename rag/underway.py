"""A question that is being answered in a thread; what happens waits in memory until it is read.

The thread never waits for its reader (an answer has a dozen events at most), so that a slow client
holds no place at the engine.
"""

import asyncio
import contextvars
import threading
from concurrent.futures import Executor

from rag.desk import Desk
from rag.pipeline import Event, Finished
from rag.types import Answer, Question


class Underway:
    """One question from its asking to its answer; made and read in an event loop.

    Args:
        threads: Where the question is answered, in the context of whoever asks it.
    """

    def __init__(self, desk: Desk, question: Question, threads: Executor) -> None:
        self._cancel = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[Event | Exception] = asyncio.Queue()
        threads.submit(contextvars.copy_context().run, self._run, desk, question)

    async def next(self) -> Event:
        """The next event; nothing follows `Finished`.

        Raises:
            DatelineError: In the event's place, whatever `Desk.ask` raised.
        """
        told = await self._told.get()
        if isinstance(told, Exception):
            raise told
        return told

    async def answer(self) -> Answer:
        """The answer alone.

        Raises:
            DatelineError: As `next`.
        """
        while True:
            event = await self.next()
            if isinstance(event, Finished):
                return event.answer

    def stop(self) -> None:
        """Nobody wants the answer any more."""
        self._cancel.set()

    def _run(self, desk: Desk, question: Question) -> None:
        try:
            desk.ask(question, self._cancel, self._tell)
        except Exception as error:  # it belongs to the reader, who is in another thread
            self._tell(error)

    def _tell(self, told: Event | Exception) -> None:
        self._loop.call_soon_threadsafe(self._told.put_nowait, told)
