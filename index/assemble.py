"""Articles → a generation in memory: split, embedded, numbered.

What the generation before knows already is carried over: the sentences and chunks of an article
whose text is the same, and the vector of every text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.articles import Article
from index.chunks import Chunking, split_chunks
from index.embed import Embedder, Vectors
from index.generation import Generation, Spans
from index.lexical import LexicalIndex
from index.sentences import Sentence, split_sentences
from index.vectors import VectorIndex

SPECIAL_TOKENS = 2
MAX_CHUNK_TOKENS = 160


class ProgressBar(Protocol):
    """The part of tqdm that is used."""

    def update(self, n: int) -> object:
        """`n` more units are done."""

    def close(self) -> object:
        """Nothing more will come."""


@dataclass(frozen=True, slots=True)
class _Split:
    article: Article
    sentences: tuple[Sentence, ...]
    chunking: Chunking


def assemble(
    articles: Sequence[Article],
    embedder: Embedder,
    before: Generation | None,
    progress: Callable[[int], ProgressBar],
) -> Generation:
    """Make a generation of exactly these articles; the store gives it its id.

    Args:
        articles: With unique ids, in any order.
        embedder: Embeds what is new.
        before: The generation before; what another embedder made is not carried over.
        progress: Given the number of texts to embed, opens a progress bar.
    """
    if before is not None and before.embedder != embedder.name:
        before = None
    ordered = sorted(articles, key=lambda article: article.id)
    splits = [_carried(a, before) or _split(a, embedder) for a in ordered]
    sentences = [sentence.text for split in splits for sentence in split.sentences]
    chunks = [chunk.text for split in splits for chunk in split.chunking.chunks]
    vectors = _embed(sentences + chunks, embedder, _known(before), progress)
    sentence_spans, chunk_spans = _number(splits)
    return Generation(
        id="",
        embedder=embedder.name,
        articles=tuple(ordered),
        sentence_spans=sentence_spans,
        chunk_spans=chunk_spans,
        sentence_vectors=VectorIndex.build(vectors[: len(sentences)]),
        chunk_vectors=VectorIndex.build(vectors[len(sentences) :]),
        sentence_words=LexicalIndex.build(sentences),
        chunk_words=LexicalIndex.build(chunks),
    )


def _split(article: Article, embedder: Embedder) -> _Split:
    sentences = split_sentences(article)
    lengths = embedder.count_tokens([sentence.text for sentence in sentences])
    limit = min(MAX_CHUNK_TOKENS, embedder.max_tokens - SPECIAL_TOKENS)
    return _Split(article, sentences, split_chunks(article, sentences, lengths, limit))


def _carried(article: Article, before: Generation | None) -> _Split | None:
    """How the article was split before, if its text was the same."""
    same = before.by_id.get(article.id) if before else None
    if before is None or same is None or same.text != article.text:
        return None
    sentences, chunks = before.rows_by_id[article.id]
    homes = before.sentence_spans[sentences.start : sentences.stop, 3] - chunks.start
    return _Split(
        article,
        tuple(before.sentence(at) for at in sentences),
        Chunking(tuple(before.chunk(at) for at in chunks), tuple(homes.tolist())),
    )


def _known(before: Generation | None) -> dict[str, Vectors]:
    """The vectors of the generation before, by text."""
    if before is None:
        return {}
    sentences = (before.sentence(row).text for row in range(len(before.sentence_spans)))
    chunks = (before.chunk(row).text for row in range(len(before.chunk_spans)))
    known = dict(zip(sentences, before.sentence_vectors.vectors(), strict=True))
    return known | dict(zip(chunks, before.chunk_vectors.vectors(), strict=True))


def _embed(
    texts: Sequence[str],
    embedder: Embedder,
    known: dict[str, Vectors],
    progress: Callable[[int], ProgressBar],
) -> Vectors:
    """One row a text; each distinct text that is not known is embedded once."""
    fresh = [text for text in dict.fromkeys(texts) if text not in known]
    bar = progress(len(fresh))
    try:
        rows = embedder.embed(fresh, bar.update)
    finally:
        bar.close()
    known = known | dict(zip(fresh, rows, strict=True))
    if not texts:
        return np.zeros((0, embedder.dimension), dtype=np.float32)
    return np.stack([known[text] for text in texts])


def _number(splits: Sequence[_Split]) -> tuple[Spans, Spans]:
    sentences: list[tuple[int, int, int, int]] = []
    chunks: list[tuple[int, int, int, int, int]] = []
    for owner, split in enumerate(splits):
        homes = [home + len(chunks) for home in split.chunking.home]
        for sentence, home in zip(split.sentences, homes, strict=True):
            sentences.append((owner, sentence.start, sentence.end, home))
        chunks.extend((owner, c.start, c.end, c.first, c.last) for c in split.chunking.chunks)
    return (
        np.array(sentences, dtype=np.int64).reshape(-1, 4),
        np.array(chunks, dtype=np.int64).reshape(-1, 5),
    )
