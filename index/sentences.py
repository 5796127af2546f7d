"""Article → sentence spans: blocks by layout, sentences by sentencex, a few mends by rule.

Enters: canonical text. Leaves: spans that together hold every character but white space. Layout
decides first (a heading or a list item never runs into its neighbour), because sentencex sees
only words; what sentencex gets wrong is mended by the small tables below.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from sentencex import get_sentence_boundaries

from index.articles.model import Article
from index.articles.text import date_prefix_end

MAX_SENTENCE_CHARS = 1_500
"""A longer run without an end is cut, at white space where there is some."""

_WINDOW_CHARS = 4_000
"""sentencex is quadratic in quotes that never close, so it is given this much at a time."""

_MARGIN_CHARS = 120
"""At a window's end nothing is decided: the words that a rule looks ahead to may be missing."""

_WRAP_WIDTHS = range(40, 161)
"""Widths at which people and programs wrap text by hand, in characters."""

_CLOSERS = "\"'”’»)\\]*_"
_TITLE = (
    r"\b(?:Adm|Brig|Capt|Cmdr|Col|Cpl|Dr|Gen|Gov|Hon|Lt|Maj|Messrs|Mr|Mrs|Ms|Prof|Pvt|Rep|Rev"
    r"|Sen|Sgt|St)\.$"
)
_ENDS = re.compile(rf"[.!?…][{_CLOSERS}]*$")
_ENDS_IN_TITLE = re.compile(_TITLE)
_BULLET = re.compile(r"(?:[-*•]|\d{1,3}[.)])\s")
_HEADING = re.compile(r"#{1,6}\s")

_SPEECH = (
    "added|announced|argued|asked|continued|cried|declared|replied|said|says|shouted|told|wrote"
)
_NOT_A_NAME = "The|A|An|This|That|He|She|It|They|We|I|You|But|And|Then|His|Her|Their|Our|My"
_ZONES = "[ECMP][SD]?T|GMT|BST|UTC|CES?T|EES?T|local|Eastern|Pacific|Central"
_DAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"

_APOSTROPHE = re.compile(r"(?<=\w)’(?=\w)")
"""Replaced by the letter U+02BC for sentencex, which would take it for the end of a ‘quotation’."""

_NO_START = [
    (re.compile(left), re.compile(right))
    for left, right in (
        (_TITLE, rf"(?!(?:{_NOT_A_NAME})\b)[^\W\d_]"),  # Dr. | Who
        (r"\b(?:[Nn]os?|[Vv]ol|pp?|Art|Sec|Fig|Ch|approx|ca?)\.$", r"\d"),  # Vol. | 2
        (r"\b[ap]\.m\.$", rf"(?:{_DAYS}|{_ZONES})\b"),  # 5 p.m. | Monday
        (r"^\d{1,3}[.)]$", r""),  # 1. | A list item
        (r"[!?…][\"”’'»]$", r"[a-z—–-]"),  # “Yes!” | — he said
        (  # “Go!” | President Putin said.
            r"[!?…][\"”’'»]$",
            rf"(?!(?:{_NOT_A_NAME})\b)[A-Z][\w.’'-]*(?: [\w.’'-]+){{0,3}}? (?:{_SPEECH})\b",
        ),
    )
]
"""Pairs (end of the left side, beginning of the right side) between which no sentence starts."""

_ASIDE = re.compile(r"[(\[][^()\[\]]*[.!?][\"”’]?[)\]] +(?=[\"“‘(\[]?[A-Z])")
"""A whole sentence in brackets, which sentencex joins to the next one."""

