"""The models and the index that systems share: loaded when first needed, and once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from eval.figures.grounding import Judge
from index.articles import Article
from index.build import ProgressBar, sync
from index.embed import Embedder
from index.generation import Reader
from index.models import Catalogue, locate
from index.store import Store
from rag.compose import embedder_of, pipeline_of
from rag.pipeline import Pipeline
from rag.settings import Settings


class Bench:
    """Whatever a system may need.

    Args:
        settings: The same as users have; the index alone lies elsewhere.
        say: Told what takes long.
        bar: Makes a progress bar for embedding.
    """

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], None],
        bar: Callable[[int], ProgressBar],
    ) -> None:
        self.settings = settings
        self._say = say
        self._bar = bar
        self._pipeline: Pipeline | None = None

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model."""
        return embedder_of(self.settings)

    @cached_property
    def judge(self) -> Judge:
        """The independent scorer; it gates nothing."""
        from eval.support import load_scorer

        return load_scorer(locate(Catalogue.load().get("minilm"), self.settings.cache_dir))

    def index(self, articles: Sequence[Article], folder: Path) -> Store:
        """Index articles in a generation of their own; what it holds is not embedded anew."""
        store = Store(folder)
        sync(store, articles, lambda: self.embedder, self._bar)
        return store

    def pipeline(self, store: Store) -> Pipeline:
        """Ours, as users have it, over another index; the engine is loaded once."""
        if self._pipeline is None:
            self._pipeline = pipeline_of(self.settings, self._say, store)
        return replace(self._pipeline, reader=Reader(store))

    def close(self) -> None:
        """Free the engine."""
        if self._pipeline is not None:
            self._pipeline.engine.close()
