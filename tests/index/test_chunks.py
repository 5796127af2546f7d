from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import Article
from index.chunks import Chunking, split_chunks
from index.sentences import Sentence, split_sentences
from tests.fakes import FakeEmbedder

LENGTHS = st.lists(st.sampled_from([0, 0, 1, 2, 3, 5, 8, 13, 50, 10_000]), max_size=25)
LIMITS = st.integers(1, 20)


def article_of(lengths: Sequence[int]) -> tuple[Article, tuple[Sentence, ...]]:
    """An article with a sentence for every length; what parts two of them varies."""
    text, sentences = "", []
    for number in range(len(lengths)):
        text += ["", " ", "\n\n", "  \u2003"][number % 4]
        start = len(text)
        text += f"№{number}."
        sentences.append(Sentence("a", start, len(text), text[start:]))
    return Article(id="a", text=text + "\n", title="t"), tuple(sentences)


def runs(lengths: Sequence[int], limit: int) -> list[tuple[int, int]]:
    return [(chunk.first, chunk.last) for chunk in chunking(lengths, limit).chunks]


def chunking(lengths: Sequence[int], limit: int) -> Chunking:
    article, sentences = article_of(lengths)
    return split_chunks(article, sentences, lengths, limit)


@settings(max_examples=60, deadline=None)
@given(LENGTHS, LIMITS)
def test_chunks_are_exact_spans_of_whole_sentences(lengths: list[int], limit: int) -> None:
    article, sentences = article_of(lengths)
    for chunk in split_chunks(article, sentences, lengths, limit).chunks:
        assert chunk.article_id == "a"
        assert chunk.start == sentences[chunk.first].start
        assert chunk.end == sentences[chunk.last].end
        assert article.text[chunk.start : chunk.end] == chunk.text


@settings(max_examples=60, deadline=None)
@given(LENGTHS, LIMITS)
def test_chunks_cover_every_sentence_and_always_go_on(lengths: list[int], limit: int) -> None:
    found = runs(lengths, limit)
    covered = {row for first, last in found for row in range(first, last + 1)}
    assert covered == set(range(len(lengths)))
    assert all(first <= last for first, last in found)
    assert all(
        left[0] < right[0] <= left[1] + 1 and left[1] < right[1] for left, right in pairwise(found)
    )


@settings(max_examples=60, deadline=None)
@given(LENGTHS, LIMITS)
def test_a_chunk_fits_unless_it_is_one_long_sentence(lengths: list[int], limit: int) -> None:
    for first, last in runs(lengths, limit):
        assert first == last or sum(lengths[first : last + 1]) <= limit


@settings(max_examples=60, deadline=None)
@given(LENGTHS, LIMITS)
def test_a_chunk_is_as_long_as_fits(lengths: list[int], limit: int) -> None:
    for first, last in runs(lengths, limit):
        assert last == len(lengths) - 1 or sum(lengths[first : last + 2]) > limit


@settings(max_examples=60, deadline=None)
@given(LENGTHS, LIMITS)
def test_neighbours_share_one_sentence_where_it_fits(lengths: list[int], limit: int) -> None:
    for (left, last), (first, _) in pairwise(runs(lengths, limit)):
        fits = left < last and sum(lengths[last : last + 2]) <= limit
        assert first == (last if fits else last + 1)


@settings(max_examples=60, deadline=None)
@given(LENGTHS, LIMITS)
def test_home_is_the_first_chunk_that_holds_the_sentence(lengths: list[int], limit: int) -> None:
    split = chunking(lengths, limit)
    assert split.home == tuple(
        next(n for n, chunk in enumerate(split.chunks) if chunk.first <= row <= chunk.last)
        for row in range(len(lengths))
    )


@pytest.mark.parametrize(
    ("lengths", "limit", "expected"),
    [
        ([], 10, []),
        ([99], 10, [(0, 0)]),
        ([4, 4, 4], 8, [(0, 1), (1, 2)]),
        ([6, 2, 9], 8, [(0, 1), (2, 2)]),
        ([3, 99, 3, 3], 8, [(0, 0), (1, 1), (2, 3)]),
        ([99, 99], 8, [(0, 0), (1, 1)]),
        ([0, 0, 0], 1, [(0, 2)]),
        ([8, 0, 8, 0], 8, [(0, 1), (1, 3)]),
    ],
)
def test_runs(lengths: list[int], limit: int, expected: list[tuple[int, int]]) -> None:
    assert runs(lengths, limit) == expected


def test_chunks_of_a_small_article() -> None:
    text = "One two three.  Four five.\n\nSix seven eight nine."
    article = Article(id="a", text=text, title="t")
    sentences = split_sentences(article)
    split = split_chunks(article, sentences, [3, 2, 4], 6)
    assert [chunk.text for chunk in split.chunks] == [
        "One two three.  Four five.",
        "Four five.\n\nSix seven eight nine.",
    ]
    assert split.home == (0, 0, 1)


def test_chunks_rejoin_to_the_seeds(seeds: tuple[Article, ...]) -> None:
    for article in seeds:
        sentences = split_sentences(article)
        lengths = FakeEmbedder().count_tokens([sentence.text for sentence in sentences])
        joined, end = "", 0
        for chunk in split_chunks(article, sentences, lengths, 48).chunks:
            assert article.text[chunk.start : chunk.end] == chunk.text
            assert article.text[end : chunk.start].strip() == ""
            joined += article.text[end : chunk.start] + chunk.text[max(0, end - chunk.start) :]
            end = chunk.end
        assert joined == article.text[:end]
        assert article.text[end:].strip() == ""
