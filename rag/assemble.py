"""Verified sentences → the answer: citations numbered once, days named, agreement counted.

A refusal is built here as well: what was looked for, and the nearest thing that the articles say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.atoms import missing_atoms, stands_in
from rag.conflicts import Conflict as FoundConflict
from rag.corroborate import agreement_of
from rag.dates import Resolved, date_line, relative_dates, written
from rag.effort import Effort
from rag.few import few_words
from rag.overlap import coverage
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Conflict,
    ConflictSide,
    Evidence,
    Receipt,
    Refusal,
    RefusalCode,
    Status,
)
from rag.verify import Verified
from rag.wording import looked_for, premise_of, shown

CARRIES = 0.6  # coverage by one article's sentence that says the whole
NEAREST = 0.35  # cosine under which no sentence is near enough to a question to be offered
STANDS = 0.5  # coverage of a premise above which a sentence is about it, in whatever words

UNSAFE = "This asks for something else than what the articles say."
AMBIGUOUS = "The question does not say whom or what it is about; please name them."
OUTSIDE = "No article is inside the given dates or filters."
NO_ARTICLES = "There are no articles yet; add some, then ask again."


class AnswerBuilder:
    """Collects what belongs to one answer.

    Args:
        effort: Told when the first sentence stands.
    """

    def __init__(
        self,
        *,
        question_used: str,
        model_sha256: str,
        generation: str,
        prompt_sha256: str,
        version: str,
        effort: Effort,
    ) -> None:
        self._question_used = question_used
        self._receipt = Receipt(model_sha256, generation, prompt_sha256, version)
        self._effort = effort
        self._sentences: list[AnswerSentence] = []
        self._citations: dict[tuple[str, int, int], Citation] = {}

    def add(self, verified: Verified) -> tuple[AnswerSentence, tuple[Citation, ...]] | None:
        """Append a sentence, without markup and its days named, and what it is first to cite.

        A span cited before keeps its number. None, and nothing appended, if markup was all of it.
        """
        if not is_showable(verified):
            return None
        known = len(self._citations)
        verified = with_days(replace(verified, text=shown(verified.text)))
        ids = self._cite(verified.evidence)
        sentence = AnswerSentence(verified.text, ids, round(verified.support, 4))
        self._sentences.append(sentence)
        self._effort.said()
        return sentence, tuple(self._citations.values())[known:]

    def finish(
        self, confidence: float, conflicts: Iterable[FoundConflict], short: Sequence[str]
    ) -> Answer:
        """The answer; of the few words, only those that stand in what it cites and can be it."""
        texts = [sentence.text for sentence in self._sentences]
        cited = tuple(self._citations.values())
        standing = few_words(short, self._question_used, texts, cited)
        answer = self._answer(Status.ANSWERED, None, confidence)
        return replace(
            answer,
            conflicts=tuple(self._conflict(conflict) for conflict in conflicts),
            short="; ".join(standing) or None,
        )

    def refuse(
        self,
        code: RefusalCode,
        question: str,
        evidence: Sequence[Evidence],
        confidence: float,
        *,
        dropped: bool = False,
        because: str | None = None,
    ) -> Answer:
        """A refusal that names what was looked for and cites the nearest thing that is said.

        Args:
            code: Why.
            question: What was looked for.
            evidence: What was found; may be empty.
            confidence: What led to the refusal.
            dropped: Whether a draft was there and could not be verified.
            because: What is said in place of what was looked for.

        Of a question that is off topic, nothing that it takes for granted is denied: what stands
        in the articles was not looked at.
        """
        if code is RefusalCode.UNSAFE:
            return self._answer(Status.REFUSED, Refusal(code, UNSAFE), confidence)
        if code is RefusalCode.AMBIGUOUS:
            return self._answer(Status.REFUSED, Refusal(code, AMBIGUOUS), confidence)
        stands = code is RefusalCode.OFF_TOPIC or premise_stands(question, evidence)
        message = because or looked_for(question, stands)
        near = [item for item in evidence if item.similarity >= NEAREST]
        ids = self._cite(sorted(near, key=lambda item: -item.similarity)[:1])
        answer = self._answer(Status.REFUSED, Refusal(code, message, ids), confidence)
        return replace(answer, dropped=dropped)

    def _cite(self, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        ids = []
        for item in evidence:
            key = _span(item)
            number = len(self._citations) + 1
            if key not in self._citations:
                self._citations[key] = Citation(number, item.article, key[1], key[2], item.text)
            ids.append(self._citations[key].id)
        return tuple(dict.fromkeys(ids))

    def _conflict(self, found: FoundConflict) -> Conflict:
        """A conflict whose sides cite what the sentences cite already; nothing is cited anew."""
        sides = [
            ConflictSide(shown(side.value), self._cited(side.evidence)) for side in found.sides
        ]
        return Conflict(shown(found.slot), tuple(sides))

    def _cited(self, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        found = (self._citations.get(_span(item)) for item in evidence)
        return tuple(citation.id for citation in found if citation is not None)

    def _answer(self, status: Status, refusal: Refusal | None, confidence: float) -> Answer:
        citations = tuple(self._citations.values())
        return Answer(
            status=status,
            refusal=refusal,
            sentences=tuple(self._sentences),
            citations=citations,
            agreement=agreement_of(self._sentences, citations),
            confidence=round(confidence, 4),
            question_used=self._question_used,
            timings=self._effort.timings(),
            receipt=self._receipt,
            usage=self._effort.usage(),
        )


def _span(item: Evidence) -> tuple[str, int, int]:
    return item.article.id, item.sentence.start, item.sentence.end


def is_showable(verified: Verified) -> bool:
    """Whether anything is left of a sentence without its markup."""
    return any(map(str.isalnum, shown(verified.text)))


def with_days(verified: Verified) -> Verified:
    """A sentence whose relative dates are followed by the days that they name.

    The line of an article that states its date is cited as well, where a day depends on it and the
    article has one.
    """
    told = _days_told(verified.text, verified.evidence)
    text = verified.text
    for resolved in reversed(told):
        text = f"{text[: resolved.end]} ({written(resolved)}){text[resolved.end :]}"
    lines = {item.article.id: (item, date_line(item.article)) for item in told.values()}
    dated = [replace(item, sentence=line) for item, line in lines.values() if line is not None]
    return replace(verified, text=text, evidence=(*verified.evidence, *dated))


def _days_told(text: str, evidence: Sequence[Evidence]) -> dict[Resolved, Evidence]:
    """Relative dates of a text, in its order, and the first evidence that names the same days.

    Words of the text alone are not enough, since each article counts from its own date; words to
    which two articles give different days name none, nor do words that an article without a date
    has as well, unless the dated one carries the text alone: then the other only repeats it.
    """
    told: dict[Resolved, Evidence] = {}
    for item in evidence:
        published = item.article.published
        if published is None:
            continue
        days = {(one.first, one.last) for one in relative_dates(item.text, published)}
        for one in relative_dates(text, published):
            if (one.first, one.last) in days:
                told.setdefault(one, item)
    undated = [item for item in evidence if item.article.published is None]
    clear = [
        one
        for one, item in told.items()
        if not any(_overlap(one, other) for other in told)
        and not any(
            stands_in(text[one.start : one.end], other.text)
            and coverage(text, item.text) < max(CARRIES, coverage(text, other.text))
            for other in undated
        )
    ]
    return {one: told[one] for one in sorted(clear, key=lambda one: one.start)}


def _overlap(one: Resolved, other: Resolved) -> bool:
    """Whether two readings share words; a reading is no rival of itself."""
    return one != other and one.start < other.end and other.start < one.end


def premise_stands(question: str, evidence: Sequence[Evidence]) -> bool:
    """Whether the articles may say what a question takes for granted; True if that is nothing.

    That they do not is said only where a name, a number or quoted words of it are in none of the
    evidence, or no sentence has more than `STANDS` of its words: other words may say the same.
    """
    premise = premise_of(question)
    if premise is None:
        return True
    texts = [item.text for item in evidence]
    best = max((coverage(premise, text) for text in texts), default=0.0)
    return best > STANDS and not len(missing_atoms(premise, "\n".join(texts)))
