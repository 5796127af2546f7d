"""Evidence → prompt, inside a token budget. The words stand in `prompts/`, not here."""

import hashlib
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template

from rag.engine.protocol import Engine, Passage, Prompt
from rag.errors import SettingsError
from rag.types import Evidence, Message, Role

READ_ANEW = (
    2  # Source: errors on the development split; with 1, too much was said from the best alone
)
TURN = re.compile(r"^=== (system|user|assistant)\n", re.MULTILINE)


class PromptTemplate:
    """One file of `prompts/`: turns headed `=== role`, place-holders `$name`.

    The turns before the first place-holder never change: the engine keeps them read.
    """

    def __init__(self, path: Path) -> None:
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"the prompt {path} cannot be read") from error
        parts = TURN.split(source)[1:]
        roles, texts = parts[::2], parts[1::2]
        self._turns = [
            (Role(role), text.removesuffix("\n")) for role, text in zip(roles, texts, strict=True)
        ]
        if not self._turns or self._turns[-1][0] is not Role.ASSISTANT:
            raise SettingsError(f"the prompt {path} must end in an === assistant turn")
        self.sha256 = hashlib.sha256(source.encode()).hexdigest()

    def pin(self, engine: Engine, cancel: threading.Event) -> None:
        """Have the engine keep read what all fillings begin with."""
        names = Template("\n".join(text for _, text in self._turns)).get_identifiers()
        one, other = (self.fill(**dict.fromkeys(names, filler)) for filler in ("a", "b"))
        engine.pin(one, other, cancel)

    def fill(self, **values: str) -> Prompt:
        """The prompt, its last turn the opening of the reply. Values are inserted as they are."""
        *turns, (_, opening) = self._turns
        messages = tuple(Message(role, Template(t).substitute(values)) for role, t in turns)
        return Prompt(messages, (opening,))


@dataclass(frozen=True, slots=True)
class Layout:
    """How evidence, which comes best first, stands in a prompt.

    Attributes:
        joins: Whether sentences are passages that an engine may have read before. Those were read
            apart from one another, and the model leans on what stands last: so the best sentence
            does, and the best `READ_ANEW` are no passages. If not, the best stands first.
    """

    joins: bool

    def rank_of(self, number: int, count: int) -> int:
        """Which of `count` sentences, the best being 1, a number in the prompt means."""
        return count + 1 - number if self.joins else number

    def fill(
        self, template: PromptTemplate, question: str, texts: Sequence[str], anew: int = READ_ANEW
    ) -> Prompt:
        """The prompt with these sentences as numbered lines.

        Args:
            template: With place-holders `evidence` and `question`.
            question: What is asked.
            texts: Best first.
            anew: How many of the best are no passages.
        """
        ordered = list(reversed(texts)) if self.joins else texts
        lines = [Passage(f"[{n}]", f" {_one_line(text)}\n") for n, text in enumerate(ordered, 1)]
        whole = "".join(line.mark + line.text for line in lines).removesuffix("\n")
        prompt = template.fill(evidence=whole, question=_one_line(question))
        count = max(0, len(lines) - anew) if self.joins else 0
        return replace(prompt, passages=tuple(lines[:count]))

    def fill_within(
        self,
        template: PromptTemplate,
        question: str,
        evidence: Sequence[Evidence],
        count_tokens: Callable[[Prompt], int],
        max_tokens: int,
    ) -> tuple[Prompt, list[Evidence]]:
        """The prompt with as much of the best evidence as fits.

        Args:
            template: As for `fill`.
            question: What is asked.
            evidence: Best first; the worst are left out first.
            count_tokens: The engine's.
            max_tokens: For the whole prompt.

        Returns:
            The prompt, and the evidence in it, best first; see `rank_of` for its numbers.
        """
        kept = list(evidence)
        while True:
            prompt = self.fill(template, question, [item.text for item in kept])
            if not kept or count_tokens(prompt) <= max_tokens:
                return prompt, kept
            kept.pop()


def _one_line(text: str) -> str:
    return " ".join(text.split())
