"""A question becomes an answer: the whole flow, in order.

    question → evidence → judged → reply → verified → weighed → completed → answer | refusal

Each step is one module. This one holds the order and nothing else; `compose` chooses the parts.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.generation import Generation, Reader
from index.lexical import content_stems
from rag.abstain import OFF_TOPIC_BELOW, Read, Signals, confidence, hoped_for, signals_of
from rag.assemble import NO_ARTICLES, OUTSIDE, AnswerBuilder, is_showable
from rag.complete import holding, keeps_numbers, owed
from rag.conflicts import conflicts_of
from rag.dialogue import Dialogue
from rag.draft import DraftSentence, draft_sentences
from rag.effort import Effort
from rag.engine.protocol import Engine, Prompt
from rag.hostile import is_unsafe
from rag.prompt import Layout, PromptTemplate
from rag.reply import Reply, read_reply
from rag.retrieve import FindsEvidence
from rag.types import Answer, AnswerSentence, Citation, Evidence, Question, RefusalCode
from rag.verify import Verified, Verifier

YES, NO = " yes", " no"
OPENING = f"{YES}\nShort:"


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
    layout: Layout
    engine: Engine
    verifier: Verifier
    limits: Limits
    version: str

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
        effort = Effort(time.monotonic(), time.monotonic)
        generation = self.reader.current()
        if not (unsafe := is_unsafe(question.text)):
            question = self.dialogue.standalone(question, cancel)
        build = self._builder(generation, question, effort)
        code = RefusalCode.UNSAFE if unsafe else refused_unread(question.text)
        if code is not None:
            yield Finished(build.refuse(code, question.text, (), confidence=0.0))
            return
        found = self.retriever.retrieve(generation, question, self.limits.evidence_sentences)
        effort.retrieved()
        yield EvidenceFound(tuple(found))
        if not found or found_nothing_near(found):
            code = RefusalCode.OFF_TOPIC
            because = nothing_admitted(question, generation)
            yield Finished(build.refuse(code, question.text, found, 0.0, because=because))
            return

        read = self.read(question, found, cancel)
        effort.judged(prompt_tokens := self._length(read.prompt))
        if (hoped := confidence(hoped_for(read))) < self.limits.refuse_below:
            code = RefusalCode.NOT_IN_ARTICLES
            yield Finished(build.refuse(code, question.text, read.evidence, hoped))
            return
        reply = self.write(read, cancel)
        effort.written(self._length(read.prompt, reply.whole) - prompt_tokens)
        yield from self._answer(question.text, read, reply, build)

    def read(self, question: Question, found: list[Evidence], cancel: threading.Event) -> Read:
        """Have the engine read the evidence and judge whether it answers the question."""
        self.template.pin(self.engine, cancel)
        prompt, shown = self.prompt(question, found)
        chance, _ = self.engine.choose(prompt, (YES, NO), cancel)
        return Read(prompt, shown, chance)

    def write(self, read: Read, cancel: threading.Event) -> Reply:
        """Have the engine go on from its judgement, as if that had been yes."""
        prompt = read.prompt.then(OPENING)
        return read_reply(
            "".join(self.engine.stream(prompt, self.limits.answer_tokens, (), cancel))
        )

    def weigh(
        self, question: str, read: Read, reply: Reply
    ) -> tuple[tuple[Verified, ...], Signals]:
        """What may be shown of a reply, and what speaks for showing it."""
        count = len(read.evidence)
        drafts = [self._ranked(draft, count) for draft in draft_sentences([reply.answer])]
        said = self.verifier.verify_all(question, drafts, read.evidence)
        said = holding(reply.short, question, said, read.evidence)
        said = tuple(filter(is_showable, said)) if keeps_numbers(question, said) else ()
        return said, signals_of(read, said)

    def _answer(
        self, question: str, read: Read, reply: Reply, build: AnswerBuilder
    ) -> Iterator[Event]:
        """Keep of the reply what the evidence supports and add what it owes; or refuse."""
        said, signals = self.weigh(question, read, reply)
        sure = confidence(signals)
        if not said or sure < self.limits.refuse_below:
            code, dropped = RefusalCode.NOT_IN_ARTICLES, sure >= self.limits.refuse_below
            yield Finished(build.refuse(code, question, read.evidence, sure, dropped=dropped))
            return
        about = "\n".join([question, *(sentence.text for sentence in said)])
        conflicts = conflicts_of(read.evidence, about)
        for sentence in [*said, *owed(question, said, read.evidence, conflicts)]:
            if (added := build.add(sentence)) is not None:
                yield SentenceVerified(*added)
        yield Finished(build.finish(sure, conflicts, reply.short))

    def _ranked(self, draft: DraftSentence, count: int) -> DraftSentence:
        """A sentence with the ranks of the evidence in place of its numbers in the prompt."""
        ranks = (self.layout.rank_of(number, count) for number in draft.numbers)
        return replace(draft, numbers=tuple(ranks))

    def _builder(self, generation: Generation, question: Question, effort: Effort) -> AnswerBuilder:
        return AnswerBuilder(
            question_used=question.text,
            model_sha256=self.engine.model_sha256,
            generation=generation.id,
            prompt_sha256=self.template.sha256,
            version=self.version,
            effort=effort,
        )

    def prompt(self, question: Question, found: list[Evidence]) -> tuple[Prompt, list[Evidence]]:
        """The prompt for a question, and the best of the evidence, as much as it has room for."""
        bare = self._length(self.template.fill(evidence="", question=question.text))
        room = self.engine.context_tokens - self.limits.answer_tokens
        budget = min(room, bare + self.limits.evidence_tokens)
        return self.layout.fill_within(self.template, question.text, found, self._length, budget)

    def _length(self, prompt: Prompt, reply: str = "") -> int:
        """In tokens, with the words that begin the reply, and with as much of it as is given."""
        return self.engine.count_tokens(prompt.then(OPENING + reply))


def refused_unread(question: str) -> RefusalCode | None:
    """Why a question needs no evidence to be refused; None if it does."""
    if is_unsafe(question):
        return RefusalCode.UNSAFE
    return None if content_stems(question) else RefusalCode.AMBIGUOUS


def nothing_admitted(question: Question, generation: Generation) -> str | None:
    """Why no article was looked into; None if one was."""
    if not generation.articles:
        return NO_ARTICLES
    return None if any(map(question.admits, generation.articles)) else OUTSIDE


def found_nothing_near(found: list[Evidence]) -> bool:
    """Whether even the nearest sentence is about something else."""
    return max(item.similarity for item in found) < OFF_TOPIC_BELOW
