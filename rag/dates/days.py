"""Calendar arithmetic in the words of news: what "last month" is, given the day of publication.

Enters: words and a day. Leaves: `Days`, a first and a last day, both included; None where the
words are ambiguous or the calendar has no such day. Knows nothing of sentences.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from math import ceil

from text_to_num import text2num

Days = tuple[date, date]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
MONTH = "|".join([*MONTHS, r"(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\b\.?"])
DAY_MONTH = (
    rf"(?:(?P<day_first>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month_second>{MONTH})(?!\w)"
    rf"|(?P<month_first>{MONTH})\s+(?P<day_second>[0-3]?\d)(?:st|nd|rd|th)?(?!\w))"
)
YEAR = r"(?:1[89]|20)\d\d"
"""Four figures that are a year to a reader of news; other numbers count things."""

ROUND = 10
"""Ten days, twenty years: multiples of ten are mostly rounded, so they name no day."""

MONTHS_UNNAMED_YEAR = 6
"""A day of another calendar year goes without its year only so near to publication: "on 30
December" in January. Source: the usage of news agencies, which name any year but the current."""


def nearest_weekday(name: str, published: date, *, ahead: bool) -> Days:
    """The latest such day not after publication, or the next not before it.

    The day itself counts both ways: news of a Tuesday says "on Tuesday" of what happened that
    day and of what is to happen that night.
    """
    away = (WEEKDAYS.index(name) - published.weekday()) % 7
    return _single(published + timedelta(days=away if ahead or not away else away - 7))


def weekday_of_other_week(name: str, published: date, *, ahead: bool) -> Days | None:
    """What "last Friday" or "next Friday" is: the nearest such day but the day of publication.

    None where that day falls in the very week of publication, for then half of the writers mean
    the one a week further off. Weeks start on Monday for some and on Sunday for others: the day
    must lie in another week by both.
    """
    step = 1 if ahead else -1
    day = published + timedelta(days=step)
    while day.weekday() != WEEKDAYS.index(name):
        day += timedelta(days=step)
    same = any(_week_start(day, begin) == _week_start(published, begin) for begin in (0, 6))
    return None if same else _single(day)


def unit_away(unit: str, count: int, published: date) -> Days | None:
    """The calendar week, month or year that lies `count` away: "last month" is -1.

    Weeks run from Monday to Sunday. On a Sunday a week is ambiguous, for to many it has just
    begun.
    """
    if unit == "year":
        year = published.year + count
        return date(year, 1, 1), date(year, 12, 31)
    if unit == "month":
        first = _month_start(published, count)
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    if published.weekday() == WEEKDAYS.index("Sunday"):
        return None
    first = _week_start(published, 0) + timedelta(weeks=count)
    return first, first + timedelta(days=6)


def ago(count: int, unit: str, published: date) -> Days | None:
    """What "two days ago" is, a day; a longer unit is as wide as itself, for so it is meant.

    "A week ago" is seldom said of the very same weekday: it is the seven days around it. Months
    and years ago are the whole calendar month or year.
    """
    if count % ROUND == 0:
        return None
    if unit == "day":
        return _single(published - timedelta(days=count))
    if unit == "week":
        middle = published - timedelta(weeks=count)
        return middle - timedelta(days=3), middle + timedelta(days=3)
    return unit_away(unit, -count, published)


def up_to(count: int, unit: str, published: date) -> Days | None:
    """What "in the past two days" is: from that long ago up to the day of publication.

    Twice 24 hours before some hour of 8 April begin on 6 April, so three days are touched, and
    the fact may lie in any. Under twelve hours nothing is gained. Years are not counted to the
    day.
    """
    if unit == "year" or (unit == "hour" and count < 12):
        return None
    if unit == "month":
        month = _month_start(published, -count)
        last = monthrange(month.year, month.month)[1]
        return month.replace(day=min(published.day, last)), published
    days = {"hour": ceil(count / 24), "day": count, "week": 7 * count}[unit]
    return published - timedelta(days=days), published


def day_without_year(day: int, month: int, published: date, *, ahead: bool) -> Days | None:
    """The latest such day not after publication, or the next not before it.

    None where it falls in another calendar year more than `MONTHS_UNNAMED_YEAR` months away:
    then the direction was misread or the year was named earlier.
    """
    for year in (published.year, published.year + (1 if ahead else -1)):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found == published or (found > published) == ahead:
            months = abs((found.year - published.year) * 12 + found.month - published.month)
            near = found.year == published.year or months <= MONTHS_UNNAMED_YEAR
            return _single(found) if near else None
    return None


def month_number(name: str) -> int:
    """1 to 12; abbreviations such as "Sept." too, in any case."""
    short = name[:3].casefold()
    return next(n for n, month in enumerate(MONTHS, 1) if month[:3].casefold() == short)


def day_and_month(match: re.Match[str]) -> tuple[int, int]:
    """What a match of `DAY_MONTH` names."""
    day = match["day_first"] or match["day_second"]
    return int(day), month_number(match["month_first"] or match["month_second"])


def count_of(words: str | None) -> int | None:
    """Read "two", "48", "a" or no word at all ("the past week") as a number; None for "few"."""
    if words is None or words.casefold() in {"a", "an", "one"}:
        return 1
    try:
        return int(words) if words.isdecimal() else int(text2num(words.casefold(), "en"))
    except ValueError:
        return None


def _single(day: date) -> Days:
    return day, day


def _week_start(day: date, begin: int) -> date:
    """The first day of the week that starts on weekday `begin` (0 is Monday)."""
    return day - timedelta(days=(day.weekday() - begin) % 7)


def _month_start(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, 1)
