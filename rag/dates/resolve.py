"""Relative dates in news ("late on Monday", "last month") → the days that they name.

Enters: words of an article and the day it was published. Leaves: spans with a first and a last
day. An article without a date resolves nothing, and whatever is unclear stays as it is: a wrong
date is far worse than none. dateparser's `search_dates` finds most of these phrases, but it reads
"may", "march" and "20% of" as dates, enters quotations, gives a month or two days as one day, and
looks back even where the verb looks ahead; hence rules of our own, each with its reason.

Times of day and time zones play no part: news names the day as its own readers live it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from index.articles import Article
from index.sentences import Sentence, split_sentences
from rag.dates.days import (
    DAY_MONTH,
    MONTHS,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    Days,
    day_and_month,
    unit_away,
)
from rag.dates.phrases import RULES

_MARKS = re.compile(r"[“”„«»\"]|\n[^\S\n]*\n")
_SINGLE_QUOTED = re.compile(r"(?<!\w)['‘](?=\w).{1,600}?['’](?!\w)")
_BRACKETS = re.compile(r"[(\[](?P<inside>[^()\[\]\n]{4,80})[)\]]")
_GAP = re.compile(r"\s*")
_DATE_INSIDE = re.compile(rf"\b{YEAR}\b|{DAY_MONTH}")
_DATED = re.compile(rf"\s*,?\s*(?:on\s+|the\s+|in\s+)?(?:{DAY_MONTH}|{YEAR}(?!\w))")

OPENING_SENTENCES = 6
"""Among how many first sentences an article's date is looked for: title, author, place, date."""

_ISO = rf"(?P<iso>{YEAR}-[01]\d-[0-3]\d)(?:[T ]+[\d:.]+(?:Z|[+-][\d:]+)?)?"
_CLOCK = r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s*(?:[ap]\.?\s?m\.?)?\s*(?:\(?[A-Z]{2,5}\)?)?"
_DATE_LINE = re.compile(
    r"\ufeff?(?:(?:first\s+)?(?:published|posted|date|dated|publication\s+date|issued|released)"
    r"(?:\s+on)?\s*[:|–-]?\s*)?"
    rf"(?:(?P<weekday>{WEEKDAY})\s*,?\s+)?(?:{_ISO}|{DAY_MONTH}\s*,?\s+(?P<year>{YEAR}))"
    rf"(?:\s*[,|–-]?\s*(?:at\s+)?{_CLOCK})?\s*[.|]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A relative expression and the days it names.

    Attributes:
        start: Where its words begin, in code points of the given text.
        end: Where they end; brackets with the date belong here.
        first: The first day.
        last: The last day, included; equal to `first` where one day is named.
    """

    start: int
    end: int
    first: date
    last: date


def relative_dates(text: str, published: date) -> tuple[Resolved, ...]:
    """Resolve what can be resolved beyond doubt.

    Nothing inside a quotation is: the speaker's own day is not the article's. Nothing is that a
    date or a year follows, in brackets or not: it says its day itself. The more of an article
    the text holds, the more it tells about a day; a sentence is enough.

    Returns:
        In text order, never overlapping.
    """
    seen = _masked(text)
    found: list[Resolved] = []
    for pattern, days_of in RULES:
        for match in pattern.finditer(seen):
            start, end = match.span("words")
            if any(start < other.end and other.start < end for other in found):
                continue
            if _is_told(text, end) or _DATED.match(seen, end):
                continue
            named = _within_calendar(days_of, match, published)
            if named:
                found.append(Resolved(start, end, *named))
    return tuple(sorted(found, key=lambda resolved: resolved.start))


def written(resolved: Resolved) -> str:
    """The days as a reader is shown them: "6 June 2025", "March 2025", "2024", "6–8 April 2025"."""
    first, last = resolved.first, resolved.last
    if first == last:
        return _day(first)
    if (first, last) == unit_away("year", 0, first):
        return str(first.year)
    if (first, last) == unit_away("month", 0, first):
        return f"{MONTHS[first.month - 1]} {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[first.month - 1]}–{_day(last)}"
    return f"{_day(first)}–{_day(last)}"


def spelled_out(text: str, published: date | None) -> str:
    """The text with each relative expression followed by its date in brackets.

    Unchanged without a day of publication. Spelling out twice is the same as once.
    """
    if published is None:
        return text
    parts, at = [], 0
    for resolved in relative_dates(text, published):
        parts += [text[at : resolved.end], f" ({written(resolved)})"]
        at = resolved.end
    return "".join([*parts, text[at:]])


def date_line(article: Article) -> Sentence | None:
    """The sentence of an article that states its day of publication, and little else.

    The `date 2025-04-08` that opens a text file is one; so is "Published: Tuesday, 8 April 2025",
    with or without an hour. A day of updating is not, nor one written in figures alone such as
    08/04/2025, which two continents read differently.

    Returns:
        An exact span that names exactly `article.published`; None where none of the first
        sentences does.
    """
    if article.published is None:
        return None
    for sentence in split_sentences(article)[:OPENING_SENTENCES]:
        match = _DATE_LINE.fullmatch(sentence.text)
        if match and _is_named(match, article.published):
            return sentence
    return None


def _is_named(match: re.Match[str], day: date) -> bool:
    """Whether a date line names this day, its weekday included where it has one."""
    if match["weekday"] and match["weekday"].capitalize() != WEEKDAYS[day.weekday()]:
        return False
    if match["iso"]:
        return bool(match["iso"] == day.isoformat())
    return (int(match["year"]), *day_and_month(match)) == (day.year, day.day, day.month)


def _masked(text: str) -> str:
    """The text, of equal length, with neither the words of quotations nor dates in brackets."""
    seen = list(_BRACKETS.sub(_blank, text))
    for start, end in (*_quotations(text), *(m.span() for m in _SINGLE_QUOTED.finditer(text))):
        seen[start:end] = ("\0" if char.isalnum() else char for char in seen[start:end])
    return "".join(seen)


def _blank(brackets: re.Match[str]) -> str:
    return " " * len(brackets[0]) if _DATE_INSIDE.search(brackets["inside"]) else brackets[0]


def _is_told(text: str, end: int) -> bool:
    """Whether a date in brackets follows."""
    gap = _GAP.match(text, end)
    brackets = _BRACKETS.match(text, gap.end() if gap else end)
    return bool(brackets and _DATE_INSIDE.search(brackets["inside"]))


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Spans inside quotation marks, to the paragraph's end where they are not closed.

    A closing mark that nothing opened closes a quotation from before the text: all up to it is
    quoted. Marks of all kinds count as one, so of nested quotations nothing is left out.
    """
    since, opened = 0, False
    for mark in _MARKS.finditer(text):
        opens = _opens(text, mark.start())
        if opened or not (opens or mark[0].isspace()):
            yield since, mark.start()
        since, opened = mark.end(), opens
    if opened:
        yield since, len(text)


def _opens(text: str, at: int) -> bool:
    """Whether the mark at this offset opens a quotation; straight ones tell by the space."""
    if text[at] == '"':
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        return (not before or not (before.isalnum() or before in ".,!?…;:%)'’”")) and (
            bool(after) and not after.isspace()
        )
    return text[at] in "“„«"


def _within_calendar(
    days_of: Callable[[re.Match[str], date], Days | None], match: re.Match[str], published: date
) -> Days | None:
    """What a rule says, or None where it counts beyond the first or the last year there is."""
    try:
        return days_of(match, published)
    except (OverflowError, ValueError):
        return None


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
