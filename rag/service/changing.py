"""A change of the articles that is underway in another thread, as its client sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import suppress

from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from index.build import Change
from rag.collection import Tell
from rag.errors import DatelineError
from rag.schemas import ChangeOut, ProgressEvent
from rag.service.problems import problem_of, unexpected_problem

Begin = Callable[[Tell], "Future[Change]"]


class Changing:
    """One change from its taking to its end; made and read in an event loop.

    Nobody needs to read it: a client that goes away leaves the change to be made as a whole.

    Args:
        begin: Begins the change.

    Raises:
        IndexBusy: As `Collection` does.
    """

    def __init__(self, begin: Begin) -> None:
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[ProgressEvent | Future[Change]] = asyncio.Queue()
        begin(self._progress).add_done_callback(self._tell)

    async def next(self) -> ProgressEvent | ChangeOut:
        """What happens next; nothing follows `ChangeOut`.

        Raises:
            DatelineError: In its place, whatever went wrong.
        """
        told = await self._told.get()
        return told if isinstance(told, ProgressEvent) else ChangeOut.of(told.result())

    async def change(self) -> ChangeOut:
        """The change alone.

        Raises:
            DatelineError: As `next`.
        """
        while True:
            told = await self.next()
            if isinstance(told, ChangeOut):
                return told

    def _progress(self, done: int, total: int) -> None:
        self._tell(ProgressEvent(done=done, total=total))

    def _tell(self, told: "ProgressEvent | Future[Change]") -> None:
        with suppress(RuntimeError):  # the loop is closed, and with it the client
            self._loop.call_soon_threadsafe(self._told.put_nowait, told)


async def streamed(changing: Changing) -> StreamingResponse:
    """The change as server-sent events `progress`…, `change` or `error`.

    Raises:
        DatelineError: What went wrong before the first event.
    """
    return StreamingResponse(
        _events(changing, await changing.next()),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


async def _events(changing: Changing, told: ProgressEvent | ChangeOut) -> AsyncIterator[bytes]:
    """The first that was told and all that follows; progress comes first, if only of nothing."""
    if isinstance(told, ChangeOut):
        yield _sent("progress", ProgressEvent(done=0, total=0).model_dump_json())
    try:
        while isinstance(told, ProgressEvent):
            yield _sent("progress", told.model_dump_json())
            told = await changing.next()
        yield _sent("change", told.model_dump_json())
    except DatelineError as error:
        yield _sent("error", problem_of(error).model_dump_json())
    except Exception as error:  # a bug: the client is told that the change was not made
        yield _sent("error", unexpected_problem(error).model_dump_json())


def _sent(name: str, body: str) -> bytes:
    return format_sse_event(event=name, data_str=body)
