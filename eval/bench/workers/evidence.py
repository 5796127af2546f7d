"""Our index and our search without a model: what every contender is given to read.

Passages are the chunks of the best sentences, each once, in the order of those.
"""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from eval.bench.wire import Json, Watch, serve
from eval.bench.workers.ours import settings_of
from eval.suites.allsides import FILE, AllsidesRow
from eval.suites.rows import read_rows
from eval.suites.seeds import seed_articles
from index.articles import Article
from index.build import sync
from index.generation import load_generation
from index.store import Store
from rag.compose import embedder_of
from rag.retrieve import Retriever
from rag.types import Question

SENTENCES_A_PASSAGE = 6  # looked at; a chunk of about 150 tokens has four to six


class EvidenceIndex:
    """An index that holds so many articles, made if it does not.

    Args:
        options: `settings`; `index`: its folder; `articles`: how many, None for those that it
            holds; `data`: the folder of the public sets, from which articles are taken beside the
            seeds.
    """

    def __init__(self, options: Json) -> None:
        settings, _ = settings_of(options["settings"])
        embedder = embedder_of(settings)
        store = Store(Path(options["index"]))
        began, added = time.monotonic(), 0
        if options["articles"] is not None:
            articles = corpus(settings.seeds_dir, Path(options["data"]), options["articles"])
            began = time.monotonic()
            added = len(sync(store, articles, lambda: embedder, no_bar).added)
        indexing_s = round(time.monotonic() - began, 3)
        self._generation = load_generation(store)
        self._retriever = Retriever(embedder)
        self.facts: Json = {
            "articles": len(self._generation.articles),
            "added": added,
            "sentences": len(self._generation.sentence_spans),
            "passages": len(self._generation.chunk_spans),
            "indexing_s": indexing_s if added else None,
        }

    def ask(self, request: Json, watch: Watch) -> Json:
        """The best `passages` and `sentences` for a question; without one, every passage."""
        if "question" not in request:
            chunks = range(len(self._generation.chunk_spans))
            return {"passages": [flat(self._generation.chunk(row).text) for row in chunks]}
        count: int = request["passages"]
        found = self._retriever.retrieve(
            self._generation, Question(request["question"]), count * SENTENCES_A_PASSAGE
        )
        passages = dict.fromkeys(flat(item.chunk.text) for item in found)
        return watch.report(
            passages=list(passages)[:count],
            sentences=[flat(item.text) for item in found[: request.get("sentences", 0)]],
        )

    def close(self) -> None:
        """Nothing is left behind."""


class NoBar:
    """A progress bar that nobody sees."""

    def update(self, n: int) -> None:
        """See `ProgressBar`."""

    def close(self) -> None:
        """See `ProgressBar`."""


def no_bar(total: int) -> NoBar:
    """For `sync`."""
    return NoBar()


def corpus(seeds: Path, data: Path, count: int) -> Sequence[Article]:
    """The seed articles, and others up to `count`: a smaller collection is part of a larger one.

    Raises:
        SuiteMissing: If others are wanted and their file is not there.
    """
    own = seed_articles(seeds)
    if count <= len(own):
        return own
    others = [row.to_article() for row in read_rows(data / FILE, AllsidesRow)]
    others.sort(key=lambda article: hashlib.sha256(article.id.encode()).digest())
    return [*own, *others[: count - len(own)]]


def flat(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


if __name__ == "__main__":
    serve(EvidenceIndex)
