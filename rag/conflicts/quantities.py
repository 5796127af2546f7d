"""A number in a sentence, what it counts, and between which bounds it is meant."""

import re
from collections.abc import Iterator, Sequence
from math import inf

from text_to_num import alpha2digit

from rag.conflicts.words import REACH, Kind, Token, Value, around, clause, folded

PLAIN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
SPELT = re.compile(
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-(?:one|two|three|four|five|six|seven|eight"
    r"|nine))?|one|two|three|five|(?:four|six|seven|nine|eigh)(?:teen)?|eight|ten|eleven|twelve"
    r"|thirteen|fifteen"
)
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro"}
HEDGE = "(?:about|around|roughly|approximately|some|estimated|nearly|almost)"
SOFT = re.compile(rf"\b{HEDGE} \W*$")
FLOOR = re.compile(r"\b(?:at least|(?:more|no fewer|no less) than|over|above) \W*$")
CEILING = re.compile(r"\b(?:up to|as (?:many|much) as|at most|(?:less|fewer) than|under) \W*$")
PARTIAL = re.compile(r"\b(?:another|other|including|included|among|extra|first|last|next) \W*$")
NO_QUANTITY = re.compile(
    r"(?:st|nd|rd|th)\b|\s*/\s*\d|\s*[¼½¾]|\s\d|[-–:]\d"
    r"|\s*(?:[ap]\.?m\b|of\b|or\b|to\b|out of\b)|-? ?years?[- ]old"
)
AND_TOO = re.compile(r"[,;:()—–“”\"]| (?:and|while|but|when|after)$")
NOBODY = re.compile(r"\b(?:nobody|no[ -]one|no people)\b(?! else\b)", re.IGNORECASE)
NO_COMMA = re.compile(r"[;:—–“”\"]| (?:and|while|but|when|after)$")
IRREGULAR = frozenset(
    ["people", "person", "men", "women", "children", "police", "troops", "personnel", "crew"]
)
AFTER_AGE = re.compile(r"\s*(?:[,.;:!?]|$)")
TIME = frozenset({"minut", "hour", "day", "week", "month", "year"})
SINCE = re.compile(rf"\b(?:in|within|past|last|next|every)(?: the)? (?:{HEDGE} )?$")
AGO = re.compile(r" (?:ago|before|after|later|earlier|from|since)\b")
NO_PLURAL = ("ss", "us", "is", "'s")
STATES = frozenset({"die", "injur", "miss", "arrest", "rescu", "evacu"})
PEOPLE, PERCENT = "peopl", "percent"
ROUND_FROM = 100  # from here zeros at the end may be rounding: "200 passengers" may be 212
ROUNDING = 0.1  # the most that an unsaid rounding moves a number. Source: a guess
SOFTNESS = 0.15  # either side of "about 20". Source: a guess


def quantity_at(text: str, tokens: Sequence[Token], at: int) -> tuple[Value | None, int] | None:
    """A number with what it counts, and the position after it; no value if it is a part only."""
    if nobody := NOBODY.match(text, tokens[at].start):
        return _nobody(tokens, at, nobody.end())
    read = _number(tokens, at)
    if read is None:
        return None
    number, place, end = read
    before, after = text[: tokens[at].start].lower(), text[tokens[end - 1].end :]
    is_age = tokens[at].gap.strip() == "," and AFTER_AGE.match(after)
    if (
        is_age
        or PARTIAL.search(before)
        or NO_QUANTITY.match(after)
        or tokens[at].gap.rstrip().endswith(("-", "–", ":", ".", "/"))
    ):
        return None, end
    unit, stop = _unit(tokens, at, end, after)
    if unit in TIME and (SINCE.search(before) or AGO.match(text[tokens[stop - 1].end :])):
        return None, stop
    state = _state(tokens, at, stop)
    unit = unit or (PEOPLE if state else "")
    anchors = frozenset(around(tokens, at, stop)) - set(unit.split())
    low, high = _bounds(before, number, place)
    hedged = next((m for hedge in (SOFT, FLOOR, CEILING) if (m := hedge.search(before))), None)
    start = hedged.start() if hedged else tokens[at].start - (before[-1:] in CURRENCIES)
    last = tokens[stop - 1].end + after.startswith("%")
    return Value(Kind.QUANTITY, start, last, unit, state, anchors, low, high), stop


def _nobody(tokens: Sequence[Token], at: int, last: int) -> tuple[Value | None, int]:
    """No people of whom it is said what became of them: "nobody was killed" is 0 dead."""
    stop = next((n for n in range(at, len(tokens)) if tokens[n].start >= last), len(tokens))
    state = _state(tokens, at, stop)
    anchors = frozenset(around(tokens, at, stop))
    found = Value(Kind.QUANTITY, tokens[at].start, last, PEOPLE, state, anchors)
    return (found if state else None), stop


def _number(tokens: Sequence[Token], at: int) -> tuple[float, float, int] | None:
    """A number in digits or words: its value, the size of its last place, the position after."""
    surface, end = tokens[at].surface, at + 1
    if PLAIN.fullmatch(surface):
        number, place = float(surface.replace(",", "")), 10.0 ** -len(surface.partition(".")[2])
    elif _is_spelt(tokens[at]):
        end = _spelt_end(tokens, end)
        digits = alpha2digit(" ".join(t.plain for t in tokens[at:end]), "en", threshold=1)
        if not digits.isdigit():
            return None
        number, place = float(digits), 1.0
    else:
        return None
    while end < len(tokens) and tokens[end].plain in SCALES and tokens[end].gap == " ":
        number, place = number * SCALES[tokens[end].plain], place * SCALES[tokens[end].plain]
        end += 1
    return number, place, end


def _spelt_end(tokens: Sequence[Token], end: int) -> int:
    """The position after a number in words; "two hundred and five" is one."""
    while end < len(tokens) and tokens[end].gap == " ":
        rest = tokens[end : end + 2]
        joins = rest[0].plain == "and" and tokens[end - 1].plain in SCALES and len(rest) == 2
        if not (_is_spelt(rest[0]) or (joins and _is_spelt(rest[1]))):
            break
        end += 1 + joins
    return end


def _is_spelt(token: Token) -> bool:
    return SPELT.fullmatch(token.plain) is not None or token.plain in SCALES


def _bounds(before: str, number: float, place: float) -> tuple[float, float]:
    """What a number may be, given the words before it and its own roundness."""
    while number >= ROUND_FROM and number % (place * 10) == 0:
        place *= 10
    slack = min(place / 2, number * ROUNDING)
    low, high = number - slack, number + slack
    if SOFT.search(before):
        low, high = number * (1 - SOFTNESS), number * (1 + SOFTNESS)
    if FLOOR.search(before):
        return low, inf
    return (0.0, high) if CEILING.search(before) else (low, high)


def _unit(tokens: Sequence[Token], at: int, end: int, after: str) -> tuple[str, int]:
    """What the number counts, with its qualifiers, and the position after those words."""
    if sign := CURRENCIES.get(tokens[at].gap[-1:]):
        return sign, end
    if after.startswith("%"):
        return PERCENT, end
    run = list(_run(tokens, end))
    if run[:1] == ["percent"] or run[:2] == ["per", "cent"]:
        return PERCENT, end + 1 + (run[0] == "per")
    heads = [i for i, word in enumerate(run) if word in IRREGULAR or _is_plural(word)]
    if not heads:
        return (folded(run[0]), end + 1) if run else ("", end)
    return " ".join(folded(word) for word in run[: heads[0] + 1]), end + heads[0] + 1


def _run(tokens: Sequence[Token], end: int) -> Iterator[str]:
    """The words that follow a number closely enough to be what it counts."""
    for token in tokens[end : end + REACH]:
        if token.gap.strip(" -") or not token.is_content or token.stem in STATES:
            return
        yield token.plain


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(NO_PLURAL)


def _state(tokens: Sequence[Token], at: int, stop: int) -> str:
    """What became of those counted: said after them, before them, or at the end of an aside."""
    after = [t.stem for t in clause(tokens[stop:], AND_TOO)]
    left = [t.stem for t in clause(tokens[:at][::-1], AND_TOO, backwards=True)][: 2 * REACH]
    wide = [t.stem for t in clause(tokens[stop:], NO_COMMA)]
    return next((word for word in [*after[: 2 * REACH], *left, *wide] if word in STATES), "")
