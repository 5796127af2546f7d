"""The model itself; lives in the child process only.

One sequence of tokens is kept in the KV cache. A prompt that goes on where the last one ended keeps
it; any other begins from the pinned beginning that it shares, whose state is put back if need be.
So the fixed instructions and examples are read once, and answers do not depend on their order.
"""

import codecs
import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import takewhile
from pathlib import Path

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from rag.engine.prefixes import PrefixFiles
from rag.engine.protocol import Prompt
from rag.engine.tokens import PromptTokenizer
from rag.errors import EngineCancelled, PromptTooLong

PREFILL_TOKENS = 64  # between two looks at whether the question was cancelled

Logits = NDArray[np.float32]
Cancelled = Callable[[], bool]


class LlamaModel:
    """A GGUF file, loaded; greedy decoding only.

    Args:
        path: The file.
        context_tokens: Size of the KV cache.
        threads: For prefill and decoding; 0 takes every core.
        files: Where the states of pinned beginnings are kept.
    """

    def __init__(self, path: Path, context_tokens: int, threads: int, files: PrefixFiles) -> None:
        cores = threads or len(os.sched_getaffinity(0))
        self._llama = llama_cpp.Llama(
            str(path),
            n_ctx=context_tokens,
            n_batch=PREFILL_TOKENS,
            n_ubatch=PREFILL_TOKENS,
            n_threads=cores,
            n_threads_batch=cores,
            flash_attn=True,
            verbose=False,
        )
        self._files = files
        self._kept: list[int] = []
        self._pinned: dict[tuple[int, ...], bytes] = {}
        self._ends = _end_tokens(self._llama)
        self._tokenizer = PromptTokenizer(
            lambda text, special: self._llama.tokenize(text, add_bos=False, special=special),
            self._llama.metadata.get("tokenizer.chat_template"),
            *_control_texts(self._llama),
            self._llama.tokenize(b"", add_bos=True, special=False),
        )

    @property
    def context_tokens(self) -> int:
        """Size of the KV cache."""
        return int(self._llama.n_ctx())

    def count_tokens(self, prompt: Prompt) -> int:
        """See `Engine`."""
        return len(self._tokenizer.encode(prompt))

    def pin(self, one: Prompt, other: Prompt, cancelled: Cancelled) -> None:
        """See `Engine`."""
        begin = _shared(self._tokenizer.encode(one), self._tokenizer.encode(other))
        if tuple(begin) in self._pinned:
            return
        state = self._files.load(begin)
        if state is None:
            self._read(begin, cancelled)
            state = kv_state(self._llama)
            self._files.save(begin, state)
        self._pinned[tuple(begin)] = state

    def choose(
        self, prompt: Prompt, options: Sequence[str], cancelled: Cancelled
    ) -> tuple[float, ...]:
        """See `Engine`."""
        tokens = [self._llama.tokenize(option.encode(), add_bos=False) for option in options]
        common = reduce(_shared, tokens)  # some models begin every word with the same token
        read = self._read(self._tokenizer.encode(prompt) + common, cancelled)
        chosen = read[[ids[len(common)] for ids in tokens]].astype(np.float64)
        weights = np.exp(chosen - chosen.max())
        return tuple(float(weight) for weight in weights / weights.sum())

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancelled: Cancelled
    ) -> Iterator[str]:
        """See `Engine`."""
        tokens = self._tokenizer.encode(prompt)
        logits = self._read(tokens, cancelled, room=max_tokens)
        return until_stop(self._pieces(tokens, logits, max_tokens, cancelled), stop)

    def _pieces(
        self, tokens: list[int], logits: Logits, max_tokens: int, cancelled: Cancelled
    ) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        for left in reversed(range(max_tokens)):
            token = int(np.argmax(logits))
            if token in self._ends:
                return
            yield decoder.decode(self._llama.detokenize([token], prev_tokens=tokens))
            tokens = [*tokens, token]
            if left:  # nobody asks what would come after the last one
                logits = self._read(tokens, cancelled)

    def _read(self, tokens: list[int], cancelled: Cancelled, room: int = 1) -> Logits:
        """Decode what is not in the KV cache yet; the logits after the last token."""
        if len(tokens) + room > self.context_tokens:
            raise PromptTooLong(
                f"{len(tokens)} tokens and {room} for the answer do not fit"
                f" into {self.context_tokens}"
            )
        keep = self._reuse(tokens)
        for start in range(keep, len(tokens), PREFILL_TOKENS):
            if cancelled():
                raise EngineCancelled("the question was cancelled")
            part = tokens[start : start + PREFILL_TOKENS]
            self._llama.eval(part)
            self._kept += part
        pointer = llama_cpp.llama_get_logits_ith(self._llama.ctx, -1)
        return np.ctypeslib.as_array(pointer, shape=(self._llama.n_vocab(),)).copy()

    def _reuse(self, tokens: list[int]) -> int:
        """Leave in the KV cache what `tokens` begins with, at most all but the last; its length.

        That is everything, if `tokens` goes on after what was read last; otherwise the
        longest pinned beginning and not a token more: where batches begin shapes the last bits of
        the logits, and an answer must not depend on what was asked before it.
        """
        goes_on = len(tokens) > len(self._kept) > 0 and tokens[: len(self._kept)] == self._kept
        if not goes_on:
            fitting = (
                list(pinned) for pinned in self._pinned if tokens[: len(pinned)] == [*pinned]
            )
            pinned = max(fitting, key=len, default=[])
            if self._kept[: len(pinned)] != pinned:
                pinned = pinned if self._restore(pinned) else []
            self._kept = pinned
        keep = min(len(self._kept), len(tokens) - 1)
        self._llama.n_tokens = keep
        self._kept = self._kept[:keep]
        return keep

    def _restore(self, pinned: list[int]) -> bool:
        return restore_kv_state(self._llama, self._pinned[tuple(pinned)])


