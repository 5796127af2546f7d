"""Which way a sentence looks at a day that it names without a year: back, ahead, or unclear.

Enters: the words of a sentence before and after a day ("on Monday"). Leaves: a `Tense`. Knows no
calendar. There is no tagger here: the verb next to the day decides, out of closed lists, and what
is on none of them decides nothing. So "Voters go to the polls on Tuesday" stays unclear, which
costs a date, while taking every verb for a past one would cost a wrong date.
"""

import re
from enum import Enum

MAX_GAP_CHARS = 110
"""How far the verb may stand from the day. Source: a choice, about a long clause; not measured."""

MAX_AHEAD_GAP_CHARS = 60
"""The same for a verb that looks ahead, of which a mistaken one is wrong by a week. Not measured
either."""


class Tense(Enum):
    """Where the day lies, seen from the day of publication."""

    PAST = "past"
    FUTURE = "future"
    UNCLEAR = "unclear"


_ADVERBS = r"(?:\s+(?:not|also|be|been|have|being|now|still|then|reportedly|[a-z]+ly))*"
_PLANNED = "due|set|expected|scheduled|slated|poised|planned|supposed"
_IRREGULAR = (
    "arose|ate|beat|became|began|bought|broke|brought|built|came|caught|chose|died|drew|drove"
    "|fell|flew|fought|found|gave|got|grew|had|heard|held|kept|killed|knew|led|left|lost|made|met"
    "|paid|ran|rode|rose|said|sat|saw|sent|shot|slammed|sold|spent|spoke|stood|struck|swore|swept"
    "|testified|threw|told|took|was|went|were|withdrew|woke|won|wore|wrote"
)
_NO_PAST = (
    "accused|aged|alleged|armed|based|bed|breed|called-for|creed|deed|embed|embattled|exceed|feed"
    "|greed|hundred|indeed|injured|limited|married|naked|need|proceed|red|related|retired|sacred"
    "|seed|shed|so-called|speed|succeed|supposed|unarmed|unprecedented|used|wed|weed|wicked"
)
_PRESENT = (
    "appear|arrive|begin|become|come|deliver|depart|end|expect|expire|face|fall|fly|gather|get|give"
    "|go|have|head|hold|hope|host|intend|kick|land|launch|leave|mark|meet|need|open|plan|prepare"
    "|resume|return|run|say|seek|speak|start|take|testify|travel|try|turn|unveil|visit|vote|want"
)
_NOUNS_AFTER_TO = (
    "a|all|an|any|both|church|congress|court|date|death|each|federal|her|him|his|hospital|it|jail"
    "|just|local|me|media|more|my|one|our|parliament|people|power|prison|safety|school|some|state"
    "|that|the|their|them|these|this|those|two|us|what|whom|work|you|your"
)
_DETERMINERS = (
    r"(?<!\bthe\s)(?<!\ba\s)(?<!\ban\s)(?<!\bhis\s)(?<!\bher\s)(?<!\bits\s)(?<!\btheir\s)"
)

PAST_VERB = rf"(?:{_IRREGULAR}|{_DETERMINERS}\b(?!(?:{_NO_PAST})\b)[a-z]{{2,}}ed)\b"
"""A pattern for one word that is surely a past tense or a past participle."""

_VERB = re.compile(
    rf"(?P<future>(?:\b(?:will|shall|won['’]t)|['’]ll)\b{_ADVERBS}(?:\s+[a-z]+)?"
    rf"|(?:\b(?:is|are)|['’](?:s|re))\b{_ADVERBS}\s+(?:{_PLANNED}|going|likely)\b"
    rf"(?:\s+(?:to|for))?{_ADVERBS}(?:\s+[a-z]+)?)"
    rf"|(?P<unclear>\b(?:would|could|should|can|may|might|must|cannot)\b{_ADVERBS}(?:\s+[a-z]+)?"
    rf"|\bto\b(?!\s+(?:{_NOUNS_AFTER_TO})\b){_ADVERBS}\s+[a-z]+(?:[^s\W]|ss)\b"
    rf"|\b(?:{_PLANNED}|proposed|upcoming)\b"
    rf"|\b(?:is|are|has|have)\b{_ADVERBS}(?:\s+[a-z]+ed\b)?"
    rf"|\b(?:{_PRESENT})(?:e?s)?\b)"
    rf"|(?P<past>\b{PAST_VERB})"
)
_TURNS_BACK = re.compile(r"\b(?:after|following|since|because|that|which|who|whose|over|from)\b")
_TURNS_AHEAD = re.compile(
    r"\b(?:before|ahead|if|until|till|next|coming|arriving|deadline|tomorrow"
    r"|(?:call\w*|date|plan\w*|prepar\w*|schedul\w*|vote|trial|talks|meeting|hearing) for)\b"
)
_FRONT = re.compile(
    r"\W*(?:(?:In|At|During|After|Following|Speaking|Late|Earlier|Later|Then|And|But|Meanwhile)\b"
    r"[^,;]*)?"
)
_FRONT_PAST_ONLY = re.compile(r"\W*(?:After|Following|Speaking)\b")
_NEW_CLAUSE = re.compile(
    r"^.*(?:[,;:–—]|\b(?:and|but|while)\b)(?:\s+(?:and|but|while|then|yet))?\s*$", re.S
)
"""A day that follows a comma or a conjunction opens a clause of its own."""


def tense_of(before: str, after: str) -> Tense:
    """Judge a day by the verb that follows at once, else by the nearest on its left.

    Only where the day stands at the front ("On Monday, …") does a verb further right decide.

    Args:
        before: The sentence up to the day, without the preposition.
        after: The rest of the sentence.
    """
    before = _NEW_CLAUSE.sub("", before)
    found = list(_VERB.finditer(before))
    at_once = _VERB.match(after.lstrip())
    if at_once and (at_once["past"] or (at_once["future"] and not found)):
        return _judged(at_once, "")  # "Trump on Monday called"
    if found:
        return _judged(found[-1], before[found[-1].end() :])
    following = _VERB.search(after)
    if following is None or not _FRONT.fullmatch(before):
        return Tense.UNCLEAR
    tense = _judged(following, after[: following.start()])
    wrong_way = tense is Tense.FUTURE and _FRONT_PAST_ONLY.match(before)
    return Tense.UNCLEAR if wrong_way or _TURNS_AHEAD.search(before) else tense


def _judged(verb: re.Match[str], gap: str) -> Tense:
    """What a verb says of a day, unless the words between them turn to another time."""
    if verb["past"] and len(gap) <= MAX_GAP_CHARS and not _TURNS_AHEAD.search(gap):
        return Tense.PAST
    if verb["future"] and len(gap) <= MAX_AHEAD_GAP_CHARS and not _TURNS_BACK.search(gap):
        return Tense.FUTURE
    return Tense.UNCLEAR
