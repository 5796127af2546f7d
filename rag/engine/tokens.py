"""Prompt → token ids, with the model's own chat template and with data kept as data.

The template is rendered around place-holders that no text can contain by accident, and cut at them.
Only the template's own pieces may become control tokens; every message's text is tokenised with
special tokens off, so an article that spells `<|im_end|>` stays eleven harmless characters.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from jinja2 import TemplateError
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from rag.engine.protocol import Prompt

Tokenize = Callable[[bytes, bool], list[int]]

PLAIN_TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}"


class _Kind(Enum):
    TEMPLATE = auto()
    DATA = auto()
    MARK = auto()
    PASSAGE = auto()
    OPENING = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """Some tokens of a prompt, read in one go.

    Attributes:
        is_passage: Whether it may be read by itself, without what stands before it.
        lead: What a passage is read behind then, if anything: the mark of a first passage.
    """

    tokens: tuple[int, ...]
    is_passage: bool = False
    lead: tuple[int, ...] = ()


class PromptTokenizer:
    """Renders and tokenises prompts for one model.

    Args:
        tokenize: `(utf8, special) -> ids`, adding nothing of its own.
        template: The model's Jinja chat template; None for a model without one.
        bos, eos: The texts of its control tokens, for the template.
        bos_ids: What every prompt starts with, unless the template writes it.
    """

    def __init__(
        self, tokenize: Tokenize, template: str | None, bos: str, eos: str, bos_ids: list[int]
    ) -> None:
        self._tokenize = tokenize
        self._format = Jinja2ChatFormatter(template or PLAIN_TEMPLATE, eos_token=eos, bos_token=bos)
        self._bos_ids = tuple(bos_ids)

    def encode(self, prompt: Prompt) -> list[Part]:
        """The whole prompt, ready to be continued.

        Returns:
            What precedes the passages, each passage, what follows them with the first piece of the
            opening, each further piece; no part is empty.
        """
        parts = [Part(())]
        lead: tuple[int, ...] = ()
        for text, kind in self._texts(prompt):
            ids = tuple(self._tokenize(text.encode(), kind is _Kind.TEMPLATE))
            if kind is _Kind.MARK:
                lead = lead or ids
                parts.append(Part(ids, is_passage=True))
            elif kind is _Kind.PASSAGE:
                parts.append(Part(ids, is_passage=True, lead=lead))
            elif kind is _Kind.OPENING or parts[-1].is_passage:
                parts.append(Part(ids))
            else:
                parts[-1] = Part(parts[-1].tokens + ids)
        if parts[0].tokens[: len(self._bos_ids)] != self._bos_ids:
            parts[0] = Part(self._bos_ids + parts[0].tokens)
        return [part for part in parts if part.tokens]

    def _texts(self, prompt: Prompt) -> Iterator[tuple[str, "_Kind"]]:
        """The prompt's pieces in order."""
        key = secrets.token_hex(8)
        pieces = re.split(f"<{key}:(\\d+)>", self._render(prompt, key))
        last = len(prompt.messages) - 1
        for position, piece in enumerate(pieces):
            if position % 2 == 0:
                yield piece, _Kind.TEMPLATE
            elif int(piece) == last and prompt.passages:
                start, end = prompt.passages_at()
                content = prompt.messages[last].content
                yield content[:start], _Kind.DATA
                for passage in prompt.passages:
                    yield passage.mark, _Kind.MARK
                    yield passage.text, _Kind.PASSAGE
                yield content[end:], _Kind.DATA
            else:
                yield prompt.messages[int(piece)].content, _Kind.DATA
        for number, text in enumerate(prompt.opening):
            yield text, _Kind.OPENING if number else _Kind.DATA

    def _render(self, prompt: Prompt, key: str) -> str:
        """The template around place-holders `<key:number>`, one a message."""
        places = [
            {"role": message.role.value, "content": f"<{key}:{number}>"}
            for number, message in enumerate(prompt.messages)
        ]
        try:
            return str(self._format(messages=places).prompt)  # type: ignore[arg-type]  # OpenAI's
        except (ValueError, TemplateError):
            folded = _without_system(places)
            return str(self._format(messages=folded).prompt)  # type: ignore[arg-type]  # OpenAI's


def _without_system(places: list[dict[str, str]]) -> list[dict[str, str]]:
    """For templates that know no system role: its text goes before the first user's."""
    first, second, *rest = places
    if first["role"] != "system":
        return places
    both = f"{first['content']}\n\n{second['content']}"
    return [{"role": second["role"], "content": both}, *rest]
