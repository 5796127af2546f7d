"""A turn of a conversation → a question that stands alone.

Only a question that may lean on what was said before is rewritten: one with a word such as "he" or
"there", or a very short one. The rewriting is the model's, from a bounded part of the history, and
the history is data like any other text: a rewriting that names what nobody has named is not used.
"""

import re
import threading
from dataclasses import replace

from rag.atoms import missing_atoms
from rag.engine.protocol import Engine
from rag.prompt import PromptTemplate
from rag.types import Message, Question, Role

LEANS = re.compile(
    r"\b(he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|then"
    r"|one|ones|else|other|others|former|latter)\b|^(and|but|so|why|how so|what about|how about)\b",
    re.IGNORECASE,
)
SHORT_WORDS = 4
REWRITE_TOKENS = 60


class Dialogue:
    """Makes follow-ups standalone.

    Args:
        turns: How many of the latest turns are read.
        turn_chars: How much of each.
    """

    def __init__(
        self, engine: Engine, template: PromptTemplate, turns: int, turn_chars: int
    ) -> None:
        self._engine = engine
        self._template = template
        self._turns = turns
        self._turn_chars = turn_chars

    @property
    def prompt_sha256(self) -> str:
        """Digest of the template by which questions are rewritten."""
        return self._template.sha256

    def heard(self, question: Question) -> Question:
        """The question with the turns that its rewriting reads alone: none if it leans on none."""
        leaning = leans(question.text)
        return replace(question, history=question.history[-self._turns :] if leaning else ())

    def standalone(self, question: Question, cancel: threading.Event) -> Question:
        """The same question without its history, rewritten if it needed the history.

        Raises:
            EngineError: As the engine says.
        """
        question = self.heard(question)
        if not question.history:
            return question
        self._template.pin(self._engine, cancel)
        prompt = self._template.fill(
            history="\n".join(self._line(turn) for turn in question.history),
            question=_folded(question.text),
        )
        text = _folded("".join(self._engine.stream(prompt, REWRITE_TOKENS, ("\n",), cancel)))
        told = "\n".join([question.text, *(turn.content for turn in question.history)])
        kept = text if text and not invents(text, told) else question.text
        return replace(question, text=kept, history=())

    def _line(self, turn: Message) -> str:
        speaker = "Reader" if turn.role is Role.USER else "Answer"
        return f"{speaker}: {_folded(turn.content)[: self._turn_chars]}"


def leans(text: str) -> bool:
    """Whether a question may need what was said before it."""
    return bool(LEANS.search(text)) or len(text.split()) <= SHORT_WORDS


def invents(rewritten: str, told: str) -> bool:
    """Whether a rewritten question has a name, number or quotation that nobody has told."""
    lowered = rewritten[:1].lower() + rewritten[1:]  # the first word is capital for no other reason
    return bool(len(missing_atoms(lowered, told)))


def _folded(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())