def _shared(one: Sequence[int], other: Sequence[int]) -> list[int]:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return [token for token, _ in pairs]


def kv_state(llama: llama_cpp.Llama) -> bytes:
    """The state of sequence 0, as llama.cpp serialises it."""
    size = llama_cpp.llama_state_seq_get_size(llama.ctx, 0)
    buffer = (ctypes.c_uint8 * size)()
    written = llama_cpp.llama_state_seq_get_data(llama.ctx, buffer, size, 0)
    return bytes(buffer)[:written]


def restore_kv_state(llama: llama_cpp.Llama, state: bytes) -> bool:
    """Put a state back in place of sequence 0; False if llama.cpp does not take it."""
    llama_cpp.llama_memory_seq_rm(llama_cpp.llama_get_memory(llama.ctx), 0, -1, -1)
    buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
    return bool(llama_cpp.llama_state_seq_set_data(llama.ctx, buffer, len(state), 0))


def until_stop(pieces: Iterator[str], stop: Sequence[str]) -> Iterator[str]:
    """Pass pieces on until a stop string, which may be spread over several of them."""
    longest = max((len(text) for text in stop), default=1)
    held = ""
    for piece in pieces:
        held += piece
        found = [at for text in stop if (at := held.find(text)) >= 0]
        if found:
            yield held[: min(found)]
            return
        safe = max(0, len(held) - longest + 1)
        if safe:
            yield held[:safe]
            held = held[safe:]
    yield held


def _end_tokens(llama: llama_cpp.Llama) -> frozenset[int]:
    vocab = llama_cpp.llama_model_get_vocab(llama.model)
    count = int(llama_cpp.llama_vocab_n_tokens(vocab))
    return frozenset(t for t in range(count) if llama_cpp.llama_vocab_is_eog(vocab, t))


def _control_texts(llama: llama_cpp.Llama) -> tuple[str, str]:
    vocab = llama_cpp.llama_model_get_vocab(llama.model)
    texts = []
    for token in (llama.token_bos(), llama.token_eos()):
        text = llama_cpp.llama_vocab_get_text(vocab, token) if token >= 0 else b""
        texts.append((text or b"").decode())
    return texts[0], texts[1]
