"""Texts → unit vectors, behind one seam.

`Embedder` is what the rest of the code knows; `SentenceTransformerEmbedder` is the real one.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
Tokens = NDArray[np.int32]
Progress = Callable[[int], object]

BATCH_TOKENS = 1_024  # Source: by hand; 512 to 2,048 were alike, more spills out of the cache
TOKENISE_TEXTS = 1_024
BF16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})


def ignore_progress(done: int) -> None:
    """A progress report that nobody reads."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their cosine."""

    @property
    def name(self) -> str:
        """What made the vectors: vectors of two names must never be compared."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest text that is read whole, in this embedder's tokens, special ones included."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Length of each text in tokens, without special tokens, uncut."""

    def embed(self, texts: Sequence[str], progress: Progress = ignore_progress) -> Vectors:
        """Embed texts.

        Returns:
            `(len(texts), dimension)` float32, unit rows, in the order of `texts`.
        """


def processor_has_bf16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor multiplies bfloat16 itself; elsewhere it would only be slower."""
    try:
        words = cpuinfo.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False
    return not BF16_FLAGS.isdisjoint(words)


class _Counted(threading.local):
    """Texts that a thread has had counted, with their tokens; each thread has its own."""

    def __init__(self) -> None:
        self.tokens: dict[str, Tokens] = {}


class SentenceTransformerEmbedder:
    """A sentence-transformers model from a local folder; never touches the network.

    Several threads may use it at once: an index is made while questions are asked.

    Args:
        folder: The model's files.
        name: Recorded in the index beside the vectors.
        bf16: Compute in bfloat16 (cosine to float32 above 0.999 for MiniLM).
    """

    def __init__(self, folder: Path, name: str, *, bf16: bool) -> None:
        self.name = name
        self._model = _load(folder, bf16=bf16)
        self.dimension: int = self._model.get_embedding_dimension() or 0
        self.max_tokens: int = self._model.max_seq_length or 0
        self._counted = _Counted()
        self._tokenising = threading.Lock()  # the tokenizer changes its own settings as it works

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`. The tokens are kept for the next `embed`, which then forgets them."""
        encoded = self._tokenise(texts)
        self._counted.tokens.update(zip(texts, encoded, strict=True))
        special = self._model.tokenizer.num_special_tokens_to_add()
        return [len(tokens) - special for tokens in encoded]

    def embed(self, texts: Sequence[str], progress: Progress = ignore_progress) -> Vectors:
        """See `Embedder`. The longest texts come first; `progress` is told of each batch.

        What shares a batch with a text changes its vector by rounding alone: its cosine to the
        vector of the text by itself is above 0.99999 in float32. Several batches are computed at
        once, each by one core, so that the number of cores changes nothing.
        """
        tokens = self._tokens_of(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        batches = batches_of([len(one) for one in tokens], BATCH_TOKENS)

        def fill(batch: list[int]) -> int:
            rows[batch] = self._encode([tokens[row] for row in batch])
            return len(batch)

        for done in _at_once(fill, batches):
            progress(done)
        return rows

    def _tokens_of(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text's tokens, cut where the model stops reading."""
        known, self._counted.tokens = self._counted.tokens, {}
        fresh = [text for text in texts if text not in known]
        known.update(zip(fresh, self._tokenise(fresh), strict=True))
        return [self._cut(known[text]) for text in texts]

    def _tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Tokens with special ones, uncut; another thread may have its turn between the parts."""
        tokens: list[Tokens] = []
        for start in range(0, len(texts), TOKENISE_TEXTS):
            part = list(texts[start : start + TOKENISE_TEXTS])
            with self._tokenising:
                encoded = self._model.tokenizer(part, truncation=False, verbose=False)
            tokens += [np.array(ids, dtype=np.int32) for ids in encoded["input_ids"]]
        return tokens

    def _cut(self, tokens: Tokens) -> Tokens:
        """The first `max_tokens`, the last of them the token that ends a text."""
        if len(tokens) <= self.max_tokens:
            return tokens
        return np.append(tokens[: self.max_tokens - 1], tokens[-1])

    def _encode(self, batch: Sequence[Tokens]) -> Vectors:
        """Texts of one batch, the longest first, as unit rows."""
        import torch

        shape = (len(batch), len(batch[0]))
        ids = np.full(shape, self._model.tokenizer.pad_token_id, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        inputs = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        with torch.inference_mode():
            rows = self._model(inputs)["sentence_embedding"].float().numpy()
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return cast("Vectors", (rows / np.maximum(norms, 1e-12)).astype(np.float32))


def batches_of(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Group rows of like length, so that little is padded.

    Args:
        lengths: Of each row, at least 1.
        budget: Of a batch: its rows times the longest of them. A row longer than it is alone.

    Returns:
        Every row once, the longest first, equals in order.
    """
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    batches: list[list[int]] = []
    start = 0
    while start < len(order):
        size = max(1, budget // lengths[order[start]])
        batches.append(order[start : start + size])
        start += size
    return batches


def _at_once(work: Callable[[list[int]], int], batches: Sequence[list[int]]) -> Iterator[int]:
    """What the work gives for each batch, in order; each core has a batch of its own.

    A question, which is one batch, has one core too: threads of one that wait for each other take
    many times as long while a language model is busy beside them.
    """
    import torch

    alone = partial(torch.set_num_threads, 1)  # holds for the thread that calls it
    with ThreadPoolExecutor(torch.get_num_threads(), initializer=alone) as pool:
        yield from pool.map(work, batches)


def _load(folder: Path, *, bf16: bool) -> "SentenceTransformer":
    """Import torch only when a model is wanted: it takes seconds."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    dtype = torch.bfloat16 if bf16 else torch.float32
    return SentenceTransformer(
        str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": dtype}
    )
