"""What is read, what is put back, and whose turn it is; with cells that only remember tokens."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.engine.cells import Aborted, Logits, Row
from rag.engine.rounds import Rounds, Task
from rag.engine.sequence import BLOCK_TOKENS, Sequences
from rag.engine.states import StateStore
from rag.engine.steps import Reads, Slot, Step
from rag.engine.tokens import Part
from rag.engine.writing import ALIKE
from rag.errors import EngineCancelled

PIN, SPARE = 8, 9
BEGIN = tuple(range(100, 110))
LEAD = (1, 2)
ONE, TWO = Part((11, 12, 13), is_passage=True, lead=LEAD), Part((21, 22), is_passage=True)
QUESTION = Part((31, 32, 33, 34))
OPENING = Part((41, 42))
NOTHING = np.zeros(1, dtype=np.float32)


class FakeCells:
    """Sequences of (position, token); reading must go on where a sequence ends."""

    def __init__(self, has_room: bool = True) -> None:
        self.held: dict[int, dict[int, int]] = {}
        self.batches: list[list[Row]] = []
        self.abort_next = False
        self._moved = False
        self._has_room = has_room

    def tokens(self, sequence: int) -> list[int]:
        held = self.held.get(sequence, {})
        assert sorted(held) == list(range(len(held)))
        return [held[position] for position in sorted(held)]

    def read(self, rows: Sequence[Row]) -> list[Logits]:
        assert not self._moved
        if self.abort_next:
            self.abort_next = False
            raise Aborted
        for row in rows:
            held = self.held.setdefault(row.sequence, {})
            assert row.position == max(held, default=-1) + 1
            held[row.position] = row.token
        self.batches.append(list(rows))
        return [NOTHING for row in rows if row.wanted]

    def drop(self, sequence: int, start: int = 0, end: int = -1) -> None:
        held = self.held.get(sequence, {})
        self.held[sequence] = {p: t for p, t in held.items() if not start <= p < _last(end)}

    def share(self, source: int, target: int, start: int = 0, end: int = -1) -> None:
        some = {p: t for p, t in self.held.get(source, {}).items() if start <= p < _last(end)}
        self.held.setdefault(target, {}).update(some)

    def move(self, sequence: int, by: int) -> None:
        self._moved |= bool(by)
        self.held[sequence] = {p + by: t for p, t in self.held[sequence].items()}

    def settle(self, spare: int) -> None:
        assert not self.held.get(spare)
        self._moved = False

    def save(self, sequence: int) -> bytes:
        return repr(self.held.get(sequence, {})).encode()

    def put(self, state: bytes, sequence: int) -> bool:
        pairs = state.decode().strip("{}").split(",") if self._has_room else []
        self.held[sequence] = {int(p): int(t) for p, t in (pair.split(":") for pair in pairs)}
        return self._has_room

    def stop(self) -> None: ...

    def go(self) -> None: ...


def _last(end: int) -> int:
    return 10**6 if end == -1 else end


def made(cells: FakeCells, folder: Path, memory: int = 1 << 20) -> Sequences:
    beginnings, states = (StateStore(folder / name, "by", memory, 1 << 20) for name in "bs")
    made = Sequences(cells, beginnings, states, [PIN], SPARE)  # type: ignore[arg-type]  # a fake
    drive(cells, made.pin(BEGIN))
    cells.batches.clear()
    return made


def drive(cells: FakeCells, work: Reads[object]) -> None:
    """Read whatever is asked for, step by step."""
    logits = None
    while True:
        try:
            step = next(work) if logits is None else work.send(logits)
        except StopIteration:
            return
        logits = cells.read(rows_of(step))


def rows_of(step: Step) -> list[Row]:
    first = len(step.tokens) - step.wanted
    return [
        Row(token, step.start + place, step.sequence, place >= first)
        for place, token in enumerate(step.tokens)
    ]


def was_read(cells: FakeCells) -> list[list[int]]:
    found = [[row.token for row in batch] for batch in cells.batches]
    cells.batches.clear()
    return found


def flat(parts: Iterable[Part]) -> list[int]:
    return [token for part in parts for token in part.tokens]


def test_passages_are_read_once_and_joined_in_any_order(tmp_path: Path) -> None:
    cells = FakeCells()
    sequences, slot = made(cells, tmp_path), Slot(0)
    prompt = [Part(BEGIN), ONE, TWO, QUESTION]
    drive(cells, sequences.bring(slot, prompt))
    assert was_read(cells) == [[*LEAD, *ONE.tokens], [*TWO.tokens], [*QUESTION.tokens]]
    assert cells.tokens(0) == flat(prompt)
    other = [Part(BEGIN), TWO, ONE, Part((35, 36))]
    drive(cells, sequences.bring(slot, other))
    assert was_read(cells) == [[35, 36]]
    assert cells.tokens(0) == flat(other)
    assert cells.tokens(PIN) == list(BEGIN)
    assert cells.tokens(SPARE) == []


def test_passages_that_find_no_room_are_read_in_their_place(tmp_path: Path) -> None:
    """The fallback: everything behind the beginning is read, and nothing is lost."""
    cells = FakeCells()
    sequences, slot = made(cells, tmp_path), Slot(0)
    cells._has_room = False
    prompt = [Part(BEGIN), ONE, TWO, QUESTION]
    drive(cells, sequences.bring(slot, prompt))
    assert was_read(cells)[-1] == flat(prompt[1:])
    assert cells.tokens(0) == flat(prompt)


def test_without_the_beginning_passages_are_text(tmp_path: Path) -> None:
    cells = FakeCells()
    sequences, slot = made(cells, tmp_path), Slot(0)
    prompt = [Part((1, 2, 3)), ONE, TWO, QUESTION]
    drive(cells, sequences.bring(slot, prompt))
    assert was_read(cells) == [[1, 2, 3], flat(prompt[1:])]
    assert cells.tokens(0) == flat(prompt)


def test_a_prompt_that_goes_on_reads_only_what_is_new(tmp_path: Path) -> None:
    cells = FakeCells()
    sequences, slot = made(cells, tmp_path), Slot(0)
    prompt = [Part(BEGIN), ONE, QUESTION]
    drive(cells, sequences.bring(slot, prompt))
    assert sequences.goes_on(slot, [*prompt, OPENING])
    was_read(cells)
    drive(cells, sequences.bring(slot, [*prompt, OPENING]))
    assert was_read(cells) == [[*OPENING.tokens]]
    assert cells.tokens(0) == flat([*prompt, OPENING])


def test_a_longer_conversation_reads_only_what_differs(tmp_path: Path) -> None:
    """Whole blocks are put back, in another slot as well; the last one is always read."""
    cells = FakeCells()
    sequences = made(cells, tmp_path)
    said = tuple(range(1000, 1000 + 2 * BLOCK_TOKENS))
    drive(cells, sequences.bring(Slot(0), [Part(BEGIN + said + (5, 6))]))
    assert [len(tokens) for tokens in was_read(cells)] == [BLOCK_TOKENS, BLOCK_TOKENS, 2]
    more = [Part(BEGIN + said + (7, 8, 9))]
    drive(cells, sequences.bring(Slot(1), more))
    assert was_read(cells) == [[7, 8, 9]]
    assert cells.tokens(1) == flat(more)
    changed = [Part((*BEGIN, 0, *said[1:], 7, 8, 9))]
    drive(cells, sequences.bring(Slot(1), changed))
    assert [len(tokens) for tokens in was_read(cells)] == [BLOCK_TOKENS, BLOCK_TOKENS, 3]


def test_with_nothing_kept_everything_is_read_each_time(tmp_path: Path) -> None:
    cells = FakeCells()
    sequences = made(cells, tmp_path, memory=0)
    prompt = [Part(BEGIN + tuple(range(200, 300)))]
    for number in (0, 1):
        drive(cells, sequences.bring(Slot(number), prompt))
        assert [token for batch in was_read(cells) for token in batch] == list(range(200, 300))


# Whose turn it is.


def reading(sequence: int, sizes: Sequence[int], guesses: int = 0) -> Reads[str]:
    start = 0
    for size in sizes:
        tokens = tuple(range(size + guesses))
        logits = yield Step(sequence, start, tokens, 1 + guesses, guesses)
        start += size + len(logits) - 1
    return f"{sequence} done"


class Turns:
    """Rounds over fake cells, and what became of each task."""

    def __init__(self) -> None:
        self.cells = FakeCells()
        self.rounds = Rounds(self.cells)  # type: ignore[arg-type]  # a fake
        self.ended: dict[int, object] = {}

    def start(self, number: int, work: Reads[str], is_background: bool = False) -> None:
        def finish(value: object, error: Exception | None) -> None:
            self.ended[number] = error or value

        self.rounds.start(Task(number, work, None, 0, is_background, finish))

    def run(self) -> list[list[int]]:
        """The sequences that were read together, until all is done."""
        while self.rounds.tasks:
            self.rounds.go()
        return [sorted({row.sequence for row in batch}) for batch in self.cells.batches]


def test_writers_are_read_together_and_take_turns() -> None:
    turns = Turns()
    for number in range(4):
        turns.start(number, reading(number, [1] * 3))
    batches = turns.run()
    assert all(len(batch) <= ALIKE for batch in turns.cells.batches)
    assert batches == [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]
    assert turns.ended == {number: f"{number} done" for number in range(4)}


def test_a_reader_lets_writers_go_on_between_its_blocks() -> None:
    turns = Turns()
    turns.start(0, reading(0, [64] * 3))
    turns.start(1, reading(1, [1] * 3))
    assert turns.run() == [[0], [1], [0], [1], [0], [1]]


def test_guesses_take_only_the_room_that_others_leave() -> None:
    turns = Turns()
    turns.start(0, reading(0, [1], guesses=2))
    turns.run()
    assert [len(batch) for batch in turns.cells.batches] == [3]
    turns = Turns()
    for number in (0, 1):
        turns.start(number, reading(number, [1], guesses=2))
    turns.run()
    assert [len(batch) for batch in turns.cells.batches] == [3]
    assert [row.sequence for row in turns.cells.batches[0]] == [0, 0, 1]


def test_the_background_waits() -> None:
    turns = Turns()
    turns.start(0, reading(0, [10] * 2), is_background=True)
    turns.start(1, reading(1, [10] * 2))
    assert turns.run() == [[1], [1], [0], [0]]


def test_a_reading_that_was_stopped_is_done_again_without_the_one_that_was_cancelled() -> None:
    turns = Turns()
    for number in (0, 1):
        turns.start(number, reading(number, [1] * 2))
    turns.cells.abort_next = True
    turns.rounds.go()
    turns.rounds.cancel(0)
    assert turns.run() == [[1], [1]]
    assert isinstance(turns.ended[0], EngineCancelled)
    assert turns.ended[1] == "1 done"


def test_work_that_fails_is_told_and_harms_nobody() -> None:
    def failing() -> Reads[str]:
        yield Step(0, 0, (1,), 1)
        raise ValueError("no")

    turns = Turns()
    turns.start(0, failing())
    turns.start(1, reading(1, [1] * 2))
    turns.run()
    assert isinstance(turns.ended[0], ValueError)
    assert turns.ended[1] == "1 done"


@pytest.mark.parametrize("count", [1, 3])
def test_a_beginning_makes_room_for_another(tmp_path: Path, count: int) -> None:
    """The one pinned longest ago goes; from disk it comes back without being read."""
    cells = FakeCells()
    sequences = made(cells, tmp_path)
    others = [tuple(range(n * 50, n * 50 + 3)) for n in range(1, count + 1)]
    for other in others:
        drive(cells, sequences.pin(other))
    assert cells.tokens(PIN) == list(others[-1])
    assert not sequences.is_pinned(BEGIN)
    was_read(cells)
    drive(cells, sequences.pin(BEGIN))
    assert was_read(cells) == []
    assert cells.tokens(PIN) == list(BEGIN)
