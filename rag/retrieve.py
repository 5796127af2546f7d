"""Question → ranked evidence: dense and lexical, sentences and chunks, fused by reciprocal rank."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder, Vectors
from index.errors import IndexMismatch
from index.generation import Generation
from index.lexical import top_rows
from rag.overlap import are_near_copies
from rag.types import Evidence, Question

RRF_K = 60  # Source: Cormack, Clarke, Büttcher, SIGIR 2009
LOOK_FOR_COPIES = 4  # times the sentences asked for: how deep near-copies of them are looked for
DEPTH = 50  # rows that each ranking contributes
SEARCHES = 2  # at once beside the question's own thread
JUDGED_SENTENCES = 50_000  # whose verdict is remembered

Ranked = list[tuple[int, ...]]
"""Best first; an entry is the group of sentence rows that share that rank."""


class Way(StrEnum):
    """A way to find a sentence."""

    DENSE = "dense"
    LEXICAL = "lexical"


class FindsEvidence(Protocol):
    """What the pipeline asks for evidence; the evaluation's oracle answers as well."""

    @property
    def embedder(self) -> Embedder:
        """The one that made the index."""

    def retrieve(self, generation: Generation, question: Question, count: int) -> list[Evidence]:
        """The best sentences for a question, best first; at most `count`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a question may use; None where it may use all."""

    sentences: NDArray[np.int64] | None
    chunks: NDArray[np.int64] | None


class Retriever:
    """Finds sentences; each comes with its chunk.

    Args:
        embedder: The one that made the index.
        ways: Which rankings are fused.
        is_hostile: Told a sentence. One that is hostile is never evidence, nor is any other of its
            chunk: who plants an order may have written what stands beside it.
    """

    def __init__(
        self,
        embedder: Embedder,
        ways: frozenset[Way] = frozenset(Way),
        is_hostile: Callable[[str], bool] = lambda text: False,
    ) -> None:
        self.embedder = embedder
        self._ways = ways
        self._is_hostile = lru_cache(maxsize=JUDGED_SENTENCES)(is_hostile)
        self._searches = ThreadPoolExecutor(SEARCHES)

    def retrieve(self, generation: Generation, question: Question, count: int) -> list[Evidence]:
        """The best sentences for a question, best first, ties in article order; at most `count`.

        Sentences and chunks are each ranked by cosine and by BM25, and all is fused. A chunk's rank
        counts for every sentence whose home it is. Nothing outside the question's filters is
        ranked at all, so the fused ranks are those of the admitted articles alone. Sentences of
        a chunk with a hostile one are passed over, and so is a near-copy of a better sentence,
        which remembers it; the next best take their places.

        Raises:
            IndexMismatch: If another embedder made the index.
        """
        if generation.embedder != self.embedder.name:
            raise IndexMismatch(
                f"the index was made by {generation.embedder}, not by {self.embedder.name}"
            )
        scope = _scope(generation, question)
        if scope.sentences is not None and not len(scope.sentences):
            return []
        query, rankings = self._search(generation, question.text, scope)
        fused = fuse(rankings)
        ranked = (_evidence(generation, query, row, score) for row, score in fused)
        trusted = self._trusted(generation)
        return collapsed(ranked, count, lambda place: trusted(fused[place][0]))

    def _search(
        self, generation: Generation, text: str, scope: Scope
    ) -> tuple[Vectors, list[Ranked]]:
        """The question's vector, and the rankings; words are looked for while it is embedded."""
        said = near = None
        if Way.LEXICAL in self._ways:
            said = self._searches.submit(_said, generation, text, scope)
        query = self.embedder.embed([text])[0]
        if Way.DENSE in self._ways:
            near = self._searches.submit(_near_chunks, generation, query, scope)
        rankings = [_near_sentences(generation, query, scope), near.result()] if near else []
        return query, rankings + (said.result() if said else [])

    def _trusted(self, generation: Generation) -> Callable[[int], bool]:
        """Whether a sentence row's chunk has no hostile sentence; each chunk is read once."""

        @cache
        def is_clean(chunk: int) -> bool:
            return not any(
                self._is_hostile(generation.sentence(row).text)
                for row in _rows_in(generation, chunk)
            )

        return lambda row: is_clean(int(generation.sentence_spans[row, 3]))


