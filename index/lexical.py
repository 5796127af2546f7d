"""BM25 over texts, and the one definition of a content word.

The same words serve ranking, verification and refusal: what counts as the same word in one must
count as the same word in the others.
"""

import errno
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS
from bm25s.tokenization import Tokenized
from numpy.typing import NDArray

WORD = re.compile(r"(?:\b[^\W\d_]\.){2,}|\w+(?:[.,]\d+)*(?:['’-]\w+)*")
POSSESSIVE = re.compile(r"'s?$")

Scores = NDArray[np.float32]
Rows = NDArray[np.int64]


def words(text: str) -> list[str]:
    """Lower-cased words in order, possessive endings off; "1.2" and "cross-border" are one.

    An initialism loses its dots, so that "U.S." and "US" are the same word; so are "O’Brien" and
    "O'Brien".
    """
    return [_plain(word) for word in WORD.findall(text)]


@lru_cache(maxsize=100_000)
def _plain(word: str) -> str:
    word = word.lower().replace("’", "'")
    return word.replace(".", "") if word.endswith(".") else POSSESSIVE.sub("", word)


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, repetitions kept.

    "withdrawing" and "withdrew" still differ; "withdraw" and "withdrawing" do not.
    """
    return [stem(word) for word in words(text) if word not in STOPWORDS]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The English Snowball stem of a lower-cased word."""
    return str(Stemmer.Stemmer("english").stemWord(word))


CONTRACTIONS = frozenset(
    f"{pronoun}'{verb}"
    for pronoun in ["i", "you", "he", "she", "it", "we", "they", "that", "there", "who", "what"]
    for verb in ["d", "ll", "m", "re", "ve"]
) | {"can't"}
MODALS = frozenset({"could", "may", "might", "must", "shall", "would"})
STOPWORDS = frozenset(STOPWORDS_EN_PLUS) | CONTRACTIONS | MODALS | {"s", "t", "ll", "re", "ve"}


class LexicalIndex:
    """BM25 scores of fixed texts for a query (Robertson IDF as bm25s's "lucene" variant).

    Row `i` is the i-th text that it was built from.
    """

    def __init__(self, scorer: bm25s.BM25 | None, rows: int) -> None:
        self._scorer = scorer
        self.rows = rows

    @classmethod
    def build(cls, texts: Iterable[str]) -> "LexicalIndex":
        """Index texts; a corpus without one content word is fine and scores nothing."""
        stems = [content_stems(text) for text in texts]
        if not any(stems):
            return cls(None, len(stems))
        vocabulary = {stem: i for i, stem in enumerate(sorted({s for row in stems for s in row}))}
        rows = [[vocabulary[stem] for stem in row] for row in stems]
        scorer = bm25s.BM25(method="lucene")
        scorer.index(Tokenized(ids=rows, vocab=vocabulary), show_progress=False)
        return cls(scorer, len(stems))

    def scores(self, query: str) -> Scores:
        """BM25 score of every row for the query: `(rows,) float32`, 0 where no word is shared."""
        stems = content_stems(query)
        if self._scorer is None or not stems:
            return np.zeros(self.rows, dtype=np.float32)
        known = [stem for stem in stems if stem in self._scorer.vocab_dict]
        if not known:
            return np.zeros(self.rows, dtype=np.float32)
        return np.asarray(self._scorer.get_scores(known), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write plain arrays and JSON into a new folder; an empty index writes none."""
        folder.mkdir()
        if self._scorer is not None:
            _save(self._scorer, folder)

    @classmethod
    def load(cls, folder: Path, rows: int) -> "LexicalIndex":
        """Read what `save` wrote; the caller has verified its checksums."""
        if not (folder / "params.index.json").exists():
            return cls(None, rows)
        return cls(bm25s.BM25.load(folder, allow_pickle=False, show_progress=False), rows)


def _save(scorer: bm25s.BM25, folder: Path) -> None:
    """Save, and see that every array is whole.

    On a full disk `np.save` raises an error without errno, or loses the end of a file silently.

    Raises:
        OSError: With errno ENOSPC.
    """
    try:
        scorer.save(folder, allow_pickle=False, show_progress=False)
    except OSError as error:
        if error.errno:
            raise
        raise _no_space(folder) from error
    for name in ("data", "indices", "indptr"):
        try:
            np.load(folder / f"{name}.csc.index.npy", mmap_mode="r", allow_pickle=False)
        except ValueError as error:
            raise _no_space(folder) from error


def _no_space(where: Path) -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(where))


def top_rows(scores: Scores, count: int, allowed: Rows | None = None) -> list[int]:
    """Rows with a score above 0, best first, ties by row; at most `count`, only `allowed` ones."""
    rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
    if 0 < count < len(rows):  # sort only what reaches the last place, ties with it included
        worst = np.partition(scores[rows], -count)[-count]
        rows = rows[scores[rows] >= worst]
    order = np.lexsort((rows, -scores[rows]))[:count]
    return [int(row) for row in rows[order]]
