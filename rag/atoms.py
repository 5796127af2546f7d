"""The parts of a sentence that must never be invented: numbers, names, quoted words, denials.

Deterministic and shared by verification, refusal and evaluation's atom support.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from text_to_num import alpha2digit

from index.lexical import STOPWORDS, WORD, stem, words
from rag.lemmas import folded

NUMBER = re.compile(r"\d+(?:[,.]\d+)*")
QUOTED = re.compile(r"[“\"]([^“”\"]{2,}?)(?:[”\"]|$)")  # one that is never closed counts too
SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|[“\"])\W*$")
NEGATIONS = frozenset(
    words(
        "barely cannot denied denies deny denying false falsely hardly neither never no nobody none"
        " nor not nothing rarely scarcely seldom unable untrue without"
    )
)
BEFORE_TO = frozenset(
    words("decline declined declines fail failed failing fails refuse refused refuses refusing")
)
"""Words that deny what follows them with "to": "failed to take"; talks that failed deny nothing."""

SENTENCE_ENDS = re.compile(r"[.;!?\n]")
DEMONYM_ENDINGS = ("n", "an", "ian", "i")  # of stems: russia-n, ukrain-ian, iran-ian, israel-i
SHORTEST_PLACE = 4  # letters; Source: chosen by hand, "Iran" is the shortest wanted
OPENERS = frozenset(
    {"according", "also", "although", "despite", "however", "meanwhile", "yes", "sentence"}
)
KEEP_WORDS_BELOW = 1  # "one" is a number as well: "one died" must not pass for "nine died"


@dataclass(frozen=True, slots=True)
class Atoms:
    """What a text states exactly.

    Attributes:
        numbers: Digits without thousands separators, number words turned into digits: "20", "1.2".
        names: Stems of capitalised words.
        quotes: Quoted words, lower case, without punctuation.
    """

    numbers: frozenset[str]
    names: frozenset[str]
    quotes: frozenset[str]

    def __len__(self) -> int:
        return len(self.numbers) + len(self.names) + len(self.quotes)


def atoms_of(text: str) -> Atoms:
    """The atoms of one sentence or question.

    A word that starts the sentence counts as a name unless it is a function word: better a
    sentence dropped than a name invented.
    """
    quotes = frozenset(q for match in QUOTED.findall(text) if (q := plain(match)))
    return Atoms(numbers_in(text), names_in(text), quotes)


def missing_atoms(text: str, source: str) -> Atoms:
    """The atoms of `text` that `source` does not contain."""
    atoms = atoms_of(text)
    numbers, stems, flat = numbers_in(source), stems_in(source), f" {plain(source)} "
    return Atoms(
        atoms.numbers - numbers,
        frozenset(name for name in atoms.names if not is_named(name, stems)),
        frozenset(quote for quote in atoms.quotes if f" {quote} " not in flat),
    )


@lru_cache(maxsize=10_000)
def names_in(text: str) -> frozenset[str]:
    """Stems of capitalised words, those that start a sentence for that reason alone left out."""
    return frozenset(_names(text))


def is_named(name: str, stems: frozenset[str]) -> bool:
    """Whether a name stands among stems, or its demonym does: "Russia" and "Russian"."""
    shorter = {name.removesuffix(ending) for ending in DEMONYM_ENDINGS if name.endswith(ending)}
    longer = {name + ending for ending in DEMONYM_ENDINGS}
    return not stems.isdisjoint({name} | {s for s in shorter if len(s) >= SHORTEST_PLACE} | longer)


@lru_cache(maxsize=10_000)
def numbers_in(text: str) -> frozenset[str]:
    """Every number, in digits; "225th" is 225, "20%" is 20, "2,000" is 2000."""
    digits = alpha2digit(text, "en", threshold=KEEP_WORDS_BELOW)
    return frozenset(_number(match) for match in NUMBER.findall(digits))


@lru_cache(maxsize=10_000)
def stems_in(text: str) -> frozenset[str]:
    """Stems of all words, function words included; the parts of hyphenated words too."""
    found = words(text)
    parts = [part for word in found if "-" in word for part in word.split("-")]
    return frozenset(stem(word) for word in found + parts)


@lru_cache(maxsize=10_000)
def denied_in(text: str) -> frozenset[str]:
    """The words that are denied: the first content word behind each negation of its sentence."""
    denied: set[str] = set()
    pending, end, last = False, 0, ""
    for match in WORD.finditer(text):
        word = "".join(words(match.group()))
        pending = pending and not SENTENCE_ENDS.search(text, end, match.start())
        if word in NEGATIONS or word.endswith("n't") or (word == "to" and last in BEFORE_TO):
            pending = True
        elif pending and word not in STOPWORDS:
            denied.add(word)
            pending = False
        end, last = match.end(), word
    return frozenset(denied)


def contradicts(text: str, source: str) -> bool:
    """Whether one of the two denies a word that the other one states, in whatever form."""
    here, there = denied_in(text), denied_in(source)
    if not here and not there:
        return False
    ours, theirs = _folded("\n".join(sorted(here))), _folded("\n".join(sorted(there)))
    stated = {word for word in there if not folded(word).isdisjoint(_folded(text))}
    return any(theirs.isdisjoint(folded(word)) for word in here) or any(
        ours.isdisjoint(folded(word)) for word in stated
    )


@lru_cache(maxsize=10_000)
def _folded(text: str) -> frozenset[str]:
    parts = [part for word in words(text) for part in {word, *word.split("-")}]
    return frozenset(form for part in parts for form in folded(part))


def stands_in(phrase: str, text: str) -> bool:
    """Whether the words of a phrase, of which there must be some, follow one another in a text."""
    return bool(plain(phrase)) and f" {plain(phrase)} " in f" {plain(text)} "


def plain(text: str) -> str:
    """Words only, lower case, single spaces."""
    return " ".join(words(text))


def _number(digits: str) -> str:
    whole = digits.replace(",", "")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole.lstrip("0") or "0"


def _names(text: str) -> list[str]:
    names: list[str] = []
    for match in WORD.finditer(text):
        if not match.group()[0].isupper():
            continue
        starts = SENTENCE_START.search(text[: match.start()]) is not None
        word = next(iter(words(match.group())), "i")
        if word == "i" or (starts and _is_no_name(word)):
            continue
        names += [stem(part) for part in (word.split("-") if starts else [word])]
    return names


def _is_no_name(opening: str) -> bool:
    """Whether a sentence's first word is capital for that reason alone; "Nine" is a number."""
    return opening in STOPWORDS or opening in OPENERS or bool(numbers_in(opening))
