"""What an answer still owes: its few words, parts of the question, sources, sides of a conflict.

A small model answers the first half of "Who was it, and when?" and stops, or reads one article
where both were asked about. What is missing is added in the articles' own words.
"""

import re
from collections.abc import Iterator, Sequence

from index.lexical import content_stems
from rag.asked import Wanted, gives, parts_of, pinned_numbers, topic_of, wanted
from rag.atoms import numbers_in, stands_in
from rag.conflicts import Conflict
from rag.dates import spelled_out
from rag.overlap import coverage
from rag.types import Evidence, texts_of
from rag.verify import ABOUT, Verified

SOURCES = re.compile(
    r"\b(?:both|each|either|the two|all|different|every)(?: of)?(?: the)? (?:news )?"
    r"(?:articles?|sources?|reports?|accounts?|outlets?|newspapers?|stories|texts?)\b"
    r"|\b(?:articles|(?:the|these|those|which|what) (?:sources|outlets|reports|accounts"
    r"|papers|newspapers)) (?:agree|contradict|conflict|describe|differ|disagree|give|mention"
    r"|report|say)\b",
    re.IGNORECASE,
)
CLEARLY = 0.2
"""By how much coverage a sentence must serve a part better than the answer does: one word of a part
of five. Source: a guess; less adds a sentence for a stray word."""

ANSWERED = 0.8
"""Coverage from which nothing is added for a part: one word of five may be told in other words.
Source: a guess, as the share of a premise that stands (`rag.assemble.STANDS`)."""

GIVEN = 0.5
"""The same where what is said holds a thing of the very kind that is asked for; then half of the
words are enough to tell that it is of this part. Source: a guess."""

RELATED = 0.4
"""Of a question's words, in a sentence that speaks for an article; lower than `GIVEN`, since such a
question has words of its own ("both", "say") that no article has. Source: a guess."""


def asks_every_source(question: str) -> bool:
    """Whether what several articles say is asked for."""
    return SOURCES.search(question) is not None


def owed(
    question: str,
    said: Sequence[Verified],
    evidence: Sequence[Evidence],
    conflicts: Sequence[Conflict],
) -> tuple[Verified, ...]:
    """Sentences, word for word, that an answer needs to be complete.

    Args:
        question: As it was asked.
        said: What the answer says already; not empty.
        evidence: Best first.
        conflicts: Among the evidence; every side must be cited.

    Returns:
        Part by part, then article by article, then side by side.
    """
    cited = [item for sentence in said for item in sentence.evidence]
    added = _for_parts(question, [sentence.text for sentence in said], cited, evidence)
    if asks_every_source(question):
        added += _for_articles(question, cited + added, evidence)
    for side in (side for conflict in conflicts for side in conflict.sides):
        if not any(item in cited + added for item in side.evidence):
            added.append(side.evidence[0])
    return tuple(Verified.quoting(item) for item in added)


def holding(
    short: Sequence[str], question: str, said: Sequence[Verified], evidence: Sequence[Evidence]
) -> tuple[Verified, ...]:
    """The sentences; if none of the few words stands in them, the one that holds them instead.

    A model that names the answer and then writes a sentence about something else has read right
    and copied wrong. Words that stand in no evidence change nothing, nor does a sentence that is
    less about the question.

    Args:
        short: The few words, part by part.
        question: As it was asked.
        said: What is left of the model's sentences.
        evidence: Best first.
    """
    shown = [text for one in said for text in (one.text, *texts_of(one.evidence))]
    if any(stands_in(part, text) for text in shown for part in short):
        return tuple(said)
    found = [*dict.fromkeys(_holders(short, question, evidence))]
    served = coverage(question, "\n".join(shown))
    if not found or coverage(question, "\n".join(texts_of(found))) < served:
        return tuple(said)
    return tuple(Verified.quoting(item) for item in found)


def keeps_numbers(question: str, said: Sequence[Verified]) -> bool:
    """Whether what is said has the numbers that a question is about.

    "On 25 March" asks for no other day; of "12 or 15" one is enough. A day that a relative
    date names counts as said.
    """
    shown = [one.text for one in said]
    for item in (item for one in said for item in one.evidence):
        shown.append(spelled_out(item.text, item.article.published))
    known = numbers_in("\n".join(shown))
    return all(known & numbers for numbers in pinned_numbers(question))


def _holders(
    short: Sequence[str], question: str, evidence: Sequence[Evidence]
) -> Iterator[Evidence]:
    """For each of the few words, the sentence that holds them and is most about the question."""
    near = ABOUT * max((coverage(question, item.text) for item in evidence), default=0.0)
    for part in short:
        holders = [
            item
            for item in evidence
            if stands_in(part, item.text)
            and gives(item.text, question)
            and coverage(question, item.text) >= near
        ]
        if holders:
            yield max(holders, key=lambda item: coverage(question, item.text))


def _for_parts(
    question: str, said: Sequence[str], cited: Sequence[Evidence], evidence: Sequence[Evidence]
) -> list[Evidence]:
    parts = parts_of(question)
    added: list[Evidence] = []
    for part in parts if len(parts) > 1 else []:
        about = topic_of(part) if content_stems(topic_of(part)) else question
        shown = "\n".join([*said, *texts_of(added)])
        carried = "\n".join([shown, *texts_of(cited)])
        served = coverage(about, carried) if gives(shown, part) else 0.0
        best = max(evidence, key=lambda item: _serves(part, about, item.text))
        better = _serves(part, about, best.text) >= served + CLEARLY
        enough = ANSWERED if wanted(part) is Wanted.ANYTHING else GIVEN
        if served < enough and better and best not in added:
            added.append(best)
    return added


def _for_articles(
    question: str, cited: Sequence[Evidence], evidence: Sequence[Evidence]
) -> list[Evidence]:
    about = "\n".join([question, *texts_of(cited)])
    named = {item.article.id for item in cited}
    added: list[Evidence] = []
    for item in sorted(evidence, key=lambda item: -coverage(about, item.text)):
        if item.article.id not in named and coverage(question, item.text) >= RELATED:
            named.add(item.article.id)
            added.append(item)
    return added


def _serves(part: str, about: str, text: str) -> float:
    """Coverage of what a part is about; nothing if what it asks for is not there."""
    return coverage(about, text) if gives(text, part) else 0.0
