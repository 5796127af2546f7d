"""Statements of different articles, compared value by value."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from index.lexical import words
from rag.conflicts.moments import of_one_time, statement_of
from rag.conflicts.names import swapped_name
from rag.conflicts.statements import Statement, alike, apart, one_story, overlap, read
from rag.conflicts.words import Kind, Value, folded, tokens_of
from rag.types import Evidence

SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n")
LEAST_ALIKE = 0.5  # of the shorter statement's words, for a quantity or a date
NEARLY_THE_SAME = 0.75  # for a quantity whose sort is common: "20 points", "9 days"
BARE = 0.5  # of all words of two statements, for a number that stands alone
LEAST_SHARED = 2  # words
ASKS_NUMBER = frozenset({"many", "much", "number", "percentag", "cost", "popul", "age"})
ASKS_SIZE = frozenset({"deep", "far", "high", "long", "old", "tall", "wide"})
AMOUNTS = frozenset({"dollar", "euro", "percent", "pound"})
ASKS_DATE = frozenset({"when", "year", "date", "day", "month"})
ASKS_NAME = frozenset({"who", "where", "which", "whose", "whom", "what"})


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values, and every sentence that states it.

    Attributes:
        value: In the words of the first of those sentences.
        evidence: Never empty; in the order of the evidence.
    """

    value: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Values of one thing of which only one can hold.

    Attributes:
        slot: What differs, in words of the sentences: "people killed".
        sides: At least two, from different articles, in the order of the evidence.
    """

    slot: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A value where it stands; `rank` is the evidence's position."""

    rank: int
    value: Value
    statement: Statement
    evidence: Evidence

    @property
    def text(self) -> str:
        return " ".join(self.statement.text[self.value.start : self.value.end].split())

    def agrees(self, other: "_Claim") -> bool:
        """Whether both state one value of one sort."""
        same = self.value.same_sort(other.value)
        return same and not self.value.differs(other.value)


def conflicts_of(evidence: Sequence[Evidence], about: str) -> tuple[Conflict, ...]:
    """Find what articles state differently, as far as it is asked.

    Args:
        evidence: Sentences in rank order.
        about: The question and the answer's sentence, joined: a value that neither of them is
            about is left out.

    Returns:
        In the order of the first side's evidence; ties as the values stand in that sentence.
    """
    statements = [statement_of(item) for item in evidence]
    claims = [
        _Claim(rank, value, statement, evidence[rank])
        for rank, statement in enumerate(statements)
        for value in statement.values
    ]
    asked = [value for part in SENTENCE_END.split(about) for value in read(part).values]
    pairs = [
        (one, other)
        for one, other in _differing(claims, statements, evidence)
        if of_one_time(one.evidence, one.value, other.evidence, other.value)
        and _is_asked(one, other, about, asked)
    ]
    found = (_conflict(group) for group in _grouped(pairs))
    return tuple(conflict for conflict in found if not _is_muddled(conflict))


def _differing(
    claims: Sequence[_Claim], statements: Sequence[Statement], evidence: Sequence[Evidence]
) -> Iterator[tuple[_Claim, _Claim]]:
    for one, other in combinations(claims, 2):
        if _other_article(one, other) and _conflict_in(one, other, claims):
            yield one, other
    for i, j in combinations(range(len(evidence)), 2):
        if evidence[i].article.id != evidence[j].article.id:
            found = swapped_name(statements[i], statements[j], evidence[i], evidence[j])
            if found:
                yield (
                    _Claim(i, found[0], statements[i], evidence[i]),
                    _Claim(j, found[1], statements[j], evidence[j]),
                )


def _other_article(one: _Claim, other: _Claim) -> bool:
    return one.evidence.article.id != other.evidence.article.id


def _conflict_in(one: _Claim, other: _Claim, claims: Sequence[_Claim]) -> bool:
    """Whether two values differ, belong together, and neither article states the other's too."""
    if not one.value.same_sort(other.value) or not one.value.differs(other.value):
        return False
    return _belong_together(one, other) and not any(
        (claim.agrees(one) and not _other_article(claim, other))
        or (claim.agrees(other) and not _other_article(claim, one))
        for claim in claims
    )


def _belong_together(one: _Claim, other: _Claim) -> bool:
    here, there = one.statement, other.statement
    share = alike(here, there)
    shared = here.stems & there.stems
    close = one.value.anchors & other.value.anchors
    needed = LEAST_ALIKE if one.value.is_particular else NEARLY_THE_SAME
    if not one.value.unit and one.value.kind is Kind.QUANTITY and overlap(here, there) < BARE:
        return False
    if share < needed or not close or (len(shared) < LEAST_SHARED and here.stems != there.stems):
        return False
    if apart(here, there) or _other_moment(one, other):
        return False
    return one_story(one.evidence.article.text, other.evidence.article.text)


