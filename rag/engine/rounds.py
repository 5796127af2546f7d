"""Several tasks share one model, fairly: in each round some of them read a little.

A task that has much to read reads a block alone. Tasks that write are read together, as many tokens
as leave the same bits behind as if each were read alone. Whoever had a turn goes to the end.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from rag.engine.cells import Aborted, Cells, Logits, Row
from rag.engine.steps import Reads, Slot, Step
from rag.engine.writing import ALIKE
from rag.errors import EngineCancelled

Work = Reads[Any]


@dataclass(slots=True, eq=False)
class Task:
    """One request that is being worked on.

    Attributes:
        number: The request's.
        work: What is still to be done.
        slot: What it reads into; None for one that needs none.
        size: How many cells it may come to need.
        is_background: Whether it waits for all others.
        finish: Told the result or what went wrong, once.
    """

    number: int
    work: Work
    slot: Slot | None
    size: int
    is_background: bool
    finish: Callable[[Any, Exception | None], None]
    step: Step | None = field(default=None)


class Rounds:
    """Runs tasks; used by one thread. `cancel` and `hurry` may be called by another."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._tasks: deque[Task] = deque()
        self._cancelled: set[int] = set()
        self._reading: frozenset[Task] = frozenset()
        self._lock = threading.Lock()

    @property
    def tasks(self) -> Collection[Task]:
        """Those that are not finished."""
        return self._tasks

    def start(self, task: Task) -> None:
        """Take part in the rounds from now on."""
        self._tasks.append(task)
        self._go_on(task, None)

    def cancel(self, number: int) -> None:
        """End a task with `EngineCancelled`, also in the middle of a reading."""
        with self._lock:
            self._cancelled.add(number)
            if any(task.number == number for task in self._reading):
                self._cells.stop()

    def is_cancelled(self, number: int) -> bool:
        """Whether `cancel` was called for it; forgotten by asking, since a task ends once."""
        with self._lock:
            known = number in self._cancelled
            self._cancelled.discard(number)
            return known

    def hurry(self) -> None:
        """Interrupt what is done in the background: something that is waited for has come."""
        with self._lock:
            if self._reading and all(task.is_background for task in self._reading):
                self._cells.stop()

    def go(self) -> None:
        """One round."""
        for task in [task for task in self._tasks if self.is_cancelled(task.number)]:
            self._end(task, None, EngineCancelled("the question was cancelled"))
        if not (chosen := self._choose()):
            return
        for task in chosen:
            self._tasks.remove(task)
        self._tasks.extend(chosen)
        try:
            rows = self._read(chosen)
        except Aborted:
            return
        except RuntimeError as error:  # llama.cpp's
            for task in chosen:
                self._end(task, None, error)
            return
        for task, logits in zip(chosen, rows, strict=True):
            self._go_on(task, logits)

    def _choose(self) -> list[Task]:
        """Whose turn it is, each with the step that will be read now."""
        front = [task for task in self._tasks if not task.is_background]
        if not (able := front or [*self._tasks]):
            return []
        first, *others = able
        if _least(first) > ALIKE:
            return [first]
        chosen, room = [first], ALIKE - _least(first)
        for task in others:
            if _least(task) <= room:
                chosen.append(task)
                room -= _least(task)
        for task in chosen:
            room = _guess_within(task, room)
        return chosen

    def _read(self, chosen: list[Task]) -> list[list[Logits]]:
        """The logits that each of them wants."""
        with self._lock:
            if any(task.number in self._cancelled for task in chosen):
                raise Aborted
            self._cells.go()
            self._reading = frozenset(chosen)
        steps = [task.step for task in chosen if task.step]
        try:
            logits = iter(self._cells.read([row for step in steps for row in _rows(step)]))
        finally:
            with self._lock:
                self._reading = frozenset()
        return [[next(logits) for _ in range(step.wanted)] for step in steps]

    def _go_on(self, task: Task, logits: list[Logits] | None) -> None:
        try:
            task.step = next(task.work) if logits is None else task.work.send(logits)
        except StopIteration as end:
            self._end(task, end.value, None)
        except Exception as error:  # whatever it is, the request is told
            self._end(task, None, error)

    def _end(self, task: Task, value: object, error: Exception | None) -> None:
        task.work.close()
        self._tasks.remove(task)
        task.finish(value, error)


def _least(task: Task) -> int:
    """How many tokens a task must read in its turn."""
    return len(task.step.tokens) - task.step.guesses if task.step else 0


def _guess_within(task: Task, room: int) -> int:
    """Leave out the guesses for which there is no room; the room that is left."""
    if (step := task.step) is None:
        return room
    kept = min(step.guesses, room)
    less = step.guesses - kept
    if less:
        tokens = step.tokens[: len(step.tokens) - less]
        task.step = Step(step.sequence, step.start, tokens, step.wanted - less, kept)
    return room - kept


def _rows(step: Step) -> Iterable[Row]:
    first_wanted = len(step.tokens) - step.wanted
    for place, token in enumerate(step.tokens):
        yield Row(token, step.start + place, step.sequence, place >= first_wanted)
