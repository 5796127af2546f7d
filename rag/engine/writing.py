"""The reply, token by token: always the most likely one; child process only.

Answers copy from the evidence. So the words that followed the last few tokens where these stood
before are guessed to follow again, and read together with the token that is sure (prompt lookup);
a guess counts only where it is what the model would have written. Up to `ALIKE` tokens read
together leave the very bits behind that they leave when read one by one, so the reply is the same
with guesses and without.

Source: the idea is A. Saxena's "Prompt Lookup Decoding", 2023; the lengths were chosen on replies
to questions of the development split.
"""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.engine.cells import Cells, Logits
from rag.engine.steps import Reads, Slot, Step
from rag.engine.vocabulary import Vocabulary

ALIKE = 3  # Source: ggml multiplies more than three rows another way (gemv, gemm in repack.cpp)
SHORTEST_MATCH = 2
LONGEST_MATCH = 4

Say = Callable[[str], None]


@dataclass(slots=True)
class Told:
    """Text that has been written and may be passed on.

    Attributes:
        stop: The reply ends before the first of these.
        say: Is told each piece.
    """

    stop: Sequence[str]
    say: Say
    _held: str = ""
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")(errors="replace")
    )

    def add(self, data: bytes) -> bool:
        """Pass on what no stop string can begin in; whether one was found."""
        self._held += self._decoder.decode(data)
        found = [at for text in self.stop if (at := self._held.find(text)) >= 0]
        safe = min(found) if found else len(self._held) - self._may_begin()
        if safe > 0:
            self.say(self._held[:safe])
            self._held = self._held[safe:]
        return bool(found)

    def end(self) -> None:
        """Pass on the rest."""
        self._held += self._decoder.decode(b"", final=True)
        if self._held:
            self.say(self._held)

    def _may_begin(self) -> int:
        longest = max((len(text) for text in self.stop), default=1)
        return min(len(self._held), longest - 1)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes replies into slots.

    Args:
        guesses: Whether prompt lookup is used.
    """

    cells: Cells
    vocabulary: Vocabulary
    guesses: bool

    def write(self, slot: Slot, logits: Logits, max_tokens: int, told: Told) -> Reads[None]:
        """Go on from `logits` to the end of the reply, a stop string or `max_tokens`."""
        rows, left = [logits], max_tokens
        drafted: tuple[int, ...] = ()
        while True:
            for row, guess in zip(rows, (*drafted, None), strict=False):
                token = int(np.argmax(row))
                left -= 1
                if token in self.vocabulary.ends:
                    return told.end()
                if told.add(self.vocabulary.piece(token)):
                    return None
                if not left:
                    return told.end()
                slot.kept.append(token)
                if token != guess:
                    break
            start = len(slot.kept) - 1
            self.cells.drop(slot.sequence, start)
            drafted = self._draft(slot, left)
            step = Step(slot.sequence, start, (token, *drafted), 1 + len(drafted), len(drafted))
            rows = yield step
            slot.key = ""

    def _draft(self, slot: Slot, left: int) -> tuple[int, ...]:
        if not self.guesses:
            return ()
        found = lookup(slot.kept[slot.shared :], min(ALIKE - 1, left - 1))
        ends = (place for place, token in enumerate(found) if token in self.vocabulary.ends)
        return found[: next(ends, len(found))]


def lookup(tokens: Sequence[int], count: int) -> tuple[int, ...]:
    """What followed the last few tokens where they stood before, the longest match first.

    Returns:
        At most `count` tokens; of two matches of one length, what followed the later one.
    """
    if count < 1:
        return ()
    for length in range(LONGEST_MATCH, SHORTEST_MATCH - 1, -1):
        last = tuple(tokens[-length:])
        for start in range(len(tokens) - length - 1, -1, -1):
            if tuple(tokens[start : start + length]) == last:
                return tuple(tokens[start + length : start + length + count])
    return ()
