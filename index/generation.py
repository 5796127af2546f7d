"""One generation in memory: the articles, their spans, and the four ways to search them."""

import io
import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import cast

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
            file.writelines(_dump(article) + "\n" for article in self.articles)
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
        return tuple(_parse(json.loads(line)) for line in file)


def _dump(article: Article) -> str:
    published = article.published.isoformat() if article.published else None
    fields = [article.id, article.text, article.title, article.outlet, published, article.url]
    return json.dumps(fields, ensure_ascii=False)


def _parse(fields: Sequence[str | None]) -> Article:
    article_id, text, title, outlet, published, url = fields
    return Article(
        id=article_id or "",
        text=text or "",
        title=title or "",
        outlet=outlet,
        published=date.fromisoformat(published) if published else None,
        url=url,
    )


class Reader:
    """Hands out the current generation, and loads a newer one when it appears.

    A question keeps the generation that it was given; the next question may get a newer one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._current: Generation | None = None
        self._lock = threading.Lock()
        self.problem: str | None = None

    def current(self) -> Generation:
        """The newest generation.

        Raises:
            IndexMissing, IndexCorrupt: Only while no generation has been loaded; afterwards the
                one in memory keeps serving, a warning is logged, and `problem` says why.
        """
        with self._lock:
            try:
                self._refresh()
            except (IndexMissing, IndexCorrupt) as error:
                if self._current is None:
                    raise
                self._note(str(error))
            return cast("Generation", self._current)

    def _refresh(self) -> None:
        newest = self._store.newest()
        if self._current is None or self._current.id != newest.id:
            self._current = load_generation(self._store)
        self.problem = None

    def _note(self, problem: str) -> None:
        if problem != self.problem:
            LOG.warning("the previous index keeps serving: %s", problem)
        self.problem = problem
