"""When statements speak: their days by the calendar, and whether two speak of one time.

Enters: evidence with the day on which its article was published. Leaves: the statement with its
days resolved. What cannot be resolved stays as it is said.
"""

from dataclasses import replace
from datetime import date

from index.lexical import words
from rag.conflicts.statements import Statement, read
from rag.conflicts.words import Kind, Value
from rag.dates import relative_dates
from rag.types import Evidence

LONGEST_STORY_DAYS = 30
"""Articles further apart tell of two events or of two states of one, and a toll that has changed
since is no conflict. Source: a guess, that news of one event is written within a month."""


def statement_of(item: Evidence) -> Statement:
    """Read a sentence; "Tuesday" has the day, month and year that it names in its article."""
    found, published = read(item.text), item.article.published
    if published is None or not any(value.kind is Kind.DATE for value in found.values):
        return found
    days = [
        (resolved.start, resolved.end, resolved.first)
        for resolved in relative_dates(item.text, published)
        if resolved.first == resolved.last
    ]
    return replace(found, values=tuple(_dated(value, days) for value in found.values))


def of_one_time(one: Evidence, value: Value, other: Evidence, other_value: Value) -> bool:
    """Whether nothing says that two values are of old and of new news, or of different years.

    A year that one sentence names, besides the value that is compared, must be known to the other
    article: it stands there too, or that article is of that year.
    """
    here, there = one.article.published, other.article.published
    if here and there and abs((here - there).days) > LONGEST_STORY_DAYS:
        return False
    return _knows(other, _years(one, value)) and _knows(one, _years(other, other_value))


def _years(item: Evidence, apart_from: Value) -> set[int]:
    """The years that a sentence says in so many words, one value left out."""
    others = (value for value in read(item.text).values if value.start != apart_from.start)
    return {number for value in others for part, number in value.parts if part == "year"}


def _knows(item: Evidence, years: set[int]) -> bool:
    published, told = item.article.published, set(words(item.article.text)) if years else set()
    return all(str(y) in told or (published and published.year == y) for y in years)


def _dated(value: Value, days: list[tuple[int, int, date]]) -> Value:
    """A date with the parts that its words do not say; any other value as it is."""
    if value.kind is not Kind.DATE:
        return value
    day = next((d for start, end, d in days if value.start < end and start < value.end), None)
    if day is None:
        return value
    parts = {"year": day.year, "month": day.month, "day": day.day, **dict(value.parts)}
    return replace(value, parts=frozenset(parts.items()))
