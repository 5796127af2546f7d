"""Changes of the articles, one after another, in a thread of their own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from index.articles import Article
from index.build import Change
from index.embed import Progress as Told
from index.embed import Vectors, ignore_progress
from index.generation import Reader
from index.store import Store
from rag.collection import WAITING, Collection, Progress
from rag.errors import ArticleNotFound, IndexBusy, IndexMissing, TooManyArticles
from tests.fakes import FakeEmbedder

PATIENCE_S = 10.0


class HeldEmbedder(FakeEmbedder):
    """Embeds a text only when it may; says when it began."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.go = threading.Event()

    def embed(self, texts: Sequence[str], progress: Told = ignore_progress) -> Vectors:
        self.began.set()
        assert self.go.wait(PATIENCE_S)
        return super().embed(texts, progress)


@pytest.fixture
def embedder() -> HeldEmbedder:
    embedder = HeldEmbedder()
    embedder.go.set()
    return embedder


@pytest.fixture
def collection(store: Store, embedder: HeldEmbedder) -> Iterator[Collection]:
    """The seeds, with room for three articles more."""
    collection = Collection(Reader(store), embedder, at_most=5)
    yield collection
    embedder.go.set()
    collection.close()


def article(name: str) -> Article:
    return Article(name, f"The town of {name} has flooded.", name)


def ignore(done: int, total: int) -> None:
    pass


def add(collection: Collection, *names: str) -> "Future[Change]":
    return collection.add(lambda: [article(name) for name in names], ignore)


def refused_since_it_stops(collection: Collection) -> bool:
    try:
        add(collection, "late")
    except IndexBusy as error:
        return "stopping" in str(error)
    return False


def ids(store: Store) -> list[str]:
    return [one.id for one in Reader(store).current().articles]


def test_what_was_changed_is_loaded_when_the_change_is_reported(store: Store) -> None:
    reader = Reader(store)
    collection = Collection(reader, FakeEmbedder(), at_most=5)
    change = add(collection, "halven").result(PATIENCE_S)
    assert (change.added, change.generation) == (("halven",), reader.current().id)
    change = collection.remove("halven").result(PATIENCE_S)
    assert (change.removed, change.generation) == (("halven",), reader.current().id)
    collection.close()


def test_what_does_not_exist_cannot_be_removed(collection: Collection, store: Store) -> None:
    before = store.newest()
    with pytest.raises(ArticleNotFound, match="'gone'"):
        collection.remove("gone").result(PATIENCE_S)
    assert store.newest() == before


def test_a_request_that_cannot_be_read_changes_nothing(
    collection: Collection, store: Store
) -> None:
    def read() -> list[Article]:
        raise ValueError("unreadable")

    before = store.newest()
    with pytest.raises(ValueError, match="unreadable"):
        collection.add(read, ignore).result(PATIENCE_S)
    assert store.newest() == before


def test_there_is_a_bound_on_the_articles(collection: Collection, store: Store) -> None:
    with pytest.raises(TooManyArticles):
        add(collection, "a", "b", "c", "d").result(PATIENCE_S)
    assert len(ids(store)) == 2
    assert add(collection, "a", "b", "c").result(PATIENCE_S).added == ("a", "b", "c")


def test_changes_wait_in_order_and_no_more_than_may(
    collection: Collection, embedder: HeldEmbedder, store: Store
) -> None:
    embedder.go.clear()
    begun: list[int] = []

    def read(number: int) -> Callable[[], list[Article]]:
        def reading() -> list[Article]:
            begun.append(number)
            return [article("same")] if number % 2 else [article("other")]

        return reading

    futures = [collection.add(read(number), ignore) for number in range(WAITING)]
    assert embedder.began.wait(PATIENCE_S)
    with pytest.raises(IndexBusy, match=str(WAITING)):
        add(collection, "late")
    with pytest.raises(IndexBusy, match=str(WAITING)):
        collection.remove("same")
    embedder.go.set()
    changes = [future.result(PATIENCE_S) for future in futures]
    assert begun == list(range(WAITING))
    assert [change.added for change in changes[:3]] == [("other",), ("same",), ()]
    assert add(collection, "late").result(PATIENCE_S).added == ("late",)


def test_of_many_changes_at_once_none_is_lost(store: Store) -> None:
    collection = Collection(Reader(store), FakeEmbedder(), at_most=100)
    names = [f"town{number:02}" for number in range(20)]
    with ThreadPoolExecutor(8) as threads:
        changes = list(threads.map(lambda n: add(collection, n).result(PATIENCE_S), names))
    assert [change.added for change in changes] == [(name,) for name in names]
    assert ids(store)[2:] == names
    collection.close()


def test_another_process_that_writes_is_named(collection: Collection, store: Store) -> None:
    with store.writing(), pytest.raises(IndexBusy, match="another process"):
        add(collection, "halven").result(PATIENCE_S)
    assert add(collection, "halven").result(PATIENCE_S).added == ("halven",)


def test_without_an_index_the_first_article_makes_one(store: Store) -> None:
    none = Store(store.root / "none")
    collection = Collection(Reader(none), FakeEmbedder(), at_most=5)
    with pytest.raises(IndexMissing):
        collection.remove("halven").result(PATIENCE_S)
    assert add(collection, "halven").result(PATIENCE_S).added == ("halven",)
    assert ids(none) == ["halven"]
    collection.close()


def test_closing_gives_up_what_is_not_done(
    collection: Collection, embedder: HeldEmbedder, store: Store
) -> None:
    embedder.go.clear()
    underway, waits = add(collection, "one"), add(collection, "two")
    assert embedder.began.wait(PATIENCE_S)
    closing = threading.Thread(target=collection.close)
    closing.start()
    while not refused_since_it_stops(collection):
        assert closing.is_alive()
    embedder.go.set()
    closing.join(PATIENCE_S)
    for future in (underway, waits):
        with pytest.raises(IndexBusy, match="the service is stopping"):
            future.result(PATIENCE_S)
    assert len(ids(store)) == 2


@pytest.mark.parametrize("total", [0, 1, 7, 199, 1000, 1099])
def test_progress_is_told_from_nothing_to_all_in_a_hundred_steps_or_fewer(total: int) -> None:
    told: list[tuple[int, int]] = []
    bar = Progress(total, lambda done, of: told.append((done, of)), lambda: None)
    for _ in range(total):
        bar.update(1)
    bar.close()
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert (told[0], told[-1]) == ((0, total), (total, total))
    assert len(told) <= 101
