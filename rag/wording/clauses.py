"""A question's words → the statement in it: "did Ukraine retake Crimea" → "Ukraine retook Crimea".

Enters: an auxiliary and the words after it. Leaves: the same words in the order of a statement, or
None where the grammar is not certain.
"""

from collections.abc import Sequence
from itertools import pairwise

from rag.wording.english import (
    AUXILIARIES,
    BE,
    BREAKS,
    DETERMINERS,
    DO,
    FINITE,
    JOINERS,
    PREPOSITIONS,
    RELATIVES,
    Form,
    Word,
    past_of,
    third_of,
)
from rag.wording.phrases import VERBAL, Gap, Words, base_at, is_base, predicate_at

NEGATED = {"can't": "can", "won't": "will", "cannot": "can"}
NO_VERB_AFTER = DETERMINERS | PREPOSITIONS | AUXILIARIES

MAX_PHRASE_WORDS = 12
"""A longer phrase before its "is" is hard to read."""


def plain_auxiliary(key: str) -> tuple[str, bool] | None:
    """An auxiliary without its "n't", and whether it had one; None for any other word."""
    plain = NEGATED.get(key, key.removesuffix("n't"))
    return (plain, plain != key) if plain in AUXILIARIES else None


def statement(auxiliary: Word, rest: Words, gap: Gap) -> str | None:
    """The statement that a subject and its auxiliary, turned round, ask about.

    Args:
        auxiliary: "did", "wasn't", "will".
        rest: The words after it, the subject first.
        gap: What is asked for; with a gap the words after the subject may all belong to it.
    """
    found = plain_auxiliary(auxiliary.key)
    at = predicate_at(found[0], rest, gap) if found else None
    if not found or at is None:
        return None
    start = at
    while start > 1 and rest[start - 1].moves and rest[start - 2].key not in DETERMINERS:
        start -= 1
    subject = rest[:start]
    if start < 1 or not subject or not _is_readable(subject, rest):
        return None
    if found[0] in DO:
        return joined(subject, _with_do(found[0], found[1], rest, start, at))
    return joined(subject, [_negated(*found)], rest[start:])


def phrase_before_be(auxiliary: Word, rest: Words) -> str | None:
    """The name of his wife, is → the name of his wife is; None if it is more than a phrase."""
    if auxiliary.key not in BE or not rest or len(rest) > MAX_PHRASE_WORDS:
        return None
    is_plain = all(_is_of_phrase(word) for word in rest) and not any(w.pauses for w in rest[:-1])
    starts = rest[0].opens_phrase or rest[0].ends_phrase or Form.ADJECTIVE in rest[0].forms
    if not is_plain or not starts or not rest[-1].ends_phrase:
        return None
    return joined(rest, [auxiliary.key])


def made_to(words: Words, has_to: bool) -> str | None:
    """What something made happen: "Zelensky give up Sumy" → "Zelensky gave up Sumy"."""
    if has_to:
        at = next((i for i, w in enumerate(words) if w.key == "to"), 0)
        words = [*words[:at], *words[at + 1 :]]
        fits = 0 < at < len(words) and is_base(words[at]) and words[at - 1].ends_phrase
        fits = fits and all(not w.forms & VERBAL and w.key not in RELATIVES for w in words[:at])
    else:
        found = base_at(words)
        at, fits = (found or 0), found is not None
    if not fits or not _is_readable(words[:at], words):
        return None
    past = past_of(words[at].key)
    if past is None or _has_second_verb(words[at + 1 :]):
        return None
    return joined(words[:at], [past + tail(words[at])], words[at + 1 :])


def joined(*parts: Words | Sequence[str]) -> str:
    """Words and strings, with single spaces."""
    return " ".join(w if isinstance(w, str) else w.text for part in parts for w in part)


def tail(word: Word) -> str:
    """The punctuation after a word."""
    return word.text[len(word.text.rstrip("”\"'’)]},;:")) :]


def _is_of_phrase(word: Word) -> bool:
    if word.key in AUXILIARIES | BREAKS | RELATIVES | {"since", "until", "after", "during", "as"}:
        return False
    is_noun = word.is_name or not word.forms or Form.NOUN in word.forms
    if word.moves and word.key not in {"most", "only"}:
        return False
    return is_noun or not (word.forms & (VERBAL | FINITE))


def _is_readable(subject: Words, rest: Words) -> bool:
    """Whether every word of a subject is known; in a question in lower case a name is not."""
    has_names = any(word.text[:1].isupper() for word in rest)
    unknown = [i for i, word in enumerate(subject) if has_names and not word.is_known]
    return not subject[-1].pauses and all(_may_be_unknown(subject, i) for i in unknown)


def _may_be_unknown(subject: Words, i: int) -> bool:
    """Whether it is a mistyped noun ("the misile") or stands within a name ("Lima y Sol")."""
    before = subject[i - 1] if i else None
    if before is None:
        return False
    is_inside = before.is_name and i + 1 < len(subject) and subject[i + 1].is_name
    return is_inside or before.key in DETERMINERS or Form.ADJECTIVE in before.forms


def _with_do(plain: str, is_negated: bool, rest: Words, start: int, at: int) -> Sequence[str]:
    adverbs, verb, after = rest[start:at], rest[at], rest[at + 1 :]
    is_denied = is_negated or any(w.key == "not" for w in adverbs)
    form = _agreeing(verb.key, plain)
    if is_denied or form is None or (plain != "do" and _has_second_verb(after)):
        return [_negated(plain, is_negated), joined(rest[start:])]
    return [joined(adverbs, [form + tail(verb)], after)]


def _agreeing(verb: str, plain: str) -> str | None:
    """The verb as it is without its "do", "does" or "did"."""
    if plain == "do":
        return verb
    return past_of(verb) if plain == "did" else third_of(verb)


def _has_second_verb(after: Words) -> bool:
    """Whether a second base form may hang on the same "did": "went home and sleep"."""
    joins = next((i for i, w in enumerate(after) if w.key in JOINERS or w.pauses), len(after))
    return any(
        is_base(word) and not (before.key in NO_VERB_AFTER or before.owns)
        for before, word in pairwise(after[joins:])
    )


def _negated(plain: str, is_negated: bool) -> str:
    if not is_negated:
        return plain
    return "cannot" if plain == "can" else f"{plain} not"
