"""Sentences are read ahead: all of an index, again for a newer one, and never in anybody's way."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from index.articles import Article
from index.build import sync
from index.store import Store
from rag.engine.protocol import Prompt
from rag.errors import EngineDied
from rag.pipeline import Pipeline
from rag.prompt import Layout
from rag.warm import Warmer
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder, FakeEngine
from tests.rag.test_pipeline import MakePipeline

PATIENCE_S = 20.0


class Noting(FakeEngine):
    """Notes what is prepared; a call may be made to fail."""

    def __init__(self, fail: Callable[[int], bool] = lambda call: False) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._calls = 0
        self._fail = fail

    def prepare(self, prompt: Prompt, cancel: threading.Event) -> None:
        self._calls += 1
        if self._fail(self._calls):
            raise EngineDied("gone")
        self.texts += [passage.text.strip() for passage in prompt.passages]


def joining(pipeline: Pipeline) -> Pipeline:
    return replace(pipeline, layout=Layout(joins=True))


def sentences_of(pipeline: Pipeline) -> list[str]:
    generation = pipeline.reader.current()
    rows = range(len(generation.sentence_spans))
    return [" ".join(generation.sentence(row).text.split()) for row in rows]


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_every_sentence_is_read_once(make_pipeline: MakePipeline) -> None:
    engine = Noting()
    pipeline = joining(make_pipeline(engine))
    assert Warmer(pipeline, 1000).warm(pipeline.reader.current())
    assert sorted(engine.texts) == sorted(sentences_of(pipeline))


@pytest.mark.parametrize("most", [0, 1, 7])
def test_no_more_are_read_than_may_be(make_pipeline: MakePipeline, most: int) -> None:
    engine = Noting()
    pipeline = joining(make_pipeline(engine))
    Warmer(pipeline, most).warm(pipeline.reader.current())
    assert sorted(engine.texts) == sorted(sentences_of(pipeline)[:most])


def test_a_newer_index_is_read_and_a_dead_engine_is_asked_again(
    make_pipeline: MakePipeline, store: Store, seeds: tuple[Article, ...]
) -> None:
    engine = Noting(fail=lambda call: call == 2)
    pipeline = joining(make_pipeline(engine))
    warmer = Warmer(pipeline, 1000)
    warmer.start()
    try:
        wait_for(lambda: set(sentences_of(pipeline)) <= set(engine.texts))
        news = Article(id="news", title="", text="The ferry Aurora left Port Halven.")
        sync(store, [*seeds, news], FakeEmbedder, no_progress)
        wait_for(lambda: news.text in engine.texts)
    finally:
        warmer.stop()
    count = len(engine.texts)
    time.sleep(0.1)
    assert len(engine.texts) == count


def test_nothing_is_read_ahead_where_nothing_is_joined(make_pipeline: MakePipeline) -> None:
    engine = Noting()
    warmer = Warmer(make_pipeline(engine), 5)
    warmer.start()
    warmer.stop()
    assert engine.texts == []


def test_it_ends_at_once_when_it_was_not_begun(make_pipeline: MakePipeline) -> None:
    Warmer(make_pipeline(Noting()), 5).stop()
