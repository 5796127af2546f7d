"""What cannot be constructed cannot be shown: citations, answers, filters."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article
from rag.errors import BrokenPointer
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Conflict,
    ConflictSide,
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

ARTICLE = Article(id="a", title="t", text="Nine 🚢 ships left. It rained on the quay; it rained.")
LENGTH = len(ARTICLE.text)
FIRST = Citation(1, ARTICLE, 0, 18, "Nine 🚢 ships left.")
ANSWERED = Answer(
    status=Status.ANSWERED,
    refusal=None,
    sentences=(AnswerSentence("Nine ships left.", (1,), 1.0),),
    citations=(FIRST,),
    agreement=(),
    confidence=0.9,
    question_used="How many ships left?",
    timings=Timings(1, 2, 3),
    receipt=Receipt("0" * 64, "g", "1" * 64, "test"),
)
REFUSED = replace(
    ANSWERED,
    status=Status.REFUSED,
    refusal=Refusal(RefusalCode.NOT_IN_ARTICLES, "No."),
    sentences=(),
    citations=(),
)


def differ(one: tuple[int, ...], other: tuple[int, ...]) -> Conflict:
    """Two accounts of how many ships left, by the citations of each."""
    return Conflict("ships", (ConflictSide("nine", one), ConflictSide("ten", other)))


def test_times_after_a_wait_are_all_later() -> None:
    assert Timings(1, 2, 3).later(10) == Timings(11, 12, 13, waited=10)
    assert Timings(1, None, 3).later(10) == Timings(11, None, 13, waited=10)


@given(st.integers(0, LENGTH - 1), st.integers(1, LENGTH))
def test_a_citation_of_any_span_quotes_it(start: int, end: int) -> None:
    if start >= end:
        start, end = end - 1, start + 1
    quote = ARTICLE.text[start:end]
    assert Citation(1, ARTICLE, start, end, quote).quote == quote


@given(
    st.integers(-LENGTH, LENGTH).map(lambda shift: FIRST.start + shift),
    st.integers(-LENGTH, LENGTH).map(lambda shift: FIRST.end + shift),
)
def test_a_shifted_citation_cannot_exist(start: int, end: int) -> None:
    if (start, end) != (FIRST.start, FIRST.end):
        with pytest.raises(BrokenPointer, match="citation 1 does not quote a"):
            replace(FIRST, start=start, end=end)


@given(st.integers(0, len(FIRST.quote) - 1), st.characters(codec="utf-8"))
def test_a_citation_with_another_quote_cannot_exist(place: int, letter: str) -> None:
    quote = FIRST.quote[:place] + letter + FIRST.quote[place + 1 :]
    if quote != FIRST.quote:
        with pytest.raises(BrokenPointer):
            replace(FIRST, quote=quote)


@pytest.mark.parametrize(
    ("start", "end", "quote"),
    [
        (-7, LENGTH, "rained."),  # Python would slice it
        (LENGTH - 7, LENGTH + 5, "rained."),  # and this
        (5, 5, ""),
        (18, 0, ""),
    ],
)
def test_spans_that_slicing_would_forgive_cannot_exist(start: int, end: int, quote: str) -> None:
    with pytest.raises(BrokenPointer):
        Citation(1, ARTICLE, start, end, quote)


def test_an_answer_and_a_refusal_can_exist() -> None:
    assert ANSWERED.text == "Nine ships left [1]."
    assert REFUSED.text == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sentences": (), "citations": ()}, "never both"),
        ({"status": Status.REFUSED}, "never both"),
        ({"refusal": Refusal(RefusalCode.OFF_TOPIC, "No.")}, "never both"),
        ({"citations": (replace(FIRST, id=2),)}, "numbered from 1"),
        ({"citations": (FIRST, FIRST)}, "numbered from 1"),
        ({"citations": ()}, "do not match"),
        ({"citations": (FIRST, replace(FIRST, id=2))}, "do not match"),
        ({"sentences": (AnswerSentence("Nine ships left.", (), 1.0),), "citations": ()}, "no cit"),
        ({"sentences": (AnswerSentence("Nine ships left.", (1, 2), 1.0),)}, "do not match"),
        (
            {"sentences": (*ANSWERED.sentences, AnswerSentence("It sank.", (), 1.0))},
            "a sentence has no citation",
        ),
        ({"conflicts": (differ((1,), ()),)}, "a side of a conflict"),
        ({"conflicts": (differ((1,), (2,)),)}, "a side of a conflict"),
        ({"conflicts": (differ((1,), (1,)), differ((1,), (0,)))}, "a side of a conflict"),
    ],
)
def test_an_answer_that_breaks_the_promise_cannot_exist(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(BrokenPointer, match=message):
        replace(ANSWERED, **change)  # type: ignore[arg-type]  # a table of any fields


def test_a_refusal_needs_a_reason() -> None:
    with pytest.raises(BrokenPointer, match="never both"):
        replace(REFUSED, refusal=None)


def test_a_conflict_cites_what_the_answer_cites() -> None:
    second = replace(FIRST, id=2, start=19, end=41, quote="It rained on the quay;")
    said = (AnswerSentence("Nine ships left.", (1,), 1.0), AnswerSentence("Ten left.", (2,), 1.0))
    conflict = differ((1,), (2,))
    made = replace(ANSWERED, sentences=said, citations=(FIRST, second), conflicts=(conflict,))
    assert made.conflicts == (conflict,)


def near(*ids: int) -> Refusal:
    return Refusal(RefusalCode.NOT_IN_ARTICLES, "The articles do not say when.", ids)


def test_a_refusal_may_cite_the_nearest() -> None:
    refused = replace(REFUSED, refusal=near(1), citations=(FIRST,))
    assert (refused.text, refused.citations) == ("", (FIRST,))
    assert REFUSED.refusal is not None
    assert REFUSED.refusal.nearest == ()


@pytest.mark.parametrize(
    ("ids", "citations"), [((1,), ()), ((), (FIRST,)), ((2,), (FIRST,)), ((1, 2), (FIRST,))]
)
def test_the_nearest_is_cited_and_nothing_else(
    ids: tuple[int, ...], citations: tuple[Citation, ...]
) -> None:
    with pytest.raises(BrokenPointer, match="do not match"):
        replace(REFUSED, refusal=near(*ids), citations=citations)


def test_a_refusal_has_no_conflict_since_it_has_no_sentence() -> None:
    with pytest.raises(BrokenPointer, match="a side of a conflict"):
        replace(REFUSED, refusal=near(1), citations=(FIRST,), conflicts=(differ((1,), (1,)),))


@pytest.mark.parametrize("change", [{"short": "nine"}, {"dropped": True}])
def test_few_words_are_of_answers_and_dropping_is_of_refusals(change: dict[str, object]) -> None:
    wrong = REFUSED if "short" in change else ANSWERED
    right = ANSWERED if "short" in change else REFUSED
    with pytest.raises(BrokenPointer, match="few words belong to an answer"):
        replace(wrong, **change)  # type: ignore[arg-type]  # a table of two fields
    (name,) = change
    assert getattr(replace(right, **change), name) == change[name]  # type: ignore[arg-type]  # same


@pytest.mark.parametrize(
    ("text", "ids", "marked"),
    [
        ("It rained.", (1,), "It rained [1]."),
        ("It rained!", (2, 1), "It rained [2][1]!"),
        ("Did it rain?", (1,), "Did it rain [1]?"),
        ("It rained", (3,), "It rained [3]"),
        ("It rained. ", (1,), "It rained [1]."),
        ("He said “it rained.”", (1,), "He said “it rained.” [1]"),
        ("It rained...", (1,), "It rained.. [1]."),
    ],
)
def test_markers_stand_before_the_full_stop(text: str, ids: tuple[int, ...], marked: str) -> None:
    assert AnswerSentence(text, ids, 1.0).marked == marked


MARCH_4 = date(2025, 3, 4)
DATED = Article(id="dated", title="", text="x", outlet="Post", published=MARCH_4)
UNDATED = Article(id="undated", title="", text="x")


@pytest.mark.parametrize(
    ("filters", "dated", "undated"),
    [
        (Filters(), True, True),
        (Filters(article_ids=frozenset({"dated"})), True, False),
        (Filters(article_ids=frozenset({"undated", "other"})), False, True),
        (Filters(outlets=frozenset({"Post"})), True, False),
        (Filters(outlets=frozenset({"post"})), False, False),
        (Filters(published_from=MARCH_4), True, False),
        (Filters(published_from=date(2025, 3, 5)), False, False),
        (Filters(published_to=MARCH_4), True, False),
        (Filters(published_to=date(2025, 3, 3)), False, False),
        (Filters(published_from=MARCH_4, published_to=MARCH_4), True, False),
        (Filters(published_from=date(2025, 3, 5), published_to=MARCH_4), False, False),
        (Filters(frozenset({"dated"}), frozenset({"Times"})), False, False),
    ],
)
def test_filters_admit(filters: Filters, dated: bool, undated: bool) -> None:
    assert (filters.admit(DATED), filters.admit(UNDATED)) == (dated, undated)


@pytest.mark.parametrize(
    ("as_of", "dated", "undated"),
    [
        (None, True, True),
        (date(2025, 3, 3), False, False),
        (MARCH_4, True, False),
        (date(2025, 3, 5), True, False),
    ],
)
def test_as_of_leaves_out_what_is_newer_or_undated(
    as_of: date | None, dated: bool, undated: bool
) -> None:
    question = Question("x", as_of=as_of)
    assert (question.admits(DATED), question.admits(UNDATED)) == (dated, undated)


def test_as_of_and_filters_hold_together() -> None:
    question = Question("x", as_of=MARCH_4, filters=Filters(outlets=frozenset({"Times"})))
    assert not question.admits(DATED)


def test_the_words_are_frozen() -> None:
    with pytest.raises(AttributeError):
        FIRST.quote = "other"  # type: ignore[misc]  # that is what is shown
    with pytest.raises(AttributeError):
        Message(Role.USER, "x").content = "y"  # type: ignore[misc]  # likewise


def test_every_stage_of_a_question_that_waited_is_later() -> None:
    waited = Timings(1, None, 6, judged=4, written=5).later(10).later(100)
    assert waited == Timings(111, None, 116, waited=110, judged=114, written=115)
