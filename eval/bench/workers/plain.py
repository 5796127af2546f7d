"""`llama_cpp.Llama.create_chat_completion`, as its documentation shows it; nothing of ours."""

import threading
from collections.abc import Iterator
from typing import Any

import llama_cpp

from eval.bench.machine import versions
from eval.bench.wire import Json, Watch, serve


class Plain:
    """Chat completion; one question at a time, as the library requires.

    Args:
        options: Of `Llama`, and `max_tokens`.
    """

    def __init__(self, options: Json) -> None:
        self.facts: Json = {"versions": versions("llama-cpp-python")}
        self._llama = llama_of(options)
        self._max_tokens: int = options["max_tokens"]
        self._turn = threading.Lock()

    def ask(self, request: Json, watch: Watch) -> Json:
        """Complete `messages`. With `fresh`, nothing that was read for another question is kept.

        Questions about two articles share passages by accident; over a real collection they do not.
        """
        with self._turn:
            if request.get("fresh"):
                self._llama.reset()  # type: ignore[no-untyped-call]  # the library leaves it untyped
            watch.pieces(chat(self._llama, request["messages"], self._max_tokens))
        return watch.report()

    def close(self) -> None:
        """Nothing is left behind."""


def llama_of(options: Json) -> llama_cpp.Llama:
    """A model with the options that every contender gets."""
    return llama_cpp.Llama(options["model"], verbose=False, **options["llama"])


def chat(llama: llama_cpp.Llama, messages: list[Json], max_tokens: int) -> Iterator[str]:
    """The reply in pieces, greedily."""
    parts: Any = llama.create_chat_completion(
        messages=messages,  # type: ignore[arg-type]  # plain dictionaries, as JSON has them
        max_tokens=max_tokens,
        temperature=0.0,
        stream=True,
    )
    for part in parts:
        yield part["choices"][0]["delta"].get("content") or ""


if __name__ == "__main__":
    serve(Plain)
