"""The engine that the service uses: llama.cpp in a child process that is replaced when it dies.

A crash inside llama.cpp, a killed child or a hang costs one request, never the service.
"""

import contextlib
import itertools
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from rag.engine.pipe import ChildPipe, EngineOptions, Reply
from rag.engine.protocol import Prompt
from rag.errors import (
    EngineCancelled,
    EngineDied,
)


class ProcessEngine:
    """An `Engine` in a child process; requests from several threads are worked on together.

    Args:
        options: Which model, and how.

    Raises:
        EngineStartFailed: If the first child does not become ready.
    """

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._replacing = threading.Lock()
        self._numbers = itertools.count(1)
        self._child = ChildPipe(options)
        self._closed = False
        self._restarts = 0
        self._is_starting = False

    @property
    def model_sha256(self) -> str:
        """See `Engine`."""
        return self._options.model_sha256

    @property
    def context_tokens(self) -> int:
        """See `Engine`."""
        return self._child.context_tokens

    @property
    def pid(self) -> int:
        """The child's process id, which changes when it is replaced."""
        return self._child.pid

    @property
    def restarts(self) -> int:
        """See `Engine`."""
        return self._restarts

    def count_tokens(self, prompt: Prompt) -> int:
        """See `Engine`."""
        return int(self._value({"op": "count", "prompt": prompt.to_json()}, threading.Event()))

    def pin(self, one: Prompt, other: Prompt, cancel: threading.Event) -> None:
        """See `Engine`. A child that replaces another one pins the same again when asked to."""
        self._value({"op": "pin", "prompt": one.to_json(), "other": other.to_json()}, cancel)

    def prepare(self, prompt: Prompt, cancel: threading.Event) -> None:
        """See `Engine`."""
        self._value({"op": "prepare", "prompt": prompt.to_json()}, cancel)

    def choose(
        self, prompt: Prompt, options: Sequence[str], cancel: threading.Event
    ) -> tuple[float, ...]:
        """See `Engine`."""
        request = {"op": "choose", "prompt": prompt.to_json(), "options": list(options)}
        return tuple(self._value(request, cancel))

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        """See `Engine`. Closing the iterator early cancels the rest."""
        request = {
            "op": "stream",
            "prompt": prompt.to_json(),
            "max_tokens": max_tokens,
            "stop": list(stop),
        }
        with contextlib.closing(self._replies(request, cancel)) as replies:
            for reply in replies:
                if reply["event"] == "text":
                    yield reply["text"]

    def check(self) -> None:
        """See `Engine`. A child that died while idle is replaced here; nobody waits for that twice.

        Raises:
            EngineDied: Also while a child is being replaced.
        """
        if self._is_starting:
            raise EngineDied("the model is being loaded again")
        self._living_child()

    def close(self) -> None:
        """See `Engine`."""
        self._closed = True
        self._child.kill()

    def _value(self, request: dict[str, Any], cancel: threading.Event) -> Any:  # noqa: ANN401  # JSON
        return next(reply["value"] for reply in self._replies(request, cancel))

    def _replies(self, request: dict[str, Any], cancel: threading.Event) -> Generator[Reply]:
        """Send one request and pass on its replies; the last is "value" or "done"."""
        if cancel.is_set():
            raise EngineCancelled("the question was cancelled")
        child = self._living_child()
        try:
            yield from child.ask({"id": next(self._numbers), **request}, cancel)
        except EngineDied:
            child.kill()
            if not self._closed:
                self._living_child()
            raise

    def _living_child(self) -> ChildPipe:
        """The child, or another one if it has ended."""
        with self._replacing:
            if self._closed:
                raise EngineDied("the engine has been closed")
            if not self._child.is_alive():
                self._replace()
            return self._child

    def _replace(self) -> None:
        self._is_starting = True
        try:
            self._child.kill()
            self._child = ChildPipe(self._options)
            self._restarts += 1
        finally:
            self._is_starting = False
