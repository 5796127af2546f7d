"""JSON lines between the bench and one worker: the worker's end. Standard library only.

In:   {"op": "load", …}   then   {"op": "ask", "id": 1, …}, several at once if one likes
Out:  {"event": "ready", "facts": {…}}   {"event": "answer", "id": 1, …}   {"event": "error", …}

A worker ends when its input ends, so it never outlives the bench.
"""

import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import IO, Any, Protocol

Json = dict[str, Any]

SENTENCE_ENDS = re.compile(r"[.!?](?:[\"”’')\]]|\[\d+\])*\s")


class Contender(Protocol):
    """One system, loaded.

    Attributes:
        facts: What the bench writes down about it: versions, sizes.
    """

    facts: Json

    def ask(self, request: Json, watch: "Watch") -> Json:
        """Answer; called from several threads at once. What is returned joins what `watch` saw."""

    def close(self) -> None:
        """End what the system has started."""


Loader = Callable[[Json], Contender]


class Watch:
    """The times of one question, in seconds since its line was read.

    Args:
        clock: Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._first_token: float | None = None
        self._first_sentence: float | None = None
        self._written = ""

    def piece(self, text: str) -> None:
        """The model has written this. The first sentence is there once it is seen to have ended."""
        if not text:
            return
        if self._first_token is None:
            self._first_token = self._since()
        self._written += text
        if self._first_sentence is None and SENTENCE_ENDS.search(self._written):
            self.sentence()

    def pieces(self, texts: Iterable[str]) -> None:
        """All that a model writes, as it comes."""
        for text in texts:
            self.piece(text)

    def token(self) -> None:
        """The model has begun to write something that is not shown."""
        if self._first_token is None:
            self._first_token = self._since()

    def sentence(self) -> None:
        """The first sentence can be shown."""
        if self._first_sentence is None:
            self._first_sentence = self._since()

    def report(self, **more: object) -> Json:
        """The times, what was written, and whatever else is to be said; ends the question.

        A reply that was written and never seen to end is a sentence now.
        """
        total = self._since()
        if self._written and self._first_sentence is None:
            self._first_sentence = total
        return {
            "first_token_s": self._first_token,
            "first_sentence_s": self._first_sentence,
            "total_s": total,
            "text": self._written,
            "written": self._written,
            **more,
        }

    def _since(self) -> float:
        return round(self._clock() - self._began, 6)


class Server:
    """Serves the protocol for one contender; every question has its thread."""

    def __init__(self, load: Loader, requests: Iterable[str], replies: IO[str]) -> None:
        self._load = load
        self._requests = requests
        self._replies = replies
        self._turn = threading.Lock()

    def run(self) -> None:
        """Load, then answer until the input ends; what is being answered then is finished."""
        lines = iter(self._requests)
        asked: list[threading.Thread] = []
        try:
            contender = self._load(json.loads(next(lines)))
        except Exception as error:  # whatever a library raises is this system's result
            self._say({"event": "error", "id": None, "message": in_words(error)})
            return
        self._say({"event": "ready", "facts": contender.facts})
        for line in lines:
            request = json.loads(line)
            watch = Watch(time.monotonic)
            asked.append(threading.Thread(target=self._answer, args=(contender, request, watch)))
            asked[-1].start()
        for thread in asked:
            thread.join()
        contender.close()

    def _answer(self, contender: Contender, request: Json, watch: Watch) -> None:
        try:
            reply = contender.ask(request, watch)
            self._say({"event": "answer", "id": request["id"], **reply})
        except Exception as error:  # as above
            self._say({"event": "error", "id": request["id"], "message": in_words(error)})

    def _say(self, message: Json) -> None:
        with self._turn:
            self._replies.write(json.dumps(message) + "\n")
            self._replies.flush()


def in_words(error: BaseException) -> str:
    """An error's kind and first line."""
    first = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {first}"


def serve(load: Loader) -> None:
    """Serve on standard input and output; what a library prints goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    Server(load, sys.stdin, replies).run()
    replies.flush()
    os._exit(0)  # libraries' threads must not keep a worker that has nothing left to do
