"""Text as the patterns read it: one spelling of what looks alike, and no reported speech."""

import re
import unicodedata

MAX_CHARS = 8_000
"""More of a text than this, its blanks folded, is not read. Source: at four characters a token, it
is far over the prompt's budget for evidence, so that no model reads such a sentence either."""

WINDOW_CHARS = 2_000
"""What the patterns read at once: a longer text costs the square of its length."""

OVERLAP_CHARS = 500
"""What two windows share; no order that the patterns know is longer."""

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
    text = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    is_ascii = text.isascii()  # then nothing is invisible, and no letter looks like another
    if not is_ascii:
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = _BLANKS.sub(" ", text).strip()[:MAX_CHARS].casefold()
    text = _INNER_STOP.sub("·", text)
    if is_ascii:
        return text
    return _MIXED_WORD.sub(lambda word: word[0].translate(_LOOKALIKES), text)


def windows(text: str) -> list[str]:
    """Stretches of plain text that overlap; the text alone if it is no longer than one.

    A later stretch has a word before it, since nothing begins where it was cut.
    """
    step = WINDOW_CHARS - OVERLAP_CHARS
    starts = range(step, max(len(text) - OVERLAP_CHARS, 0), step)
    return [text[:WINDOW_CHARS], *(f"cut {text[at : at + WINDOW_CHARS]}" for at in starts)]


def without_quotations(text: str) -> str:
    """Plain text with each quotation as `""`.

    A text that is hardly more than a quotation keeps its words: nobody is named who said them.
    """
    rest = _QUOTATION.sub('""', text)
    return rest if len(_WORD.findall(rest)) >= LEAST_FRAME_WORDS else text.replace('"', " ").strip()
