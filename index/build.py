"""Articles → a new generation: what changed is embedded, what did not is carried over.

The index always equals the articles that it was given: a new one is added, a changed one replaced,
a missing one removed, each recognised by its content hash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from index.articles import Article
from index.chunks import Chunking, split_chunks
from index.embed import Embedder, Vectors
from index.errors import DuplicateArticle, IndexCorrupt, IndexMissing, NoArticles
from index.generation import Generation, Spans, load_generation
from index.lexical import LexicalIndex
from index.sentences import Sentence, split_sentences
from index.store import Store
from index.vectors import VectorIndex

SPECIAL_TOKENS = 2
MAX_CHUNK_TOKENS = 160


@dataclass(frozen=True, slots=True)
class Change:
    """What one indexing run did: article ids, each list sorted.

    Attributes:
        generation: Id of the generation that is current afterwards.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    generation: str

    @property
    def is_empty(self) -> bool:
        """Whether the index was already up to date."""
        return not (self.added or self.updated or self.removed)


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


def sync(
    store: Store,
    articles: Sequence[Article],
    embedder: Callable[[], Embedder],
    progress: Callable[[int], ProgressBar],
    *,
    rebuild: bool = False,
) -> Change:
    """Make the index hold exactly these articles.

    Args:
        store: Where generations are published.
        articles: All of them, with unique ids.
        embedder: Called only when something must be embedded or cut.
        progress: Given the number of texts to embed, opens a progress bar.
        rebuild: Carry nothing over.

    Raises:
        NoArticles: If the list is empty: an index is never emptied by accident.
        DuplicateArticle: If two articles share an id.
        IndexBusy, DiskFull: As the store says; the previous generation stays current.
    """
    _check(articles)
    with store.writing():
        current = None if rebuild else _current(store)
        before = {a.id: a.content_hash for a in current.articles} if current else {}
        after = {article.id: article.content_hash for article in articles}
        if current and before == after:
            return _change(before, after, current.id)
        model = embedder()
        generation = _assemble(articles, model, current, progress)
        published = store.publish(generation.write, embedder=model.name, articles=after)
        return _change(before, after, published.id)


def _check(articles: Sequence[Article]) -> None:
    if not articles:
        raise NoArticles("there is no article to index")
    ids = sorted(article.id for article in articles)
    for one, next_one in pairwise(ids):
        if one == next_one:
            raise DuplicateArticle(f"two articles have the id {one!r}")


def _current(store: Store) -> Generation | None:
    """The current generation; None where there is none that can be carried over."""
    try:
        return load_generation(store)
    except (IndexMissing, IndexCorrupt):
        return None


def _assemble(
    articles: Sequence[Article],
    embedder: Embedder,
    current: Generation | None,
    progress: Callable[[int], ProgressBar],
) -> Generation:
    splits = [_split(a, embedder) for a in sorted(articles, key=lambda article: article.id)]
    sentences = [sentence.text for split in splits for sentence in split.sentences]
    chunks = [chunk.text for split in splits for chunk in split.chunking.chunks]
    vectors = _embed(sentences + chunks, embedder, _carried(current, embedder), progress)
    sentence_spans, chunk_spans = _number(splits)
    return Generation(
        id="",  # given by the store when it is published
        embedder=embedder.name,
        articles=tuple(split.article for split in splits),
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


def _carried(current: Generation | None, embedder: Embedder) -> dict[str, Vectors]:
    """The previous generation's vectors by text, if the same embedder made them."""
    if current is None or current.embedder != embedder.name:
        return {}
    sentences = (current.sentence(row).text for row in range(len(current.sentence_spans)))
    chunks = (current.chunk(row).text for row in range(len(current.chunk_spans)))
    known = dict(zip(sentences, current.sentence_vectors.vectors(), strict=True))
    return known | dict(zip(chunks, current.chunk_vectors.vectors(), strict=True))


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


def _change(before: dict[str, str], after: dict[str, str], generation: str) -> Change:
    both = before.keys() & after.keys()
    return Change(
        added=tuple(sorted(after.keys() - before.keys())),
        updated=tuple(sorted(i for i in both if before[i] != after[i])),
        removed=tuple(sorted(before.keys() - after.keys())),
        unchanged=tuple(sorted(i for i in both if before[i] == after[i])),
        generation=generation,
    )
