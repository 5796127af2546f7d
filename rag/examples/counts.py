"""Numbers of people and things in a sentence → questions for them."""

import re
from collections.abc import Iterator, Sequence

from rag.examples.rest import is_whole, rest_of
from rag.examples.vocabulary import NOT_COUNTED
from rag.lemmas import lemmas
from rag.wording.english import AUXILIARIES, BE, FINITE, HAVE, Form, Word, words_of

AMOUNT_WORDS = 20  # how far behind a number its things and what is said of them are read
THING_WORDS = 4

_SPELT = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_ABOUT = (
    r"(?:(?i:at least|more than|fewer than|about|around|nearly|almost|some|roughly|over"
    r"|approximately|as many as|an estimated) )?"
)
_NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})*|\d+"
    rf"|(?i:{_SPELT})(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_THINGS = (
    r"(?P<things>(?:[a-z][a-z-]+ ){0,2}(?:[A-Z][a-z]+ )?"
    r"(?:people|civilians|children|men|women|soldiers|troops|students|officers|workers|passengers"
    r"|protesters|residents|migrants|refugees|militants|fighters|hostages|victims|firefighters"
    r"|teachers|patients|inmates|homes|buildings))"
)
_DONE = (
    r"(?P<done>killed|injured|wounded|arrested|detained|displaced|evacuated|rescued|hospitalized"
    r"|shot|deported|kidnapped|infected|charged|indicted|destroyed|damaged)"
)
_EVENT = (
    r"(?:attacks?|strikes?|airstrikes?|shootings?|bombings?|blasts?|explosions?|fires?|crash"
    r"|earthquake|storm|floods?|tornado|wildfires?|protests?|raids?|riots?)"
)
_PLACE = r"(?:[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+){0,3})"

_PASSIVE = re.compile(
    rf"(?:^|[,–—] |\bsaid |\bthat |\band ){_ABOUT}{_NUMBER} {_THINGS}"
    rf" (?P<aux>were|have been|had been) {_DONE}"
    rf" (?P<where>(?:in|at|near|by) (?:(?:the|an?) )?(?:[a-z-]+ ){{0,2}}{_PLACE}(?: {_EVENT})?)"
    r"(?=[.,;]|\s+(?:on|when|after|last|during|while|since|and)\b|$)"
)
_RELATIVE = re.compile(
    rf"\b{_NUMBER} {_THINGS}(?:, including [^,]{{1,40}},)? who (?P<aux>were|had been) {_DONE}"
    rf" (?P<where>(?:in|by) (?:an?|the) (?:[\w-]+ ){{0,3}}{_EVENT}\b"
    rf"(?: (?:in|on|at) (?:the )?{_PLACE})?)"
)
_ACTIVE = re.compile(
    rf"(?:^|[,–—] )(?P<event>(?:[Aa]n?|[Tt]he) (?:[\w-]+ ){{0,4}}{_EVENT}"
    rf" (?:in|on|at|near) (?:[\w’'-]+ ){{0,6}}?{_PLACE})"
    rf" (?P<done>killed|injured|wounded) {_ABOUT}{_NUMBER} {_THINGS}\b"
)
_SHARE = re.compile(
    rf"^(?:[A-Z][a-z]+(?: [a-z]+){{0,2}}, )?(?:(?:But|Yet|And) )?(?:[Oo]nly |[Jj]ust |{_ABOUT})"
    r"\d+(?:\.\d+)?(?:%| percent| per cent) of (?P<rest>[^,;:“”\"]{10,80}?)(?=[,;] |\.?$)"
)
_OPENING = re.compile(rf"^{_ABOUT}{_NUMBER} (?P<rest>[a-z][^“”\"]+)$")
_AMOUNT = re.compile(rf"^{_ABOUT}{_NUMBER} (?P<rest>.+)$")


def counted(text: str) -> Iterator[str]:
    """Questions for what a sentence counts, whoever does it."""
    for pattern in (_PASSIVE, _RELATIVE):
        for found in pattern.finditer(text):
            things, aux, done, where = found.group("things", "aux", "done", "where")
            yield f"How many {things} {aux} {done} {where}?"
    for found in _ACTIVE.finditer(text):
        event = found["event"][0].lower() + found["event"][1:]
        yield f"How many {found['things']} were {found['done']} in {event}?"
    yield from _shares(text)
    yield from _opening(text)


def counted_by(found: Sequence[Word], subject: str, at: int) -> str | None:
    """A question for how many things somebody did something to.

    Args:
        found: The words of a sentence.
        subject: Whoever does it.
        at: The place of the verb, or of the "has" before it.
    """
    has = found[at].key in HAVE and at + 1 < len(found)
    verb = found[at + 1] if has else found[at]
    after = _amount_behind(found[at + 1 + has :])
    end = _things_end(after)
    rest = _behind(after, end) if end else None
    if rest is None:
        return None
    things = " ".join(word.text for word in after[:end]).rstrip(" .,;:")
    if has:
        is_done = Form.PARTICIPLE in verb.forms
        return f"How many {things} {found[at].key} {subject} {verb.key}{rest}?" if is_done else None
    base = lemmas(verb.key)
    is_done = Form.PAST in verb.forms and len(base) == 1
    return f"How many {things} did {subject} {min(base)}{rest}?" if is_done else None


def _shares(text: str) -> Iterator[str]:
    """Of "32 percent of Americans could name …" what follows the number is the question's own."""
    found = _SHARE.search(text)
    after = words_of(found["rest"]) if found else ()
    is_verb = any(
        word.forms & {*FINITE, Form.BASE} or word.key in AUXILIARIES for word in after[1:]
    )
    if found and is_verb and is_whole(after):
        yield f"What percentage of {found['rest']}?"


def _opening(text: str) -> Iterator[str]:
    """The number opens the sentence: "About 80 tents are spaced out on …"."""
    found = _OPENING.match(text)
    after = words_of(found["rest"]) if found else ()
    end = _things_end(after)
    if 0 < end < len(after) and after[end].key in {"are", "were", "had", "have"}:
        rest = rest_of(after[end + 1 :])
        if rest is not None:
            things = " ".join(word.text for word in after[:end])
            yield f"How many {things} {after[end].key} {rest}?"


def _amount_behind(found: Sequence[Word]) -> Sequence[Word]:
    """The words behind the number that comes first; none if there is none."""
    amount = _AMOUNT.match(" ".join(word.text for word in found[:AMOUNT_WORDS]))
    return words_of(amount["rest"]) if amount else ()


def _behind(after: Sequence[Word], end: int) -> str | None:
    """What is said behind the things that are counted, a blank before it."""
    if after[end - 1].pauses or end == len(after):
        return ""
    rest = rest_of(after[end:], least=2)
    return f" {rest}" if rest else None


def _things_end(after: Sequence[Word]) -> int:
    """Behind the plural noun that is counted; 0 if it is not certain where it ends."""
    for place, word in enumerate(after[:THING_WORDS]):
        is_part = (
            bool(word.forms & {Form.NOUN, Form.ADJECTIVE}) and word.key not in AUXILIARIES | BE
        )
        if not is_part or word.key in NOT_COUNTED or word.is_name or word.owns:
            return 0
        following = after[place + 1] if place + 1 < len(after) and not word.pauses else None
        if following is None or not (
            following.is_name or following.forms & {Form.NOUN, Form.ADJECTIVE}
        ):
            is_plural = word.key.endswith("s") or word.key in {"people", "men", "women", "children"}
            return place + 1 if is_plural and Form.NOUN in word.forms else 0
    return 0
