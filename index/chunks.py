"""Sentences → chunks: runs of whole sentences that fit the embedder.

Enters: an article's sentences and their lengths in tokens. Leaves: chunk spans, and for each
sentence the chunk that it belongs to. Knows nothing of any model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.articles import Article
from index.sentences import Sentence

OVERLAP_SENTENCES = 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences; `article.text[start:end] == text`.

    Attributes:
        first: Position of its first sentence among the article's sentences.
        last: Position of its last sentence, inclusive.
    """

    article_id: str
    start: int
    end: int
    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Chunking:
    """An article's chunks in order, and each sentence's home among them."""

    chunks: tuple[Chunk, ...]
    home: tuple[int, ...]


def split_chunks(
    article: Article,
    sentences: Sequence[Sentence],
    lengths_tokens: Sequence[int],
    max_tokens: int,
) -> Chunking:
    """Pack sentences greedily into chunks of at most `max_tokens`.

    Neighbouring chunks share `OVERLAP_SENTENCES` sentences, so that a statement and the sentence
    that names its speaker meet in at least one chunk. A sentence longer than `max_tokens` is a
    chunk of its own: chunks never cut a sentence, and the embedder reads such a one from its start.
    A sentence's home is the first chunk that holds it.
    """
    runs = _pack(lengths_tokens, max_tokens)
    chunks = tuple(_chunk(article, sentences, first, last) for first, last in runs)
    home: list[int] = []
    for number, (_, last) in enumerate(runs):
        home.extend([number] * (last + 1 - len(home)))
    return Chunking(chunks, tuple(home))


def _pack(lengths: Sequence[int], max_tokens: int) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    first = 0
    while first < len(lengths):
        last = _fill(lengths, first, max_tokens)
        runs.append((first, last))
        if last == len(lengths) - 1:
            break
        first = _next_first(lengths, first, last, max_tokens)
    return runs


def _fill(lengths: Sequence[int], first: int, max_tokens: int) -> int:
    total, last = lengths[first], first
    while last + 1 < len(lengths) and total + lengths[last + 1] <= max_tokens:
        last += 1
        total += lengths[last]
    return last


def _next_first(lengths: Sequence[int], first: int, last: int, max_tokens: int) -> int:
    """Step back by the overlap, unless the next chunk could then not reach past `last`."""
    back = max(first + 1, last + 1 - OVERLAP_SENTENCES)
    return back if sum(lengths[back : last + 2]) <= max_tokens else last + 1


def _chunk(article: Article, sentences: Sequence[Sentence], first: int, last: int) -> Chunk:
    start, end = sentences[first].start, sentences[last].end
    return Chunk(article.id, start, end, article.text[start:end], first, last)
