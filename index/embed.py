"""Texts → unit vectors, behind one seam.

`Embedder` is what the rest of the code knows; `SentenceTransformerEmbedder` is the real one.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
Progress = Callable[[int], object]

BATCH_TEXTS = 32
SLICE_TEXTS = 512
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


class SentenceTransformerEmbedder:
    """A sentence-transformers model from a local folder; never touches the network.

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

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def embed(self, texts: Sequence[str], progress: Progress = ignore_progress) -> Vectors:
        """See `Embedder`. Texts are sorted by length inside each slice of `SLICE_TEXTS`."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), SLICE_TEXTS):
            part = list(texts[start : start + SLICE_TEXTS])
            rows[start : start + len(part)] = self._encode(part)
            progress(len(part))
        return rows

    def _encode(self, texts: list[str]) -> Vectors:
        encoded = self._model.encode(
            texts, batch_size=BATCH_TEXTS, convert_to_tensor=True, show_progress_bar=False
        )
        rows = encoded.float().cpu().numpy()
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return cast("Vectors", (rows / np.maximum(norms, 1e-12)).astype(np.float32))


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
