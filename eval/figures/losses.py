"""Where each question was lost: one stage for each, from question and reply alone, by no model.

    question → found → answered or refused → drafted and checked → cited → read → right

A question counts at the first stage at which it was lost: what was not found cannot be cited.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from eval.cases import Ask, Span
from eval.figures.answers import is_correct, token_f1
from eval.replies import Reply
from eval.results import Result

LEAST_F1 = 0.5  # of a right answer where no slots decide; set by hand, fitted to nothing
ERROR = "error:"  # what the refusal of a question that the engine could not take begins with


class Stage(StrEnum):
    """What became of a question, in the order of the pipeline; the values are its names."""

    RIGHT = "right"
    NOT_TOLD = "not told"
    NOT_RETRIEVED = "not retrieved"
    WRONGLY_REFUSED = "wrongly refused"
    WRONGLY_DROPPED = "wrongly dropped"
    NOT_SELECTED = "not selected"
    MISREAD = "misread"
    ANSWERED = "answered"
    FAILED = "failed"


LOST = (
    Stage.NOT_RETRIEVED,
    Stage.WRONGLY_REFUSED,
    Stage.WRONGLY_DROPPED,
    Stage.NOT_SELECTED,
    Stage.MISREAD,
)
"""What can become of an answerable question that is not answered rightly, errors aside."""

Counts = Mapping[Stage, int]
"""Stage → questions, in the order of the pipeline."""


def stage_of(ask: Ask, reply: Reply) -> Stage:
    """The stage at which a reply was lost, or RIGHT.

    An answer is right if it fills every slot; where there are only references, if it shares at
    least `LEAST_F1` token F1 with one of them; where there are neither, nothing tells: NOT_TOLD.
    In all three it must not say anything forbidden.

    What was found counts as shown, although the end of it may not have fitted into the prompt.
    Without gold, or if the system does not search, NOT_RETRIEVED and NOT_SELECTED cannot be told:
    a refusal is then WRONGLY_REFUSED or WRONGLY_DROPPED, a wrong answer MISREAD.
    """
    if (reply.refusal or "").startswith(ERROR):
        return Stage.FAILED
    if ask.must_refuse:
        return Stage.RIGHT if reply.refused else Stage.ANSWERED
    if not reply.refused and is_right(ask, reply.text):
        return Stage.RIGHT if _is_told(ask) else Stage.NOT_TOLD
    return _lost_at(ask, reply)


def stages_for(ask: Ask, reply: Reply) -> frozenset[Stage]:
    """The stages that can be told of a question: `stage_of` is always one of them."""
    if ask.must_refuse:
        return frozenset({Stage.RIGHT, Stage.ANSWERED, Stage.FAILED})
    stages = {Stage.WRONGLY_REFUSED, Stage.WRONGLY_DROPPED, Stage.FAILED}
    stages.add(Stage.RIGHT if _is_told(ask) else Stage.NOT_TOLD)
    if _is_traced(ask, reply):
        stages |= {Stage.NOT_RETRIEVED, Stage.NOT_SELECTED}
    if _is_told(ask) or ask.forbidden:
        return frozenset(stages | {Stage.MISREAD})
    return frozenset(stages - {Stage.NOT_SELECTED})


def is_right(ask: Ask, text: str) -> bool:
    """Whether an answer to an answerable question is right, as far as anything tells."""
    if ask.references and not ask.slots:
        near = any(token_f1(text, reference) >= LEAST_F1 for reference in ask.references)
        return near and is_correct(ask, text)
    return is_correct(ask, text)


def counts_of(results: Sequence[Result], must_refuse: bool | None = None) -> Counts:
    """How many questions are at each stage.

    Args:
        results: Of one suite and system; what is no reply to a question is passed over, and so is
            one of which a reader's liking alone is known.
        must_refuse: Counts only those that must be refused, or only the answerable ones.

    Returns:
        Every stage that can be told of any of them, 0 included; empty if there is no such question.
    """
    found = list(_replies(results, must_refuse))
    possible = frozenset[Stage]().union(*(stages_for(ask, reply) for ask, reply in found))
    stages = [stage_of(ask, reply) for ask, reply in found]
    return {stage: stages.count(stage) for stage in Stage if stage in possible}


def counts_by_kind(results: Sequence[Result]) -> dict[str, Counts]:
    """Kind → stage → questions of both sorts, kinds in alphabetical order."""
    kinds: dict[str, list[Result]] = {}
    for result in results:
        kinds.setdefault(result.case.kind, []).append(result)
    return {kind: counts_of(kinds[kind]) for kind in sorted(kinds)}


def _replies(results: Sequence[Result], must_refuse: bool | None) -> Iterator[tuple[Ask, Reply]]:
    for result in results:
        case, reply = result.case, result.reply
        if not isinstance(case, Ask) or not isinstance(reply, Reply) or case.liked is not None:
            continue
        if must_refuse in {None, case.must_refuse}:
            yield case, reply


def _is_told(ask: Ask) -> bool:
    """Whether anything tells a right answer from a wrong one."""
    return bool(ask.slots or ask.references)


def _is_traced(ask: Ask, reply: Reply) -> bool:
    """Whether the evidence can be followed from where it was found to where it is cited."""
    return bool(ask.gold) and reply.searched


def _lost_at(ask: Ask, reply: Reply) -> Stage:
    """The stage of an answerable question that was not answered rightly."""
    if _is_traced(ask, reply) and not _has_all(reply.evidence, ask):
        return Stage.NOT_RETRIEVED
    if reply.refused:
        return Stage.WRONGLY_DROPPED if reply.dropped else Stage.WRONGLY_REFUSED
    if _is_traced(ask, reply) and not _has_all(reply.citations, ask):
        return Stage.NOT_SELECTED
    return Stage.MISREAD


def _has_all(spans: Sequence[Span], ask: Ask) -> bool:
    """Whether every group of gold has a member that one of the spans overlaps."""
    return all(any(span.overlaps(gold) for gold in group for span in spans) for group in ask.gold)
