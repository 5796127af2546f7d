from dataclasses import replace

import pytest

from eval.metrics import Score, is_correct, normalise, score
from eval.run import Result, summarise
from eval.suite import Case, Kind, Slot, Span, Split
from index.articles import Article
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Receipt,
    Refusal,
    RefusalCode,
    Status,
    Timings,
)

FERRY = Article("ferry", "The ferry left at 9. It rained.", "Ferry")
COPY = Article("copy", "At 9 the ferry left.", "Copy")
FILES = {"ferry": FERRY.text, "copy": COPY.text}
RECEIPT = Receipt("0", "1", "2", "3")
CASE = Case(
    id="one",
    question="What left, and when?",
    kind=Kind.FACT,
    split=Split.DEV,
    slots=(Slot(name="what", aliases=("ferry", "the ship")), Slot(name="when", aliases=("9",))),
    gold=(
        (
            Span(article_id="ferry", start=0, end=20, quote="The ferry left at 9."),
            Span(article_id="copy", start=0, end=20, quote="At 9 the ferry left."),
        ),
        (Span(article_id="ferry", start=21, end=31, quote="It rained."),),
    ),
    required_articles=("copy", "ferry"),
)
TRAP = CASE.model_copy(
    update={"kind": Kind.FALSE_PREMISE, "slots": (), "gold": (), "required_articles": ()}
)


def answered(text: str, *spans: tuple[Article, int, int], total_ms: int = 10) -> Answer:
    citations = tuple(
        Citation(number, article, start, end, article.text[start:end])
        for number, (article, start, end) in enumerate(spans, start=1)
    )
    sentence = AnswerSentence(text, tuple(c.id for c in citations), 1.0)
    timings = Timings(1, 5, total_ms)
    return Answer(Status.ANSWERED, None, (sentence,), citations, (), 0.9, "?", timings, RECEIPT)


def refused() -> Answer:
    refusal = Refusal(RefusalCode.NOT_IN_ARTICLES, "no")
    return Answer(Status.REFUSED, refusal, (), (), (), 0.1, "?", Timings(1, None, 2), RECEIPT)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The “225th” Regiment’s", "225th regiment s"),
        ("1.2 miles, 2,000 people.", "1.2 miles 2,000 people"),
        ("A  cross-border\nraid [1]", "cross border raid 1"),
        ("U.S.", "u s"),
    ],
)
def test_normalise(text: str, plain: str) -> None:
    assert normalise(text) == plain


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("The ferry left at 9.", True),
        ("At 9, the ship sailed.", True),
        ("The ferryman left at 9.", False),
        ("The ferry left at 19.", False),
        ("The ferry left.", False),
    ],
)
def test_every_slot_must_be_filled_by_whole_words(text: str, right: bool) -> None:
    assert is_correct(CASE, answered(text, (FERRY, 0, 20))) is right


def test_marker_numbers_fill_no_slot() -> None:
    spans = [(FERRY, start, start + 1) for start in range(9)]
    assert not is_correct(CASE, answered("The ferry left.", *spans))


def test_score_of_an_answer_by_value() -> None:
    answer = answered("The ferry left at 9.", (FERRY, 4, 9), (COPY, 0, 4), (FERRY, 20, 21))
    assert score(CASE, answer, FILES) == Score(
        refused=False,
        must_refuse=False,
        correct=True,
        citations=3,
        pointers=3,
        on_gold=2,
        recall=0.5,
        both_cited=True,
        atoms=1,
        atoms_supported=1,
    )


def test_pointers_are_checked_against_the_file_and_not_the_index() -> None:
    answer = answered("The ferry left at 9.", (FERRY, 0, 20), (COPY, 0, 4))
    found = score(CASE, answer, {"ferry": "The ferry sank at 9.", "copy": COPY.text})
    assert (found.citations, found.pointers) == (2, 1)


def test_a_refusal_is_wrong_for_what_can_be_answered_and_right_for_the_rest() -> None:
    wrong, right = score(CASE, refused(), FILES), score(TRAP, refused(), FILES)
    assert (wrong.correct, wrong.recall, wrong.confidently_wrong) == (False, 0.0, False)
    assert (right.correct, right.recall, right.on_gold) == (True, None, None)


def test_an_answer_to_what_must_be_refused_is_confidently_wrong() -> None:
    found = score(TRAP, answered("The ferry left.", (FERRY, 0, 20)), FILES)
    assert (found.correct, found.confidently_wrong) == (False, True)


def test_summary_by_value() -> None:
    pairs = [
        (CASE, answered("The ferry left at 9.", (FERRY, 0, 20), total_ms=100)),
        (CASE, answered("The ferry left.", (FERRY, 21, 31), (COPY, 0, 20), total_ms=300)),
        (CASE, refused()),
        (TRAP, refused()),
        (TRAP, answered("The ferry left.", (FERRY, 0, 20), total_ms=200)),
    ]
    results = [Result(case, answer, score(case, answer, FILES)) for case, answer in pairs]
    summary = summarise(results)
    assert summary["questions"] == 5
    assert summary["figures"] == {
        "questions": 5,
        "pointer_validity": 1.0,
        "correctness": 0.3333,
        "false_refusal": 0.3333,
        "refused_of_unanswerable": 0.5,
        "refusal_precision": 0.5,
        "confidently_wrong": 0.4,
        "gold_precision": 1.0,
        "gold_recall": 0.5,
        "both_articles_cited": 0.3333,
        "atom_support": 1.0,
    }
    assert summary["by_kind"]["false_premise"]["correctness"] is None
    assert summary["latency_ms"]["total"] == {"p50": 100, "p95": 280}
    assert summary["latency_ms"]["first_sentence"] == {"p50": 5, "p95": 5}


def test_a_result_keeps_its_receipt_and_question() -> None:
    answer = replace(answered("The ferry left at 9.", (FERRY, 0, 20)), confidence=0.5)
    line = Result(CASE, answer, score(CASE, answer, FILES)).to_json()
    assert line["question"] == CASE.question
    assert isinstance(line["answer"], dict)
    assert line["answer"]["receipt"]["index_generation"] == "1"
