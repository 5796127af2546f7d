"""What a request asks of the model, as work that goes on step by step; child process only."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from rag.engine.cells import Cells
from rag.engine.protocol import Prompt
from rag.engine.sequence import Sequences
from rag.engine.states import StateStore
from rag.engine.steps import Reads, Slot
from rag.engine.tokens import Part, PromptTokenizer
from rag.engine.vocabulary import Vocabulary
from rag.engine.writing import ALIKE, Say, Told, Writer
from rag.errors import PromptTooLong

PINS = 2
BEGINNINGS_DISK_BYTES = 1 << 29


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How a model is run.

    Attributes:
        context_tokens: Longest prompt with its reply.
        threads: 0 takes every core.
        at_once: How many prompts it may work on at once.
        states_dir: Where saved states are kept.
        made_by: Everything that shapes a state besides its tokens.
        memory_bytes, disk_bytes: Bounds on the saved states of passages.
        guesses: Whether prompt lookup is used.
    """

    path: Path
    context_tokens: int
    threads: int
    at_once: int
    states_dir: Path
    made_by: str
    memory_bytes: int
    disk_bytes: int
    guesses: bool


class LlamaModel:
    """A GGUF file, loaded; greedy decoding only."""

    def __init__(self, options: ModelOptions) -> None:
        count = options.at_once + 1
        self._options = options
        self.cells = Cells(
            options.path, 2 * options.context_tokens, count + PINS + 1, options.threads
        )
        self._vocabulary = Vocabulary(self.cells.model)
        self._tokenizer = PromptTokenizer(
            self._vocabulary.tokenize,
            self._vocabulary.template,
            *self._vocabulary.control_texts(),
            self._vocabulary.beginning(),
        )
        folder, by = options.states_dir, f"{options.made_by} {self.cells.kind}"
        self.sequences = Sequences(
            self.cells,
            StateStore(folder / "beginnings", by, 0, BEGINNINGS_DISK_BYTES),
            StateStore(folder / "passages", by, options.memory_bytes, options.disk_bytes),
            range(count, count + PINS),
            spare=count + PINS,
        )
        self._writer = Writer(self.cells, self._vocabulary, options.guesses)
        self.slots = [Slot(number) for number in range(options.at_once)]
        self.background_slot = Slot(options.at_once)

    def encode(self, prompt: Prompt, room: int) -> list[Part]:
        """A prompt in tokens.

        Raises:
            PromptTooLong: If there is not `room` for as many tokens more.
        """
        parts = self._tokenizer.encode(prompt)
        length, limit = sum(len(part.tokens) for part in parts), self._options.context_tokens
        if length + room > limit:
            raise PromptTooLong(
                f"{length} tokens and {room} for the answer do not fit into {limit}"
            )
        return parts

    def count_tokens(self, prompt: Prompt) -> int:
        """See `Engine`."""
        return sum(len(part.tokens) for part in self._tokenizer.encode(prompt))

    def beginning(self, one: Prompt, other: Prompt) -> tuple[int, ...]:
        """The tokens that two prompts begin with."""
        first, second = (self._tokenizer.encode(prompt)[0].tokens for prompt in (one, other))
        return tuple(_shared(first, second))

    def size(self, parts: Sequence[Part], room: int) -> int:
        """How many cells of its own a prompt and its reply may need."""
        length = sum(len(part.tokens) for part in parts)
        return length - self.sequences.shares(parts) + room + ALIKE

    def choose(
        self, slot: Slot, parts: Sequence[Part], options: Sequence[str]
    ) -> Reads[list[float]]:
        """See `Engine`."""
        tokens: list[Sequence[int]] = [
            self._vocabulary.tokenize(option.encode(), False) for option in options
        ]
        common: Sequence[int] = reduce(_shared, tokens)  # some models begin every word alike
        whole = [*parts, Part(tuple(common))] if common else parts
        read = yield from self.sequences.bring(slot, whole)
        chosen = read[[ids[len(common)] for ids in tokens]].astype(np.float64)
        weights = np.exp(chosen - chosen.max())
        return [float(weight) for weight in weights / weights.sum()]

    def stream(
        self, slot: Slot, parts: Sequence[Part], max_tokens: int, stop: Sequence[str], say: Say
    ) -> Reads[None]:
        """See `Engine`."""
        logits = yield from self.sequences.bring(slot, parts)
        yield from self._writer.write(slot, logits, max_tokens, Told(stop, say))

    def read_passages(self, slot: Slot, parts: Sequence[Part]) -> Reads[Any]:
        """See `Engine.prepare`."""
        yield from self.sequences.read_passages(slot, parts)


def _shared(one: Sequence[int], other: Sequence[int]) -> Sequence[int]:
    """What two begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return [token for token, _ in pairs]
