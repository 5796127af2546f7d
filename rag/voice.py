"""Whose word a sentence gives, and how sure it is: its own, somebody's claim, or a guess.

A claim that is told as a fact, and a guess that is told as a certainty, are the two distortions
that no comparison of words alone would find.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from index.lexical import STOPWORDS, WORD, content_stems, words
from rag.lemmas import inflected

# Source: the three reaches are chosen by hand, on the seeds' development questions.
AFTER_VERB = 2  # words between "said" and a pause that leave the claim before it: "said Monday,"
SPEAKER = 5  # the most words of whoever stands behind the verb: ", said Captain Marta Olsen."
BEFORE_CLAUSE = 3  # words before the first shared word that belong to its clause
PAUSES = (",", "\x00")  # the second stands for a quotation
QUOTATION = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")
VIEW = re.compile(
    r"\b[Ii]n\s+(?!other\b)(?:[\w.'’-]+\s+){1,4}(?:eyes|opinion|reckoning|view|words)\b(?=,|\s+of\b|\W*$)"
    r"|\b[Ii]n the (?:eyes|opinion|view|words) of\b"
)
FOR_SOMEBODY = re.compile(
    r"\W*For\s+(?:(?:the|many|most|some|all)\s+)?(?!\w*\s*(?:first|last|time)\b)(?:[^\W\d][\w.'’-]*\s+){0,3}"
    r"(?!(?:decades|example|hours|instance|months|moment|now|once|time|weeks|years|days)\b)"
    r"[^\W\d][\w.'’-]*,"
)
LABEL = re.compile(r"\W*[A-Z][^\W\d]*(?:\s+[\w.'’-]+){0,3}:\s")
ASIDE = re.compile(r"\W*\w+ing\b")  # “…,” he said Monday, expressing frustration

SAYING_ONLY = frozenset(words("according said say saying says tell tells told"))
"""Words that say no more than that something was said, and have no other meaning."""

NEUTRAL = SAYING_ONLY | {"reported", "stated"}
"""Those that say no more than that, and some of which mean other things as well."""

BELIEVING = frozenset({"believe", "think"})
"""What they govern may be given to whoever believes it, or be told as a guess."""

BELIEVED = frozenset({"believed", "thought"})
"""Forms of them that are mostly passive, "is believed to", and belong to the guess alone."""

SAYING_VERBS = frozenset(
    words(
        "accuse acknowledge admit allege announce argue assert believe boast claim complain concede"
        " confess confirm contend declare deny describe explain imply insist maintain opine predict"
        " proclaim profess reiterate reject reveal say speculate suggest tell testify think warn"
        " write"
    )
)
SAYING_VERBS_THAT_ARE_NOUNS = frozenset(
    words(
        "add blame call cite comment demand hint note pledge promise quote recall remark reply"
        " report state stress swear tweet urge vow"
    )
)
"""Their base form is no sign that something is said: "the report", "the state"."""

SPEAKER_FOLLOWS = frozenset(
    words("add allege argue claim contend insist maintain report say warn write")
)
"""Verbs that the speaker may follow: “…,” said the captain."""

HEDGES = frozenset(
    words(
        "allegedly apparently appear appeared appears believe believed believes could denied denies"
        " deny denying expected hoped hopes hoping if intends likely may might perhaps planned"
        " planning"
        " plans possible possibly potentially presumably probably rejected rejects reportedly seem"
        " seemed seems suspected thinks thought unconfirmed unless unlikely whether will would"
    )
)
"""Words that say that something is not sure, or not yet, or denied."""

JOINERS = frozenset({"and", "but", "or", "who", "which", "while", "as"})


def is_attributed(text: str) -> bool:
    """Whether a claim is given to whoever makes it, or is none of the text's own."""
    return _is_somebodys(text) or _first_saying(text, saying()) is not None


