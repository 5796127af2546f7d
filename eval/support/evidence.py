"""Source → the few sentences that matter to a claim, chosen by shared words.

Enters: the text of a source and of a claim. Leaves: pieces of the claim (its sentences) and, for
each piece, sentences of the source in document order. Knows no model.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index.articles import Article
from index.lexical import content_stems, words
from index.sentences import split_sentences

MAX_SENTENCES = 3
MAX_EVIDENCE_WORDS = 75
"""Together with the claim this mostly stays under the cross-encoder's token limit."""

MAX_PIECES = 8
_MIN_PIECE_WORDS = 3
_SEEN_AGAIN = 0.25
"""What a word is worth that a sentence chosen before already has."""


@dataclass(frozen=True)  # no slots: cached properties need a __dict__
class Passage:
    """A source, prepared once for all its claims."""

    sentences: tuple[str, ...]

    @cached_property
    def stems(self) -> tuple[frozenset[str], ...]:
        """Content stems of each sentence."""
        return tuple(frozenset(content_stems(text)) for text in self.sentences)

    @cached_property
    def frequency(self) -> Counter[str]:
        """In how many sentences each stem stands."""
        return Counter(stem for stems in self.stems for stem in stems)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the source, lower-cased."""
        return frozenset(word for text in self.sentences for word in words(text))

    def weight(self, stem: str) -> float:
        """Inverse sentence frequency: rare in this source tells more; never 0."""
        return math.log(2 + len(self.sentences)) - math.log(1 + self.frequency[stem])

    def select(self, claim: str) -> tuple[int, ...]:
        """Rows of the sentences that cover the claim best, in document order.

        Greedy by weighted words, those already found at a quarter; ties go to the earlier sentence.
        The first choice is always taken, others only while they share a word and there is room.
        """
        wanted = {stem: self.weight(stem) for stem in sorted(set(content_stems(claim)))}
        chosen: list[int] = []
        room = MAX_EVIDENCE_WORDS
        while len(chosen) < min(MAX_SENTENCES, len(self.sentences)):
            best = self._best(wanted, chosen)
            cost = len(self.sentences[best].split())
            if chosen and (cost > room or not self.stems[best] & wanted.keys()):
                break
            chosen.append(best)
            room -= cost
            for stem in self.stems[best] & wanted.keys():
                wanted[stem] *= _SEEN_AGAIN
        return tuple(sorted(chosen))

    def _best(self, wanted: dict[str, float], chosen: Sequence[int]) -> int:
        rows = (row for row in range(len(self.sentences)) if row not in chosen)
        return max(rows, key=lambda row: (self._gain(wanted, row), -row))

    def _gain(self, wanted: dict[str, float], row: int) -> float:
        stems = self.stems[row]
        return math.fsum(weight for stem, weight in wanted.items() if stem in stems)


@lru_cache(maxsize=512)
def passage_of(source: str) -> Passage:
    """Prepare a source; the same text is prepared once."""
    return Passage(_sentences(source) or (source.strip() or ".",))


@lru_cache(maxsize=4096)
def pieces_of(claim: str) -> tuple[str, ...]:
    """The sentences of a claim, at most `MAX_PIECES`; a stub joins the piece before it."""
    pieces: list[str] = []
    for text in _sentences(claim):
        if pieces and (len(text.split()) < _MIN_PIECE_WORDS or len(pieces) == MAX_PIECES):
            pieces[-1] += " " + text
        else:
            pieces.append(text)
    return tuple(pieces) or (claim,)


def _sentences(text: str) -> tuple[str, ...]:
    """Sentences of a text that is not an article of ours."""
    return tuple(found.text for found in split_sentences(Article(id="-", text=text, title="")))
