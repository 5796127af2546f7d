"""One generation in memory: the articles, their spans, and the four ways to search them."""

import io
import logging
import threading
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.articles import Article
from index.chunks import Chunk
from index.errors import IndexCorrupt, IndexMissing
from index.lexical import LexicalIndex
from index.sentences import Sentence
from index.store import Published, Store, read_manifest, verify_files
from index.vectors import VectorIndex

LOG = logging.getLogger(__name__)

Spans = NDArray[np.int64]


@dataclass(frozen=True)
class Generation:
    """An immutable, loaded index. Rows number sentences and chunks over all articles, in id order.

    Attributes:
        id: Digest of the manifest; it goes into every receipt.
        articles: Sorted by id.
        sentence_spans: `(n, 4) int64`: article row, start, end, chunk row.
        chunk_spans: `(m, 5) int64`: article row, start, end, first and last sentence in it.
    """

    id: str
    embedder: str
    articles: tuple[Article, ...]
    sentence_spans: Spans
    chunk_spans: Spans
    sentence_vectors: VectorIndex
    chunk_vectors: VectorIndex
    sentence_words: LexicalIndex
    chunk_words: LexicalIndex

    @cached_property
    def by_id(self) -> dict[str, Article]:
        """The articles by id."""
        return {article.id: article for article in self.articles}

    @cached_property
    def rows_by_id(self) -> dict[str, tuple[range, range]]:
        """The rows of the sentences and of the chunks of each article, by its id."""
        ids = [article.id for article in self.articles]
        sentences, chunks = (
            np.searchsorted(spans[:, 0], np.arange(len(ids) + 1)).tolist()
            for spans in (self.sentence_spans, self.chunk_spans)
        )
        rows = zip(pairwise(sentences), pairwise(chunks), strict=True)
        return {i: (range(*said), range(*cut)) for i, (said, cut) in zip(ids, rows, strict=True)}

    @cached_property
    def sentences_of_chunk(self) -> tuple[tuple[int, ...], ...]:
        """For each chunk row, the rows of the sentences whose home it is, in order."""
        homes = self.sentence_spans[:, 3]  # ascending, as the sentences and the chunks are
        starts = np.searchsorted(homes, np.arange(len(self.chunk_spans) + 1)).tolist()
        return tuple(tuple(range(start, end)) for start, end in pairwise(starts))

    def article_of(self, sentence_row: int) -> Article:
        """The article that a sentence stands in."""
        return self.articles[int(self.sentence_spans[sentence_row, 0])]

    def sentence(self, row: int) -> Sentence:
        """The sentence of a row."""
        _, start, end, _ = (int(value) for value in self.sentence_spans[row])
        article = self.article_of(row)
        return Sentence(article.id, start, end, article.text[start:end])

    def chunk(self, row: int) -> Chunk:
        """The chunk of a row."""
        owner, start, end, first, last = (int(value) for value in self.chunk_spans[row])
        article = self.articles[owner]
        return Chunk(article.id, start, end, article.text[start:end], first, last)

    def home(self, sentence_row: int) -> Chunk:
        """The chunk that a sentence belongs to."""
        return self.chunk(int(self.sentence_spans[sentence_row, 3]))

    def write(self, folder: Path) -> None:
        """Write every file; the store adds the manifest."""
        with (folder / "articles.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(article.to_json() + "\n" for article in self.articles)
        (folder / "sentences.npy").write_bytes(_npy(self.sentence_spans))
        (folder / "chunks.npy").write_bytes(_npy(self.chunk_spans))
        self.sentence_vectors.save(folder / "sentences.faiss")
        self.chunk_vectors.save(folder / "chunks.faiss")
        self.sentence_words.save(folder / "sentences.bm25")
        self.chunk_words.save(folder / "chunks.bm25")


def load_generation(store: Store) -> Generation:
    """Load the current generation, every checksum verified first.

    Raises:
        IndexMissing: If nothing has been published.
        IndexCorrupt: If a file is missing or changed.
    """
    with store.hold() as published:
        return _load(published)


def load_kept(store: Store, published: Published) -> Generation:
    """Load one of the generations that a store keeps, as `load_generation` does.

    Raises:
        IndexMissing: If it has been deleted meanwhile.
        IndexCorrupt: If a file is missing or changed.
    """
    with store.hold_kept(published):
        return _load(published)


def _load(published: Published) -> Generation:
    try:
        manifest = read_manifest(published)
        verify_files(published, manifest)
        return _read(published, manifest.embedder)
    except OSError as error:
        raise IndexCorrupt(f"{published.folder} cannot be read: {error}") from error


def _read(published: Published, embedder: str) -> Generation:
    folder = published.folder
    sentences: Spans = np.load(folder / "sentences.npy", allow_pickle=False)
    chunks: Spans = np.load(folder / "chunks.npy", allow_pickle=False)
    return Generation(
        id=published.id,
        embedder=embedder,
        articles=_load_articles(folder / "articles.jsonl"),
        sentence_spans=sentences,
        chunk_spans=chunks,
        sentence_vectors=VectorIndex.load(folder / "sentences.faiss"),
        chunk_vectors=VectorIndex.load(folder / "chunks.faiss"),
        sentence_words=LexicalIndex.load(folder / "sentences.bm25", len(sentences)),
        chunk_words=LexicalIndex.load(folder / "chunks.bm25", len(chunks)),
    )


def _npy(spans: Spans) -> bytes:
    """An array as `np.save` writes it, which itself may lose the end of a file on a full disk."""
    buffer = io.BytesIO()
    np.save(buffer, spans, allow_pickle=False)
    return buffer.getvalue()


def _load_articles(path: Path) -> tuple[Article, ...]:
    with path.open(encoding="utf-8", newline="\n") as file:
        return tuple(map(Article.from_json, file))


class Reader:
    """Hands out the current generation, and loads a newer one when it appears.

    A question keeps the generation that it was given; the next question may get a newer one. While
    one thread loads it, the others are given the one before, which stays in memory afterwards.

    Attributes:
        problem: Why another generation than the newest serves; None while the newest does.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.problem: str | None = None
        self._loaded: tuple[Generation, ...] = ()  # the one that serves, and the one before
        self._loading = threading.Lock()

    def current(self) -> Generation:
        """The newest generation that is whole; without waiting, where one is in memory.

        Raises:
            IndexMissing, IndexCorrupt: Only while no generation has been loaded, and none that is
                kept is whole. While an older one serves, `problem` says why, and so does the log.
        """
        if self._loading.acquire(blocking=not self._loaded):
            try:
                self._refresh()
            finally:
                self._loading.release()
        return self._loaded[0]

    def refresh(self) -> Generation:
        """As `current`, but what was published before the call is loaded when it returns."""
        with self._loading:
            self._refresh()
            return self._loaded[0]

    def generation(self, generation_id: str) -> Generation | None:
        """The current generation or the one before, from memory or disk; None if it is gone."""
        self.current()
        for loaded in self._loaded:
            if loaded.id == generation_id:
                return loaded
        with self._loading:
            return self._from_disk(generation_id)

    def _refresh(self) -> None:
        try:
            newest = self.store.newest()
            if not self._loaded or self._loaded[0].id != newest.id:
                self._serve(load_generation(self.store))
            self.problem = None
        except (IndexMissing, IndexCorrupt) as error:
            if not self._loaded:
                self._serve(self._older(error))
            self._note(str(error))

    def _serve(self, generation: Generation) -> None:
        self._loaded = (generation, *self._loaded[:1])

    def _older(self, error: Exception) -> Generation:
        """The newest but one, where that is whole; otherwise the error is raised."""
        for published in self.store.kept()[1:]:
            try:
                return load_kept(self.store, published)
            except (IndexMissing, IndexCorrupt) as other:
                LOG.warning("nor can an older index serve: %s", other)
        raise error

    def _from_disk(self, generation_id: str) -> Generation | None:
        for published in self.store.kept():
            if published.id == generation_id:
                try:
                    found = load_kept(self.store, published)
                except (IndexMissing, IndexCorrupt) as error:
                    LOG.warning("an older index cannot be shown: %s", error)
                    continue
                self._loaded = (self._loaded[0], found)
                return found
        return None

    def _note(self, problem: str) -> None:
        if problem != self.problem:
            LOG.warning("the previous index keeps serving: %s", problem)
        self.problem = problem
