"""The parent's end of one child process: start it, ask it, notice that it died or hangs."""

import contextlib
import json
import os
import queue
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
SPIN_COUNT = "1000"
START_TIMEOUT_S = 120.0
CANCEL_TIMEOUT_S = 10.0
LAST_EVENTS = frozenset({"value", "done", "error"})
ENDED = "the model's process has ended"

Reply = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How the child loads its model.

    Attributes:
        context_tokens: Longest prompt with its reply.
        threads: 0 takes every core.
        at_once: How many prompts are worked on at once.
        states_dir: Where saved states are kept.
        memory_bytes, disk_bytes: Bounds on the saved states of passages, in memory and on disk.
        guesses: Whether prompt lookup is used.
        timeout_s: Longest silence while something is asked before the child counts as hung.
    """

    path: Path
    model_sha256: str
    states_dir: Path
    context_tokens: int
    threads: int
    at_once: int
    memory_bytes: int
    disk_bytes: int
    guesses: bool
    timeout_s: float


class ChildPipe:
    """One child process and the pipe to it; may be used by several threads."""

    def __init__(self, options: EngineOptions) -> None:
        self._timeout_s = options.timeout_s
        self.context_tokens = options.context_tokens
        self._process = subprocess.Popen(  # noqa: S603  # fixed arguments, no shell
            [sys.executable, "-m", "rag.engine.child", _arguments(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parent.parent.parent,
            env={**os.environ, "GOMP_SPINCOUNT": SPIN_COUNT},
        )
        self._sending = threading.Lock()
        self._ready = threading.Event()
        self._ended = threading.Event()
        self._waiting: dict[int, queue.SimpleQueue[Reply]] = {}
        self._heard = time.monotonic()
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(START_TIMEOUT_S) or not self.is_alive():
            self.kill()
            raise EngineStartFailed(f"the model {options.path} could not be loaded")

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the child has not ended."""
        return self._process.poll() is None and not self._ended.is_set()

    def kill(self) -> None:
        """End the child and free the pipe; idempotent."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def ask(self, request: dict[str, Any], cancel: threading.Event) -> Iterator[Reply]:
        """Send a request and pass on its replies, the last one included.

        Raises:
            EngineDied: If the child ends, or is silent for too long; kill it then.
            EngineError: What the child says went wrong.
        """
        number, finished = request["id"], False
        replies = self._waiting[number] = queue.SimpleQueue()
        try:
            self._send(request)
            for reply in self._until_last(number, replies, cancel):
                finished = reply["event"] in LAST_EVENTS
                if reply["event"] == "error":
                    raise _as_error(reply)
                yield reply
        except EngineDied:
            finished = True
            raise
        finally:
            del self._waiting[number]
            if not finished:  # the caller closed us: nobody wants the rest
                with contextlib.suppress(EngineDied):
                    self._send({"op": "cancel", "id": number})

    def _until_last(
        self, number: int, replies: "queue.SimpleQueue[Reply]", cancel: threading.Event
    ) -> Iterator[Reply]:
        asked, told = time.monotonic(), False
        while True:
            if cancel.is_set() and not told:
                self._send({"op": "cancel", "id": number})
                told, asked = True, time.monotonic()
            try:
                reply = replies.get(timeout=POLL_S)
            except queue.Empty:
                if self._ended.is_set() and replies.empty():
                    raise EngineDied(ENDED) from None
                patience = CANCEL_TIMEOUT_S if told else self._timeout_s
                if time.monotonic() - max(asked, self._heard) > patience:
                    raise EngineDied(
                        "the model's process does not answer; it is being replaced"
                    ) from None
                continue
            yield reply
            if reply["event"] in LAST_EVENTS:
                return

    def _listen(self) -> None:
        """Hand each line to whoever asked, until there are no more."""
        with cast("IO[bytes]", self._process.stdout) as lines:
            for line in lines:
                self._heard = time.monotonic()
                reply = json.loads(line)
                if reply["event"] == "ready":
                    self._ready.set()
                elif (replies := self._waiting.get(reply.get("id"))) is not None:
                    replies.put(reply)
        self._ended.set()
        self._ready.set()

    def _send(self, message: dict[str, Any]) -> None:
        pipe = cast("IO[bytes]", self._process.stdin)
        try:
            with self._sending:
                pipe.write(json.dumps(message).encode() + b"\n")
                pipe.flush()
        except (OSError, ValueError) as error:  # ValueError: `close` has closed the pipe
            raise EngineDied(ENDED) from error


def _arguments(options: EngineOptions) -> str:
    return json.dumps(
        {
            "path": str(options.path),
            "states_dir": str(options.states_dir),
            "made_by": f"{options.model_sha256} llama-cpp-python {version('llama-cpp-python')}",
            "context_tokens": options.context_tokens,
            "threads": options.threads,
            "at_once": options.at_once,
            "memory_bytes": options.memory_bytes,
            "disk_bytes": options.disk_bytes,
            "guesses": options.guesses,
        }
    )


def _as_error(reply: Reply) -> EngineError:
    kinds: dict[str, type[EngineError]] = {
        error.code: error for error in (PromptTooLong, EngineCancelled)
    }
    return kinds.get(reply["code"], EngineError)(reply["message"])
