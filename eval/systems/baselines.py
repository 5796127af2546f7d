"""What answers without Dateline's ideas, with the same models and the same articles.

Follow-ups are made standalone by the same rewriting as ours, so that each differs in what its name
says and in nothing else.
"""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from eval.cases import Ask, Span
from eval.replies import CitedSentence, Reply, Timing, span_of
from index.chunks import Chunk
from index.embed import Embedder
from rag.draft import DraftSentence, draft_sentences
from rag.engine.protocol import Prompt
from rag.pipeline import Pipeline
from rag.prompt import PromptTemplate
from rag.types import Question

CHUNKS = 4
REPLY_TOKENS = 120
REFUSES = "i don't know"
SOURCES = re.compile(r"(passages?|sources?|references?|question):", re.IGNORECASE)

Clock = Callable[[], float]


def refuse(case: Ask) -> tuple[Reply, Timing]:
    """Always refuse: what is left of a figure when nothing is said."""
    return Reply(refused=True, refusal="always", searched=False), Timing(total=0)


class CopyBest:
    """The best sentence, word for word, cited; never refuses."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def __call__(self, case: Ask) -> tuple[Reply, Timing]:
        """Copy. The confidence is the cosine of question and sentence."""
        began = time.monotonic()
        question = standalone(self._pipeline, case)
        generation = self._pipeline.reader.current()
        found = self._pipeline.retriever.retrieve(generation, question, CHUNKS)
        spent = _since(began)
        timing = Timing(retrieve=spent, first_sentence=spent if found else None, total=spent)
        if not found:
            return Reply(refused=True, refusal="nothing_found"), timing
        best = found[0]
        sentence = CitedSentence(text=" ".join(best.text.split()), citations=(1,))
        return Reply(
            refused=False,
            sentences=(sentence,),
            citations=(span_of(best),),
            evidence=tuple(span_of(item) for item in found),
            confidence=min(1.0, max(0.0, round(best.similarity, 4))),
            question_used=question.text,
        ), timing


class Prompted:
    """A plain prompt, and whatever the model replies; nothing is verified.

    Args:
        template: With the place-holder `question` and, if passages are given, `evidence`.
        embedder: None gives no passages: closed book.
    """

    def __init__(
        self, pipeline: Pipeline, template: PromptTemplate, embedder: Embedder | None
    ) -> None:
        self._pipeline = pipeline
        self._template = template
        self._embedder = embedder

    def __call__(self, case: Ask) -> tuple[Reply, Timing]:
        """Ask the model. A refusal is the reply that the prompt asks for in that case."""
        began = time.monotonic()
        question = standalone(self._pipeline, case)
        chunks = self._chunks(question) if self._embedder else []
        retrieved = _since(began) if self._embedder else None
        values = {"evidence": passages(chunks)} if self._embedder else {}
        prompt = self._template.fill(question=" ".join(question.text.split()), **values)
        drafts: list[DraftSentence] = []
        first: int | None = None
        for draft in self._stream(prompt):
            first = _since(began) if first is None else first
            drafts.append(draft)
        timing = Timing(retrieve=retrieved, first_sentence=first, total=_since(began))
        reply = _reply(drafts, chunks, question.text)
        return reply.model_copy(update={"searched": bool(self._embedder)}), timing

    def _stream(self, prompt: Prompt) -> Iterator[DraftSentence]:
        engine = self._pipeline.engine
        pieces = engine.stream(prompt, REPLY_TOKENS, ("\n\n",), threading.Event())
        return until_sources(draft_sentences(pieces))

    def _chunks(self, question: Question) -> list[Chunk]:
        """The nearest chunks by cosine, as most frameworks take them."""
        assert self._embedder is not None  # noqa: S101  # the caller has looked
        generation = self._pipeline.reader.current()
        admitted = [question.admits(article) for article in generation.articles]
        rows = np.flatnonzero(np.array(admitted, dtype=bool)[generation.chunk_spans[:, 0]])
        if not len(rows):
            return []
        query = self._embedder.embed([question.text])[0]
        found = generation.chunk_vectors.search(query, CHUNKS, rows)
        return [generation.chunk(row) for row, _ in found]


def standalone(pipeline: Pipeline, case: Ask) -> Question:
    """The question without its history, rewritten as ours is."""
    return pipeline.dialogue.standalone(case.to_question(), threading.Event())


def passages(chunks: Sequence[Chunk]) -> str:
    """One paragraph a chunk, numbered from 1."""
    return "\n".join(f"[{n}] {' '.join(c.text.split())}" for n, c in enumerate(chunks, start=1))


def until_sources(drafts: Iterable[DraftSentence]) -> Iterator[DraftSentence]:
    """The answer, each sentence as soon as it is there, without the list of sources below it.

    Small models put no number after a sentence and write a line such as "Passages: [1], [2]" below,
    or the passages once more. The numbers that such a line begins with are given to the last
    sentence before it; what follows is no answer.
    """
    last: DraftSentence | None = None
    for draft in drafts:
        if last is not None and SOURCES.match(draft.text):
            last = DraftSentence(last.text, tuple(dict.fromkeys((*last.numbers, *draft.numbers))))
            break
        if last is not None:
            yield last
        last = draft
    if last is not None:
        yield last


def _reply(drafts: Sequence[DraftSentence], chunks: Sequence[Chunk], used: str) -> Reply:
    """Sentences as they came; a number that no passage has is dropped, and cites nothing."""
    spans = tuple(
        Span(article_id=c.article_id, start=c.start, end=c.end, quote=c.text) for c in chunks
    )
    text = " ".join(draft.text for draft in drafts)
    if not text.strip() or text.replace("’", "'").lower().startswith(REFUSES):
        return Reply(refused=True, refusal="said_so", evidence=spans, question_used=used)
    known = [tuple(n for n in dict.fromkeys(d.numbers) if 1 <= n <= len(spans)) for d in drafts]
    order = list(dict.fromkeys(number for numbers in known for number in numbers))
    return Reply(
        refused=False,
        sentences=tuple(
            CitedSentence(text=d.text, citations=tuple(order.index(n) + 1 for n in numbers))
            for d, numbers in zip(drafts, known, strict=True)
        ),
        citations=tuple(spans[number - 1] for number in order),
        evidence=spans,
        question_used=used,
    )


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
