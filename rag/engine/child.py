"""The child process: `python -m rag.engine.child OPTIONS_JSON`, JSON lines in, JSON lines out.

In:   {"id": 1, "op": "count" | "pin" | "choose" | "stream", …}   {"op": "cancel", "id": 1}
Out:  {"event": "ready", …}   {"id": 1, "event": "text" | "done" | "value" | "error", …}

It ends when its input ends, so it never outlives its parent, however that one dies.
"""

import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Any

from jinja2 import TemplateError

from rag.engine.llama import LlamaModel
from rag.engine.prefixes import PrefixFiles
from rag.engine.protocol import Prompt
from rag.errors import DatelineError

Request = dict[str, Any]


class Child:
    """Serves one request at a time; a second thread listens for cancellations."""

    def __init__(self, model: LlamaModel, requests: IO[str], replies: IO[str]) -> None:
        self._model = model
        self._requests = requests
        self._replies = replies
        self._waiting: queue.Queue[Request] = queue.Queue()
        self._cancelled_up_to = -1

    def run(self) -> None:
        """Serve until the process is ended by the end of its input."""
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            request = self._waiting.get()
            try:
                self._serve(request)
            except DatelineError as error:
                self._reply(request, "error", code=error.code, message=str(error))
            except (
                RuntimeError,
                ValueError,
                TemplateError,
            ) as error:  # foreign
                self._reply(request, "error", code="engine_error", message=str(error))

    def _listen(self) -> None:
        for line in self._requests:
            request = json.loads(line)
            if request["op"] == "cancel":
                self._cancelled_up_to = max(self._cancelled_up_to, request["id"])
            else:
                self._waiting.put(request)
        os._exit(0)  # the parent is gone; nothing is left to clean up

    def _serve(self, request: Request) -> None:
        prompt = Prompt.from_json(request["prompt"])
        cancelled = lambda: request["id"] <= self._cancelled_up_to  # noqa: E731  # read it aloud
        if request["op"] == "count":
            self._reply(request, "value", value=self._model.count_tokens(prompt))
        elif request["op"] == "pin":
            self._model.pin(prompt, Prompt.from_json(request["other"]), cancelled)
            self._reply(request, "value", value=None)
        elif request["op"] == "choose":
            chances = self._model.choose(prompt, request["options"], cancelled)
            self._reply(request, "value", value=chances)
        else:
            pieces = self._model.stream(prompt, request["max_tokens"], request["stop"], cancelled)
            for piece in pieces:
                self._reply(request, "text", text=piece)
            self._reply(request, "done")

    def _reply(self, request: Request, event: str, **fields: object) -> None:
        print(  # the pipe to the parent
            json.dumps({"id": request["id"], "event": event, **fields}),
            file=self._replies,
            flush=True,
        )


def main() -> None:
    """Load the model, say that it is ready, serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not enter the protocol
    options = json.loads(sys.argv[1])
    files = PrefixFiles(Path(options["prefix_dir"]), options["made_by"])
    model = LlamaModel(Path(options["path"]), options["context_tokens"], options["threads"], files)
    print(  # the pipe to the parent
        json.dumps({"event": "ready", "context_tokens": model.context_tokens}),
        file=replies,
        flush=True,
    )
    requests = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # open for life
    Child(model, requests, replies).run()


if __name__ == "__main__":
    main()
