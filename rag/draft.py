"""The model's reply, as it streams → sentences with the evidence numbers that the model gave."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.articles import Article
from index.sentences import split_sentences

_MARKER = r"\[\d{1,3}(?:\s*,\s*\d{1,3})*\]"
MARKERS = re.compile(rf"(?:(?<!\s)\s+)?{_MARKER}(?:\s*{_MARKER})*\s*")  # white space is read once
NUMBER = re.compile(r"\d{1,3}")
DOUBLE_STOP = re.compile(r"([!?]|(?<!\.)\.)\.$")  # "It rained. [1]." without its marker
AHEAD_WORDS = 4  # of what follows: "5 p.m." may go on with "Monday", "“Go!”" with "Putin said"


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence without its markers, and the evidence numbers that stood in it, in order."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text without its markers.

    Attributes:
        origins: For each character, its place in the text with markers.
        numbers_at: Each number, with the place in `text` where its marker stood.
    """

    text: str
    origins: list[int]
    numbers_at: list[tuple[int, int]]


def draft_sentences(pieces: Iterable[str]) -> Iterator[DraftSentence]:
    """Yield each sentence as soon as its end is sure, and the rest at the end.

    Its end is sure when `AHEAD_WORDS` words follow it and no quotation is open. That is decided at
    white space, and what has been decided is never read again: the sentences depend on the text
    alone, not on how it was cut into pieces. Markers may stand before or after the full stop; they
    belong to the sentence that they follow.
    """
    text = ""
    for character in (character for piece in pieces for character in piece):
        text += character
        if character.isspace():
            sure = _sure_end(text)
            yield from _drafts(text[:sure])
            text = text[sure:]
    yield from _drafts(text)


def _sure_end(text: str) -> int:
    """Where the second sentence starts, if the first one's end is sure; else 0."""
    if text.rfind("[") > text.rfind("]"):  # a marker that is not complete
        return 0
    plain = _without_markers(text)
    sentences = split_sentences(Article(id="draft", text=plain.text, title=""))
    if len(sentences) < 2 or _quotation_is_open(sentences[0].text):
        return 0
    start = sentences[1].start
    ahead = len(plain.text[start:].split())
    return plain.origins[start] if ahead >= AHEAD_WORDS else 0


def _quotation_is_open(text: str) -> bool:
    return text.count("“") > text.count("”") or text.count('"') % 2 == 1


def _drafts(text: str) -> Iterator[DraftSentence]:
    plain = _without_markers(text)
    begin = 0
    for sentence in split_sentences(Article(id="draft", text=plain.text, title="")):
        numbers = [n for at, n in plain.numbers_at if begin < at <= sentence.end]
        if any(character.isalnum() for character in sentence.text):
            text = DOUBLE_STOP.sub(r"\1", sentence.text)
            yield DraftSentence(text, tuple(dict.fromkeys(numbers)))
        begin = sentence.end


def _without_markers(text: str) -> _Plain:
    kept: list[str] = []
    origins: list[int] = []
    numbers_at: list[tuple[int, int]] = []
    begin = 0
    for match in MARKERS.finditer(text):
        kept += text[begin : match.start()]
        origins += range(begin, match.start())
        numbers_at += [(len(kept), int(n)) for n in NUMBER.findall(match.group())]
        begin = match.end()
        if text[begin : begin + 1].isalnum():
            kept.append(" ")
            origins.append(begin)
    return _Plain("".join(kept) + text[begin:], [*origins, *range(begin, len(text))], numbers_at)
