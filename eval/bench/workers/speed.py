"""How fast our engine reads and writes, through its own protocol: no retrieval, no verification."""

import threading
import time

from eval.bench.wire import Json, Watch, serve
from eval.bench.workers.ours import settings_of
from rag.compose import engine_of
from rag.engine.protocol import Engine, Prompt
from rag.pipeline import OPENING
from rag.prompt import PromptTemplate
from rag.settings import Settings
from rag.types import Message, Role

LOOKUP = "prompt_lookup"  # the setting that switches it


class Speed:
    """One engine with prompt lookup on or off.

    Args:
        options: `settings` and `lookup`.
    """

    def __init__(self, options: Json) -> None:
        wanted = {**options["settings"], LOOKUP: options["lookup"]}
        self._engine, settings, unknown = open_engine(wanted)
        self._answer = PromptTemplate(settings.prompts_dir / "answer.txt")
        self._answer.pin(self._engine, threading.Event())
        self.facts: Json = {"lookup": None if LOOKUP in unknown else options["lookup"]}

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


def open_engine(wanted: Json) -> tuple[Engine, Settings, list[str]]:
    """Our engine as the pipeline has it; also the names of settings that this version lacks."""
    settings, unknown = settings_of(wanted)
    return engine_of(settings), settings, unknown


if __name__ == "__main__":
    serve(Speed)
