"""Fixtures that every room's tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from index.articles import Article, read_articles
from index.build import ProgressBar, sync
from index.generation import Reader
from index.store import Store
from rag.compose import pipeline_of
from rag.dialogue import Dialogue
from rag.engine.protocol import Engine
from rag.pipeline import Limits, Pipeline
from rag.prompt import Layout, PromptTemplate
from rag.retrieve import Retriever
from rag.settings import PROJECT, Settings
from rag.verify import Verifier
from tests.fakes import FakeEmbedder

hypothesis.settings.register_profile("dateline", deadline=None)  # times are benchmarks, not tests
hypothesis.settings.load_profile("dateline")


class SilentBar:
    """A progress bar that shows nothing."""

    def update(self, n: int) -> None:
        pass

    def close(self) -> None:
        pass


def no_progress(total: int) -> ProgressBar:
    return SilentBar()


@pytest.fixture(scope="session")
def seeds() -> tuple[Article, ...]:
    return read_articles([PROJECT / "seeds"]).articles


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of their own data folder; the models' cache is the user's."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def store(settings: Settings, seeds: tuple[Article, ...]) -> Store:
    """The seeds, indexed by the fake embedder."""
    store = Store(settings.index_dir)
    sync(store, seeds, FakeEmbedder, no_progress)
    return store


def pipeline_around(engine: Engine, store: Store, settings: Settings) -> Pipeline:
    """A whole pipeline over an index of the fake embedder."""
    prompts = settings.prompts_dir
    return Pipeline(
        reader=Reader(store),
        dialogue=Dialogue(engine, PromptTemplate(prompts / "standalone.txt"), 6, 2000),
        retriever=Retriever(FakeEmbedder()),
        template=PromptTemplate(prompts / "answer.txt"),
        layout=Layout(joins=False),
        engine=engine,
        verifier=Verifier(settings.support_at_least),
        limits=Limits(6, 1200, 120, 0.5),
        version="test",
    )


@pytest.fixture
def make_pipeline(store: Store, settings: Settings) -> Callable[[Engine], Pipeline]:
    """A whole pipeline over the seeds around any engine, with the fake embedder."""
    return lambda engine: pipeline_around(engine, store, settings)


@pytest.fixture(scope="session")
def real_pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """The real models over the seeds, loaded once; for tests marked `real`."""
    from rag.compose import embedder_of, store_of

    settings = Settings(data_dir=tmp_path_factory.mktemp("real"))
    articles = read_articles([settings.seeds_dir]).articles
    sync(store_of(settings), articles, lambda: embedder_of(settings), no_progress)
    pipeline = pipeline_of(settings, lambda line: None)
    yield pipeline
    pipeline.engine.close()
