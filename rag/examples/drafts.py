"""A sentence → the questions that it plainly answers.

Enters: one sentence in one line, and its article. Leaves: questions in words of the sentence, or
none: whatever does not read with certainty is passed over.

    Kastehelmi said Ukraine’s actions in Belgorod …   What did Emil Kastehelmi say about …?
    Zelensky thanked several army units.               Whom did Volodymyr Zelensky thank?
    President Putin launched an invasion of Ukraine.   Who launched an invasion of Ukraine?
    An attack on Kryvyi Rih killed 20 civilians.       How many civilians were killed in …?
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from index.articles import Article
from index.lexical import words
from rag.examples.ages import aged
from rag.examples.counts import counted, counted_by
from rag.examples.names import Named, is_day, named, runs
from rag.examples.rest import rest_of
from rag.examples.topics import topics
from rag.examples.vocabulary import PERSONS, SAYS, SAYS_BARE, TO_WHOM, WHAT_IS_DONE
from rag.wording.english import HAVE, PREPOSITIONS, PRONOUNS, Form, Word, words_of

OBJECT_WORDS = 8  # the most words of whoever something is done to
ATTRIBUTION_WORDS = 5  # how far behind "said" its "that" may stand: "said on Monday that"
QUOTATION_WORDS = 5  # the fewest of a claim; fewer may be a title, or a word that is mocked
NO_CLAIM = PREPOSITIONS | PRONOUNS | {"so", "no", "yes", "when"}

_QUOTATION = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")
_SIGN = re.compile(
    r"\d|[A-Z]\S+ (?:[a-z]\S* )?(?:\S+ed|gave|held|led|made|met|said|says|took|told|won|wrote)\b"
    r"|(?:said|says) [A-Z]|\b(?:killed|injured|wounded)\b"
)
"""What a sentence has of which a draft could be made; most have it not, and reading is slow."""


class Kind(StrEnum):
    """What a question asks for."""

    WHOM = "whom"
    SAID = "said"
    COUNT = "count"
    WHO = "who"
    WHAT = "what"


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that a sentence answers.

    Attributes:
        about: Last words of the names that it is about, lower case.
        person: Whoever does it, in full, if a title shows that it is somebody.
    """

    kind: Kind
    question: str
    about: tuple[str, ...] = ()
    person: str | None = None


def drafts_of(text: str, article: Article) -> Iterator[Draft]:
    """Questions that the sentence answers."""
    found = words_of(text) if _SIGN.search(text) else ()
    for subject, at in _subjects(found, article):
        person = subject.text if subject.is_person and " " in subject.text else None
        for kind, question, topic in _of_subject(found, subject, at, article):
            about = (subject.key, *words(topic)[-1:])
            yield Draft(kind, question, about, person)
    for name in aged(found, article.text):
        yield Draft(Kind.COUNT, f"How old is {name.text}?", (name.key,))
    yield from (Draft(Kind.COUNT, question) for question in counted(text))


def _of_subject(
    found: Sequence[Word], subject: Named, at: int, article: Article
) -> Iterator[tuple[Kind, str, str]]:
    """Kind, question and topic, of the verb at a place and its subject."""
    verb = found[at]
    if verb.key in SAYS:
        yield from ((Kind.SAID, *asked) for asked in _said(found, subject, at, article))
        return
    if verb.key in TO_WHOM:
        yield from (
            (Kind.WHOM, asked, "") for asked in _to_whom(found[at + 1 :], subject, verb.key)
        )
    elif verb.key in WHAT_IS_DONE and _is_thing(found[at + 1 :]):
        yield Kind.WHAT, f"What did {subject.text} {WHAT_IS_DONE[verb.key]}?", ""
    elif subject.is_person and (rest := _deed(found, at)):
        yield Kind.WHO, f"Who {verb.key} {rest}?", ""
    if asked := counted_by(found, subject.text, at):
        yield Kind.COUNT, asked, ""


def _subjects(found: Sequence[Word], article: Article) -> Iterator[tuple[Named, int]]:
    """Names with the places of their verbs; nothing before them in their clause governs them."""
    for run in runs(found):
        last = found[run[1] - 1]
        at = None if last.pauses or last.owns else _verb_at(found, run[1])
        if at is not None and _opens(found, run[0]):
            name = named(found, run, article.text)
            if name is not None and (name.is_person or found[run[1]].key != "of"):
                yield name, at


