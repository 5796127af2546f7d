from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.articles import Article
from index.build import Change, sync
from index.embed import Embedder, Progress, Vectors, ignore_progress
from index.errors import DuplicateArticle, NoArticles
from index.generation import Generation, load_generation
from index.store import MANIFEST, Store
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder

RAIN = Article("rain", "Rain fell on Kursk. The river rose.", "Rain")
MAYOR = Article("mayor", "The mayor spoke. He was calm.", "Mayor")
MAYOR_2 = Article("mayor", "The mayor spoke. He was angry.", "Mayor")
BRIDGE = Article("bridge", "A bridge fell. Trains wait.", "Bridge")

MODELS_ARE_NOT_NEEDED = "the embedder was loaded although nothing changed"


class OtherEmbedder(FakeEmbedder):
    name = "other"


class FailingEmbedder(FakeEmbedder):
    def embed(self, texts: Sequence[str], progress: Progress = ignore_progress) -> Vectors:
        progress(1)
        raise RuntimeError("the model broke")


class Bars:
    """Opens progress bars, and keeps account of them."""

    def __init__(self) -> None:
        self.totals: list[int] = []
        self.done = 0
        self.closed = 0

    def __call__(self, total: int) -> "Bars":
        self.totals.append(total)
        return self

    def update(self, n: int) -> None:
        self.done += n

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "index")


def index(
    store: Store, *articles: Article, embedder: FakeEmbedder | None = None, rebuild: bool = False
) -> Change:
    model = embedder or FakeEmbedder()
    return sync(store, articles, lambda: model, no_progress, rebuild=rebuild)


def no_embedder() -> Embedder:
    raise AssertionError(MODELS_ARE_NOT_NEEDED)


def vectors_of(generation: Generation) -> dict[str, list[float]]:
    """Text → vector, over sentences and chunks."""
    sentences = [generation.sentence(row).text for row in range(len(generation.sentence_spans))]
    chunks = [generation.chunk(row).text for row in range(len(generation.chunk_spans))]
    indexes = (generation.sentence_vectors, generation.chunk_vectors)
    rows = np.concatenate([index.vectors() for index in indexes])
    return dict(zip(sentences + chunks, rows.tolist(), strict=True))


def test_articles_are_added_updated_removed_and_left(store: Store) -> None:
    first = index(store, RAIN, MAYOR)
    assert first == Change(("mayor", "rain"), (), (), (), store.newest().id)
    second = index(store, MAYOR_2, BRIDGE, RAIN)
    assert second == Change(("bridge",), ("mayor",), (), ("rain",), store.newest().id)
    third = index(store, BRIDGE)
    assert third == Change((), (), ("mayor", "rain"), ("bridge",), store.newest().id)
    assert load_generation(store).articles == (BRIDGE,)
    assert store.newest().number == 3
    assert len({first.generation, second.generation, third.generation}) == 3
    assert not any(change.is_empty for change in (first, second, third))


def test_nothing_changed_publishes_nothing_and_needs_no_model(store: Store) -> None:
    index(store, RAIN, MAYOR)
    before = store.newest()
    change = sync(store, [MAYOR, RAIN], no_embedder, no_progress)
    assert change == Change((), (), (), ("mayor", "rain"), before.id)
    assert change.is_empty
    assert store.newest() == before


@pytest.mark.parametrize(
    "other",
    [
        Article("rain", RAIN.text, "Flood"),
        Article("rain", RAIN.text, "Rain", outlet="BBC"),
        Article("rain", RAIN.text, "Rain", url="https://example.org/rain"),
        Article("rain", RAIN.text + "\n", "Rain"),
    ],
)
def test_every_field_counts_as_content(store: Store, other: Article) -> None:
    index(store, RAIN)
    embedder = FakeEmbedder()
    assert index(store, other, embedder=embedder).updated == ("rain",)
    assert load_generation(store).articles == (other,)
    assert embedder.embedded == []


def test_only_new_texts_are_embedded_each_once(store: Store) -> None:
    first, second, third = FakeEmbedder(), FakeEmbedder(), FakeEmbedder()
    index(store, RAIN, MAYOR, embedder=first)
    assert first.embedded == [
        "The mayor spoke.",
        "He was calm.",
        "Rain fell on Kursk.",
        "The river rose.",
        MAYOR.text,
        RAIN.text,
    ]
    twin = Article("twin", MAYOR_2.text, "Twin")
    index(store, RAIN, MAYOR_2, twin, embedder=second)
    assert second.embedded == ["He was angry.", MAYOR_2.text]
    index(store, MAYOR_2, twin, embedder=third)
    assert third.embedded == []
    assert [article.id for article in load_generation(store).articles] == ["mayor", "twin"]


def test_carried_vectors_are_those_that_would_be_computed(store: Store, tmp_path: Path) -> None:
    for articles in ([RAIN, MAYOR], [MAYOR_2, RAIN, BRIDGE], [BRIDGE, MAYOR_2]):
        index(store, *articles)
        texts = vectors_of(load_generation(store))
        fresh = FakeEmbedder().embed(list(texts)).tolist()
        assert texts == dict(zip(texts, fresh, strict=True))
    anew = Store(tmp_path / "anew")
    index(anew, MAYOR_2, BRIDGE)
    assert anew.newest().id == store.newest().id


def test_vectors_of_another_embedder_are_not_carried(store: Store) -> None:
    index(store, RAIN)
    other = OtherEmbedder()
    index(store, RAIN, BRIDGE, embedder=other)
    assert other.embedded == [
        "A bridge fell.",
        "Trains wait.",
        "Rain fell on Kursk.",
        "The river rose.",
        BRIDGE.text,
        RAIN.text,
    ]
    assert load_generation(store).embedder == "other"


