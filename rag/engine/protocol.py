"""What an engine can do, and the messages in which a child process does it.

The same verbs are spoken by the real engine, by its child process and by the tests' fake.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from rag.types import Message, Role


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of which many prompts have some.

    Attributes:
        mark: What stands before it, as its number: that depends on the prompt.
        text: The same in every prompt.
    """

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation, and the opening of the reply that the program itself has written.

    Text in messages is data: a control token spelled in it is read as plain characters.

    Attributes:
        opening: In the pieces in which it was written. An engine reads it in these pieces, so that
            what was read before the last `then` need not be read again.
        passages: Texts that stand in the last message, one right behind the other. An engine may
            read each by itself, once for all prompts.
    """

    messages: tuple[Message, ...]
    opening: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()

    def then(self, text: str) -> "Prompt":
        """The same prompt with more of the reply written."""
        return replace(self, opening=(*self.opening, text))

    def passages_at(self) -> tuple[int, int]:
        """Where the passages begin and end in the last message.

        Raises:
            ValueError: If they do not stand there.
        """
        text = "".join(passage.mark + passage.text for passage in self.passages)
        start = self.messages[-1].content.index(text)
        return start, start + len(text)

    def to_json(self) -> dict[str, Any]:
        """For the pipe to the child process."""
        messages = [[message.role.value, message.content] for message in self.messages]
        passages = [[passage.mark, passage.text] for passage in self.passages]
        return {"messages": messages, "opening": self.opening, "passages": passages}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Prompt":
        """The inverse of `to_json`."""
        messages = tuple(Message(Role(role), content) for role, content in data["messages"])
        passages = tuple(Passage(mark, text) for mark, text in data["passages"])
        return cls(messages, tuple(data["opening"]), passages)


class Engine(Protocol):
    """A language model that decodes greedily: the same prompt gives the same bytes.

    It may be asked by several threads at once.
    """

    @property
    def model_sha256(self) -> str:
        """Digest of the model file that answers."""

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and reply may have together."""

    @property
    def restarts(self) -> int:
        """How often its process was replaced."""

    def count_tokens(self, prompt: Prompt) -> int:
        """Length of the prompt, template included, as the model will read it."""

    def pin(self, one: Prompt, other: Prompt, cancel: threading.Event) -> None:
        """Read what two prompts begin with, and keep it read from now on; idempotent.

        Raises:
            As `choose`.
        """

    def prepare(self, prompt: Prompt, cancel: threading.Event) -> None:
        """Read a prompt's passages, so that a question finds them read; waits for all questions.

        Raises:
            As `choose`.
        """

    def choose(
        self, prompt: Prompt, options: Sequence[str], cancel: threading.Event
    ) -> tuple[float, ...]:
        """How likely the reply goes on with each option, judged by their first tokens that differ.

        Returns:
            One probability an option, in their order; they sum to 1 over the options.

        Raises:
            PromptTooLong, EngineCancelled, EngineDied, EngineStartFailed.
        """

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        """The reply in pieces, without the first stop string and what follows it.

        Raises:
            As `choose`.
        """

    def check(self) -> None:
        """Return if a prompt could be read now.

        Raises:
            EngineStartFailed, EngineDied.
        """

    def close(self) -> None:
        """Free the model; idempotent."""
