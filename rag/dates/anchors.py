"""Other times in a sentence, from which a relative date may count instead of from publication.

In "Speaking in March, he said the vote was held last month" the month is not that before
publication. Enters: the rest of a sentence. Leaves: whether days may be counted all the same.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from rag.dates.days import MONTH, WEEKDAY, YEAR, Days

_SURE_MONTH = rf"(?!(?:May|Mar)\b|March\b)(?:{MONTH})"
_LEADS = (
    r"in|since|until|till|by|of|from|to|through|during|before|after|early|late|mid|last|this|next"
    r"|\d{1,2}(?:st|nd|rd|th)?"
)
_ABSOLUTE = re.compile(
    rf"(?<![\w,.$£€]){YEAR}(?:['’]?s)?(?!\w)(?![,.]\d)"
    rf"|\b{_SURE_MONTH}(?!\w)"
    rf"|\b(?i:{_LEADS})[\s-]+(?:May|March|Mar)\b"
    r"|\b(?:May|March|Mar\.?)\s\d"
)
_WEEKDAY = re.compile(rf"\b{WEEKDAY}s?\b")
_UNIT = re.compile(r"\b(?:last|next|past|previous)\s(?:week|month|year|decade|century)\b", re.I)
_AGO_BEHIND = re.compile(r"\W*(?:\w+\W+){0,4}ago\b")
_AGO_BEFORE = re.compile(r"\bago\b\W*(?:\w+\W+){0,2}$")


def names_a_time(rest: str) -> bool:
    """Whether a month or a year is named; "May" and "March" count beside other words of time."""
    return _ABSOLUTE.search(rest) is not None


def unshifted(
    rest: str, published: date, days_of: Callable[[date], Days | None], *, by_units: bool = False
) -> Days | None:
    """What an expression names, counted from publication; None where it may count otherwise.

    A weekday is a week off at most: it does no harm where the same days come out a week earlier.

    Args:
        rest: The expression's sentence without it.
        published: The day of publication.
        days_of: The days, counted from a day.
        by_units: Whether "last month" elsewhere in the sentence shifts them as well.
    """
    if names_a_time(rest) or (by_units and _UNIT.search(rest)):
        return None
    days = days_of(published)
    is_near = _WEEKDAY.search(rest) is not None
    return None if is_near and days_of(published - timedelta(weeks=1)) != days else days


def is_beside_ago(before: str, after: str) -> bool:
    """Whether a day is told a second time: "on 8 April, exactly a year ago" is of that year."""
    return bool(_AGO_BEHIND.match(after) or _AGO_BEFORE.search(before))