def _other_moment(one: _Claim, other: _Claim) -> bool:
    """Whether something else differs too: then they are two events, not two accounts of one."""
    return any(
        a.differs(b) and a.same_sort(b) and (a.kind is Kind.DATE or one.value.kind is Kind.DATE)
        for a in one.statement.values
        for b in other.statement.values
        if (a, b) != (one.value, other.value) and not _stated_twice(a, b, one, other)
    )


def _stated_twice(a: Value, b: Value, one: _Claim, other: _Claim) -> bool:
    """Whether the other sentence has the value as well."""
    mine = any(a.same_sort(v) and not a.differs(v) for v in other.statement.values)
    return mine or any(b.same_sort(v) and not b.differs(v) for v in one.statement.values)


def _is_asked(one: _Claim, other: _Claim, question: str, asked: Sequence[Value]) -> bool:
    """Whether a slot belongs to what is asked: its words are there, and so is its sort of value."""
    about = {form for word in words(question) for form in (word, folded(word))}
    shared = one.statement.stems & other.statement.stems
    if not about & shared:
        return False
    near = one.value.anchors & other.value.anchors
    if one.value.kind is Kind.NAME:
        stated = any(set(words(c.text)) <= set(words(question)) for c in (one, other))
        return stated or bool(near & about and ASKS_NAME & about)
    stated = any(
        v.same_sort(one.value) and (not v.differs(one.value) or not v.differs(other.value))
        for v in asked
    )
    if one.value.kind is Kind.DATE:
        return bool(near & about) and (stated or bool(ASKS_DATE & about))
    return stated or _asks_number(one.value, near, about)


def _asks_number(value: Value, near: frozenset[str], about: set[str]) -> bool:
    """Whether a question wants such a number: "how many people", "how much", "how long"."""
    if ASKS_SIZE & about & near:
        return True
    if value.unit in AMOUNTS:
        return bool(ASKS_NUMBER & about and near & about)
    counted = {value.state} if value.state else set(value.unit.split()) or near
    return bool(ASKS_NUMBER & about and counted & about)


def _grouped(pairs: Sequence[tuple[_Claim, _Claim]]) -> list[list[_Claim]]:
    """Claims that differ, put together with those that they differ from, in order."""
    groups: list[list[_Claim]] = []
    for pair in pairs:
        joined = [group for group in groups if any(claim in group for claim in pair)]
        merged = [claim for group in joined for claim in group]
        merged += [claim for claim in pair if claim not in merged]
        groups = [group for group in groups if group not in joined] + [merged]
    ordered = [sorted(group, key=_place) for group in groups]
    return sorted(ordered, key=lambda group: _place(group[0]))


def _place(claim: _Claim) -> tuple[int, int]:
    return claim.rank, claim.value.start


def _conflict(group: Sequence[_Claim]) -> Conflict:
    sides: list[list[_Claim]] = []
    for claim in group:
        side = next((s for s in sides if _same_value(s[0], claim)), None)
        if side is None:
            sides.append([claim])
        else:
            side.append(claim)
    return Conflict(_slot(group[0], group), tuple(_side(side) for side in sides))


def _same_value(one: _Claim, other: _Claim) -> bool:
    return one.agrees(other) and (one.value.kind is not Kind.NAME or one.text == other.text)


def _side(claims: Sequence[_Claim]) -> Side:
    found = {claim.rank: claim.evidence for claim in claims}
    return Side(claims[0].text, tuple(found[rank] for rank in sorted(found)))


def _is_muddled(conflict: Conflict) -> bool:
    """Whether one sentence stands on two sides: then the slot was not read well enough."""
    spans = [
        (item.article.id, item.sentence.start) for side in conflict.sides for item in side.evidence
    ]
    return len(set(spans)) < len(spans)


def _slot(first: _Claim, group: Sequence[_Claim]) -> str:
    """What is counted and what happened to it, in the first sentence's own words."""
    start, end = first.value.start, first.value.end
    shared = frozenset.intersection(*(claim.value.anchors for claim in group))
    wanted = {first.value.state} if first.value.state else shared
    tokens = tokens_of(first.statement.text)
    units = first.value.unit.split()
    counted = [t.plain for t in tokens if start <= t.start < end and t.stem in units]
    told = [t.plain for t in tokens if not start <= t.start < end and t.stem in wanted]
    return " ".join(dict.fromkeys([*counted, *told]))
