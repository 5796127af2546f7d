"""Who and what a sentence speaks of, by name, as a question may repeat it.

Enters: the words of a sentence, and the article that it stands in. Leaves: names as they are
written, without titles; a name that cannot be told apart from its surroundings is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.lexical import stem, words
from rag.examples.vocabulary import BODIES, HEADS, MEDIA, NO_NAMES, PAIRED_HEADS, PARTISANS, PERSONS
from rag.roles import CALENDAR
from rag.wording.english import Form, Word, words_of

MOST_WORDS = 4
MOST_WORD_CHARS = 20
LONGEST_CAPITALS = 5  # characters: "NAFTA" is a name, "WASHINGTON" opens a report from there
OFTEN = 3  # times: a surname that stands so often in an article is known to its reader
FIRST_NAMES = 3  # at most, initials included, between a title and a surname
TITLE_CHARS = 60  # how far before a surname its title may begin

_EDGES = "“”\"‘’'()[]{},;:!?…"
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+|(?:Jr|Sr|St)\.")
_PLAIN = re.compile(r"[^\W\d_][^\W_.]*(?:[-’'][^\W\d_]+)*\.?|(?:[^\W\d_]\.)+")
_FIRST_NAMES = re.compile(r"(?:[a-z]|\b[A-Z][a-z]{1,3}\.) ((?:[A-Z][^\W\d_]+ ){1,2}(?:[A-Z]\. )?)$")


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a sentence.

    Attributes:
        text: As a question says it, "the" included where the article has it.
        is_person: Whether a title shows that it is somebody.
        start, end: Its words' places; the titles before it are among them, the "the" is not.
    """

    text: str
    is_person: bool
    start: int
    end: int

    @property
    def key(self) -> str:
        """Its last word, lower case: what is the same for "Donald Trump" and "Trump"."""
        return words(self.text)[-1]


def runs(found: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Where capitalised words stand side by side, first and behind the last."""
    start: int | None = None
    for place, word in enumerate(found):
        if not word.is_name or not word.text[:1].isupper() or is_day(word):
            if start is not None:
                yield start, place
            start = None
            continue
        start = place if start is None else start
        if word.pauses or word.owns:
            yield start, place + 1
            start = None
    if start is not None:
        yield start, len(found)


def named(found: Sequence[Word], run: tuple[int, int], text: str) -> Named | None:
    """The name of a run; None if it is none for certain.

    Args:
        found: The words of a sentence.
        run: As `runs` has it.
        text: The article.
    """
    start, end = run
    behind_title = _behind_titles(found, start, end)
    name = [bare(word) for word in found[behind_title:end]]
    keys = [word.key.removesuffix("'s") for word in found[behind_title:end]]
    if not 0 < len(name) <= MOST_WORDS or not all(map(_is_plain, name)) or set(keys) & NO_NAMES:
        return None
    titled = behind_title > start or _follows_person(found, start)
    is_person = titled or _is_titled(name[-1], text)
    has_the = start > 0 and found[start - 1].key == "the"
    if set(keys) & HEADS or (has_the and keys[-1] in PARTISANS):
        return None
    if is_person and (has_the or set(keys) & BODIES):
        return None
    whole = f"the {' '.join(name)}" if has_the else _in_full(name, is_person, text)
    return Named(whole, is_person, start, end) if whole else None


def bare(word: Word) -> str:
    """A word as written, without punctuation and possessive ending."""
    text = re.sub(r"[’']s?$", "", word.text.strip(_EDGES))
    return text if _INITIALS.fullmatch(text) else text.rstrip(".")


def is_day(word: Word) -> bool:
    """Whether a word is a day or a month."""
    return word.text[:1].isupper() and stem(word.key.removesuffix("'s")) in CALENDAR


def _in_full(name: Sequence[str], is_person: bool, text: str) -> str | None:
    """The whole name; None if an article does not show that these words are one."""
    joined = " ".join(name)
    if is_person and len(name) < 3:
        joined = _first_names(joined, text) + joined
    if is_person and " " in joined:
        return joined
    seen = sum(1 for _ in _inside(name[-1], text))
    return joined if seen >= (OFTEN if " " not in joined else 1) else None


def _first_names(surname: str, text: str) -> str:
    """What stands before a name and is one, a blank behind it; nothing if several have the name."""
    before = (text[max(0, at - TITLE_CHARS) : at] for at in _places(surname, text))
    found = (_FIRST_NAMES.search(part) for part in before)
    firsts = {_behind_others(one.group(1).split()) for one in found if one} - {""}
    return firsts.pop() if len(firsts) == 1 else ""


def _behind_others(parts: Sequence[str]) -> str:
    """What is left behind the last word that is no first name: "Chuck " of "Defense Chuck"."""
    others = [n + 1 for n, part in enumerate(parts) if not _is_first_name(part)]
    return "".join(f"{part} " for part in parts[max(others, default=0) :])


def _is_first_name(first: str) -> bool:
    """Whether a capitalised word may be one; an initial may."""
    word = words_of(first.lower())[0]
    known = word.key in HEADS | PERSONS | BODIES | NO_NAMES | MEDIA or stem(word.key) in CALENDAR
    return not known and not word.forms & {Form.ADJECTIVE, Form.ADVERB}


def _is_titled(surname: str, text: str) -> bool:
    """Whether a title stands before a name anywhere in a text, "Secretary of State" included."""
    before = (text[max(0, at - TITLE_CHARS) : at] for at in _places(surname, text))
    return any(part.endswith(" ") and _ends_in_title(part.split()) for part in before)


def _ends_in_title(parts: Sequence[str]) -> bool:
    """Whether a title stands at the end, but for first names and "of State": "Mayor Marta"."""
    kept = [part for before, part in pairwise(["", *parts]) if "of" not in {before, part}]
    for count, part in enumerate(reversed(kept)):
        if part.rstrip(".").lower() in PERSONS:
            return True
        if count >= FIRST_NAMES or part.endswith(",") or not _is_first_name(part.rstrip(".")):
            return False
        if not part[0].isupper():
            return False
    return False


def _places(name: str, text: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(rf"\b{re.escape(name)}\b", text))


def _inside(name: str, text: str) -> Iterator[int]:
    """Where a name stands inside a sentence, behind a word in lower case or a comma."""
    return (
        at
        for at in _places(name, text)
        if at > 1 and text[at - 1] == " " and (text[at - 2].islower() or text[at - 2] == ",")
    )


def _behind_titles(found: Sequence[Word], start: int, end: int) -> int:
    keys = [word.key for word in found[start:end]]
    ends = [
        n + 1 for n, key in enumerate(keys) if key in HEADS and not {*keys[n + 1 : n + 2]} & BODIES
    ]
    ends += [n + 2 for n in range(len(keys) - 1) if (keys[n], keys[n + 1]) in PAIRED_HEADS]
    return start + max(ends, default=0)


def _follows_person(found: Sequence[Word], start: int) -> bool:
    return start > 0 and found[start - 1].key in PERSONS and not found[start - 1].pauses


def _is_plain(part: str) -> bool:
    is_loud = part.isupper() and len(part) > LONGEST_CAPITALS
    return bool(_PLAIN.fullmatch(part)) and len(part) <= MOST_WORD_CHARS and not is_loud
