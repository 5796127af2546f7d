"""Bytes → text, and the two things that plain text says about itself: its date and its words."""

import codecs
import re
from datetime import date

from index.errors import BinaryArticle, MalformedArticle, UndecodableArticle

MAX_ARTICLE_BYTES = 20_000_000
"""The most that one article's file, or one line of a .jsonl file, may hold."""

OPENING_CHARS = 90
"""The longest title made from opening words, the "…" included."""

BOM = "\ufeff"

_DATE_PREFIX = re.compile(
    rf"{BOM}?\s*(?P<phrase>date\s+(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}))(?!\S)"
)
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n|\r\n[^\S\n]*\r\n")


def decode(data: bytes, where: str) -> str:
    """Decode UTF-8 strictly; newlines and a leading byte-order mark stay as they are.

    Raises:
        BinaryArticle: A NUL byte, which no text holds.
        UndecodableArticle: Not UTF-8; the message gives the byte offset.
    """
    if b"\0" in data and not data.startswith(_UTF16_BOMS):
        raise BinaryArticle(f"{where}: NUL byte at offset {data.index(0)}: not a text file")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UndecodableArticle(
            f"{where}: byte {error.start} (0x{data[error.start]:02x}) is not valid UTF-8"
        ) from error


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: only white space, controls and invisible marks."""
    return not any(char.isprintable() and not char.isspace() for char in text)


def date_prefix_end(text: str) -> int:
    """The offset after a leading `date YYYY-MM-DD`, or 0 where there is none."""
    match = _DATE_PREFIX.match(text)
    return match.end("phrase") if match else 0


def date_in_prefix(text: str, where: str) -> date | None:
    """The day that a leading `date YYYY-MM-DD` names.

    Raises:
        MalformedArticle: The calendar has no such day.
    """
    match = _DATE_PREFIX.match(text)
    if match is None:
        return None
    try:
        return date.fromisoformat(match["day"])
    except ValueError as error:
        raise MalformedArticle(f"{where}: {match['day']} is not a date: {error}") from error


def opening_words(text: str) -> str:
    """The first words of the first paragraph after a date prefix, as a title."""
    prose = text[date_prefix_end(text) :].lstrip(BOM).lstrip()
    paragraph = _PARAGRAPH_END.split(prose[: OPENING_CHARS * 20], maxsplit=1)[0]
    return shorten(paragraph or text, OPENING_CHARS)


def shorten(text: str, limit_chars: int) -> str:
    """Fold white space, and cut at a word boundary with "…" so as to fit the limit."""
    folded = " ".join(text[: limit_chars * 20].split())
    if len(folded) <= limit_chars:
        return folded
    words = folded[:limit_chars].rpartition(" ")[0] or folded[: limit_chars - 1]
    return words.rstrip(" ,;:-\u2013\u2014") + "…"
