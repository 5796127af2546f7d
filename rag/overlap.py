"""How much of what a text says in words stands in another text.

Deterministic and shared by verification, refusal and completion.
"""

from functools import lru_cache

from index.lexical import STOPWORDS, stem, words
from rag.atoms import atoms_of, contradicts, stems_in
from rag.voice import SAYING_ONLY

NOT_CARRIED = STOPWORDS | SAYING_ONLY
COPIED = 0.8  # of the words of two sentences together, for them to be near-copies; Source: by hand


def coverage(text: str, source: str, apart_from: frozenset[str] = frozenset()) -> float:
    """Share of the content words of `text` whose stem stands in `source`; 0 if it has none.

    Words of saying do not count: "Kyiv said that it rained" is carried by what is said of rain.
    """
    stems = [word for word in carried(text) if word not in apart_from]
    known = stems_in(source)
    return sum(stem in known for stem in stems) / len(stems) if stems else 0.0


def carried(text: str) -> list[str]:
    """Stems of the content words, in order, words of saying left out."""
    return [stem(word) for word in words(text) if word not in NOT_CARRIED]


@lru_cache(maxsize=4_096)
def _carried_once(text: str) -> frozenset[str]:
    """The stems of `carried`; a question compares the same few sentences with one another."""
    return frozenset(carried(text))


def are_near_copies(one: str, other: str) -> bool:
    """Whether two sentences are the same but for a few words that state nothing exact."""
    here, there = _carried_once(one), _carried_once(other)
    alike = len(here & there) >= COPIED * len(here | there) > 0
    return alike and atoms_of(one) == atoms_of(other) and not contradicts(one, other)