_STARTERS = f"{_NOT_A_NAME}|So|There|These|Those|In|On|At|When|If|Now|What|Who|Why|How|Maybe|No|Yes"
_PAUSE = re.compile(rf"(?:…|[.!?][*_]{{1,3}})[\"”’]? +(?=(?!I\b)[\"“‘*_]{{0,3}}(?:{_STARTERS})\b)")
"""An end in “…” or in Markdown emphasis, which sentencex does not see; only before a word that is
capital because it starts a sentence, for a name may follow a mere pause."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of an article; `text` has no white space at either end, and is never empty."""

    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without its newline and outer white space, and where it stands in the article."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def split_sentences(article: Article) -> tuple[Sentence, ...]:
    """Split an article, in time linear in its length.

    A leading `date YYYY-MM-DD`, each heading and each list item are sentences of their own. A
    quotation of several sentences stays whole, as sentencex has it. A leading byte-order mark is
    a character like any other and stays in the first sentence.

    Returns:
        Sentences in order that do not overlap, at most `MAX_SENTENCE_CHARS` long, with
        `article.text[s.start:s.end] == s.text`; every character but white space is in one.
    """
    text = article.text
    return tuple(
        Sentence(article.id, start, end, text[start:end])
        for block in _blocks(text)
        for span in _sentences(text, *block)
        for start, end in _bounded(text, *span)
    )


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that no sentence crosses: the date, paragraphs, headings, list items."""
    prefix = date_prefix_end(text)
    if prefix:
        yield 0, prefix
    for filled, lines in groupby(_lines(text, prefix), key=lambda line: bool(line.text)):
        if filled:
            yield from _paragraphs(list(lines))


def _lines(text: str, start: int) -> Iterator[_Line]:
    for raw in text[start:].splitlines(keepends=True):
        indent = len(raw) - len(raw.lstrip())
        yield _Line(start + indent, raw.strip())
        start += len(raw)


def _paragraphs(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """Cut lines that no blank line parts, wherever a newline is more than a wrap."""
    width = _wrap_width(lines)
    start = lines[0].start
    for line, following in pairwise(lines):
        if _breaks(line.text, following.text, width):
            yield start, line.end
            start = following.start
    yield start, lines[-1].end


def _wrap_width(lines: Sequence[_Line]) -> int:
    """The width at which the lines are wrapped by hand, or 0 when each is a paragraph.

    Wrapped lines mostly end in mid-sentence, at a usual width, and (where there are enough to
    tell) some of them go on in lower case. The width is that of the fifth-longest line in five
    quantiles, not of the longest: one long address must not hide the wrap.
    """
    total = len(lines) - 1
    width = sorted(len(line.text) for line in lines)[total * 4 // 5 if total > 3 else total]
    unfinished = sum(not _is_finished(line.text) for line in lines[:-1])
    lower = sum(line.text[0].islower() for line in lines[1:])
    wrapped = width in _WRAP_WIDTHS and 2 * unfinished > total and (total < 6 or 4 * lower >= total)
    return width if wrapped else 0


def _breaks(line: str, following: str, width: int) -> bool:
    """Whether the newline between two lines ends a paragraph."""
    if _HEADING.match(line) or _HEADING.match(following) or _BULLET.match(following):
        return True
    unfinished = not _is_finished(line)
    if unfinished and (following[0].islower() or _ENDS_IN_TITLE.search(line[-40:])):
        return False
    if not width:
        return True
    word = following[:width].split(maxsplit=1)[0]
    return len(line) + 1 + len(word) <= 0.75 * width  # the word had room: nothing forced a wrap


def _is_finished(line: str) -> bool:
    tail = line[-40:]
    return bool(_ENDS.search(tail)) and not _ENDS_IN_TITLE.search(tail)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of a block's sentences, white space included."""
    flat = _APOSTROPHE.sub("\u02bc", re.sub(r"\s", " ", text[start:end]))
    yield from pairwise([start, *(start + cut for cut in _cuts(flat)), end])


def _cuts(block: str) -> Iterator[int]:
    """Where the second and later sentences start, found window by window.

    Each window begins at the last start that the one before it was sure of.
    """
    begin = 0
    while begin + _WINDOW_CHARS < len(block):
        starts = _starts(block[begin : begin + _WINDOW_CHARS], _WINDOW_CHARS - _MARGIN_CHARS)
        yield from (begin + start for start in starts)
        begin += starts[-1] if starts else _WINDOW_CHARS - _MARGIN_CHARS
    yield from (begin + start for start in _starts(block[begin:], len(block)))


def _starts(window: str, limit: int) -> list[int]:
    """Sentence starts after the first, up to the limit, ascending."""
    found = {boundary["start_index"] for boundary in get_sentence_boundaries("en", window)}
    sure = {at for at in found if 0 < at < len(window) and _is_start(window, at)}
    missed = {
        start + extra
        for start, end in pairwise(sorted({0, *sure, len(window)}))
        for extra in _missed(window[start:end])
    }
    return [at for at in sorted(sure | missed) if at <= limit]


def _missed(piece: str) -> Iterator[int]:
    """Starts inside what sentencex took for one sentence; none inside an open quotation."""
    aside = _ASIDE.match(piece)
    if aside and " " in aside[0].strip():  # not “(U.S.) President”
        yield aside.end()
    for pause in _PAUSE.finditer(piece):
        before = piece[: pause.end()]
        if before.count("“") <= before.count("”") and before.count('"') % 2 == 0:
            yield pause.end()


def _is_start(window: str, at: int) -> bool:
    """Whether a sentence may start here: no rule forbids it, and no mark hangs over from before."""
    left, right = window[max(0, at - 40) : at], window[at : at + 80]
    if not left[-1].isspace() and not right[0].isspace() and not right[0].isalnum():
        return right[0] in "\"“‘'«(["
    left, right = left.rstrip(), right.lstrip()
    return not any(end.search(left) and begin.match(right) for end, begin in _NO_START)


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Trim white space, and cut what is too long; nothing when only white space is left."""
    start, end = _trim(text, start, end)
    while end - start > MAX_SENTENCE_CHARS:
        limit = start + MAX_SENTENCE_CHARS
        cut = next((at for at in range(limit, start, -1) if text[at].isspace()), limit)
        yield _trim(text, start, cut)
        start, end = _trim(text, cut, end)
    if start < end:
        yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
