"""A date in a sentence: weekday, day, month and year, as far as they are said."""

import re
from collections.abc import Sequence

from rag.conflicts.words import Kind, Token, Value, before_or_after

YEAR = re.compile(r"1[1-9]\d\d|20\d\d")
DAY = re.compile(r"([12]?\d|3[01])(?:st|nd|rd|th)?")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORT_MONTHS = {month[:3]: month for month in MONTHS} | {"sept": "september"}
BEFORE_MONTH = frozenset({"in", "of", "since", "until", "last", "early", "late", "by", "this"})
BEFORE_YEAR = frozenset({"in", "since", "until", "of", "by", "from", "late", "early", "during"})


def date_at(tokens: Sequence[Token], at: int) -> tuple[Value, int] | None:
    """A date that starts at a word, and the position after it."""
    parts: dict[str, int] = {}
    end = at
    while end < len(tokens) and (end == at or tokens[end].gap.strip() in ("", ",", ".")):
        part = _part(tokens, end)
        if part is None or part[0] in parts:
            break
        parts[part[0]] = part[1]
        end += 1
    if not parts or set(parts) == {"day"}:
        return None
    anchors = before_or_after(tokens, at, end)
    parts_ = frozenset(parts.items())
    start, stop = tokens[at].start, tokens[end - 1].end
    return Value(Kind.DATE, start, stop, anchors=anchors, parts=parts_), end


def _part(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    token = tokens[at]
    if token.plain in WEEKDAYS and token.is_capital:
        return "weekday", WEEKDAYS.index(token.plain)
    month = SHORT_MONTHS.get(token.plain, token.plain)
    if month in MONTHS and token.is_capital and _is_month(tokens, at):
        return "month", MONTHS.index(month) + 1
    if YEAR.fullmatch(token.surface) and _is_year(tokens, at):
        return "year", int(token.surface)
    day = DAY.fullmatch(token.plain)
    beside = [tokens[i].plain for i in (at - 1, at + 1) if 0 <= i < len(tokens)]
    if day and any(SHORT_MONTHS.get(word, word) in MONTHS for word in beside):
        return "day", int(day[1])
    return None


def _is_month(tokens: Sequence[Token], at: int) -> bool:
    """Whether "May" or "March" is a month: a number or a preposition stands beside it."""
    before, after = _beside(tokens, at)
    return before in BEFORE_MONTH or before[:1].isdigit() or after[:1].isdigit()


def _is_year(tokens: Sequence[Token], at: int) -> bool:
    """Whether four digits are a year: "in 2010", "May 2010", "3 May, 2010", "the 2010 vote"."""
    before, after = _beside(tokens, at)
    if before == "the":
        return after.isalpha() and not after.endswith("s")
    is_month = SHORT_MONTHS.get(before, before) in MONTHS
    return before in BEFORE_YEAR or is_month or (before.isdigit() and len(before) < 3)


def _beside(tokens: Sequence[Token], at: int) -> tuple[str, str]:
    before = tokens[at - 1].plain if at else ""
    return before, tokens[at + 1].plain if at + 1 < len(tokens) else ""
