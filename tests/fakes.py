"""Fakes with the interfaces of the real parts, fast and fully predictable."""

import threading
import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from index.embed import Progress, Vectors, ignore_progress
from index.lexical import content_stems
from rag.engine.protocol import Prompt
from rag.errors import EngineCancelled, PromptTooLong


class FakeEmbedder:
    """Bag of hashed word stems: texts that share words are near. Counts what it embeds."""

    name = "fake"
    dimension = 64
    max_tokens = 50

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed(self, texts: Sequence[str], progress: Progress = ignore_progress) -> Vectors:
        self.embedded += texts
        rows = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for stem in content_stems(text):
                row[zlib.crc32(stem.encode()) % self.dimension] += 1.0
        progress(len(texts))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


class FakeEngine:
    """Replies from a script: `answer` maps the whole prompt text to a reply or an error.

    Args:
        answer: Given the last message's text; returns the reply after the opening.
        chance: Probability of the first option, for every choice.
    """

    model_sha256 = "0" * 64

    def __init__(
        self,
        answer: Callable[[str], str | Exception] = lambda text: "",
        chance: float = 0.9,
        context_tokens: int = 4096,
    ) -> None:
        self.context_tokens = context_tokens
        self.prompts: list[Prompt] = []
        self.closed = False
        self.restarts = 0
        self._answer = answer
        self._chance = chance

    def count_tokens(self, prompt: Prompt) -> int:
        texts = [message.content for message in prompt.messages]
        return sum(len(text.split()) for text in [*texts, *prompt.opening])

    def pin(self, one: Prompt, other: Prompt, cancel: threading.Event) -> None:
        pass

    def prepare(self, prompt: Prompt, cancel: threading.Event) -> None:
        self._take(prompt, cancel)

    def choose(
        self, prompt: Prompt, options: Sequence[str], cancel: threading.Event
    ) -> tuple[float, ...]:
        self._take(prompt, cancel)
        rest = (1 - self._chance) / max(1, len(options) - 1)
        return (self._chance, *[rest] * (len(options) - 1))

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        self._take(prompt, cancel)
        reply = self._answer(prompt.messages[-1].content)
        if isinstance(reply, Exception):
            raise reply
        for text in stop:
            reply = reply.split(text)[0]
        for word in reply.split(" ")[:max_tokens]:
            if cancel.is_set():
                raise EngineCancelled("the question was cancelled")
            yield word + " "

    def check(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def _take(self, prompt: Prompt, cancel: threading.Event) -> None:
        if cancel.is_set():
            raise EngineCancelled("the question was cancelled")
        if self.count_tokens(prompt) > self.context_tokens:
            raise PromptTooLong("too many words")
        self.prompts.append(prompt)