def test_rebuild_carries_nothing(store: Store) -> None:
    before = index(store, RAIN, MAYOR)
    embedder = FakeEmbedder()
    change = index(store, RAIN, MAYOR, embedder=embedder, rebuild=True)
    assert change == before
    assert len(embedder.embedded) == 6
    assert store.newest().number == 2
    other = OtherEmbedder()
    index(store, RAIN, MAYOR, embedder=other, rebuild=True)
    assert len(other.embedded) == 6
    assert load_generation(store).embedder == "other"


def test_an_index_is_never_emptied_by_accident(store: Store) -> None:
    index(store, RAIN)
    for rebuild in (False, True):
        with pytest.raises(NoArticles):
            sync(store, [], no_embedder, no_progress, rebuild=rebuild)
    assert load_generation(store).articles == (RAIN,)


def test_two_articles_with_one_id_are_refused(store: Store) -> None:
    index(store, RAIN)
    with pytest.raises(DuplicateArticle, match="'mayor'"):
        sync(store, [MAYOR, BRIDGE, MAYOR_2], no_embedder, no_progress)
    assert load_generation(store).articles == (RAIN,)


@pytest.mark.parametrize("text", ["* * *", "…", "?!", "12.04.", "the and of"])
def test_an_article_without_a_word_is_kept_and_found_by_nobody(store: Store, text: str) -> None:
    index(store, Article("odd", text, "Odd"), RAIN)
    generation = load_generation(store)
    assert generation.by_id["odd"].text == text
    scores = generation.sentence_words.scores("river")
    found = [generation.sentence(int(row)).text for row in np.flatnonzero(scores)]
    assert found == ["The river rose."]


@pytest.mark.parametrize("others", [(), (RAIN,)])
def test_an_article_of_white_space_has_no_sentence(
    store: Store, others: tuple[Article, ...]
) -> None:
    """With no sentence in the whole index, `np.stack` raised a ValueError."""
    blank = Article("blank", " \n\t\n", "Blank")
    index(store, blank, *others)
    generation = load_generation(store)
    assert generation.articles == (blank, *others)
    assert len(generation.sentence_spans) == generation.sentence_vectors.rows == 2 * len(others)
    assert len(generation.chunk_spans) == generation.chunk_vectors.rows == len(others)
    query = FakeEmbedder().embed(["river"])[0]
    assert len(generation.sentence_vectors.search(query, 9)) == 2 * len(others)
    assert len(generation.sentence_words.scores("river")) == 2 * len(others)


def test_a_failing_embedder_leaves_the_previous_index(store: Store) -> None:
    index(store, RAIN)
    before, bars = sorted(store.root.iterdir()), Bars()
    with pytest.raises(RuntimeError, match="the model broke"):
        sync(store, [RAIN, BRIDGE], FailingEmbedder, bars)
    assert sorted(store.root.iterdir()) == before
    assert load_generation(store).articles == (RAIN,)
    assert bars.closed == 1
    assert index(store, RAIN, BRIDGE).added == ("bridge",)


def test_an_embedder_that_cannot_be_loaded_leaves_the_previous_index(store: Store) -> None:
    index(store, RAIN)
    with pytest.raises(AssertionError, match=MODELS_ARE_NOT_NEEDED):
        sync(store, [BRIDGE], no_embedder, no_progress)
    assert load_generation(store).articles == (RAIN,)


def test_progress_adds_up(store: Store) -> None:
    for articles, texts in (([RAIN, MAYOR], 6), ([RAIN, MAYOR_2], 2), ([RAIN], 0)):
        bars = Bars()
        sync(store, articles, FakeEmbedder, bars)
        assert (bars.totals, bars.done, bars.closed) == ([texts], texts, 1)


@pytest.mark.parametrize("name", ["articles.jsonl", "sentences.faiss", MANIFEST])
@pytest.mark.parametrize("missing", [True, False])
def test_a_corrupt_generation_is_replaced(store: Store, name: str, missing: bool) -> None:
    index(store, RAIN, MAYOR)
    path = store.newest().folder / name
    path.unlink() if missing else path.write_bytes(path.read_bytes()[:-1])
    embedder = FakeEmbedder()
    change = index(store, RAIN, MAYOR_2, embedder=embedder)
    assert change == Change(("mayor", "rain"), (), (), (), store.newest().id)
    assert len(embedder.embedded) == 6
    assert store.newest().number == 2
    assert load_generation(store).articles == (MAYOR_2, RAIN)


def test_rows_tell_article_span_and_home(store: Store) -> None:
    text = " ".join(f"Number {n} of the long report says that town {n} fell." for n in range(12))
    long = Article("long", text, "Long")
    index(store, long, RAIN)
    generation = load_generation(store)
    assert generation.sentence_spans.dtype == generation.chunk_spans.dtype == np.int64
    for row in range(len(generation.sentence_spans)):
        sentence, home = generation.sentence(row), generation.home(row)
        article = generation.article_of(row)
        assert article.id == sentence.article_id == home.article_id
        assert article.text[sentence.start : sentence.end] == sentence.text
        assert home.start <= sentence.start < sentence.end <= home.end
        assert article.text[home.start : home.end] == home.text
    limit = FakeEmbedder.max_tokens - 2
    chunks = [generation.chunk(row) for row in range(len(generation.chunk_spans))]
    assert [(c.article_id, c.first, c.last) for c in chunks] == [
        ("long", 0, 3),
        ("long", 3, 6),
        ("long", 6, 9),
        ("long", 9, 11),
        ("rain", 0, 1),
    ]
    assert max(len(chunk.text.split()) for chunk in chunks) <= limit
    assert generation.sentences_of_chunk == (
        (0, 1, 2, 3),
        (4, 5, 6),
        (7, 8, 9),
        (10, 11),
        (12, 13),
    )
