"""Prompt → token ids, with the model's own chat template and with data kept as data.

The template is rendered around place-holders that no text can contain by accident, and cut at them.
Only the template's own pieces may become control tokens; every message's text is tokenised with
special tokens off, so an article that spells `<|im_end|>` stays eleven harmless characters.
"""

import re
import secrets
from collections.abc import Callable

from jinja2 import TemplateError
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from rag.engine.protocol import Prompt

Tokenize = Callable[[bytes, bool], list[int]]

PLAIN_TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}"


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
        self._bos_ids = bos_ids

    def encode(self, prompt: Prompt) -> list[int]:
        """Token ids of the whole prompt, ready to be continued."""
        key = secrets.token_hex(8)
        rendered = self._render(prompt, key)
        pieces = re.split(f"<{key}:(\\d+)>", rendered)
        ids: list[int] = []
        for position, piece in enumerate(pieces):
            is_data = position % 2 == 1
            text = prompt.messages[int(piece)].content if is_data else piece
            ids += self._tokenize(text.encode(), not is_data)
        ids += self._tokenize(prompt.opening.encode(), False)
        return ids if ids[: len(self._bos_ids)] == self._bos_ids else self._bos_ids + ids

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
