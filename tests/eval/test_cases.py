"""The words of an evaluation: what a row may say, and how answers become replies."""

from datetime import date

import pytest
from pydantic import ValidationError

from eval.cases import Ask, Case, Search, Slot, Span, Turn
from eval.replies import CitedSentence, Reply, Verdict, reply_of, span_of
from rag.types import (
    Agreement,
    Answer,
    AnswerSentence,
    Citation,
    Filters,
    Message,
    Question,
    Receipt,
    Refusal,
    RefusalCode,
    Role,
    Status,
    Timings,
)
from tests.eval.samples import COPY, FERRY, LEFT, LEFT_TOO, RAINED
from tests.rag.samples import evidence_of

RECEIPT = Receipt("m", "g", "p", "v")
NAMED = {"model_sha256": "m", "index_generation": "g", "prompt_sha256": "p", "version": "v"}


@pytest.mark.parametrize(
    ("start", "end", "touches"), [(0, 1, True), (19, 30, True), (20, 21, False), (5, 6, True)]
)
def test_spans_overlap_if_they_share_a_character_of_one_article(
    start: int, end: int, touches: bool
) -> None:
    other = Span(article_id="ferry", start=start, end=end, quote="…")
    assert LEFT.overlaps(other) is other.overlaps(LEFT) is touches
    assert not LEFT_TOO.overlaps(other)


def test_a_case_stands_alone_unless_it_shares_a_source() -> None:
    assert Case(id="a", kind="k").unit == "a"
    assert Case(id="a", kind="k", cluster="s").unit == "s"


def test_a_question_reaches_the_pipeline_with_its_history_day_and_articles() -> None:
    ask = Ask(
        id="a",
        kind="k",
        question="When did it sail?",
        history=(Turn(role="user", content="The ferry?"), Turn(role="assistant", content="Yes.")),
        as_of=date(2025, 3, 4),
        articles=("ferry", "copy"),
    )
    assert ask.to_question() == Question(
        "When did it sail?",
        (Message(Role.USER, "The ferry?"), Message(Role.ASSISTANT, "Yes.")),
        date(2025, 3, 4),
        Filters(article_ids=frozenset({"ferry", "copy"})),
    )


@pytest.mark.parametrize(
    "more",
    [
        {"slots": (Slot(name="s", aliases=("x",)),)},
        {"gold": ((LEFT,),)},
        {"references": ("x",)},
    ],
)
def test_what_must_be_refused_has_no_right_answer(more: dict[str, object]) -> None:
    row = {"id": "a", "kind": "k", "question": "Why?", "must_refuse": True}
    assert Ask.model_validate(row).must_refuse
    with pytest.raises(ValidationError, match="has no slots, gold or references"):
        Ask.model_validate(row | more)


def test_rows_know_no_other_fields_and_no_empty_ones() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Search.model_validate({"id": "a", "kind": "k", "query": "q", "relevant": ["x"], "more": 1})
    with pytest.raises(ValidationError, match="relevant"):
        Search.model_validate({"id": "a", "kind": "k", "query": "q", "relevant": []})
    with pytest.raises(ValidationError, match="probability"):
        Verdict(probability=1.01)


def test_an_answer_becomes_a_reply_with_everything_that_it_said() -> None:
    citations = (
        Citation(1, COPY, 0, 20, COPY.text),
        Citation(2, FERRY, 0, 20, "The ferry left at 9."),
    )
    sentences = (AnswerSentence("It left at 9.", (2, 1), 0.8), AnswerSentence("It did.", (1,), 1.0))
    answer = Answer(
        Status.ANSWERED,
        None,
        sentences,
        citations,
        (Agreement((2, 1), 2, 1),),
        0.75,
        "When did it leave?",
        Timings(1, 2, 3),
        RECEIPT,
    )
    evidence = tuple(evidence_of(FERRY))
    reply = reply_of(answer, evidence)
    assert reply == Reply(
        refused=False,
        sentences=(
            CitedSentence(text="It left at 9.", citations=(2, 1), support=0.8),
            CitedSentence(text="It did.", citations=(1,), support=1.0),
        ),
        citations=(LEFT_TOO, LEFT),
        evidence=(LEFT, RAINED),
        confidence=0.75,
        question_used="When did it leave?",
        agreement=(1,),
        receipt=NAMED,
    )
    assert reply.text == "It left at 9. It did."
    assert reply.spans_of(reply.sentences[0]) == (LEFT, LEFT_TOO)
    assert [span_of(item) for item in evidence] == [LEFT, RAINED]


def test_a_refusal_becomes_its_code() -> None:
    refusal = Refusal(RefusalCode.OFF_TOPIC, "Nothing near.")
    timings = Timings(1, None, 2)
    answer = Answer(Status.REFUSED, refusal, (), (), (), 0.0, "Why?", timings, RECEIPT)
    assert reply_of(answer, ()) == Reply(
        refused=True, refusal="off_topic", confidence=0.0, question_used="Why?", receipt=NAMED
    )
