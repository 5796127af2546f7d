"""Work on the model in small steps, so that many requests can take turns or be read together."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from rag.engine.cells import Logits
from rag.engine.states import Key

T = TypeVar("T")

NOTHING: Key = "nothing"  # names the state of an empty slot


@dataclass(frozen=True, slots=True)
class Step:
    """Tokens to be read, at most `BATCH_TOKENS`.

    Attributes:
        start: Position of the first.
        wanted: After how many of them, counted from the last one, the logits are wanted.
        guesses: How many of them, counted from the last one, may be left out.
    """

    sequence: int
    start: int
    tokens: tuple[int, ...]
    wanted: int = 0
    guesses: int = 0


Reads = Generator[Step, list[Logits], T]
"""Work that needs the model: yields steps, is sent the wanted logits of each, and returns a T."""


@dataclass(slots=True)
class Slot:
    """A sequence and what it holds.

    Attributes:
        kept: Its tokens.
        shared: How many of them, from the first, are a pinned beginning's.
        key: Names the state of all its tokens; empty if it ends inside a part.
    """

    sequence: int
    kept: list[int] = field(default_factory=list)
    shared: int = 0
    key: Key = NOTHING
