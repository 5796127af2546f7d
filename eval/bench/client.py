"""The bench's end of one worker: start it, load it, ask it, measure its memory, end it."""

import contextlib
import json
import os
import signal
import subprocess  # our own modules, with interpreters that the bench names
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from eval.bench.machine import peak_mib
from eval.bench.wire import Json

LOAD_S = 900.0
ASK_S = 600.0
END_S = 20.0


class WorkerFailed(Exception):
    """A worker that could not be started, failed at a question, or died; says why."""


class Worker:
    """One process that is measured.

    Args:
        command: Starts it.
        folder: Its working folder.
        log: Gets what it prints.
        environment: Added to the bench's own.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._began = time.monotonic()
        self._numbers = count(1)
        self._turn = threading.Lock()
        self._waiting: dict[int | None, Future[Json]] = {}
        self._dead = ""
        self.ready_s = 0.0
        self.facts: Json = {}
        with log.open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603  # fixed arguments, no shell
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # so that whatever it has started can be ended with it
            )
        self._reader = threading.Thread(target=self._read, daemon=True)

    def load(self, options: Json) -> Self:
        """Load the system; `ready_s` and `facts` are known afterwards.

        Raises:
            WorkerFailed: Saying why it did not get ready.
        """
        loaded: Future[Json] = Future()
        self._waiting[None] = loaded
        self._reader.start()
        self._send({"op": "load", **options})
        try:
            self.facts = self._result(loaded, LOAD_S)["facts"]
        except WorkerFailed:
            self.close()
            raise
        self.ready_s = round(time.monotonic() - self._began, 3)
        return self

    def ask(self, request: Json) -> Json:
        """One question; several threads may ask at once.

        Raises:
            WorkerFailed: Saying what went wrong.
        """
        number, answer = next(self._numbers), Future[Json]()
        with self._turn:
            if self._dead:
                raise WorkerFailed(self._dead)
            self._waiting[number] = answer
        self._send({"op": "ask", "id": number, **request})
        return self._result(answer, ASK_S)

    def peak_mib(self) -> int:
        """Sum of the peak resident sets of the worker and all processes below it."""
        return peak_mib(self._process.pid)

    def close(self) -> None:
        """End the worker and all that it has started; idempotent."""
        pipe = cast("IO[bytes]", self._process.stdin)
        with contextlib.suppress(OSError):
            pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, message: Json) -> None:
        pipe = cast("IO[bytes]", self._process.stdin)
        with self._turn:
            try:
                pipe.write(json.dumps(message).encode() + b"\n")
                pipe.flush()
            except (OSError, ValueError) as error:
                raise WorkerFailed(self._dead or "the worker has ended") from error

    def _read(self) -> None:
        with cast("IO[bytes]", self._process.stdout) as lines:
            for line in lines:
                message = json.loads(line)
                with self._turn:
                    future = self._waiting.pop(message.get("id"), None)
                if future is not None:
                    future.set_result(message)
        with self._turn:
            self._dead = f"the worker has ended (exit status {self._process.wait()})"
            left, self._waiting = list(self._waiting.values()), {}
        for future in left:
            future.set_result({"event": "error", "message": self._dead})

    def _result(self, future: Future[Json], within_s: float) -> Json:
        try:
            message = future.result(within_s)
        except TooSlow as error:
            raise WorkerFailed(f"no reply within {within_s:.0f} s") from error
        if message["event"] == "error":
            raise WorkerFailed(message["message"])
        return message
