"""The model's reply, as it streams → sentences with the evidence numbers that the model gave."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.articles import Article
from index.sentences import split_sentences

MARKERS = re.compile(r"\s*((?:\[\d{1,3}(?:\s*,\s*\d{1,3})*\]\s*)+)")
NUMBER = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence without its markers, and the evidence numbers that stood in it, in order."""

    text: str
    numbers: tuple[int, ...]


def draft_sentences(pieces: Iterable[str]) -> Iterator[DraftSentence]:
    """Yield each sentence as soon as the next one has begun, and the last at the end.

    Markers may stand before or after the full stop; they belong to the sentence that they follow.
    """
    text, given = "", 0
    for piece in pieces:
        text += piece
        ready = _split(text)[:-1]
        yield from ready[given:]
        given = max(given, len(ready))
    yield from _split(text)[given:]


def _split(text: str) -> list[DraftSentence]:
    plain, numbers_at = _take_markers(text)
    drafts: list[DraftSentence] = []
    begin = 0
    for sentence in split_sentences(Article(id="draft", text=plain, title="")):
        numbers = [n for at, n in numbers_at if begin < at <= sentence.end]
        drafts.append(DraftSentence(sentence.text, tuple(dict.fromkeys(numbers))))
        begin = sentence.end
    return [draft for draft in drafts if any(c.isalnum() for c in draft.text)]


def _take_markers(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Text without its markers, and each number with the place where its marker stood."""
    plain, numbers_at, begin = "", [], 0
    for match in MARKERS.finditer(text):
        plain += text[begin : match.start()]
        numbers_at += [(len(plain), int(n)) for n in NUMBER.findall(match.group())]
        begin = match.end()
        if text[begin : begin + 1].isalnum():
            plain += " "
    return plain + text[begin:], numbers_at


