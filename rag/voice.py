"""Whose word a sentence gives, and how sure it is: its own, somebody's claim, or a guess.

A claim that is told as a fact, and a guess that is told as a certainty, are the two distortions
that no comparison of words alone would find.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from index.lexical import STOPWORDS, WORD, content_stems, words

AFTER_VERB = 2  # words between "said" and a pause that leave the claim before it: "said Monday,"
SPEAKER = 5  # the most words of whoever stands behind the verb: ", said Captain Marta Olsen."
BEFORE_CLAUSE = 3  # words before the first shared word that belong to its clause
PAUSES = (",", "\x00")  # the second stands for a quotation
QUOTATION = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")
ASIDE = re.compile(r"\W*\w+ing\b")  # “…,” he said Monday, expressing frustration

SAYING = frozenset(
    words(
        "according accuse accused accuses accusing acknowledge acknowledged acknowledges add"
        " added adding adds admitted allege alleged alleges announced announces argued argues"
        " asserted blamed blames blaming called calling calls cited cites citing claim claimed"
        " claiming claims commented complained confirm confirmed confirming confirms declared"
        " demanded denied denies denying describe described describes explained insisted insists"
        " note noted notes pledged predicted promised quoted quoting recalled rejected rejects"
        " remarked replied report reported reportedly reporting reports reveal revealed said say"
        " saying says states stated stressed suggest suggested suggests tell telling tells"
        " testified told tweeted urged vowed warn warned warning warns write writes wrote"
    )
)
"""Words with which a claim is given to whoever makes it."""

NEUTRAL = frozenset(words("according reported said say saying says stated tell tells told"))
"""Those that say no more than that something was said."""

INVERTED = frozenset(words("added claimed reported reports said say says warned wrote"))
"""Those that the speaker may follow: “…,” said the captain."""

HEDGES = frozenset(
    words(
        "allegedly apparently appear appeared appears believe believed could denied denies deny"
        " denying expected hoped hopes hoping intends likely may might perhaps planned planning"
        " plans possible possibly potentially presumably probably rejected rejects reportedly seem"
        " seemed seems suspected thought unconfirmed unlikely will would"
    )
)
"""Words that say that something is not sure, or not yet, or denied."""

JOINERS = frozenset({"and", "but", "or", "who", "which", "while", "as"})


def is_attributed(text: str) -> bool:
    """Whether a claim is given to whoever makes it."""
    return _first_saying(text) is not None


def loses_the_speaker(text: str, spans: Sequence[str]) -> bool:
    """Whether a text states as a fact what its spans only say that somebody says."""
    if is_attributed(text):
        return False
    known = set(content_stems("\n".join(told(span) for span in spans)))
    claimed = set(content_stems("\n".join(spans))) - known
    return not claimed.isdisjoint(content_stems(text))


@lru_cache(maxsize=10_000)
def told(span: str) -> str:
    """What a span tells in its own voice: without what is inside a claim; all, if there is none.

    A claim goes on from its word of saying to the end of the sentence; where that word and whoever
    says it stand behind the claim (“…, police said.”), it is what stands before them, and what
    follows as an aside is told again. After "according" nothing is sure to be.
    """
    bare = QUOTATION.sub(lambda quoted: "\x00" * len(quoted.group()), span)
    verb = _first_saying(bare)
    if verb is None:
        return span
    if verb.group().lower() == "according":
        return ""
    pause = max(bare.rfind(mark, 0, verb.start()) for mark in PAUSES)
    subject = bare[pause + 1 : verb.start()].strip(" \x00")
    ending, rest = _until_pause(bare[verb.end() :])
    if pause < 0 or not _stands_behind(verb.group().lower(), subject, ending, rest):
        return bare[: verb.end()]
    return f"{subject} {verb.group()} {ending} {rest if _is_aside(rest) else ''}"


def loses_a_hedge(text: str, span: str) -> bool:
    """Whether the clause that a text takes from a span is hedged and the text is not."""
    if _hedged(match.group() for match in WORD.finditer(text)):
        return False
    shared = frozenset(content_stems(text))
    found = [match.group() for match in WORD.finditer(span)]
    at = [place for place, word in enumerate(found) if shared & set(content_stems(word))]
    if not at:
        return False
    return _hedged(found[max(0, min(at) - BEFORE_CLAUSE) : _end_of_clause(found, max(at) + 1)])


def _first_saying(text: str) -> re.Match[str] | None:
    """The first word of saying; "States" is a country."""
    found = (match for match in WORD.finditer(text) if match.group() != "States")
    return next((match for match in found if match.group().lower() in SAYING), None)


def _stands_behind(verb: str, subject: str, ending: str, rest: str) -> bool:
    """Whether a verb and its speaker stand behind what is claimed.

    "Abara, who resigned, said the harbour burned" reads like "The harbour burned, said the mayor":
    in doubt they do.
    """
    if rest.startswith(("\x00", ":")):
        return False
    if subject:
        new_clause = subject.split()[0].lower() in JOINERS
        return not new_clause and len(ending.split()) <= AFTER_VERB
    follows = ending.split()
    return verb in INVERTED and 0 < len(follows) <= SPEAKER and follows[0] not in {"that", "in"}


def _until_pause(text: str) -> tuple[str, str]:
    pause = re.search("[,;:.–—\x00]", text)
    return (text[: pause.start()], text[pause.start() :]) if pause else (text, "")


def _is_aside(rest: str) -> bool:
    found = ASIDE.match(rest)
    return found is not None and SAYING.isdisjoint(words(found.group()))


def _end_of_clause(found: Sequence[str], place: int) -> int:
    """The place after the function words and hedges that end a clause: ", it is believed"."""
    ends = place
    for word in (word.lower() for word in found[place:]):
        if word in JOINERS or word not in STOPWORDS | HEDGES:
            break
        ends += 1
    return ends


def _hedged(found: Iterable[str]) -> bool:
    """Whether one of the words, as written, is a hedge; "May" is a month."""
    return any(word != "May" and word.lower() in HEDGES for word in found)
