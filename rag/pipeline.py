"""A question becomes an answer: the whole flow, in order.

    question → evidence → prompt → answerable? → reply → sentences → verified → answer | refusal

Each step is one module. This one holds the order and nothing else; `compose` chooses the parts.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.generation import Generation, Reader
from rag.abstain import OFF_TOPIC_BELOW, confidence, signals_of
from rag.assemble import AnswerBuilder
from rag.dialogue import Dialogue
from rag.draft import draft_sentences
from rag.engine.protocol import Engine, Prompt
from rag.prompt import PromptTemplate, fill_within
from rag.retrieve import FindsEvidence
from rag.turns import Turns
from rag.types import Answer, AnswerSentence, Citation, Evidence, Question, RefusalCode
from rag.verify import Verifier

YES, NO = " yes", " no"
REPLY = " yes\nAnswer:"
STOP = ("\n",)


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """Evidence, best first, before the model has read it."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SentenceVerified:
    """One sentence that will stand in the answer, with the citations that it uses first."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer; always the last event."""

    answer: Answer


Event = EvidenceFound | SentenceVerified | Finished


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers that the flow needs; see `Settings` for what they mean."""

    evidence_sentences: int
    evidence_tokens: int
    answer_tokens: int
    refuse_below: float


@dataclass(frozen=True)
class Pipeline:
    """Everything that answering needs, and the order in which it is used."""

    reader: Reader
    dialogue: Dialogue
    retriever: FindsEvidence
    template: PromptTemplate
    engine: Engine
    verifier: Verifier
    limits: Limits
    version: str
    turns: Turns = field(default_factory=Turns)

    def answer(self, question: Question, cancel: threading.Event | None = None) -> Answer:
        """The answer alone; see `run`."""
        *_, last = self.run(question, cancel or threading.Event())
        assert isinstance(last, Finished)  # noqa: S101  # what `run` promises
        return last.answer

    def run(self, question: Question, cancel: threading.Event) -> Iterator[Event]:
        """Answer a question, reporting each step when it is done.

        Yields:
            `EvidenceFound` once, `SentenceVerified` for each sentence, `Finished` last.

        Raises:
            IndexMissing, IndexCorrupt, EngineError: Before `Finished`; nothing is answered then.
        """
        began = time.monotonic()
        generation = self.reader.current()
        with self.turns.take(cancel):
            question = self.dialogue.standalone(question, cancel)
        build = self._builder(generation, question, began)

        found = self.retriever.retrieve(generation, question, self.limits.evidence_sentences)
        build.retrieved()
        yield EvidenceFound(tuple(found))
        if not found or found_nothing_near(found):
            yield Finished(build.refuse(RefusalCode.OFF_TOPIC, confidence=0.0))
            return

        with self.turns.take(cancel):
            yield from self._read_and_answer(question, found, build, cancel)

    def _read_and_answer(
        self,
        question: Question,
        found: list[Evidence],
        build: AnswerBuilder,
        cancel: threading.Event,
    ) -> Iterator[Event]:
        """What needs the engine: is it answerable, and if so, what is the answer?"""
        self.template.pin(self.engine, cancel)
        prompt, shown = self.prompt(question, found)
        chance = self.engine.choose(prompt, (YES, NO), cancel)[0]
        sure = confidence(signals_of(question.text, shown, chance))
        if sure < self.limits.refuse_below:
            yield Finished(build.refuse(RefusalCode.NOT_IN_ARTICLES, sure))
            return

        pieces = self.engine.stream(prompt.then(REPLY), self.limits.answer_tokens, STOP, cancel)
        for draft in draft_sentences(pieces):
            verified = self.verifier.verify(question.text, draft, shown)
            if verified is not None and not build.has(verified.text):
                yield SentenceVerified(*build.add(verified))
        yield Finished(build.finish(sure))

    def _builder(self, generation: Generation, question: Question, began: float) -> AnswerBuilder:
        return AnswerBuilder(
            question_used=question.text,
            model_sha256=self.engine.model_sha256,
            generation=generation.id,
            prompt_sha256=self.template.sha256,
            version=self.version,
            began=began,
            clock=time.monotonic,
        )

    def prompt(self, question: Question, found: list[Evidence]) -> tuple[Prompt, list[Evidence]]:
        """The prompt for a question, and the best of the evidence, as much as it has room for."""
        bare = self._length(self.template.fill(evidence="", question=question.text))
        room = self.engine.context_tokens - self.limits.answer_tokens
        budget = min(room, bare + self.limits.evidence_tokens)
        return fill_within(self.template, question.text, found, self._length, budget)

    def _length(self, prompt: Prompt) -> int:
        """In tokens, with the words that will begin the reply."""
        return self.engine.count_tokens(prompt.then(REPLY))


def found_nothing_near(found: list[Evidence]) -> bool:
    """Whether even the nearest sentence is about something else."""
    return max(item.similarity for item in found) < OFF_TOPIC_BELOW