def loses_the_speaker(text: str, spans: Sequence[str]) -> bool:
    """Whether a text states as a fact what its spans only say that somebody says.

    What somebody only believes may be told as a guess as well.
    """
    if is_attributed(text):
        return False
    owed = saying() - believing() if _hedged(_written(text)) else saying()
    known = set(content_stems("\n".join(_told(span, owed) for span in spans)))
    claimed = set(content_stems("\n".join(spans))) - known
    return not claimed.isdisjoint(content_stems(text))


def told(span: str) -> str:
    """What a span tells in its own voice: without what is inside a claim; all, if there is none.

    A claim goes on from its word of saying to the end of the sentence; where that word and whoever
    says it stand behind the claim (“…, police said.”), it is what stands before them, and what
    follows as an aside is told again. After "according" nothing is sure to be, nor is it in a
    question, a bare quotation, behind a name with a colon, or in somebody's view.
    """
    return _told(span, saying())


@lru_cache(maxsize=10_000)
def _told(span: str, owed: frozenset[str]) -> str:
    if _is_somebodys(span):
        return ""
    bare = QUOTATION.sub(lambda quoted: "\x00" * len(quoted.group()), span)
    verb = _first_saying(bare, owed)
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


@lru_cache(maxsize=1)
def saying() -> frozenset[str]:
    """Words with which a claim is given to whoever makes it; the first call reads the lexicon."""
    extra = words("according note claiming reportedly")
    nouns = frozenset().union(*map(inflected, SAYING_VERBS_THAT_ARE_NOUNS))
    verbs = SAYING_VERBS.union(*map(inflected, SAYING_VERBS))
    return (verbs | nouns).union(extra) - BELIEVED


@lru_cache(maxsize=1)
def believing() -> frozenset[str]:
    """The forms of `BELIEVING`."""
    return BELIEVING.union(*map(inflected, BELIEVING))


@lru_cache(maxsize=1)
def _inverted() -> frozenset[str]:
    forms = frozenset[str]().union(*map(inflected, SPEAKER_FOLLOWS))
    return frozenset(form for form in forms if not form.endswith("ing"))


@lru_cache(maxsize=10_000)
def _is_somebodys(text: str) -> bool:
    """Whether the form of a sentence alone shows that it is not the article's own statement."""
    if text.rstrip(" ”\"'’)").endswith("?") or VIEW.search(text) or FOR_SOMEBODY.match(text):
        return True
    label = LABEL.match(text)
    if label and _first_saying(label.group(), saying()) is None:
        return True
    is_quoted = bool(QUOTATION.search(text)) and not words(QUOTATION.sub(" ", text))
    return is_quoted or (text.count("”") > text.count("“") and not _first_saying(text, saying()))


def loses_a_hedge(text: str, span: str) -> bool:
    """Whether the clause that a text takes from a span is hedged and the text is not."""
    if _hedged(_written(text)):
        return False
    shared = frozenset(content_stems(text))
    found = _written(span)
    at = [place for place, word in enumerate(found) if shared & set(content_stems(word))]
    if not at:
        return False
    return _hedged(found[max(0, min(at) - BEFORE_CLAUSE) : _end_of_clause(found, max(at) + 1)])


def _written(text: str) -> list[str]:
    return [match.group() for match in WORD.finditer(text)]


def _first_saying(text: str, owed: frozenset[str]) -> re.Match[str] | None:
    """The first word of saying; "States" is a country."""
    found = (match for match in WORD.finditer(text) if match.group() != "States")
    return next((match for match in found if match.group().lower() in owed), None)


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
    return verb in _inverted() and 0 < len(follows) <= SPEAKER and follows[0] not in {"that", "in"}


def _until_pause(text: str) -> tuple[str, str]:
    pause = re.search("[,;:.–—\x00]", text)
    return (text[: pause.start()], text[pause.start() :]) if pause else (text, "")


def _is_aside(rest: str) -> bool:
    found = ASIDE.match(rest)
    return found is not None and saying().isdisjoint(words(found.group()))


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
