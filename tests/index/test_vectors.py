from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embed import Vectors
from index.vectors import VectorIndex


def unit_rows(seed: int, rows: int, dimension: int = 16) -> Vectors:
    """Rows whose values are few, so that many inner products are equal, and some rows too."""
    random = np.random.default_rng(seed)
    vectors = random.integers(-1, 2, (rows, dimension)).astype(np.float32)
    vectors[:, 0] = 1
    vectors[rows // 2 :] = vectors[: rows - rows // 2]
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / norms, dtype=np.float32)


def exact(vectors: Vectors, query: Vectors, allowed: list[int]) -> dict[int, float]:
    """Row → inner product, computed in double precision."""
    products = vectors.astype(np.float64) @ query.astype(np.float64)
    return {row: float(products[row]) for row in allowed}


def few_valued(seed: int, rows: int, dimension: int = 6) -> Vectors:
    """Small whole numbers: inner products are exact in any order of summation, so ties are too."""
    random = np.random.default_rng(seed)
    return random.integers(-2, 3, (rows, dimension)).astype(np.float32)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(0, 45), st.booleans())
def test_search_is_exact_with_ties_by_row(
    seed: int, rows: int, count: int, restricted: bool
) -> None:
    vectors, query = few_valued(seed, rows), few_valued(seed + 1, 1)[0]
    allowed = np.array([row for row in range(rows) if not restricted or (row * seed) % 3], np.int64)
    products = exact(vectors, query, allowed.tolist())
    best = sorted(products.items(), key=lambda pair: (-pair[1], pair[0]))[:count]
    found = VectorIndex.build(vectors).search(query, count, allowed if restricted else None)
    assert found == best


def test_equals_at_the_cut_are_taken_by_row() -> None:
    """FAISS keeps any of the rows that tie at the last place: here row 2 stood where 0 should."""
    vectors = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
    index = VectorIndex.build(vectors)
    assert index.search(np.array([0, 1], dtype=np.float32), 3) == [
        (5, 1.0),
        (4, pytest.approx(0.8)),
        (0, 0.0),
    ]
    assert index.search(np.array([1, 0], dtype=np.float32), 2) == [(0, 1.0), (1, 1.0)]


@pytest.mark.parametrize("rows", [1, 30, 300])
def test_values_are_the_inner_products(rows: int) -> None:
    vectors = unit_rows(7, rows, 384)
    query = vectors[0]
    products = exact(vectors, query, list(range(rows)))
    index = VectorIndex.build(vectors)
    found = index.search(query, rows)
    assert sorted(row for row, _ in found) == list(range(rows))
    assert dict(found) == pytest.approx(products, abs=1e-6)
    for row, score in found[:10]:
        assert index.similarity(query, row) == pytest.approx(score, abs=1e-6)


def test_copies_of_a_row_score_the_same() -> None:
    """Else "ties by row" would depend on where FAISS switches from one loop to the next."""
    vectors = unit_rows(3, 1, 384).repeat(37, axis=0)
    found = VectorIndex.build(vectors).search(vectors[0], 37)
    assert [row for row, _ in found] == list(range(37))
    assert len({score for _, score in found}) == 1


def test_only_allowed_rows_are_found_in_any_order_given() -> None:
    vectors = np.array([[4], [3], [2], [1], [0]], dtype=np.float32)
    index, query = VectorIndex.build(vectors), np.ones(1, dtype=np.float32)
    assert index.search(query, 2, np.array([4, 1, 3, 1])) == [(1, 3.0), (3, 1.0)]
    assert index.search(query, 9, np.array([4, 1])) == [(1, 3.0), (4, 0.0)]
    assert index.search(query, 9, np.array([], dtype=np.int64)) == []


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    built = VectorIndex.build(np.zeros((0, 4), dtype=np.float32))
    built.save(tmp_path / "v.faiss")
    for index in (built, VectorIndex.load(tmp_path / "v.faiss")):
        assert index.rows == 0
        assert index.search(np.ones(4, dtype=np.float32), 3) == []
        assert index.vectors().shape == (0, 4)


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    vectors = unit_rows(1, 25)
    built = VectorIndex.build(vectors)
    built.save(tmp_path / "v.faiss")
    loaded = VectorIndex.load(tmp_path / "v.faiss")
    assert loaded.rows == 25
    assert np.array_equal(built.vectors(), vectors)
    assert np.array_equal(loaded.vectors(), vectors)
    assert loaded.search(vectors[3], 25) == built.search(vectors[3], 25)
    loaded.save(tmp_path / "again.faiss")
    assert (tmp_path / "again.faiss").read_bytes() == (tmp_path / "v.faiss").read_bytes()


def test_the_file_is_a_faiss_index(tmp_path: Path) -> None:
    vectors = unit_rows(2, 5)
    VectorIndex.build(vectors).save(tmp_path / "v.faiss")
    assert np.array_equal(faiss.read_index(str(tmp_path / "v.faiss")).reconstruct_n(0, 5), vectors)
