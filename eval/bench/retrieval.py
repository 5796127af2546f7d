"""How fast articles are indexed, and how fast a question finds its evidence among many.

Enters: a corpus as JSON Lines (gzip or plain) and settings that name the embedder. Leaves:
figures. Times are wall-clock times: other work on the machine counts.
"""

import gzip
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from tqdm import tqdm

from index.articles import Article
from index.build import sync
from index.embed import Embedder, Progress, Vectors, ignore_progress
from index.generation import Generation, load_generation
from index.models import Catalogue, locate
from index.store import Store
from rag.compose import embedder_of
from rag.hostile import addresses_machine
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.types import Question

SEED = 7


@dataclass(frozen=True, slots=True)
class IndexingRates:
    """Texts a second, medians of runs that take turns.

    Attributes:
        texts: Sentences and chunks that were embedded.
        indexed: Rate of the whole of indexing: splitting, embedding, BM25, writing.
        float32: Rate of the library alone with the same model in float32, its own batches of 32,
            sentences and chunks one after the other.
    """

    articles: int
    texts: int
    indexed: float
    float32: float

    @property
    def ratio(self) -> float:
        """How many times as fast as the library."""
        return self.indexed / self.float32


@dataclass(frozen=True, slots=True)
class RetrievalLatency:
    """Milliseconds from a question to its evidence, its embedding included."""

    sentences: int
    questions: int
    p50_ms: float
    p95_ms: float


def corpus_articles(path: Path, count: int) -> list[Article]:
    """The first articles of a corpus.

    Args:
        path: JSON Lines with `id`, `text`, `title`, `outlet`, `date` (ISO), `url`.
        count: At most this many.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [_article(json.loads(line)) for line in islice(lines, count)]


def _article(row: dict[str, str]) -> Article:
    published = date.fromisoformat(row["date"])
    return Article(row["id"], row["text"], row["title"], row["outlet"], published, row["url"])


def indexing_rates(
    articles: Sequence[Article], settings: Settings, repeats: int = 3
) -> IndexingRates:
    """Index articles anew, and have the library embed the same texts, in turns."""
    from sentence_transformers import SentenceTransformer

    embedder = embedder_of(settings)
    folder = locate(Catalogue.load().get(settings.embedder), settings.cache_dir)
    library = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    texts = _texts_of(_indexed(articles, embedder))
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(_seconds(lambda: _indexed(articles, embedder)))
        theirs.append(
            _seconds(lambda: [library.encode(part, show_progress_bar=False) for part in texts])
        )
    total = sum(map(len, texts))
    return IndexingRates(len(articles), total, total / median(ours), total / median(theirs))


def retrieval_latency(
    articles: Sequence[Article],
    questions: Sequence[str],
    settings: Settings,
    evidence_sentences: int = 6,
) -> RetrievalLatency:
    """Ask each question once; the first is asked once more before, and not counted.

    The words are those of the articles. Their vectors are random, since exact search takes as
    long among any; each question is embedded by the real model.
    """
    embedder = embedder_of(settings)
    generation = _indexed(articles, _Scattered(embedder))
    retriever = Retriever(embedder, is_hostile=addresses_machine)

    def ask(text: str) -> float:
        question = Question(text)
        return 1_000 * _seconds(
            lambda: retriever.retrieve(generation, question, evidence_sentences)
        )

    ask(questions[0])
    p50, p95 = np.percentile([ask(text) for text in questions], [50, 95])
    return RetrievalLatency(len(generation.sentence_spans), len(questions), float(p50), float(p95))


class _Scattered:
    """Counts as an embedder does, and places texts anywhere on the unit sphere."""

    def __init__(self, real: Embedder) -> None:
        self._real = real
        self._random = np.random.default_rng(SEED)
        self.name = real.name
        self.dimension = real.dimension
        self.max_tokens = real.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._real.count_tokens(texts)

    def embed(self, texts: Sequence[str], progress: Progress = ignore_progress) -> Vectors:
        rows = self._random.standard_normal((len(texts), self.dimension), dtype=np.float32)
        progress(len(texts))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _indexed(articles: Sequence[Article], embedder: Embedder) -> Generation:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder))
        sync(store, articles, lambda: embedder, lambda total: tqdm(total=total, disable=True))
        return load_generation(store)


def _texts_of(generation: Generation) -> tuple[list[str], list[str]]:
    """The sentences and the chunks, in article order."""
    sentences = [generation.sentence(row).text for row in range(len(generation.sentence_spans))]
    chunks = [generation.chunk(row).text for row in range(len(generation.chunk_spans))]
    return sentences, chunks


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
