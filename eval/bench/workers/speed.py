"""How fast our engine reads and writes, through its own protocol: no retrieval, no verification."""

import threading
import time
from dataclasses import fields
from typing import Any

from eval.bench.wire import Json, Watch, serve
from eval.bench.workers.ours import settings_of
from rag.compose import model_file
from rag.engine import EngineOptions, ProcessEngine
from rag.engine.protocol import Engine, Prompt
from rag.pipeline import OPENING
from rag.prompt import PromptTemplate
from rag.settings import Settings
from rag.types import Message, Role

LOOKUP = "guesses"  # the option of the engine that switches prompt lookup


class Speed:
    """One engine with prompt lookup on or off.

    Args:
        options: `settings`, `model_sha256` and `lookup`.
    """

    def __init__(self, options: Json) -> None:
        settings, _ = settings_of(options["settings"])
        self._engine = open_engine(settings, options["model_sha256"], options["lookup"])
        self._answer = PromptTemplate(settings.prompts_dir / "answer.txt")
        self._answer.pin(self._engine, threading.Event())
        self.facts: Json = {"lookup": options["lookup"] if can_look_up() else None}

    def ask(self, request: Json, watch: Watch) -> Json:
        """`what`: "read" a `text`, "write" after it, or "answer" a `question` from `sentences`.

        Returns:
            `tokens` and `seconds` of reading, or `written` and the seconds after its first piece.
        """
        if request["what"] == "read":
            return self._read(prompt_of(request["text"]))
        if request["what"] == "write":
            return self._write(prompt_of(request["text"]), request["max_tokens"])
        lines = [f"[{n}] {text}" for n, text in enumerate(request["sentences"], start=1)]
        prompt = self._answer.fill(evidence="\n".join(lines), question=request["question"])
        return self._write(prompt.then(OPENING), request["max_tokens"])

    def close(self) -> None:
        """End the engine's process."""
        self._engine.close()

    def _read(self, prompt: Prompt) -> Json:
        began = time.monotonic()
        self._engine.choose(prompt, (" yes", " no"), threading.Event())
        seconds = time.monotonic() - began
        return {"tokens": self._engine.count_tokens(prompt), "seconds": seconds}

    def _write(self, prompt: Prompt, max_tokens: int) -> Json:
        pieces, first = [], 0.0
        for piece in self._engine.stream(prompt, max_tokens, (), threading.Event()):
            first = first or time.monotonic()
            pieces.append(piece)
        return {
            "first_piece": pieces[0] if pieces else "",
            "written": "".join(pieces),
            "seconds": time.monotonic() - first if first else 0.0,
        }


def prompt_of(text: str) -> Prompt:
    """One user's message."""
    return Prompt((Message(Role.USER, text),))


def can_look_up() -> bool:
    """Whether this engine has prompt lookup at all."""
    return LOOKUP in {field.name for field in fields(EngineOptions)}


def open_engine(settings: Settings, model_sha256: str, lookup: bool) -> Engine:
    """Our engine as the pipeline has it, but for prompt lookup; the only place that knows how."""
    options: dict[str, Any] = {
        "path": model_file(settings),
        "model_sha256": model_sha256,
        "states_dir": settings.cache_dir / "states",
        "context_tokens": settings.context_tokens,
        "threads": settings.threads,
        "timeout_s": settings.engine_timeout_s,
        LOOKUP: lookup,
    }
    known = {field.name for field in fields(EngineOptions)}
    return ProcessEngine(
        EngineOptions(**{name: value for name, value in options.items() if name in known})
    )


if __name__ == "__main__":
    serve(Speed)
