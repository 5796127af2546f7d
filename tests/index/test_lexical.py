import hashlib
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import LexicalIndex, content_stems, top_rows, words

PROJECT = Path(__file__).parents[2]

CORPUS = [
    "The commander thanked the regiment in Belgorod.",
    "Soldiers crossed the border; the border village was empty.",
    "U.S. envoys met the commander, and the commander's staff.",
    "It was to be.",
    "",
    "A village of 1,200 people, 1.2 miles from the border, was shelled.",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U.S. and US", ["us", "and", "us"]),
        ("at 5 p.m. on Monday.", ["at", "5", "pm", "on", "monday"]),
        ("Zelensky's, Zelensky’s, soldiers', soldiers’.", ["zelensky"] * 2 + ["soldiers"] * 2),
        ("O'Brien's O’Brien’s O’Brien", ["o'brien"] * 3),
        ("don't don’t", ["don't", "don't"]),
        ("(1.2 miles), 1,200 men.", ["1.2", "miles", "1,200", "men"]),
        ("$1.5m in 2022.", ["1.5", "m", "in", "2022"]),
        ("cross-border 31-year-old F-16s — yes", ["cross-border", "31-year-old", "f-16s", "yes"]),
        ("225th “Assault” Regiment…", ["225th", "assault", "regiment"]),
        ("Київ Kursk Šećer", ["київ", "kursk", "šećer"]),
        ("", []),
        (" …—!? ", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_curly_and_straight_apostrophes_inside_a_word_are_one() -> None:
    """ "O’Brien" in an article was another word than "O'Brien" in a question."""
    scores = LexicalIndex.build(["General O’Brien spoke.", "Others spoke."]).scores("O'Brien")
    assert top_rows(scores, 5) == [0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_words_are_lower_case_and_never_empty(text: str) -> None:
    assert all(word and word == word.lower() for word in words(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("withdraw withdrawing withdraws", ["withdraw"] * 3),
        ("withdrew", ["withdrew"]),
        ("The commanders were commanding the commander.", ["command", "command", "command"]),
        ("border, borders and the border's", ["border"] * 3),
        ("What is it, and who are they?", []),
        ("Don’t; I'll, we’ve, they'd: who’s?", []),
    ],
)
def test_content_stems(text: str, expected: list[str]) -> None:
    assert content_stems(text) == expected


def bm25(texts: Sequence[str], query: str, k1: float = 1.5, b: float = 0.75) -> list[float]:
    """BM25 as Lucene has it. Source: bm25s's README, Kamphuis et al. 2020."""
    rows = [Counter(content_stems(text)) for text in texts]
    mean = sum(row.total() for row in rows) / len(rows)
    scores = [0.0] * len(rows)
    for stem in content_stems(query):
        holders = sum(stem in row for row in rows)
        idf = math.log(1 + (len(rows) - holders + 0.5) / (holders + 0.5))
        for number, row in enumerate(rows):
            length = 1 - b + b * row.total() / mean
            scores[number] += idf * row[stem] / (row[stem] + k1 * length)
    return scores


@pytest.mark.parametrize(
    "query",
    [
        "border",
        "the commander's border village",
        "Who commands the U.S. envoys?",
        "village village border",
        "1.2 miles",
        "commander quixotic",
    ],
)
def test_scores_are_bm25(query: str) -> None:
    expected = bm25(CORPUS, query)
    scores = LexicalIndex.build(CORPUS).scores(query)
    assert scores.dtype == np.float32
    assert scores.tolist() == pytest.approx(expected, rel=1e-5)
    assert max(expected) > 0


@pytest.mark.parametrize("query", ["quixotic", "what is it", "", "?!", "и"])
def test_no_known_word_scores_nothing(query: str) -> None:
    assert LexicalIndex.build(CORPUS).scores(query).tolist() == [0.0] * 6


@pytest.mark.parametrize("texts", [[], [""], ["It was to be.", "The and of", ""]])
def test_a_corpus_without_content_words_scores_nothing(texts: list[str], tmp_path: Path) -> None:
    built = LexicalIndex.build(texts)
    built.save(tmp_path / "words")
    loaded = LexicalIndex.load(tmp_path / "words", len(texts))
    for index in (built, loaded):
        assert index.rows == len(texts)
        assert index.scores("the border was").tolist() == [0.0] * len(texts)
    assert list((tmp_path / "words").iterdir()) == []


def test_an_empty_index_survives_a_copy_that_drops_empty_folders(tmp_path: Path) -> None:
    """Loading looked into the folder, which git, zip and others do not keep when it is empty."""
    index = LexicalIndex.load(tmp_path / "dropped", 2)
    assert index.scores("border").tolist() == [0.0, 0.0]


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    built = LexicalIndex.build(CORPUS)
    built.save(tmp_path / "words")
    loaded = LexicalIndex.load(tmp_path / "words", 6)
    assert loaded.rows == 6
    for query in ("border", "commander village", "1.2", "quixotic"):
        assert loaded.scores(query).tolist() == built.scores(query).tolist()
    loaded.save(tmp_path / "again")
    assert contents(tmp_path / "again") == contents(tmp_path / "words")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


SAVE = """
import sys
from pathlib import Path
from index.lexical import LexicalIndex
LexicalIndex.build(sys.argv[2:]).save(Path(sys.argv[1]))
"""


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    LexicalIndex.build(CORPUS).save(tmp_path / "here")
    for seed in ("1", "2"):
        subprocess.run(  # noqa: S603  # our own interpreter and code
            [sys.executable, "-c", SAVE, tmp_path / seed, *CORPUS],
            cwd=PROJECT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
    digests = {
        name: hashlib.sha256(data).hexdigest() for name, data in contents(tmp_path / "here").items()
    }
    assert "vocab.index.json" in digests
    for seed in ("1", "2"):
        assert {
            name: hashlib.sha256(data).hexdigest()
            for name, data in contents(tmp_path / seed).items()
        } == digests


SCORES = np.array([0.5, 2.0, 0.0, 2.0, 0.5, -1.0, 2.0], dtype=np.float32)


@pytest.mark.parametrize(
    ("count", "allowed", "expected"),
    [
        (10, None, [1, 3, 6, 0, 4]),
        (2, None, [1, 3]),
        (4, None, [1, 3, 6, 0]),
        (0, None, []),
        (10, [6, 4, 3, 2, 0], [3, 6, 0, 4]),
        (10, [2, 5], []),
        (10, [], []),
    ],
)
def test_top_rows_are_positive_best_first_ties_by_row(
    count: int, allowed: list[int] | None, expected: list[int]
) -> None:
    rows = None if allowed is None else np.array(allowed, dtype=np.int64)
    assert top_rows(SCORES, count, rows) == expected


def test_top_rows_of_nothing() -> None:
    assert top_rows(np.zeros(0, dtype=np.float32), 3) == []


@given(
    st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0]), max_size=60),
    st.integers(0, 70),
    st.none() | st.frozensets(st.integers(0, 59)),
)
def test_top_rows_are_the_head_of_all_rows_sorted(
    values: list[float], count: int, some: frozenset[int] | None
) -> None:
    """Only what reaches the last place is sorted; every row that ties with it must be."""
    scores = np.array(values, dtype=np.float32)
    rows = [row for row in range(len(values)) if some is None or row in some]
    ranked = sorted((row for row in rows if values[row] > 0), key=lambda row: (-values[row], row))
    allowed = None if some is None else np.array(rows, dtype=np.int64)
    assert top_rows(scores, count, allowed) == ranked[:count]
