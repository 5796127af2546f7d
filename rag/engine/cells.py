"""llama.cpp's KV cache: sequences of tokens, read, saved, moved and joined; child process only.

A cell holds what one token left behind in every layer, and its position. A sequence is a set of
cells; a cell may belong to several sequences, so a beginning that many share is kept once. A wrong
range makes llama.cpp abort the whole process, which is why all of this lives in a child.
"""

import ctypes
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np
from numpy.typing import NDArray

BATCH_TOKENS = 64
ABORTED = 2  # what llama_decode returns then

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Row:
    """One token to be read.

    Attributes:
        position: Counted from 0 in its sequence; one more than the sequence's last.
        wanted: Whether the logits after it are needed.
    """

    token: int
    position: int
    sequence: int
    wanted: bool


class Aborted(Exception):
    """The reading was stopped in its middle; no row of the batch counts as read."""


class Cells:
    """A loaded model and its KV cache.

    Args:
        path: A GGUF file.
        cells: How many tokens all sequences may have together, shared ones counted once.
        sequences: How many sequences there may be.
        threads: 0 takes every core.

    Attributes:
        size: As many cells as there are.
        kind: What shapes their content beside the model: number format and processor.

    Raises:
        ValueError: If llama.cpp cannot load the file.
    """

    def __init__(self, path: Path, cells: int, sequences: int, threads: int) -> None:
        cores = threads or len(os.sched_getaffinity(0))
        llama_cpp.llama_backend_init()
        self.model = llama_cpp.llama_model_load_from_file(
            str(path).encode(), llama_cpp.llama_model_default_params()
        )
        if not self.model:
            raise ValueError(f"llama.cpp cannot load {path}")
        self._context = llama_cpp.llama_init_from_model(
            self.model, _parameters(cells, sequences, cores)
        )
        if not self._context:
            raise ValueError(f"llama.cpp cannot make a context of {cells} tokens for {path}")
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._words = int(
            llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))
        )
        self._batch = llama_cpp.llama_batch_init(BATCH_TOKENS, 0, 1)
        self._stop = ctypes.create_string_buffer(2)
        self._callback = _nonzero(self._stop)
        self._heed_stop()
        self.size = int(llama_cpp.llama_n_ctx(self._context))
        self.kind = f"f16 {llama_cpp.llama_print_system_info().decode()}"

    def read(self, rows: Sequence[Row]) -> list[Logits]:
        """Read up to `BATCH_TOKENS` tokens, of one sequence or several.

        Returns:
            The logits `(words,) float32` after each wanted row, in their order.

        Raises:
            Aborted: If `stop` was called meanwhile.
            RuntimeError: If llama.cpp fails; it has then read nothing.
        """
        for place, row in enumerate(rows):
            self._batch.token[place] = row.token
            self._batch.pos[place] = row.position
            self._batch.n_seq_id[place] = 1
            self._batch.seq_id[place][0] = row.sequence
            self._batch.logits[place] = row.wanted
        self._batch.n_tokens = len(rows)
        status = llama_cpp.llama_decode(self._context, self._batch)
        if status:
            self._forget(rows)
        if status == ABORTED:
            raise Aborted
        if status:
            raise RuntimeError(f"llama.cpp could not read {len(rows)} tokens (status {status})")
        return [self._logits(place) for place, row in enumerate(rows) if row.wanted]

    def stop(self) -> None:
        """End a `read` that goes on in another thread, within milliseconds; harmless else."""
        self._stop[0] = b"\x01"

    def go(self) -> None:
        """Allow reading again."""
        self._stop[0] = b"\x00"

    def drop(self, sequence: int, start: int = 0, end: int = -1) -> None:
        """Take the positions from `start` on (before `end`, if not -1) out of a sequence."""
        llama_cpp.llama_memory_seq_rm(self._memory, sequence, start, end)

    def share(self, source: int, target: int, start: int = 0, end: int = -1) -> None:
        """Let `target` have what `source` has at these positions; nothing is computed or copied."""
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, start, end)

    def move(self, sequence: int, by: int) -> None:
        """Add to every position; a sequence that shares cells must not be moved.

        Call `settle` before anything is read again.
        """
        if by:
            llama_cpp.llama_memory_seq_add(self._memory, sequence, 0, -1, by)

    def settle(self, spare: int) -> None:
        """Have llama.cpp turn the keys that were moved, by reading a token in an empty sequence.

        It does so before the next reading, whichever that is; if that were stopped in the middle,
        some layers would be turned and others not, and nothing would tell.
        """
        llama_cpp.llama_set_abort_callback(self._context, llama_cpp.ggml_abort_callback(0), None)
        try:
            self.read([Row(0, 0, spare, wanted=False)])
        finally:
            self.drop(spare)
            self._heed_stop()

    def save(self, sequence: int) -> bytes:
        """What a sequence holds, as llama.cpp serialises it."""
        size = llama_cpp.llama_state_seq_get_size(self._context, sequence)
        buffer = (ctypes.c_uint8 * size)()
        written = llama_cpp.llama_state_seq_get_data(self._context, buffer, size, sequence)
        return bytes(memoryview(buffer)[:written])

    def put(self, state: bytes, sequence: int) -> bool:
        """Give an empty sequence what `save` returned; False if llama.cpp does not take it."""
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        return bool(llama_cpp.llama_state_seq_set_data(self._context, buffer, len(state), sequence))

    def _heed_stop(self) -> None:
        llama_cpp.llama_set_abort_callback(
            self._context, self._callback, ctypes.cast(self._stop, ctypes.c_void_p)
        )

    def _forget(self, rows: Collection[Row]) -> None:
        for sequence in sorted({row.sequence for row in rows}):
            first = min(row.position for row in rows if row.sequence == sequence)
            self.drop(sequence, first)

    def _logits(self, place: int) -> Logits:
        pointer = llama_cpp.llama_get_logits_ith(self._context, place)
        return np.ctypeslib.as_array(pointer, shape=(self._words,)).copy()


def _parameters(cells: int, sequences: int, cores: int) -> Any:  # noqa: ANN401  # a ctypes struct
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = cells
    parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
    parameters.n_seq_max = sequences
    parameters.n_threads = parameters.n_threads_batch = cores
    parameters.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
    parameters.kv_unified = True
    parameters.type_k = parameters.type_v = llama_cpp.GGML_TYPE_F16
    return parameters


def _nonzero(flag: ctypes.Array[ctypes.c_char]) -> Any:  # noqa: ANN401  # a ctypes function
    """A C function that is true once the first byte of `flag` is set: the C library's strlen.

    llama.cpp asks it before every operation, thousands of times a second; a Python function there
    would have to wait for the interpreter's lock each time.
    """
    strlen = ctypes.CDLL(None).strlen
    return ctypes.cast(strlen, llama_cpp.ggml_abort_callback)
