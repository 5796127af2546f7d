"""A sentence → the same said a little differently, by rule: the query of somebody who half recalls.

No model writes anything. In this order, each rule where it fits:

1. a sentence that ends in its speaker begins with him: "It is late, Ann Lee said." → "Ann Lee said
   it is late.";
2. else one that begins with its speaker ends in him: "Ann Lee said it is late." → "It is late, Ann
   Lee said.";
3. a short opening before a comma goes: "On Monday, they left." → "They left.";
4. words and phrases are swapped for near synonyms (`SYNONYMS`): "said" → "stated";
5. numbers from two to ten before a small word change between digits and words;
6. auxiliaries go into the past: "is" → "was", "will" → "would"; not after "to" or another;
7. half of the articles ("a", "the") are dropped;
8. words that carry little are dropped (`SPARE`): "very", "controversial";
9. double quotation marks are dropped.
"""

import random
import re
from collections.abc import Callable, Mapping

MIN_RULES = 3
"""Fewer rules than this leave too much of the sentence as it was."""

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "said": ("stated", "remarked"),
    "says": ("states",),
    "added": ("went on",),
    "argued": ("contended", "maintained"),
    "announced": ("made known", "declared"),
    "warned": ("cautioned",),
    "noted": ("pointed out", "observed"),
    "claimed": ("asserted", "alleged"),
    "according to": ("in the words of", "as reported by"),
    "because": ("since",),
    "although": ("though",),
    "however": ("though",),
    "more than": ("over", "upwards of"),
    "including": ("among them", "such as"),
    "during": ("in the course of",),
    "began": ("started",),
    "begin": ("start",),
    "ended": ("finished",),
    "show": ("indicate",),
    "shows": ("indicates",),
    "showed": ("indicated",),
    "wants": ("wishes",),
    "want": ("wish",),
    "people": ("persons",),
    "but": ("yet",),
    "a number of": ("several", "various"),
    "several": ("some",),
    "try": ("attempt",),
    "lawmakers": ("legislators",),
    "officials": ("authorities",),
}
"""What may be said → what is said in its place, one of them drawn by the seed."""

PAST = {
    "is": "was",
    "are": "were",
    "has": "had",
    "have": "had",
    "does": "did",
    "do": "did",
    "will": "would",
    "can": "could",
    "may": "might",
}

SPARE = (
    "also|just|even|very|really|already|now|so-called|controversial|recently|quite|actually|simply"
    "|clearly|certainly|key|major"
)

NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
"""From 2 up."""

QUOTES = str.maketrans("", "", '"“”')
PRONOUNS = {"He": "he", "She": "she", "They": "they"}

_NAME = r"(?:[A-Z][\w.’'-]*)(?: (?:[A-Z][\w.’'-]*)){0,4}|[Hh]e|[Ss]he|[Tt]hey"
_SAID = "said|says|told reporters|added|argued|noted|warned"
_QUOTE = '["“”]?'
_SPEAKER_LAST = re.compile(
    rf"(?P<what>.{{20,}}),(?P<quote>{_QUOTE}) (?P<who>{_NAME}) (?P<said>{_SAID})\."
)
_SPEAKER_FIRST = re.compile(
    rf"(?P<who>{_NAME}) (?P<said>{_SAID})(?: that|,)? (?P<what>(?!that |he |she |they ).{{20,}})\."
)
_OPENING = re.compile(
    r"(?:On|In|At|By|For|From|After|Before|During|Since|Until|Last|Earlier|Later|Meanwhile|But|And"
    r"|So|Yet|Still|Now|Then|However|Instead|Also|Indeed|Moreover|Furthermore|Of course"
    r"|For example|As a result)\b[^,“”\"]{0,32}, (?=\S.{40})"
)
_LONGEST_FIRST = "|".join(sorted(SYNONYMS, key=lambda words: (-len(words), words)))
_SYNONYM = re.compile(rf"(?<![-’'])\b(?:{_LONGEST_FIRST})\b(?![-’']| of\b)")
_NUMBER = re.compile(
    rf"\b(?P<before>[a-z]+ )(?P<number>10|[2-9]|{'|'.join(NUMBERS)})"
    r"(?= [a-z])(?! percent| million| billion)"
)
_PAST = re.compile(rf"\b(?:{'|'.join(PAST)})\b(?![-’'])")
_MODAL = re.compile(r"(?:\b(?:to|not|would|could|should|might|must|did|will|can|may|let)|n[’']t) $")
_ARTICLE = re.compile(r"\b(?:[Aa]n?|[Tt]he) +(?=\w)")
_SPARE = re.compile(rf"\b(?:{SPARE}) +(?=\w)")

Rule = Callable[[str, random.Random], str]


def rewrite(sentence: str, seed: str) -> str | None:
    """Say a sentence differently; None where fewer than `MIN_RULES` rules fit.

    The same sentence and seed give the same words, on every machine.
    """
    generator = random.Random(seed)  # noqa: S311  # not secret
    text, applied = sentence, 0
    for rule in RULES:
        changed = rule(text, generator)
        applied += changed != text
        text = changed
    if applied < MIN_RULES or _words(text) == _words(sentence):
        return None
    return _capital(" ".join(text.split()))


def _move_speaker(text: str, generator: random.Random) -> str:
    last = _SPEAKER_LAST.fullmatch(text)
    if last:
        return f"{_capital(last['who'])} {last['said']} {last['what']}{last['quote']}."
    first = _SPEAKER_FIRST.fullmatch(text)
    if first:
        who = first["who"] if " " in first["who"] else PRONOUNS.get(first["who"], first["who"])
        return f"{_capital(first['what'])}, {who} {first['said']}."
    return text


def _drop_opening(text: str, generator: random.Random) -> str:
    return _capital(_OPENING.sub("", text, count=1)) if _OPENING.match(text) else text


def _swap_words(text: str, generator: random.Random) -> str:
    return _SYNONYM.sub(lambda match: generator.choice(SYNONYMS[match[0]]), text)


def _swap_numbers(text: str, generator: random.Random) -> str:
    return _NUMBER.sub(lambda found: found["before"] + _other_number(found["number"]), text)


def _other_number(number: str) -> str:
    if number.isdecimal():
        return NUMBERS[int(number) - 2]
    return str(NUMBERS.index(number) + 2)


def _into_past(text: str, generator: random.Random) -> str:
    def past(found: re.Match[str]) -> str:
        before = found.string[max(0, found.start() - 8) : found.start()]
        return found[0] if _MODAL.search(before) else PAST[found[0]]

    return _PAST.sub(past, text)


def _drop_articles(text: str, generator: random.Random) -> str:
    return _ARTICLE.sub(lambda found: found[0] if generator.random() < 0.5 else "", text)


def _drop_spare(text: str, generator: random.Random) -> str:
    return _SPARE.sub("", text)


def _drop_quotes(text: str, generator: random.Random) -> str:
    return text.translate(QUOTES)


RULES: tuple[Rule, ...] = (
    _move_speaker,
    _drop_opening,
    _swap_words,
    _swap_numbers,
    _into_past,
    _drop_articles,
    _drop_spare,
    _drop_quotes,
)
"""In the order of the module's list; the first holds both ways of moving the speaker."""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
