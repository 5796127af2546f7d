"""The answer in a few words: of what the model wrote, what stands in the articles, as it stands.

Enters: the few words, part by part, and what is cited. Leaves: exact characters of the cited spans,
and of those only what can be the answer; the rest is left out.
"""

import re
from collections.abc import Iterator, Sequence

from index.lexical import WORD, content_stems, words
from rag.asked import Wanted, gives, parts_of, wanted
from rag.atoms import numbers_in, plain
from rag.dates import date_line
from rag.types import Citation
from rag.wording import shown

MOST_PARTS = 5
COUNTED_WITHIN = 2  # words behind a number that go with it, when it is another number's turn
COUNT = "How many?"

_PAUSE = re.compile(r"[,;:.!?()“”\"–—]")
_CLOSING = {"(": ")", "“": "”"}

Place = tuple[int, int]


def few_words(
    parts: Sequence[str], question: str, sentences: Sequence[str], citations: Sequence[Citation]
) -> tuple[str, ...]:
    """The parts that can be the answer, each in the very characters of a cited span.

    The line that states an article's date is no answer, nor is a number that counts something else
    than what is asked for, be it cited or not.

    Args:
        parts: As the model wrote them.
        question: What they answer.
        sentences: What the answer says.
        citations: What it cites.

    Returns:
        In the order of the parts, none twice, `MOST_PARTS` at most; white space is folded.
    """
    quotes = [citation.quote for citation in citations if not _is_date_line(citation)]
    found: dict[str, str] = {}
    for part in parts:
        words_found = next(_standing(shown(part), question, sentences, quotes), None)
        if words_found is not None:
            found.setdefault(plain(words_found), words_found)
    return tuple(found.values())[:MOST_PARTS]


def _standing(
    part: str, question: str, sentences: Sequence[str], quotes: Sequence[str]
) -> Iterator[str]:
    """What stands for a part in the quotes and may be shown."""
    said = [(text, place) for text in sentences for place in _places(part, text)]
    for quote in quotes:
        for place in _places(part, quote):
            start, end = _whole(quote, place)
            found = " ".join(quote[start:end].split())
            means = bool(content_stems(found) or numbers_in(found))
            contexts = [(quote, place), *said]
            if means and shown(found) == found and _answers(found, contexts, question):
                yield found


def _answers(found: str, contexts: Sequence[tuple[str, Place]], question: str) -> bool:
    """Whether some words can be what a question, or a part of it, asks for."""
    for part in parts_of(question) or [question]:
        if wanted(part) is not Wanted.QUANTITY:
            if gives(found, part):
                return True
        elif gives(found, COUNT) and any(gives(_alone(*one), part) for one in contexts):
            return True
    return False


def _places(part: str, text: str) -> Iterator[Place]:
    """Where the words of a part stand in a text, as whole words."""
    wanted_words, found = words(part), list(WORD.finditer(text))
    known, length = words(text), len(wanted_words)
    for i in range(len(known) - length + 1 if length else 0):
        if known[i : i + length] == wanted_words:
            yield found[i].start(), found[i + length - 1].end()


def _whole(text: str, place: Place) -> Place:
    """A place and the signs without which its words would be broken: "$", "%", a closing mark."""
    start, end = place
    start -= text[start - 1 : start] in {"$", "€", "£"}
    end += text[end : end + 1] == "%"
    for opening, closing in _CLOSING.items():
        inside = text[start:end]
        is_open = inside.count(opening) > inside.count(closing)
        end += is_open and text[end : end + 1] == closing
    return start, end


def _alone(text: str, place: Place) -> str:
    """A text in which no number but that of a place counts anything."""
    found = list(WORD.finditer(text))
    blanked: list[Place] = []
    for i, match in enumerate(found):
        if not _overlaps(match.span(), place) and numbers_in(match.group()):
            blanked.append((match.start(), _counted_end(text, found[i:], place)))
    for start, end in reversed(blanked):
        text = f"{text[:start]} {text[end:]}"
    return text


def _counted_end(text: str, found: Sequence[re.Match[str]], place: Place) -> int:
    """Where the words that go with the first match, a number, end."""
    end = found[0].end()
    for match in found[1 : COUNTED_WITHIN + 1]:
        is_other = _overlaps(match.span(), place) or numbers_in(match.group())
        if is_other or _PAUSE.search(text, end, match.start()):
            break
        end = match.end()
    return end


def _overlaps(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _is_date_line(citation: Citation) -> bool:
    line = date_line(citation.article)
    return line is not None and (line.start, line.end) == (citation.start, citation.end)
