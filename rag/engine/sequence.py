"""A prompt → the cells of one sequence: what is known is put back, the rest is read.

Enters: a prompt in parts. Leaves: the logits after its last token. Every reading is handed to the
caller as a `Step` (`yield`), so that many sequences can be read in turns or together.

Where readings begin shapes the last bits of the logits. So they begin at fixed places only: where
a part begins, and every `BLOCK_TOKENS` inside it; then a state that was put back is, bit by bit,
the one that would have been computed, and an answer does not depend on what was asked before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.engine.cells import BATCH_TOKENS, Cells, Logits
from rag.engine.states import Key, StateStore
from rag.engine.steps import NOTHING, Reads, Slot, Step
from rag.engine.tokens import Part

BLOCK_TOKENS = BATCH_TOKENS


@dataclass(frozen=True, slots=True)
class Pinned:
    """A beginning that stays read, in a sequence of its own."""

    sequence: int
    key: Key


class Sequences:
    """Fills slots.

    Args:
        cells: The model's.
        beginnings: Where the states of pinned beginnings are kept.
        states: Where those of passages and of blocks are kept.
        pin_sequences: Which sequences may hold pinned beginnings.
        spare: A sequence that is empty between two calls.
    """

    def __init__(
        self,
        cells: Cells,
        beginnings: StateStore,
        states: StateStore,
        pin_sequences: Sequence[int],
        spare: int,
    ) -> None:
        self._cells = cells
        self._beginnings = beginnings
        self._states = states
        self._free = list(pin_sequences)
        self._spare = spare
        self._pinned: dict[tuple[int, ...], Pinned] = {}

    def is_pinned(self, tokens: tuple[int, ...]) -> bool:
        """Whether `pin` has nothing to do."""
        return not tokens or tokens in self._pinned

    def pinned_tokens(self) -> int:
        """How many cells the pinned beginnings take."""
        return sum(map(len, self._pinned))

    def shares(self, parts: Sequence[Part]) -> int:
        """How many tokens of a prompt are those of a pinned beginning."""
        return len(self._beginning_of(parts[0].tokens))

    def pin(self, tokens: tuple[int, ...]) -> Reads[None]:
        """Keep a beginning read; idempotent. The one pinned longest ago makes room if need be.

        No slot may be reading meanwhile.
        """
        if self.is_pinned(tokens):
            return
        if not self._free:
            oldest = next(iter(self._pinned))
            self._free.append(self._pinned.pop(oldest).sequence)
        sequence, key = self._free[0], self._beginnings.key(tokens)
        self._cells.drop(sequence)
        state = self._beginnings.load(key)
        if state is None or not self._cells.put(state, sequence):
            self._cells.drop(sequence)
            for start, block in _blocks(tokens):
                yield Step(sequence, start, block)
            self._beginnings.save(key, self._cells.save(sequence), on_disk=True)
        self._free.remove(sequence)
        self._pinned[tokens] = Pinned(sequence, key)

    def clear(self, slot: Slot) -> None:
        """Empty a slot."""
        self._cells.drop(slot.sequence)
        slot.kept, slot.shared, slot.key = [], 0, NOTHING

    def goes_on(self, slot: Slot, parts: Sequence[Part]) -> bool:
        """Whether a prompt begins with all that a slot holds, and with whole parts of it."""
        ends, length = [], 0
        for part in parts[:-1]:
            length += len(part.tokens)
            ends.append(length)
        tokens = [token for part in parts for token in part.tokens]
        return bool(slot.key) and len(slot.kept) in ends and tokens[: len(slot.kept)] == slot.kept

    def bring(self, slot: Slot, parts: Sequence[Part]) -> Reads[Logits]:
        """Have a slot hold a prompt, and nothing else."""
        if not self.goes_on(slot, parts):
            self.clear(slot)
            yield from self._begin(slot, parts)
        done = len(slot.kept)
        logits: list[Logits] = []
        todo = list(_unread(parts, done))
        for number, block in enumerate(todo, start=1):
            last = number == len(todo)
            if last or not self._put_back(slot, block):
                logits = yield Step(slot.sequence, len(slot.kept), block, int(last))
                self._keep_block(slot, block)
        return logits[-1]

    def read_passages(self, slot: Slot, parts: Sequence[Part]) -> Reads[None]:
        """Have the store hold every passage of a prompt; the slot is empty afterwards."""
        self.clear(slot)
        if (pinned := self._joins_behind(parts)) is not None:
            for part in parts:
                if part.is_passage:
                    yield from self._passage(slot, len(parts[0].tokens), pinned, part)

    def _begin(self, slot: Slot, parts: Sequence[Part]) -> Reads[None]:
        """Put the pinned beginning in place and join the passages to it.

        If llama.cpp has no room for their states in one piece, they are left to be read.
        """
        beginning = self._beginning_of(parts[0].tokens)
        if not beginning:
            return
        pinned = self._pinned[beginning]
        states = []
        if self._joins_behind(parts) is not None:
            for part in parts:
                if part.is_passage:
                    states.append((yield from self._passage(slot, len(beginning), pinned, part)))
        self._share(pinned, beginning, slot)
        passages = (part for part in parts if part.is_passage)
        for part, state in zip(passages, states, strict=False):
            by = len(slot.kept) - len(beginning) - len(part.lead)
            if not self._join(slot, part.tokens, state, by):
                self.clear(slot)
                self._share(pinned, beginning, slot)
                break
        if states:
            self._cells.settle(self._spare)

    def _share(self, pinned: Pinned, beginning: tuple[int, ...], slot: Slot) -> None:
        self._cells.share(pinned.sequence, slot.sequence)
        slot.kept, slot.shared, slot.key = list(beginning), len(beginning), pinned.key

    def _passage(self, slot: Slot, start: int, pinned: Pinned, part: Part) -> Reads[bytes]:
        """The state of a passage that was read behind a pinned beginning of `start` tokens."""
        key = self._states.key(part.tokens, self._states.key(part.lead, pinned.key))
        if (state := self._states.load(key)) is not None:
            return state
        self._cells.share(pinned.sequence, slot.sequence)
        for offset, block in _blocks(part.lead + part.tokens):
            yield Step(slot.sequence, start + offset, block)
        state = self._saved(slot.sequence, start + len(part.lead))
        self._states.save(key, state, on_disk=True)
        self._cells.drop(slot.sequence)
        return state

    def _join(self, slot: Slot, tokens: tuple[int, ...], state: bytes, by: int) -> bool:
        """Put a state behind what a slot holds, moved there; False if there is no room."""
        if not self._cells.put(state, self._spare):
            return False
        self._cells.move(self._spare, by)
        self._cells.share(self._spare, slot.sequence)
        self._cells.drop(self._spare)
        slot.kept += tokens
        slot.key = self._states.key(tokens, slot.key)
        return True

    def _put_back(self, slot: Slot, block: tuple[int, ...]) -> bool:
        state = self._states.load(self._states.key(block, slot.key))
        return state is not None and self._join(slot, block, state, 0)

    def _keep_block(self, slot: Slot, block: tuple[int, ...]) -> None:
        key = self._states.key(block, slot.key)
        self._states.save(key, self._saved(slot.sequence, len(slot.kept)), on_disk=False)
        slot.kept += block
        slot.key = key

    def _saved(self, sequence: int, start: int) -> bytes:
        self._cells.share(sequence, self._spare, start)
        state = self._cells.save(self._spare)
        self._cells.drop(self._spare)
        return state

    def _beginning_of(self, tokens: tuple[int, ...]) -> tuple[int, ...]:
        fitting = (pinned for pinned in self._pinned if tokens[: len(pinned)] == pinned)
        return max(fitting, key=len, default=())

    def _joins_behind(self, parts: Sequence[Part]) -> Pinned | None:
        """The pinned beginning that passages are joined to, if they stand right behind one."""
        return self._pinned.get(parts[0].tokens)


def _blocks(tokens: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Tokens in blocks, each with its offset."""
    for offset in range(0, len(tokens), BLOCK_TOKENS):
        yield offset, tokens[offset : offset + BLOCK_TOKENS]


def _unread(parts: Sequence[Part], done: int) -> Iterator[tuple[int, ...]]:
    """What of a prompt is left to be read behind its first `done` tokens, in blocks.

    Passages are read in one go with what follows them.
    """
    run: tuple[int, ...] = ()
    for part in parts:
        left = part.tokens[done:]
        done = max(0, done - len(part.tokens))
        run += left
        if not part.is_passage:
            yield from (block for _, block in _blocks(run))
            run = ()
