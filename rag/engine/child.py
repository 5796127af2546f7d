"""The child process: `python -m rag.engine.child OPTIONS_JSON`, JSON lines in, JSON lines out.

In:   {"id": 1, "op": "count" | "pin" | "prepare" | "choose" | "stream", …}
      {"id": 1, "op": "cancel"}
Out:  {"id": 1, "event": "text" | "done" | "value" | "error", …}
      {"event": "ready" | "alive"}

It ends when its input ends, so it never outlives its parent, however that one dies.
"""

import json
import os
import queue
import signal
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO, Any

from jinja2 import TemplateError

from rag.engine.llama import LlamaModel, ModelOptions
from rag.engine.protocol import Prompt
from rag.engine.rounds import Rounds, Task, Work
from rag.engine.steps import Slot
from rag.engine.tokens import Part
from rag.errors import DatelineError, EngineCancelled, EngineError

Request = dict[str, Any]
FOREIGN = (RuntimeError, ValueError, TemplateError)


class Replies:
    """Lines to the parent, from two threads."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._lock = threading.Lock()

    def send(self, event: str, **fields: object) -> None:
        """One line."""
        with self._lock:
            print(json.dumps({"event": event, **fields}), file=self._file, flush=True)

    def finish(self, request: Request, value: object, error: Exception | None) -> None:
        """The last line of a request."""
        number = request["id"]
        if isinstance(error, DatelineError):
            self.send("error", id=number, code=error.code, message=str(error))
        elif error is not None:
            self.send("error", id=number, code="engine_error", message=str(error))
        elif request["op"] == "stream":
            self.send("done", id=number)
        else:
            self.send("value", id=number, value=value)


class Child:
    """Serves requests, several at once; a second thread listens for them."""

    def __init__(self, model: LlamaModel, requests: IO[str], replies: Replies) -> None:
        self._model = model
        self._requests = requests
        self._replies = replies
        self._rounds = Rounds(model.cells)
        self._arrived: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._waiting: deque[Request] = deque()

    def run(self) -> None:
        """Serve until the process is ended by the end of its input."""
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            while not self._arrived.empty() or not (self._rounds.tasks or self._waiting):
                self._waiting.append(self._arrived.get())
            self._admit()
            self._rounds.go()
            self._replies.send("alive")

    def _listen(self) -> None:
        for line in self._requests:
            request = json.loads(line)
            if request["op"] == "cancel":
                self._rounds.cancel(request["id"])
            elif request["op"] == "count":
                self._count(request)
            else:
                self._arrived.put(request)
                if request["op"] != "prepare":
                    self._rounds.hurry()
        os._exit(0)  # the parent is gone; nothing is left to clean up

    def _count(self, request: Request) -> None:
        """At once, whatever the model is reading."""
        try:
            count = self._model.count_tokens(Prompt.from_json(request["prompt"]))
        except FOREIGN as error:
            self._replies.finish(request, None, error)
        else:
            self._replies.finish(request, count, None)

    def _admit(self) -> None:
        """Start what waits, in the order of arrival, as far as there is room."""
        kept: deque[Request] = deque()
        while self._waiting:
            request = self._waiting.popleft()
            try:
                started = self._start(request, [*kept])
            except (DatelineError, *FOREIGN) as error:
                self._replies.finish(request, None, error)
                continue
            if not started:
                kept.append(request)
        self._waiting = kept

    def _start(self, request: Request, before: list[Request]) -> bool:
        """Start a request; False if it must wait.

        Raises:
            EngineCancelled, PromptTooLong.
        """
        if self._rounds.is_cancelled(request["id"]):
            raise EngineCancelled("the question was cancelled")
        if before and (request["op"] == "prepare" or before[0]["op"] != "prepare"):
            return False
        if request["op"] == "pin":
            return self._start_pin(request)
        room = request.get("max_tokens", 1)
        parts = self._model.encode(Prompt.from_json(request["prompt"]), room)
        slot, size = self._slot(request, parts), self._model.size(parts, room)
        if slot is None or not self._fits(size, slot):
            return False
        work = self._work(request, slot, parts)
        self._begin(request, work, slot, size)
        return True

    def _start_pin(self, request: Request) -> bool:
        tokens = self._model.beginning(
            Prompt.from_json(request["prompt"]), Prompt.from_json(request["other"])
        )
        if self._model.sequences.is_pinned(tokens):
            self._replies.finish(request, None, None)
            return True
        if self._rounds.tasks:
            return False
        for slot in self._model.slots:
            self._model.sequences.clear(slot)
        self._begin(request, self._model.sequences.pin(tokens), None, 0)
        return True

    def _begin(self, request: Request, work: Work, slot: Slot | None, size: int) -> None:
        def finish(value: object, error: Exception | None) -> None:
            if error is not None and slot is not None:
                self._model.sequences.clear(slot)
            self._replies.finish(request, value, error)

        is_background = request["op"] == "prepare"
        self._rounds.start(Task(request["id"], work, slot, size, is_background, finish))

    def _slot(self, request: Request, parts: list[Part]) -> Slot | None:
        """The free slot whose content a prompt goes on from; else the first free one."""
        taken = [task.slot for task in self._rounds.tasks]
        slots = [self._model.background_slot] if request["op"] == "prepare" else self._model.slots
        free = [slot for slot in slots if slot not in taken]
        going_on = (slot for slot in free if self._model.sequences.goes_on(slot, parts))
        return next(going_on, next(iter(free), None))

    def _fits(self, size: int, chosen: Slot) -> bool:
        """Whether there are cells enough. Slots that nobody uses are emptied for it."""
        tasks = self._rounds.tasks
        used = self._model.sequences.pinned_tokens() + sum(task.size for task in tasks)
        if used + size > self._model.cells.size:
            if not tasks:
                raise EngineError("the prompt and the pinned beginnings do not fit into the cache")
            return False
        taken = [task.slot for task in tasks]
        for slot in self._model.slots:
            if slot is not chosen and slot not in taken:
                self._model.sequences.clear(slot)
        return True

    def _work(self, request: Request, slot: Slot, parts: list[Part]) -> Work:
        if request["op"] == "choose":
            return self._model.choose(slot, parts, request["options"])
        if request["op"] == "prepare":
            return self._model.read_passages(slot, parts)
        number, tokens, stop = request["id"], request["max_tokens"], request["stop"]

        def say(text: str) -> None:
            self._replies.send("text", id=number, text=text)

        return self._model.stream(slot, parts, tokens, stop, say)


def main() -> None:
    """Load the model, say that it is ready, serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    replies = Replies(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)  # whatever a library prints must not enter the protocol
    options = json.loads(sys.argv[1])
    folders = {name: Path(options[name]) for name in ("path", "states_dir")}
    model = LlamaModel(ModelOptions(**{**options, **folders}))
    replies.send("ready")
    requests = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # open for life
    Child(model, requests, replies).run()


if __name__ == "__main__":
    main()
