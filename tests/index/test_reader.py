"""Which generation is handed out: the newest that is whole, and the one before while it is kept."""

import logging
import threading
from pathlib import Path

import pytest

from index.articles import Article
from index.build import sync
from index.errors import IndexCorrupt
from index.generation import Reader
from index.store import Published, Store
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder

PATIENCE_S = 10.0
ONE, TWO, THREE, FOUR = (
    (Article("rain", f"Rain fell on day {n}.", "Rain"),) for n in ("one", "two", "three", "four")
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two generations."""
    store = Store(tmp_path / "index")
    index(store, ONE)
    index(store, TWO)
    return store


def index(store: Store, articles: tuple[Article, ...]) -> str:
    return sync(store, articles, FakeEmbedder, no_progress).generation


def spoil(published: Published) -> Path:
    path = published.folder / "chunks.npy"
    path.write_bytes(path.read_bytes()[:-1])
    return path


def test_a_cold_start_serves_the_older_one_when_the_newest_is_corrupt(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """The service did not start, although a whole generation was there."""
    path = spoil(store.newest())
    reader = Reader(store)
    assert reader.current().articles == ONE
    assert str(path) in (reader.problem or "")
    assert reader.current().articles == ONE
    said = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert said == [f"the previous index keeps serving: {reader.problem}"]
    index(store, THREE)
    assert reader.current().articles == THREE
    assert reader.problem is None


def test_with_no_whole_generation_the_newest_ones_error_is_raised(store: Store) -> None:
    spoil(store.kept()[1])
    path = spoil(store.newest())
    reader = Reader(store)
    with pytest.raises(IndexCorrupt, match=str(path)):
        reader.current()
    index(store, THREE)
    assert reader.current().articles == THREE


def test_the_one_before_is_handed_out_by_its_id_and_older_ones_are_not(store: Store) -> None:
    one, two = (published.id for published in reversed(store.kept()))
    reader = Reader(store)
    found = [reader.generation(name) for name in (one, two, "0" * 16)]
    assert [generation and generation.articles for generation in found] == [ONE, TWO, None]
    three = index(store, THREE)
    assert reader.generation(one) is None
    again = reader.generation(two)
    assert again is found[1]
    assert again is not None
    assert again.articles == TWO
    newest = reader.generation(three)
    assert newest is reader.current()


def test_the_one_before_stays_in_memory_when_it_is_gone_from_disk(store: Store) -> None:
    reader = Reader(store)
    before = reader.current()
    index(store, THREE)
    index(store, FOUR)
    assert before.id not in [published.id for published in store.kept()]
    assert reader.current().articles == FOUR
    assert reader.generation(before.id) is before


def test_an_older_one_that_is_corrupt_is_gone(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    older = store.kept()[1]
    path = spoil(older)
    assert Reader(store).generation(older.id) is None
    assert str(path) in caplog.text


class SlowStore(Store):
    """Its newest generation is looked up only when that may happen, but for the first time."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.free = threading.Event()
        self.asked = threading.Event()
        self.free.set()

    def newest(self) -> Published:
        if not self.free.is_set():
            self.asked.set()
            assert self.free.wait(PATIENCE_S)
        return super().newest()


def test_nobody_waits_for_a_newer_generation_that_another_thread_loads(store: Store) -> None:
    """Every question stood still while the first one after a change loaded the new index."""
    slow = SlowStore(store.root)
    reader = Reader(slow)
    old = reader.current()
    index(store, THREE)
    slow.free.clear()
    loading = threading.Thread(target=reader.refresh)
    loading.start()
    assert slow.asked.wait(PATIENCE_S)
    assert reader.current() is old
    slow.free.set()
    loading.join(PATIENCE_S)
    assert reader.current().articles == THREE
