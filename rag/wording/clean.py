"""What may be shown of a text that strangers wrote: plain words in one line, and nothing that acts.

Enters: text of an article or of a question. Leaves: the text without escape sequences, control and
format characters, and, for a sentence of an answer, without tags, links, markers and emphasis.
"""

import re
import unicodedata

_ESCAPE = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"  # a title or a link, to its end
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_MARKER = re.compile(r" ?!?\[\^?\d{1,3}(?: ?, ?\d{1,3})*\](?:\([^()]*\))?")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_END_TAG = re.compile(r" ?</?[a-zA-Z!][^<>]*>(?=[.,;:!?…)\]”’]|$)")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_OPEN_TAG = re.compile(r"<+(?=[a-zA-Z/!])")
_EMPHASIS = str.maketrans("", "", "*`")


def visible(text: str) -> str:
    """One line without escape sequences, control and format characters; they part no word.

    An escape sequence is removed whole: of its "[31m" nothing is left.
    """
    bare = _ESCAPE.sub("", text)
    kept = (c if unicodedata.category(c)[0] not in "CZ" else _blank(c) for c in bare)
    return " ".join("".join(kept).split())


def shown(text: str) -> str:
    """One line of plain words: as `visible`, and without markup and markers such as "[1]".

    Of a link its words are left. What the removal of one mark would bring together is removed as
    well, so that a second cleaning changes nothing.
    """
    before, text = "", visible(text)
    while text != before:
        before, text = text, _without_markup(text)
    return text


def _without_markup(text: str) -> str:
    text = _LINK.sub(r"\1", _MARKER.sub("", text.translate(_EMPHASIS)))
    text = _TAG.sub(" ", _END_TAG.sub("", text))
    return " ".join(_OPEN_TAG.sub(" ", text).split())


def _blank(char: str) -> str:
    return " " if char.isspace() or unicodedata.category(char) in {"Cc", "Zs"} else ""
