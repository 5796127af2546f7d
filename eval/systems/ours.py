"""Dateline itself, whole or with one part changed: what the part is worth."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from eval.cases import Ask, Search, Span
from eval.replies import Ranking, Reply, Timing, reply_of
from index.generation import Generation
from rag.pipeline import EvidenceFound, Finished, Pipeline
from rag.retrieve import FindsEvidence
from rag.types import Evidence, Question

SEARCH_DEPTH = 100  # sentences; their articles are the ranking


class Whole:
    """The pipeline that users call.

    Args:
        pipeline: Over the suite's articles.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def __call__(self, case: Ask) -> tuple[Reply, Timing]:
        """Ask, and keep the evidence that was found first."""
        found: tuple[Evidence, ...] = ()
        for event in self._pipeline.run(case.to_question(), threading.Event()):
            if isinstance(event, EvidenceFound):
                found = event.evidence
            if isinstance(event, Finished):
                answer = event.answer
        times = answer.timings
        timing = Timing(
            retrieve=times.retrieve, first_sentence=times.first_sentence, total=times.total
        )
        return reply_of(answer, found), timing


class WithGold:
    """The pipeline with the annotated evidence in place of what it would have found.

    A question without annotated evidence gets what the pipeline finds.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def __call__(self, case: Ask) -> tuple[Reply, Timing]:
        """Ask with gold evidence."""
        gold = [span for group in case.gold for span in group]
        oracle = GoldEvidence(gold, self._pipeline.retriever)
        pipeline = replace(self._pipeline, retriever=oracle if gold else self._pipeline.retriever)
        return Whole(pipeline)(case)


class GoldEvidence:
    """Finds the sentences that overlap given spans, in article order, and nothing else.

    Args:
        spans: The gold.
        other: Told to rank every sentence, for the similarity that refusal weighs.
    """

    def __init__(self, spans: Sequence[Span], other: FindsEvidence) -> None:
        self.embedder = other.embedder
        self._spans = spans
        self._other = other

    def retrieve(self, generation: Generation, question: Question, count: int) -> list[Evidence]:
        """The gold sentences; at most `count`."""
        everything = self._other.retrieve(generation, question, len(generation.sentence_spans))
        gold = [item for item in everything if self._is_gold(item)]
        gold.sort(key=lambda item: (item.article.id, item.sentence.start))
        return gold[:count]

    def _is_gold(self, item: Evidence) -> bool:
        sentence = item.sentence
        return any(
            span.article_id == item.article.id
            and sentence.start < span.end
            and span.start < sentence.end
            for span in self._spans
        )


class Finder:
    """Articles by their best sentences: the retrieval half of the pipeline.

    Args:
        retriever: Hybrid, or one way alone.
    """

    def __init__(self, retriever: FindsEvidence, generation: Generation) -> None:
        self._retriever = retriever
        self._generation = generation

    def __call__(self, case: Search) -> tuple[Ranking, Timing]:
        """Rank articles, each by its first sentence in the ranking."""
        began = time.monotonic()
        found = self._retriever.retrieve(self._generation, Question(case.query), SEARCH_DEPTH)
        spent = round((time.monotonic() - began) * 1000)
        everywhere = (one for item in found for one in (item, *item.copies))
        names = tuple(dict.fromkeys(item.article.id for item in everywhere))
        return Ranking(articles=names), Timing(retrieve=spent, total=spent)
