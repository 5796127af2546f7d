"""The parent's end of one child process: start it, ask it, notice that it died or hangs."""

import contextlib
import json
import os
import select
import subprocess  # our own module, with our own interpreter
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

from rag.errors import (
    EngineCancelled,
    EngineDied,
    EngineError,
    EngineStartFailed,
    PromptTooLong,
)

POLL_S = 0.02
SPIN_COUNT = "0"  # threads that wait for one another sleep: 2-6 times faster where cores are shared
START_TIMEOUT_S = 120.0
CANCEL_TIMEOUT_S = 10.0

Reply = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How the child loads its model.

    Attributes:
        threads: 0 takes every core.
        prefix_dir: Where the states of pinned beginnings are kept.
        timeout_s: Longest silence during a request before the child counts as hung.
    """

    path: Path
    model_sha256: str
    prefix_dir: Path
    context_tokens: int
    threads: int
    timeout_s: float


class ChildPipe:
    """One child process and the pipe to it."""

    def __init__(self, options: EngineOptions) -> None:
        self._timeout_s = options.timeout_s
        self._process = subprocess.Popen(  # noqa: S603  # fixed arguments, no shell
            [sys.executable, "-m", "rag.engine.child", _arguments(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parent.parent.parent,
            env={**os.environ, "GOMP_SPINCOUNT": SPIN_COUNT},
        )
        self._lines = _Lines(cast("IO[bytes]", self._process.stdout))
        self.context_tokens = self._wait_until_ready(options)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the child has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the child and free the pipe; idempotent."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def ask(self, request: dict[str, Any], cancel: threading.Event) -> Iterator[Reply]:
        """Send a request and pass on its replies, the last one included.

        Raises:
            EngineDied: If the child ends, or is silent for too long; kill it then.
            EngineError: What the child says went wrong.
        """
        self._send(request)
        finished = False
        try:
            for reply in self._until_last(request["id"], cancel):
                finished = reply["event"] in {"value", "done", "error"}
                if reply["event"] == "error":
                    raise _as_error(reply)
                yield reply
        except EngineDied:
            finished = True
            raise
        finally:
            if not finished:  # the caller closed us: end the work, or the next request would wait
                self._drain(request["id"])

    def _until_last(self, number: int, cancel: threading.Event) -> Iterator[Reply]:
        told, quiet_until = False, time.monotonic() + self._timeout_s
        while True:
            if cancel.is_set() and not told:
                self._send({"op": "cancel", "id": number})
                told, quiet_until = True, time.monotonic() + CANCEL_TIMEOUT_S
            line = self._lines.read(POLL_S)
            if line is None:
                if time.monotonic() > quiet_until:
                    raise EngineDied("the model's process does not answer; it is being replaced")
                continue
            quiet_until = time.monotonic() + (CANCEL_TIMEOUT_S if told else self._timeout_s)
            reply = json.loads(line)
            yield reply
            if reply["event"] in {"value", "done", "error"}:
                return

    def _drain(self, number: int) -> None:
        cancel = threading.Event()
        cancel.set()
        try:
            for _ in self._until_last(number, cancel):
                pass
        except EngineDied:
            self.kill()

    def _send(self, message: dict[str, Any]) -> None:
        pipe = cast("IO[bytes]", self._process.stdin)
        try:
            pipe.write(json.dumps(message).encode() + b"\n")
            pipe.flush()
        except (OSError, ValueError) as error:  # ValueError: `close` has closed the pipe
            raise EngineDied("the model's process has ended") from error

    def _wait_until_ready(self, options: EngineOptions) -> int:
        deadline = time.monotonic() + START_TIMEOUT_S
        try:
            while time.monotonic() < deadline:
                line = self._lines.read(POLL_S)
                if line is not None:
                    return int(json.loads(line)["context_tokens"])
        except EngineDied:
            pass
        self.kill()
        raise EngineStartFailed(f"the model {options.path} could not be loaded")


class _Lines:
    """Lines from a pipe, waiting a bounded time."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._buffer = bytearray()

    def read(self, wait_s: float) -> bytes | None:
        """The next line, or None if it has not come in time."""
        if b"\n" not in self._buffer:
            data = self._more(wait_s)
            if data is None:
                return None
            if not data:
                raise EngineDied("the model's process has ended")
            self._buffer += data
        line, found, rest = self._buffer.partition(b"\n")
        if not found:
            return None
        self._buffer = rest
        return bytes(line)

    def _more(self, wait_s: float) -> bytes | None:
        try:
            descriptor = self._pipe.fileno()
            if not select.select([descriptor], [], [], wait_s)[0]:
                return None
            return os.read(descriptor, 1 << 16)
        except (OSError, ValueError) as error:  # `close` has closed the pipe
            raise EngineDied("the model's process has ended") from error


def _arguments(options: EngineOptions) -> str:
    return json.dumps(
        {
            "path": str(options.path),
            "prefix_dir": str(options.prefix_dir),
            "made_by": f"{options.model_sha256} llama-cpp-python {version('llama-cpp-python')}",
            "context_tokens": options.context_tokens,
            "threads": options.threads,
        }
    )


def _as_error(reply: Reply) -> EngineError:
    kinds: dict[str, type[EngineError]] = {
        error.code: error for error in (PromptTooLong, EngineCancelled)
    }
    return kinds.get(reply["code"], EngineError)(reply["message"])
