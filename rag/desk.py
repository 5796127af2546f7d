"""Where questions arrive: one that was answered before is told again, the others take their turn.

    question → remembered? → a place at the engine → pipeline → remembered

The pipeline knows nothing of this: an evaluation asks the pipeline itself.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Protocol

from rag.admission import Admission
from rag.pipeline import Event, Finished, Pipeline
from rag.remembered import Remembered, Step, Told
from rag.settings import Settings
from rag.types import Answer, Question, Timings


class Listener(Protocol):
    """Hears how each question ends, before the one who asked does; it neither waits nor raises."""

    def answered(self, question: Question, answer: Answer, remembered: bool) -> None:
        """It was answered or refused, perhaps as it had been before."""

    def failed(self, question: Question, error: Exception) -> None:
        """It ended with an error."""


@dataclass(frozen=True)
class Desk:
    """A pipeline for many who ask at the same time.

    Attributes:
        settings: Those of the pipeline; whatever is told holds for them alone.
        clock: Seconds, monotonic.
        listeners: Told in this order.
    """

    pipeline: Pipeline
    settings: Settings
    admission: Admission
    remembered: Remembered
    clock: Callable[[], float]
    listeners: tuple[Listener, ...] = ()

    def ask(
        self, question: Question, cancel: threading.Event, tell: Callable[[Event], None]
    ) -> None:
        """Answer a question.

        Args:
            question: What is asked.
            cancel: Set when nobody wants the answer any more.
            tell: Given each event when it happens, as `Pipeline.run` has them. It must not wait:
                the question holds its place at the engine meanwhile.

        Raises:
            Busy, ShuttingDown: Before anything is told; the latter also in the middle.
            IndexMissing, IndexCorrupt, EngineError: As the pipeline does.
        """
        try:
            answer, remembered = self._ask(question, cancel, tell)
        except Exception as error:
            for listener in self.listeners:
                listener.failed(question, error)
            raise
        for listener in self.listeners:
            listener.answered(question, answer, remembered)
        tell(Finished(answer))

    def _ask(
        self, question: Question, cancel: threading.Event, tell: Callable[[Event], None]
    ) -> tuple[Answer, bool]:
        """The answer, and whether it was remembered; all that comes before it has been told."""
        arrived = self.clock()
        question = self.pipeline.dialogue.heard(question)
        told = self.remembered.find(self._key(question, self.pipeline.reader.current().id))
        if told is None:
            return self._answer(question, cancel, tell, arrived), False
        for step in told.steps:
            tell(step)
        return _again(told.answer, self._ms_since(arrived)), True

    def _answer(
        self,
        question: Question,
        cancel: threading.Event,
        tell: Callable[[Event], None],
        arrived: float,
    ) -> Answer:
        """Have the pipeline answer; the place is free again before the answer is told."""
        steps: list[Step] = []
        with self.admission.take(cancel):
            waited_ms = self._ms_since(arrived)
            for event in self.pipeline.run(question, cancel):
                if isinstance(event, Finished):
                    answer = event.answer
                else:
                    steps.append(event)
                    tell(event)
        key = self._key(question, answer.receipt.index_generation)
        self.remembered.keep(key, Told(tuple(steps), answer))
        return replace(answer, timings=answer.timings.later(waited_ms))

    def _key(self, question: Question, generation: str) -> Hashable:
        """Everything that shapes an answer."""
        pipeline = self.pipeline
        prompts = (pipeline.template.sha256, pipeline.dialogue.prompt_sha256)
        shape = (pipeline.engine.model_sha256, prompts, pipeline.limits, self.settings)
        return (pipeline.version, generation, shape, question)

    def _ms_since(self, then: float) -> int:
        return round((self.clock() - then) * 1000)


def desk_of(pipeline: Pipeline, settings: Settings, listeners: tuple[Listener, ...] = ()) -> Desk:
    """A desk before a pipeline, as large as the settings say."""
    return Desk(
        pipeline=pipeline,
        settings=settings,
        admission=Admission(settings.questions_at_once, settings.questions_waiting, time.monotonic),
        remembered=Remembered(settings.answers_kept),
        clock=time.monotonic,
        listeners=listeners,
    )


def _again(answer: Answer, elapsed_ms: int) -> Answer:
    """The same answer, told within these milliseconds."""
    first = None if answer.timings.first_sentence is None else elapsed_ms
    return replace(answer, timings=Timings(elapsed_ms, first, elapsed_ms))
