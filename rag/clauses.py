"""A sentence as the clauses that may come from different sources.

A clause may stand alone only if it has a doer and a deed of its own: the "on 21 March" of one
source must not come to stand before what another source tells without a date, nor may "and won the
war" be said of whoever is named before it.
"""

import re

from index.lexical import words
from rag.voice import is_attributed, saying
from rag.wording.english import AUXILIARIES, FINITE, PREPOSITIONS, RELATIVES, Form, Word, words_of

JOINT = re.compile(r"(\s*;\s+|,\s+(?:and|but|while|whereas)\s+|,\s+|\s+and\s+)", re.IGNORECASE)
DEEDS = FINITE | {Form.PARTICIPLE}
BACKWARD = PREPOSITIONS | RELATIVES | AUXILIARIES
BACKWARD |= frozenset(words("he she it they him her them his its their this these those there"))


def clauses_of(text: str) -> tuple[str, ...]:
    """The clauses of a sentence in order, at least one; all its words are in them.

    What cannot stand alone is left with the clause before it, an opening with the one behind it.
    What follows a word of saying belongs to what is said, up to a semicolon or a comma and "and".
    """
    pieces = JOINT.split(text)
    found = [pieces[0]]
    for joint, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if _may_part(found[-1], joint, piece):
            found.append(piece)
        else:
            found[-1] += joint + piece
    return tuple(found)


def _may_part(before: str, joint: str, behind: str) -> bool:
    is_comma, is_and = joint.strip() == ",", joint.strip().lower() == "and"
    if (is_comma or is_and) and is_attributed(before):
        return False
    return _stands_alone(before) and _stands_alone(behind, saying() if is_comma else frozenset())


def _stands_alone(piece: str, no_deeds: frozenset[str] = frozenset()) -> bool:
    """Whether a piece opens with a doer and has a deed."""
    found = [word for word in words_of(piece) if word.key]
    if not found or found[0].key in BACKWARD or _is_deed(found[0]):
        return False
    return any(_is_deed(word) and word.key not in no_deeds for word in found)


def _is_deed(word: Word) -> bool:
    return not word.is_name and (word.key in AUXILIARIES or not word.forms.isdisjoint(DEEDS))
