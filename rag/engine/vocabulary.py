"""Text ↔ tokens, and what a model file says about its own words; child process only."""

import ctypes
from typing import Any

import llama_cpp

MAX_TEMPLATE_BYTES = 1 << 16
MAX_PIECE_BYTES = 256


class Vocabulary:
    """The tokens of one loaded model.

    Args:
        model: llama.cpp's pointer to it.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401  # a ctypes pointer
        self._vocab = llama_cpp.llama_model_get_vocab(model)
        self.size = int(llama_cpp.llama_vocab_n_tokens(self._vocab))
        self.ends = frozenset(
            token for token in range(self.size) if llama_cpp.llama_vocab_is_eog(self._vocab, token)
        )
        self.template = _template(model)

    def tokenize(self, text: bytes, special: bool) -> list[int]:
        """Token ids, nothing added; with `special`, control tokens spelled in it become such."""
        return self._tokenize(text, begin=False, special=special)

    def beginning(self) -> list[int]:
        """What the model wants before every prompt: its beginning token, or nothing."""
        return self._tokenize(b"", begin=True, special=False)

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; a character may be spread over several."""
        buffer = ctypes.create_string_buffer(MAX_PIECE_BYTES)
        written = llama_cpp.llama_token_to_piece(
            self._vocab, token, buffer, MAX_PIECE_BYTES, 0, False
        )
        return buffer.raw[: max(0, written)]

    def control_texts(self) -> tuple[str, str]:
        """How the model spells its beginning and its end."""
        begin = llama_cpp.llama_vocab_bos(self._vocab)
        end = llama_cpp.llama_vocab_eos(self._vocab)
        return self._spelled(begin), self._spelled(end)

    def _spelled(self, token: int) -> str:
        text = llama_cpp.llama_vocab_get_text(self._vocab, token) if token >= 0 else b""
        return (text or b"").decode()

    def _tokenize(self, text: bytes, *, begin: bool, special: bool) -> list[int]:
        room = len(text) + 8
        buffer = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocab, text, len(text), buffer, room, begin, special)
        if count < 0:
            raise ValueError(f"{len(text)} bytes of text cannot be tokenised")
        return [int(token) for token in buffer[:count]]


def _template(model: Any) -> str | None:  # noqa: ANN401  # a ctypes pointer
    """The model's Jinja chat template, if it has one."""
    buffer = ctypes.create_string_buffer(MAX_TEMPLATE_BYTES)
    written = llama_cpp.llama_model_meta_val_str(
        model, b"tokenizer.chat_template", buffer, MAX_TEMPLATE_BYTES
    )
    return buffer.value.decode() if 0 <= written < MAX_TEMPLATE_BYTES else None
