"""Changing an index article by article: nothing of others' changes is lost."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.articles import Article
from index.build import Change, revise, sync
from index.embed import Embedder
from index.errors import (
    DuplicateArticle,
    IndexBusy,
    IndexCorrupt,
    IndexMismatch,
    IndexMissing,
    TooManyArticles,
)
from index.generation import Generation, Reader, load_generation
from index.store import Store
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder

RAIN = Article("rain", "Rain fell on Kursk. The river rose.", "Rain")
MAYOR = Article("mayor", "The mayor spoke. He was calm.", "Mayor")
MAYOR_2 = Article("mayor", "The mayor spoke. He was angry.", "Mayor")
BRIDGE = Article("bridge", "A bridge fell. Trains wait.", "Bridge")


class OtherEmbedder(FakeEmbedder):
    name = "other"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An index of rain and mayor."""
    store = Store(tmp_path / "index")
    sync(store, [RAIN, MAYOR], FakeEmbedder, no_progress)
    return store


def put(
    store: Store,
    *puts: Article,
    remove: Sequence[str] = (),
    embedder: Embedder | None = None,
    at_most: int | None = None,
    known: Generation | None = None,
) -> Change:
    model = embedder or FakeEmbedder()
    return revise(store, puts, remove, lambda: model, no_progress, at_most=at_most, known=known)


def held(store: Store) -> tuple[Article, ...]:
    return load_generation(store).articles


def test_articles_are_added_replaced_and_removed(store: Store) -> None:
    change = put(store, BRIDGE, MAYOR_2, remove=["rain", "gone"])
    assert change == Change(("bridge",), ("mayor",), ("rain",), (), store.newest().id)
    assert held(store) == (BRIDGE, MAYOR_2)


def test_only_what_was_given_is_called_unchanged(store: Store) -> None:
    change = put(store, MAYOR, BRIDGE)
    assert change == Change(("bridge",), (), (), ("mayor",), store.newest().id)
    assert held(store) == (BRIDGE, MAYOR, RAIN)


def test_what_changes_nothing_publishes_nothing(store: Store) -> None:
    before = store.newest()
    assert put(store, RAIN) == Change((), (), (), ("rain",), before.id)
    assert put(store, remove=["gone"]) == Change((), (), (), (), before.id)
    assert store.newest() == before


def test_it_is_the_generation_that_would_have_been_made_anew(store: Store, tmp_path: Path) -> None:
    """Spans that are carried over must be those that splitting gives."""
    text = " ".join(f"Number {n} of the long report says that town {n} fell." for n in range(12))
    long = Article("long", text, "Long")
    put(store, long)
    put(store, BRIDGE, MAYOR_2, remove=["rain"])
    anew = Store(tmp_path / "anew")
    sync(anew, [BRIDGE, long, MAYOR_2], FakeEmbedder, no_progress)
    assert anew.newest().id == store.newest().id


@pytest.mark.parametrize("in_memory", [True, False])
def test_only_new_texts_are_embedded(store: Store, in_memory: bool) -> None:
    embedder = FakeEmbedder()
    known = load_generation(store) if in_memory else None
    put(store, MAYOR_2, embedder=embedder, known=known)
    assert embedder.embedded == ["He was angry.", MAYOR_2.text]


def test_a_generation_in_memory_that_is_not_the_newest_is_not_built_upon(store: Store) -> None:
    old = load_generation(store)
    put(store, BRIDGE)
    put(store, MAYOR_2, known=old)
    assert held(store) == (BRIDGE, MAYOR_2, RAIN)


def test_the_first_article_makes_an_index(tmp_path: Path) -> None:
    empty = Store(tmp_path / "index")
    with pytest.raises(IndexMissing):
        put(empty, remove=["rain"])
    assert put(empty, RAIN).added == ("rain",)
    assert held(empty) == (RAIN,)


def test_the_last_article_may_be_removed_and_another_added(store: Store) -> None:
    change = put(store, remove=["mayor", "rain"])
    assert change == Change((), (), ("mayor", "rain"), (), store.newest().id)
    generation = Reader(store).current()
    assert generation.articles == ()
    assert (generation.sentence_vectors.rows, generation.chunk_vectors.rows) == (0, 0)
    query = FakeEmbedder().embed(["river"])[0]
    assert generation.sentence_vectors.search(query, 3) == []
    assert generation.sentence_words.scores("river").tolist() == []
    assert generation.sentences_of_chunk == ()
    put(store, BRIDGE)
    assert held(store) == (BRIDGE,)


@pytest.mark.parametrize("count", [1, 2])
def test_a_full_index_takes_no_more_but_may_change_and_shrink(store: Store, count: int) -> None:
    with pytest.raises(TooManyArticles, match=f"3 articles; {count} are allowed"):
        put(store, BRIDGE, at_most=count)
    assert held(store) == (MAYOR, RAIN)
    assert put(store, MAYOR_2, at_most=count).updated == ("mayor",)
    assert put(store, BRIDGE, remove=["rain"], at_most=count).added == ("bridge",)
    assert put(store, remove=["bridge"], at_most=count).removed == ("bridge",)


def test_two_articles_with_one_id_are_refused(store: Store) -> None:
    with pytest.raises(DuplicateArticle, match="'mayor'"):
        put(store, MAYOR, MAYOR_2)
    assert held(store) == (MAYOR, RAIN)


def test_another_embedders_index_is_not_changed(store: Store) -> None:
    with pytest.raises(IndexMismatch, match="made by fake, not by other"):
        put(store, BRIDGE, embedder=OtherEmbedder())
    assert held(store) == (MAYOR, RAIN)


def test_a_corrupt_index_is_not_built_upon(store: Store) -> None:
    """What only the newest generation held would be lost without a word."""
    put(store, BRIDGE)
    (store.newest().folder / "articles.jsonl").write_bytes(b"")
    with pytest.raises(IndexCorrupt, match=r"articles\.jsonl"):
        put(store, MAYOR_2)
    assert store.newest().number == 2


def test_whoever_finds_another_writer_changes_nothing(store: Store) -> None:
    with store.writing(), pytest.raises(IndexBusy):
        put(store, BRIDGE)
    assert held(store) == (MAYOR, RAIN)
