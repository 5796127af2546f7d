"""Retrieval finds the right sentence, only where it may look, and always in the same order."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.articles import Article
from index.build import sync
from index.generation import Generation, load_generation
from index.store import Store
from rag.errors import IndexMismatch
from rag.retrieve import RRF_K, Retriever, fuse
from rag.types import Evidence, Filters, Question
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder

CYRILLIC = Article(id="003", title="", text="It rained in Kyiv.", outlet="Post")
SYRSKYI = Question("Who is Oleksandr Syrskyi?")


class OtherEmbedder(FakeEmbedder):
    name = "other"


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory, seeds: tuple[Article, ...]) -> Generation:
    """The seeds and an undated article with an outlet."""
    store = Store(tmp_path_factory.mktemp("index"))
    sync(store, [*seeds, CYRILLIC], FakeEmbedder, no_progress)
    return load_generation(store)


def found(generation: Generation, question: Question, count: int = 6) -> list[Evidence]:
    return Retriever(FakeEmbedder()).retrieve(generation, question, count)


def test_ranks_are_fused_by_value() -> None:
    rankings: list[list[tuple[int, ...]]] = [[(7,), (3,)], [(3,), (7,), (9,)], [(3, 9)]]
    fused = fuse(rankings)
    assert [row for row, _ in fused] == [3, 7, 9]
    assert [score for _, score in fused] == pytest.approx(
        [1 / 62 + 1 / 61 + 1 / 61, 1 / 61 + 1 / 62, 1 / 63 + 1 / 61]
    )
    assert RRF_K == 60


def test_ties_are_broken_by_row() -> None:
    assert [row for row, _ in fuse([[(5,), (2,)], [(2,), (5,)]])] == [2, 5]
    assert [row for row, _ in fuse([[(8, 1, 4)]])] == [1, 4, 8]


def test_nothing_is_fused_to_nothing() -> None:
    assert fuse([]) == []
    assert fuse([[], [[]]]) == []


def test_the_sentences_that_name_him_come_first(generation: Generation) -> None:
    best = found(generation, SYRSKYI, 2)
    assert all("Oleksandr Syrskyi" in evidence.text for evidence in best)
    assert {evidence.article.id for evidence in best} == {
        "000_cb2a3d9513a7cddf",
        "002_9c80ba997a9c7279",
    }


def test_evidence_is_ranked_and_no_more_than_asked(generation: Generation) -> None:
    evidence = found(generation, SYRSKYI, 5)
    scores = [item.score for item in evidence]
    assert len(evidence) == 5
    assert scores == sorted(scores, reverse=True)
    assert found(generation, SYRSKYI, 3) == evidence[:3]
    assert found(generation, SYRSKYI, 0) == []


def test_similarity_is_the_cosine(generation: Generation) -> None:
    embedder = FakeEmbedder()
    query = embedder.embed([SYRSKYI.text])[0]
    for evidence in found(generation, SYRSKYI):
        cosine = float(embedder.embed([evidence.text])[0] @ query)
        assert evidence.similarity == pytest.approx(cosine, abs=1e-5)


def test_evidence_knows_its_place_and_its_chunk(generation: Generation) -> None:
    for evidence in found(generation, Question("Where are Ukrainian troops in Belgorod?"), 30):
        sentence, chunk, article = evidence.sentence, evidence.chunk, evidence.article
        assert article.text[sentence.start : sentence.end] == evidence.text
        assert article.text[chunk.start : chunk.end] == chunk.text
        assert chunk.start <= sentence.start < sentence.end <= chunk.end
        assert sentence.article_id == chunk.article_id == article.id


def test_the_same_question_finds_the_same(generation: Generation) -> None:
    assert found(generation, SYRSKYI, 30) == found(generation, SYRSKYI, 30)


def test_another_embedders_index_is_refused(generation: Generation) -> None:
    with pytest.raises(IndexMismatch, match="made by fake, not by other"):
        Retriever(OtherEmbedder()).retrieve(generation, SYRSKYI, 6)


def test_a_question_without_one_known_word_still_finds_neighbours(generation: Generation) -> None:
    assert len(found(generation, Question("xyzzy plugh"), 4)) == 4


FILTERS = st.builds(
    Filters,
    article_ids=st.frozensets(st.sampled_from(["000_cb2a3d9513a7cddf", "003", "gone"])),
    outlets=st.frozensets(st.sampled_from(["Post", "Times"]), max_size=1),
    published_from=st.none() | st.dates(date(2025, 4, 6), date(2025, 4, 10)),
    published_to=st.none() | st.dates(date(2025, 4, 6), date(2025, 4, 10)),
)
AS_OF = st.none() | st.dates(date(2025, 4, 6), date(2025, 4, 10))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILTERS, AS_OF)
def test_nothing_outside_the_filters_leaks(
    generation: Generation, filters: Filters, as_of: date | None
) -> None:
    question = Question("Did it rain on troops in Kyiv?", as_of=as_of, filters=filters)
    evidence = found(generation, question, 100)
    admitted = [article.id for article in generation.articles if question.admits(article)]
    assert {item.article.id for item in evidence} == set(admitted)


def test_a_filtered_ranking_is_that_of_the_admitted_articles_alone(
    generation: Generation, seeds: tuple[Article, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    alone = Store(tmp_path_factory.mktemp("alone"))
    sync(alone, [seeds[0]], FakeEmbedder, no_progress)
    filtered = Question(SYRSKYI.text, filters=Filters(article_ids=frozenset({seeds[0].id})))
    dense = found(generation, filtered, 4)
    assert {item.article for item in dense} == {seeds[0]}
    assert dense[0].text == found(load_generation(alone), SYRSKYI, 1)[0].text


def test_filters_that_admit_nothing_find_nothing(generation: Generation) -> None:
    question = Question(SYRSKYI.text, filters=Filters(article_ids=frozenset({"gone"})))
    assert found(generation, question) == []
