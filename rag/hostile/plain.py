"""Text as the patterns read it: one spelling of what looks alike, and no reported speech."""

import re
import unicodedata

MAX_CHARS = 20_000
"""More than this is not read; no sentence and no question is as long."""

LEAST_FRAME_WORDS = 2
"""Words outside quotation marks that make a quotation reported speech: "he said"."""

_TYPOGRAPHY = str.maketrans("“”„«»’‚–—‑", '"""""\'‘---')
_LOOKALIKES = str.maketrans("аеорсхуіјѕԁαεοκρνι", "aeopcxyijsdaeokpvi")
_INNER_STOP = re.compile(r"(?<=\w)\.(?=\w)")
_MIXED_WORD = re.compile(r"\w*[a-z]\w*")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_WORD = re.compile(r"\w+")
_QUOTATION = re.compile(r"\"[^\"]*\"|‘[^‘]*?'(?!\w)|(?<!\w)'[^']*'(?!\w)")


def plain(text: str) -> str:
    """Lower case without invisible characters, with one kind of quotation mark, dash and blank.

    A full stop inside a word ("1.5", "a.example") becomes "·", so that "." always ends something.
    A Cyrillic or Greek letter that stands in a Latin word becomes the Latin letter it looks like.
    """
    text = unicodedata.normalize("NFKC", text[:MAX_CHARS]).translate(_TYPOGRAPHY)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = _BLANKS.sub(" ", text).strip().casefold()
    text = _INNER_STOP.sub("·", text)
    return _MIXED_WORD.sub(lambda word: word[0].translate(_LOOKALIKES), text)


def without_quotations(text: str) -> str:
    """Plain text with each quotation as `""`.

    A text that is hardly more than a quotation keeps its words: nobody is named who said them.
    """
    rest = _QUOTATION.sub('""', text)
    return rest if len(_WORD.findall(rest)) >= LEAST_FRAME_WORDS else text.replace('"', " ").strip()