def _opens(found: Sequence[Word], start: int) -> bool:
    """Whether the subject of a clause begins at a name: only its title may stand before it."""
    pause = max((n + 1 for n in range(start) if found[n].pauses), default=0)
    before = found[pause:start]
    if not before or (len(before) == 1 and before[0].key == "the"):
        return True
    is_title = before[-1].key in PERSONS and not before[-1].owns
    return is_title and all(w.is_name or w.forms & {Form.NOUN, Form.ADJECTIVE} for w in before)


def _verb_at(found: Sequence[Word], at: int) -> int | None:
    """The place of a verb in the past behind a name; days, adverbs and "of …" may be between."""
    if at + 1 < len(found) and found[at].key == "of":
        start = at + 1 + (found[at + 1].key == "the")
        at = next((end for first, end in runs(found) if first == start), len(found))
    while at < len(found) and (is_day(found[at]) or found[at].moves or found[at].key == "on"):
        at += 1
    if at >= len(found) or found[at - 1].pauses:
        return None
    word = found[at]
    return at if Form.PAST in word.forms or word.key in SAYS | HAVE else None


def _deed(found: Sequence[Word], at: int) -> str | None:
    """What follows a verb that is sure to be one, and none of saying, as a question repeats it."""
    is_quoted = any(word.text[:1] in '“"' for word in found)
    return None if is_quoted or Form.NOUN in found[at].forms else rest_of(found[at + 1 :])


def _is_thing(after: Sequence[Word]) -> bool:
    """Whether an object that is no person follows at once."""
    if len(after) < 2 or after[0].key not in {"a", "an", "the"}:
        return False
    phrase = takewhile(lambda word: word.forms & {Form.NOUN, Form.ADJECTIVE}, after[1:])
    return all(word.key not in PERSONS for word in phrase)


def _to_whom(after: Sequence[Word], subject: Named, verb: str) -> Iterator[str]:
    base, link = TO_WHOM[verb]
    parts = [n for n, word in enumerate(after[: OBJECT_WORDS + 1]) if word.key == link and n]
    if parts and (rest := rest_of(after[parts[0] + 1 :])):
        yield f"Whom did {subject.text} {base} {link} {rest}?"
    elif base == "thank" and after and after[0].key not in PREPOSITIONS | PRONOUNS:
        yield f"Whom did {subject.text} {base}?"


def _said(
    found: Sequence[Word], subject: Named, at: int, article: Article
) -> Iterator[tuple[str, str]]:
    """Question and topic, for each topic of what somebody said."""
    does = "does" if found[at].key == "says" else "did"
    claim = _claim(found, subject, at)
    for topic in topics(claim, article):
        if set(words(topic)).isdisjoint(words(subject.text)):
            yield f"What {does} {subject.text} say about {topic}?", topic


def _claim(found: Sequence[Word], subject: Named, at: int) -> Sequence[Word]:
    """The words of what is said; none if it is not sure where they begin."""
    after = found[at + 1 :]
    if found[at].pauses or not after:
        return _quoted(found[: subject.start])
    is_bare = found[at].key in SAYS_BARE
    reach = after[: ATTRIBUTION_WORDS if is_bare else 1]
    that = next((n for n, word in enumerate(reach) if word.key == "that"), None)
    if that is not None:
        return _until_pause(after[that + 1 :])
    if not is_bare or after[0].key in NO_CLAIM or is_day(after[0]):
        return _quoted(after) or _quoted(found[: subject.start])
    return _until_pause(after)


def _until_pause(found: Sequence[Word]) -> Sequence[Word]:
    end = next((n + 1 for n, word in enumerate(found) if word.pauses), len(found))
    return found[:end]


def _quoted(found: Sequence[Word]) -> Sequence[Word]:
    """The words of the first quotation that is more than a few words, without its marks."""
    text = " ".join(word.text for word in found)
    quotations = (words_of(one or other) for one, other in _QUOTATION.findall(text))
    return next((said for said in quotations if len(said) >= QUOTATION_WORDS), ())
