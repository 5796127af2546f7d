"""Who somebody is, and how old: what a sentence says of a person beside the name."""

import re
from collections.abc import Iterator, Sequence

from index.lexical import words
from rag.examples.names import Named, named, runs
from rag.examples.vocabulary import ADDRESSES, BODIES, PERSONS
from rag.wording.english import Form, Word

ROLE_WORDS = 7  # behind "Stuart Mann, a": the role is among them
_AGE = re.compile(r"\d\d,?")


def of_people(found: Sequence[Word], text: str) -> Iterator[tuple[str, Named]]:
    """Questions for what is said beside names of two words and more, and the names.

    Args:
        found: The words of a sentence.
        text: Its article.
    """
    for run in runs(found):
        start, end = run
        after = found[end:] if found[end - 1].text.endswith(",") else ()
        aged = len(after) > 1 and bool(_AGE.fullmatch(after[0].text)) and after[0].pauses
        if not (aged or _has_role(found, start) or _is_introduced(after)):
            continue
        name = named(found, run, text)
        if name is None or " " not in name.text or name.text.startswith("the "):
            continue
        if name.is_person or BODIES.isdisjoint(words(name.text)):
            yield f"{'How old' if aged else 'Who'} is {name.text}?", name


def _has_role(found: Sequence[Word], start: int) -> bool:
    """Whether a role in lower case stands before a name: "Kremlin spokesman Dmitry Peskov".

    Who has a title alone ("President Obama") is known, or nothing more is said of him.
    """
    before = found[start - 1] if start else None
    return before is not None and before.key in PERSONS - ADDRESSES and not before.pauses


def _is_introduced(after: Sequence[Word]) -> bool:
    """Whether a role follows: ", a lawyer for the family," or ", the president of the council,"."""
    if len(after) < 2 or after[0].key not in {"a", "an", "the"}:
        return False
    for word in after[1:ROLE_WORDS]:
        if word.key in PERSONS:
            return True
        if word.pauses or not (word.is_name or word.forms & {Form.NOUN, Form.ADJECTIVE}):
            return False
    return False
