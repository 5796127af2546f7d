"""The relative expressions of news, as patterns, and what each needs around it to be sure.

Enters: text in which quotations and told dates are masked. Leaves: matches whose group `words` is
the expression, and the days each names, or None. A name ("Black Friday"), a habit ("on Mondays"),
a span ("Monday to Friday") and a vague word ("in recent months") name no day.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from rag.dates.anchors import is_beside_ago, names_a_time, unshifted
from rag.dates.days import (
    DAY_MONTH,
    MONTH,
    WEEKDAY,
    YEAR,
    Days,
    ago,
    count_of,
    day_and_month,
    day_without_year,
    nearest_weekday,
    unit_away,
    up_to,
    weekday_of_other_week,
)
from rag.dates.tense import PAST_VERB, Tense, tense_of

CONTEXT_CHARS = 400
"""How much of a text before and after an expression is looked at."""

UNSURE_DAYS_BACK = 6
"""On a Sunday, "on Monday" with a past verb stays unclear, for it may mean tomorrow: the story was
brought up to date, or written further east. Source: of 10 such days met while reading news by
hand, 6 looked like the next day and 4 were six days back."""

_PART = r"(?:\s+(?:morning|afternoon|evening|night|lunchtime|midday)\b)?"
_OWNERS = ("the", "a", "his", "her", "its", "their", "our", "my", "time", "per", "very", "every")
_OWNED = "".join(rf"(?<!\b(?i:{word})\s)" for word in _OWNERS) + r"(?<!['’]s\s)(?<!s['’]\s)(?<!-)"
_JOINED = r"\s*(?:,|–|—|-|&|\b(?:and|or|to|through|thru|until|into)\b)\s*(?:the\s+|on\s+)?"
_NUMBER = r"\d{1,3}|[Aa]n?|[A-Za-z]{3,}(?:-[a-z]+)?"
_NO_HALF = r"(?<![\d.,/-])"

_VAGUE = re.compile(
    r"\b(?:about|almost|and|approximately|around|barely|half|least|many|more|most|nearly|not|or"
    r"|over|roughly|some|than|to|under|well)\s+$",
    re.IGNORECASE,
)
_NO_DAY_AFTER = re.compile(
    r"\b(?:after|all|an?|and|another|any|as|before|between|by|coming|each|every|first|following|for"
    r"|from|her|his|in|into|its|last|latest|like|month|most|next|of|one|or|our|past|previous"
    r"|recent|second|some|than|that|the|their|this|through|till|to|typical|until|upcoming|usual"
    r"|week|with|year|years)\s+$"
)
_LOWER_WORD = re.compile(r"(?:^|[\s“\"‘(])[a-z]+\s+$")
_NO_NAME = re.compile(
    r"(?:a|about|after|against|alongside|also|although|amid|among|an|and|any|around|as|at|because"
    r"|before|but|by|despite|during|even|following|for|from|had|he|her|his|how|if|in|including"
    r"|inside|it|its|just|near|not|off|on|one|only|our|out|outside|over|shortly|since|some|than"
    r"|that|the|their|there|they|though|to|two|under|unless|was|we|were|what|when|where|whether"
    r"|which|while|who|why|will|with|within|without|would|[a-z]+ing|\d+)\b"
    rf"|(?:[a-z]+ly\s+)?{PAST_VERB}"
)
_NAMED_AFTER_DAY = re.compile(
    r"(?:Night|Morning|Evening|Afternoon|Times|Telegraph|Mail|Express|Mirror|People|World|Herald"
    r"|Post|Star|Sun|Independent|Today|Politics|Service|School|Mass|Show|Brief|Football)"
)
_AGO_BEFORE = re.compile(r"\bago\s+$")
_JOINED_BEFORE = re.compile(rf"(?:{WEEKDAY}{_PART}|\d|{MONTH}){_JOINED}$")
_SENTENCE_END = re.compile(
    r"(?<![\s.][A-Z])(?<!Mr)(?<!Mrs)(?<!Dr)(?<!Gen)(?<!Sen)(?<!Rep)(?<!Gov)(?<!Col)(?<!St)"
    r"[.!?…][\"”’')\]]*\s+(?=[\"“‘(\[]*[A-Z])|\n\s*\n"
)
_YEAR = re.compile(rf"(?<![\w,.$£€]){YEAR}(?:['’]?s)?(?![\w,.]\d)")
_FAMOUS = {(6, 1), (4, 7), (11, 9), (7, 10)}
"""(day, month) of events known by their day: 6 January, 4 July, 11 September, 7 October."""

_UNIT = re.compile(
    rf"{_OWNED}\b(?P<words>(?P<which>[Ll]ast|[Tt]his|[Nn]ext)\s+(?P<unit>week|month|year)(?:['’]s)?)"
    rf"(?![\w-])(?!\s+(?:of|or|in\s+office|on\s+{WEEKDAY}|{WEEKDAY})\b)"
)
_OTHER_WEEKDAY = re.compile(
    rf"{_OWNED}\b(?P<words>(?P<which>[Ll]ast|[Nn]ext)\s+(?P<day>{WEEKDAY}){_PART}(?:['’]s)?)"
    rf"(?![\w-])(?!{_JOINED}{WEEKDAY})(?!\s+(?:of|in|before|or|[A-Z]))"
)
_BARE_WEEKDAY = re.compile(
    r"(?:\b(?P<lead>[Oo]n|[Ss]ince)\s+)?"
    rf"(?P<words>\b(?:(?P<hour>[Ll]ate|[Ee]arly)\s+)?\b(?P<day>{WEEKDAY}){_PART})"
    rf"(?![\w’'-])(?!{_JOINED}{WEEKDAY})(?!\s+of\b)"
)
_DAY_WORD = re.compile(
    rf"{_OWNED}\b(?P<words>(?P<m2>[Tt]he\s+day\s+before\s+yesterday)|(?P<p2>[Tt]he\s+day\s+after\s+"
    rf"tomorrow)|(?P<m1>[Yy]esterday{_PART}|[Ll]ast\s+night)|(?<!\bfor\s)(?<!\bof\s)(?<!\blike\s)"
    rf"(?<!\bno\s)(?<!\bbetter\s)(?P<p1>tomorrow{_PART})|(?P<p0>tonight|(?:[Ee]arlier|[Ll]ater)\s+"
    r"today|[Tt]his\s+(?:morning|afternoon|evening)|(?<=\bsaid\s)today|(?<=\bannounced\s)today"
    r"|(?<=\breported\s)today|(?<=\bruled\s)today))(?![\w’'-])(?!\s+(?:of|in\s+history)\b)"
)
_AGO = re.compile(
    rf"{_NO_HALF}\b(?P<words>(?P<count>{_NUMBER})\s+(?P<unit>day|week|month|year)s?\s+ago)(?![\w-])"
    rf"(?!\s+(?:today|on|this|last|in|{WEEKDAY})\b)"
)
_UP_TO = re.compile(
    r"\b(?:[Ii]n|[Oo]ver|[Dd]uring|[Ww]ithin|[Ff]or)\s+(?P<words>the\s+(?:past|last)\s+"
    rf"(?:(?P<count>{_NUMBER})\s+(?P<many>hour|day|week|month)s?|(?P<one>day|week|month)))"
    r"(?![\w’'-])(?!\s+(?:of|or|before|and\s+a\s+half|in\s+office)\b)"
)
_DAY_AND_MONTH = re.compile(
    rf"(?:\b(?P<lead>[Oo]n|[Ss]ince)\s+)?(?P<words>(?<![\w.,/$£€–-]){DAY_MONTH})(?![\w’'/-])"
    rf"(?!{_JOINED}\d)(?!\s*,?\s*(?:(?:of|last|this|next)\b|that\s+year))"
)


def _unit_days(match: re.Match[str], published: date) -> Days | None:
    count = {"last": -1, "this": 0, "next": 1}[match["which"].casefold()]
    return unshifted(_rest(match), published, lambda day: unit_away(match["unit"], count, day))


def _other_weekday(match: re.Match[str], published: date) -> Days | None:
    ahead = match["which"].casefold() == "next"
    if _is_of_another_time(match):
        return None
    return weekday_of_other_week(match["day"], published, ahead=ahead)


def _day_word(match: re.Match[str], published: date) -> Days | None:
    name = next(name for name in ("m2", "m1", "p0", "p1", "p2") if match[name])
    if _AGO_BEFORE.search(_before(match)):
        return None  # "a year ago tomorrow"
    if name == "p1" and tense_of(*_sentence(match)) is not Tense.FUTURE:
        return None  # "that could change tomorrow"
    away = timedelta(days=int(name[1]) * (-1 if name[0] == "m" else 1))
    return unshifted(_rest(match), published, lambda day: (day + away,) * 2, by_units=True)


def _ago(match: re.Match[str], published: date) -> Days | None:
    count = count_of(match["count"])
    before, after = _before(match).rpartition("\n")[2], _after(match).partition("\n")[0]
    is_label = not before.strip() and not after.strip()  # a page says its age when it is fetched
    sure = not is_label and not _VAGUE.search(before)
    if not count or not sure:
        return None
    unit = match["unit"]
    return unshifted(_rest(match), published, lambda day: ago(count, unit, day), by_units=True)


def _up_to(match: re.Match[str], published: date) -> Days | None:
    count = count_of(match["count"])
    unit = match["many"] or match["one"]
    if not count:
        return None
    return unshifted(_rest(match), published, lambda day: up_to(count, unit, day), by_units=True)


def _bare_weekday(match: re.Match[str], published: date) -> Days | None:
    if not _stands_alone(match, led=bool(match["lead"] or match["hour"])):
        return None
    if _is_of_another_time(match):
        return None
    back = nearest_weekday(match["day"], published, ahead=False)
    ahead = nearest_weekday(match["day"], published, ahead=True)
    days = _in_tense(match, back, ahead)
    return None if days and (published - days[0]).days == UNSURE_DAYS_BACK else days


def _day_of_month(match: re.Match[str], published: date) -> Days | None:
    day, month = day_and_month(match)
    if (day, month) in _FAMOUS or not _stands_alone(match, led=bool(match["lead"])):
        return None
    sentence = _before(match) + _sentence(match)[1]
    if any(year[0] != str(published.year) for year in _YEAR.finditer(sentence)):
        return None  # the story is of that year
    if is_beside_ago(*_sentence(match)):
        return None
    back = day_without_year(day, month, published, ahead=False)
    ahead = day_without_year(day, month, published, ahead=True)
    return _in_tense(match, back, ahead)


RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Days | None]], ...] = (
    (_UNIT, _unit_days),
    (_OTHER_WEEKDAY, _other_weekday),
    (_DAY_WORD, _day_word),
    (_AGO, _ago),
    (_UP_TO, _up_to),
    (_DAY_AND_MONTH, _day_of_month),
    (_BARE_WEEKDAY, _bare_weekday),
)
"""No two of them match the same words, so their order decides nothing."""


def _is_of_another_time(match: re.Match[str]) -> bool:
    """Whether a weekday belongs to a time that was named before it, or is told to be long ago."""
    before, after = _sentence(match)
    return names_a_time(before) or is_beside_ago(before, after)


def _in_tense(match: re.Match[str], back: Days | None, ahead: Days | None) -> Days | None:
    """The day that the verb points to; the day of publication itself needs no verb."""
    if back == ahead:
        return back
    before, after = _sentence(match)
    past = (match["lead"] or "").casefold() == "since"
    tense = Tense.PAST if past else tense_of(before, after)
    return {Tense.PAST: back, Tense.FUTURE: ahead, Tense.UNCLEAR: None}[tense]


def _stands_alone(match: re.Match[str], *, led: bool) -> bool:
    """Whether a day is no part of a name, a habit or a span, by the words that touch it.

    Args:
        match: Of a rule; its own match begins with the preposition, if there is one.
        led: Whether "on", "since", "late" or "early" leads to it; a bare one must follow a word
            in lower case ("said Monday"), as it does in American news.
    """
    before, after = _before(match), _after(match)
    if _JOINED_BEFORE.search(before) or (not match["lead"] and _NO_DAY_AFTER.search(before)):
        return False
    if not led and not _LOWER_WORD.search(before):
        return False
    follower = after.lstrip()
    if not follower or not follower[0].isalnum() or _NO_NAME.match(follower):
        return True
    return led and follower[0].isupper() and not _NAMED_AFTER_DAY.match(follower)


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - CONTEXT_CHARS) : match.start()]


def _after(match: re.Match[str]) -> str:
    return match.string[match.end() : match.end() + CONTEXT_CHARS]


def _rest(match: re.Match[str]) -> str:
    return "\n".join(_sentence(match))


def _sentence(match: re.Match[str]) -> tuple[str, str]:
    """The sentence before the expression and after it.

    The expression's own first letter tells whether a sentence starts there, so it is split too.
    """
    before = _SENTENCE_END.split(_before(match) + match[0][:1])[-1]
    return before[:-1], _SENTENCE_END.split(_after(match), maxsplit=1)[0]