def _near_sentences(generation: Generation, query: Vectors, scope: Scope) -> Ranked:
    """Sentences by cosine."""
    found = generation.sentence_vectors.search(query, DEPTH, scope.sentences)
    return [(row,) for row, _ in found]


def _near_chunks(generation: Generation, query: Vectors, scope: Scope) -> Ranked:
    """Chunks by cosine, as groups of sentence rows."""
    found = generation.chunk_vectors.search(query, DEPTH, scope.chunks)
    return [generation.sentences_of_chunk[row] for row, _ in found]


def _said(generation: Generation, text: str, scope: Scope) -> list[Ranked]:
    """Sentences and chunks by BM25, as groups of sentence rows."""
    sentences = top_rows(generation.sentence_words.scores(text), DEPTH, scope.sentences)
    chunks = top_rows(generation.chunk_words.scores(text), DEPTH, scope.chunks)
    members = generation.sentences_of_chunk
    return [[(row,) for row in sentences], [members[row] for row in chunks]]


def _rows_in(generation: Generation, chunk: int) -> range:
    """The rows of all sentences in a chunk that is a home, those it shares included."""
    _, _, _, first, last = (int(value) for value in generation.chunk_spans[chunk])
    end = generation.sentences_of_chunk[chunk][-1] + 1
    return range(end - 1 - (last - first), end)


def _evidence(generation: Generation, query: Vectors, row: int, score: float) -> Evidence:
    return Evidence(
        sentence=generation.sentence(row),
        chunk=generation.home(row),
        article=generation.article_of(row),
        score=score,
        similarity=generation.sentence_vectors.similarity(query, row),
    )


def collapsed(
    ranked: Iterable[Evidence], count: int, is_trusted: Callable[[int], bool] = lambda place: True
) -> list[Evidence]:
    """The best sentences, each with its near-copies in other articles.

    Args:
        ranked: Best first.
        count: How many are kept; copies of them are found among `LOOK_FOR_COPIES` times as many,
            not counting those that were found not to be trusted.
        is_trusted: Told a place in the ranking. It is asked only of what would be kept or
            remembered, since to judge is slow.
    """
    kept: list[Evidence] = []
    passed = 0
    for place, item in enumerate(ranked):
        if place - passed >= LOOK_FOR_COPIES * count:
            break
        original = next((n for n, one in enumerate(kept) if _is_copy(one, item)), len(kept))
        if original >= count:
            continue
        if not is_trusted(place):
            passed += 1
        elif original == len(kept):
            kept.append(item)
        else:
            copies = (*kept[original].copies, item)
            kept[original] = replace(kept[original], copies=copies)
    return kept


def _is_copy(one: Evidence, other: Evidence) -> bool:
    return one.article.id != other.article.id and are_near_copies(one.text, other.text)


def fuse(rankings: Sequence[Sequence[Sequence[int]]]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion.

    Args:
        rankings: Each best first; an entry is the group of rows that share that rank.

    Returns:
        `(row, sum of 1 / (60 + rank))`, ranks from 1, highest first, ties by row.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, rows in enumerate(ranking, start=1):
            for row in rows:
                scores[row] = scores.get(row, 0.0) + 1.0 / (RRF_K + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _scope(generation: Generation, question: Question) -> Scope:
    if question.admits_all:
        return Scope(None, None)
    admitted = np.array([question.admits(article) for article in generation.articles], dtype=bool)
    if admitted.all():
        return Scope(None, None)
    return Scope(
        np.flatnonzero(admitted[generation.sentence_spans[:, 0]]),
        np.flatnonzero(admitted[generation.chunk_spans[:, 0]]),
    )
