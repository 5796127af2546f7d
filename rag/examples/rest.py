"""What follows a verb, as far as a question can repeat it."""

from collections.abc import Sequence

from rag.examples.names import is_day
from rag.examples.vocabulary import BEFORE_DAY, MEDIA, OF_THE_DAY, POINTING
from rag.wording.english import AUXILIARIES, FUNCTION_WORDS, Form, Word

MOST_WORDS = 14
WITH_DAY = frozenset({"in", "of", "on", "since"})


def rest_of(found: Sequence[Word], least: int = 3) -> str | None:
    """The words up to the first pause, if there is a name in them and they say something alone.

    What says when ("on Monday", "last week") is left off the end.

    Args:
        found: The words behind a verb.
        least: How many words must be left.
    """
    end = next((n + 1 for n, word in enumerate(found) if word.pauses), len(found))
    if end < len(found) and found[end].is_name and found[end - 1].is_name:
        return None  # a list of names, or a name with a comma in it
    kept = list(found[:end])
    while kept and (is_day(kept[-1]) or kept[-1].key in OF_THE_DAY | BEFORE_DAY):
        kept.pop()
    if not least <= len(kept) <= MOST_WORDS or not is_whole(kept) or not _tells(kept):
        return None
    if any(word.key in AUXILIARIES for word in kept):
        return None
    return " ".join(word.text for word in kept).rstrip(" .,;:")


def is_whole(found: Sequence[Word]) -> bool:
    """Whether words end in a noun or a name, and none points back or stands in quotation marks."""
    keys = {word.key for word in found}
    if keys & (POINTING | OF_THE_DAY) or any(word.text[:1] in "“\"‘'(" for word in found):
        return False
    last = found[-1]
    is_noun = last.is_name or Form.NOUN in last.forms
    return bool(last.key) and is_noun and last.key not in FUNCTION_WORDS


def _tells(kept: Sequence[Word]) -> bool:
    """Whether a name stands in it, and no day but behind a preposition."""
    days = [n for n, word in enumerate(kept) if is_day(word)]
    if any(n == 0 or kept[n - 1].key not in WITH_DAY for n in days):
        return False
    names = (word for word in kept if word.text[:1].isupper() and not is_day(word))
    return any(word.key not in MEDIA for word in names)
