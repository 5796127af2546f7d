"""Where answers are lost: one stage a question, the first that applies, and counts that add up."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest

from eval.cases import AnyCase, Ask, Slot, Span
from eval.figures.answers import score_ask
from eval.figures.losses import (
    LEAST_F1,
    LOST,
    Stage,
    counts_by_kind,
    counts_of,
    is_right,
    stage_of,
    stages_for,
)
from eval.figures.summary import share_of
from eval.replies import AnyReply, Reply, Timing
from eval.report.losses import MEANINGS, LossCell, loss_view, stages_in
from eval.results import Result, reply_from
from eval.runner import asked
from eval.suites.protocol import Task
from eval.tables import lost_in_words, summary
from rag.errors import EngineDied
from tests.eval.samples import (
    ASK,
    CORPUS,
    LEFT,
    LEFT_TOO,
    RAINED,
    REFUSED,
    TRAP,
    answered,
    judged,
)

FOUND = (LEFT_TOO, RAINED)
RIGHT, WRONG = "The ferry left at 9.", "The ferry left at 10."
ELSEWHERE = Span(article_id="copy", start=25, end=30, quote="Later")
BARE = ASK.model_copy(update={"gold": ()})
NOT_TOLD = ASK.model_copy(update={"gold": (), "slots": ()})


def shown(reply: Reply, *evidence: Span) -> Reply:
    """A reply of a system that has searched, and found this."""
    return reply.model_copy(update={"searched": True, "evidence": evidence})


DROPPED = REFUSED.model_copy(update={"dropped": True})


@pytest.mark.parametrize(
    ("ask", "reply", "stage"),
    [
        (ASK, shown(answered(RIGHT, LEFT), *FOUND), Stage.RIGHT),
        (ASK, shown(answered(RIGHT)), Stage.RIGHT),
        (ASK, shown(answered(WRONG, LEFT, RAINED), LEFT), Stage.NOT_RETRIEVED),
        (ASK, shown(answered(WRONG, LEFT, RAINED), LEFT, LEFT_TOO), Stage.NOT_RETRIEVED),
        (ASK, shown(answered(WRONG, LEFT), ELSEWHERE, RAINED), Stage.NOT_RETRIEVED),
        (ASK, shown(REFUSED), Stage.NOT_RETRIEVED),
        (ASK, shown(DROPPED, LEFT), Stage.NOT_RETRIEVED),
        (ASK, shown(REFUSED, *FOUND), Stage.WRONGLY_REFUSED),
        (ASK, shown(DROPPED, *FOUND), Stage.WRONGLY_DROPPED),
        (ASK, shown(answered(WRONG, LEFT), *FOUND), Stage.NOT_SELECTED),
        (ASK, shown(answered(WRONG), *FOUND), Stage.NOT_SELECTED),
        (ASK, shown(answered(WRONG, LEFT, RAINED), *FOUND), Stage.MISREAD),
        (TRAP, shown(REFUSED, *FOUND), Stage.RIGHT),
        (TRAP, shown(DROPPED, *FOUND), Stage.RIGHT),
        (TRAP, shown(answered(RIGHT, LEFT), *FOUND), Stage.ANSWERED),
    ],
)
def test_the_first_stage_that_applies(ask: Ask, reply: Reply, stage: Stage) -> None:
    assert stage_of(ask, reply) is stage


@pytest.mark.parametrize(
    ("reply", "stage"),
    [
        (answered(RIGHT), Stage.RIGHT),
        (answered(WRONG), Stage.MISREAD),
        (REFUSED, Stage.WRONGLY_REFUSED),
        (DROPPED, Stage.WRONGLY_DROPPED),
    ],
)
def test_without_gold_or_search_nothing_is_said_of_finding(reply: Reply, stage: Stage) -> None:
    assert stage_of(BARE, shown(reply)) is stage
    assert stage_of(ASK, reply) is stage
    for ask, said in ((BARE, shown(reply)), (ASK, reply)):
        assert not {Stage.NOT_RETRIEVED, Stage.NOT_SELECTED} & stages_for(ask, said)


def test_references_decide_by_token_f1_at_one_half() -> None:
    ask = NOT_TOLD.model_copy(update={"references": ("nobody", "red green")})
    assert is_right(ask, "red blue")
    assert LEAST_F1 == 0.5
    assert not is_right(ask, "red blue white")
    said = {text: stage_of(ask, answered(text)) for text in ("red blue", "red blue white")}
    assert list(said.values()) == [Stage.RIGHT, Stage.MISREAD]


def test_slots_decide_where_there_are_references_as_well() -> None:
    ask = ASK.model_copy(update={"references": (WRONG,)})
    assert is_right(ask, f"{RIGHT} {'It rained and rained. ' * 9}")
    assert not is_right(ask, WRONG)


def test_what_is_forbidden_is_never_right() -> None:
    for ask in (ASK, NOT_TOLD, NOT_TOLD.model_copy(update={"references": (RIGHT,)})):
        assert is_right(ask, RIGHT)
        assert not is_right(ask.model_copy(update={"forbidden": ("left",)}), RIGHT)
    ask = NOT_TOLD.model_copy(update={"forbidden": ("left",)})
    assert stage_of(ask, answered(RIGHT)) is Stage.MISREAD


def test_an_answer_that_nothing_can_judge_is_not_called_right() -> None:
    assert stage_of(NOT_TOLD, answered(RIGHT)) is Stage.NOT_TOLD
    assert stage_of(NOT_TOLD, REFUSED) is Stage.WRONGLY_REFUSED
    assert Stage.RIGHT not in stages_for(NOT_TOLD, REFUSED)


def dying(case: AnyCase) -> tuple[AnyReply, Timing]:
    raise EngineDied("gone")


@pytest.mark.parametrize("ask", [ASK, TRAP, NOT_TOLD])
def test_an_error_is_no_refusal(ask: Ask) -> None:
    reply = reply_from(Task.ANSWER, asked(dying, ask).reply, "here")
    assert isinstance(reply, Reply)
    assert reply.refused
    assert stage_of(ask, reply) is Stage.FAILED


ASKS = [
    ask.model_copy(update={"forbidden": forbidden, "references": references})
    for ask in (ASK, BARE, NOT_TOLD, ASK.model_copy(update={"slots": ()}))
    for forbidden in ((), ("10",))
    for references in ((), (RIGHT,))
] + [TRAP]
SAID = [
    *(answered(text, *spans) for text in (RIGHT, WRONG, "No.") for spans in ((), (LEFT,), FOUND)),
    REFUSED,
    DROPPED,
    Reply(refused=True, refusal="error: engine_died"),
]
REPLIES = [*SAID, *(shown(reply, *spans) for reply in SAID for spans in ((), (LEFT,), FOUND))]


def results_of(asks: Sequence[Ask], replies: Sequence[Reply]) -> list[Result]:
    """Every question with every reply, figures included, in a suite of kinds by the question."""
    return [
        Result(
            "made",
            Task.ANSWER,
            "dateline",
            ask.model_copy(update={"id": f"{n}-{m}", "kind": f"kind-{n:02}"}),
            reply,
            score_ask(ask, reply, CORPUS),
        )
        for (n, ask), (m, reply) in product(enumerate(asks), enumerate(replies))
    ]


def test_every_stage_that_is_found_can_be_told() -> None:
    pairs = list(product(ASKS, REPLIES))
    assert all(stage_of(ask, reply) in stages_for(ask, reply) for ask, reply in pairs)
    assert {stage_of(ask, reply) for ask, reply in pairs} == set(Stage)


def test_every_stage_that_can_be_told_is_found() -> None:
    """For a question and a system that searches or not, by some reply of such a system."""
    for ask, searched in product(ASKS, (True, False)):
        replies = [reply for reply in REPLIES if reply.searched is searched]
        error = Reply(refused=True, refusal="error: x", searched=searched)
        found = {stage_of(ask, reply) for reply in (*replies, error)}
        assert found == stages_for(ask, replies[0])


def test_counts_agree_with_the_figures() -> None:
    slotted = [ask for ask in ASKS if ask.slots or ask.must_refuse]
    replies = [reply for reply in REPLIES if not (reply.refusal or "").startswith("error")]
    results = results_of(slotted, replies)
    answerable, must_refuse = counts_of(results, False), counts_of(results, True)
    shares = {
        "correctness": answerable[Stage.RIGHT] / sum(answerable.values()),
        "refusal_recall": must_refuse[Stage.RIGHT] / sum(must_refuse.values()),
    }
    assert {name: share_of(name, results) for name in shares} == pytest.approx(shares)


def test_each_question_counts_once_in_the_order_of_the_pipeline() -> None:
    results = results_of(ASKS, REPLIES)
    both = [counts_of(results, must) for must in (False, True)]
    assert [sum(counts.values()) for counts in both] == [
        (len(ASKS) - 1) * len(REPLIES),
        len(REPLIES),
    ]
    for counts in both:
        assert list(counts) == [stage for stage in Stage if stage in counts]
    assert list(both[1]) == [Stage.RIGHT, Stage.ANSWERED, Stage.FAILED]
    assert set(LOST) == set(both[0]) - {Stage.RIGHT, Stage.NOT_TOLD, Stage.FAILED}
    kinds = counts_by_kind(results)
    assert list(kinds) == sorted(kinds)
    for stage in Stage:
        total = sum(counts.get(stage, 0) for counts in kinds.values())
        assert total == sum(counts.get(stage, 0) for counts in both)


def test_a_kind_may_hold_both_sorts_and_what_cannot_be_told_is_no_zero() -> None:
    rows = results_of([ASK, TRAP], [shown(REFUSED, *FOUND)])
    mixed = [replace(r, case=r.case.model_copy(update={"kind": "k"})) for r in rows]
    (counts,) = counts_by_kind(mixed).values()
    assert counts[Stage.RIGHT] == counts[Stage.WRONGLY_REFUSED] == 1
    assert counts[Stage.ANSWERED] == counts[Stage.MISREAD] == 0
    assert Stage.NOT_TOLD not in counts
    assert counts_of(rows, True) == {Stage.RIGHT: 1, Stage.ANSWERED: 0, Stage.FAILED: 0}


def test_claims_are_lost_nowhere() -> None:
    claims = [judged("a", True, True), judged("b", False, False)]
    assert counts_of(claims) == counts_of([]) == {}
    assert lost_in_words(claims) == ""
    assert loss_view("suite-0", "made", {"dateline": claims}) is None


def test_a_row_a_stage_and_a_column_a_system_with_its_own_shares() -> None:
    ours = results_of([ASK, TRAP], [shown(REFUSED, *FOUND), shown(answered(RIGHT), *FOUND)])
    theirs = results_of([ASK, TRAP], [answered(WRONG)])
    view = loss_view("suite-3", "made", {"dateline": ours, "closed": theirs})
    assert view
    answerable, refused = view.groups
    assert (answerable.title, answerable.count) == ("Answerable", 2)
    cells = {row.stage: row.cells for row in answerable.rows}
    assert list(cells) == [Stage.RIGHT, *LOST]
    assert cells[Stage.RIGHT] == (LossCell("dateline", 1, 0.5), LossCell("closed", 0, 0.0))
    assert cells[Stage.MISREAD] == (LossCell("dateline", 0, 0.0), LossCell("closed", 1, 1.0))
    assert cells[Stage.NOT_RETRIEVED] == (LossCell("dateline", 0, 0.0), None)
    assert [row.stage for row in refused.rows] == [Stage.RIGHT, Stage.ANSWERED]
    assert (view.system, view.stages) == ("dateline", (Stage.RIGHT, *LOST, Stage.ANSWERED))
    assert [(row.kind, row.count, row.counts) for row in view.kinds] == [
        ("kind-00", 2, (1, 0, 1, 0, 0, 0, None)),
        ("kind-01", 2, (1, None, None, None, None, None, 1)),
    ]


def test_an_error_has_a_row_only_where_there_was_one() -> None:
    error = Reply(refused=True, refusal="error: engine_died")
    for replies, there in (([REFUSED], False), ([REFUSED, error], True)):
        view = loss_view("suite-0", "made", {"dateline": results_of([ASK], replies)})
        assert view
        assert (Stage.FAILED in dict(stages_in([view]))) is there
        assert view.kinds == ()


def test_every_stage_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Stage)
    assert len(set(MEANINGS.values())) == len(Stage)


def test_one_line_a_system_on_the_terminal() -> None:
    results = results_of([ASK, TRAP], [shown(REFUSED, *FOUND), shown(answered(RIGHT), *FOUND)])
    assert lost_in_words(results) == (
        "of 2 answerable: 1 right, 1 wrongly refused; of 2 to be refused: 1 right, 1 answered"
    )
    assert lost_in_words(results[:2]) == "of 2 answerable: 1 right, 1 wrongly refused"


def test_the_line_stands_below_the_table_of_its_suite(capsys: pytest.CaptureFixture[str]) -> None:
    results = results_of([ASK], [shown(REFUSED, *FOUND)])
    other = [replace(result, system="[b]copy") for result in results]
    summary([results, other, [replace(judged("a", True, True), suite="claims")]])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if " answerable: " in line] == [
        "dateline, of 1 answerable: 1 wrongly refused",
        "[b]copy, of 1 answerable: 1 wrongly refused",
    ]


def test_slots_under_every_name_are_right() -> None:
    slot = Slot(name="who", aliases=("Marta Olsen", "the captain"))
    ask = ASK.model_copy(update={"slots": (slot,)})
    found = [stage_of(ask, shown(answered(text), *FOUND)) for text in ("The captain.", "Marta.")]
    assert found == [Stage.RIGHT, Stage.NOT_SELECTED]
