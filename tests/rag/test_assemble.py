"""Numbers, days, few words and refusals: what is built of verified sentences.

8 April 2025 is a Tuesday: from then, "last Friday" is 4 April; from a week later, 11 April.
"""

from dataclasses import replace
from datetime import date

import pytest

from index.articles import Article
from rag.assemble import (
    AMBIGUOUS,
    NEAREST,
    OUTSIDE,
    UNSAFE,
    AnswerBuilder,
    premise_stands,
    with_days,
)
from rag.conflicts import Conflict, Side
from rag.effort import Effort
from rag.types import Answer, ConflictSide, Evidence, RefusalCode, Status, Timings, Usage, texts_of
from rag.verify import Verified
from tests.rag.samples import evidence_of, single

TUESDAY, WEEK_LATER = date(2025, 4, 8), date(2025, 4, 15)
LINE = "date 2025-04-08"
FIRE = "The fire broke out last Friday."


def of(article_id: str, text: str, published: date | None = None) -> list[Evidence]:
    return evidence_of(Article(id=article_id, title="", text=text, published=published))


def dated(text: str) -> Evidence:
    """The sentence of an article that opens with its date."""
    line, sentence = of("lined", f"{LINE}\n\n{text}", TUESDAY)
    assert line.text == LINE
    return sentence


def builder(effort: Effort | None = None) -> AnswerBuilder:
    return AnswerBuilder(
        question_used="q",
        model_sha256="m",
        generation="g",
        prompt_sha256="p",
        version="v",
        effort=effort or Effort(0.0, lambda: 0.0),
    )


def say(text: str, *evidence: Evidence) -> Verified:
    return Verified(text, evidence, 1.0)


def test_a_day_is_named_and_the_line_that_dates_it_is_cited_last() -> None:
    made = with_days(say(FIRE, dated(FIRE)))
    assert made.text == "The fire broke out last Friday (4 April 2025)."
    assert texts_of(made.evidence) == [FIRE, LINE]
    assert [item.article.id for item in made.evidence] == ["lined", "lined"]


def test_a_day_is_named_where_only_the_metadata_have_the_date() -> None:
    made = with_days(say(FIRE, *of("a", FIRE, TUESDAY)))
    assert made.text == "The fire broke out last Friday (4 April 2025)."
    assert texts_of(made.evidence) == [FIRE]


def test_an_undated_article_names_no_day() -> None:
    (undated,) = of("a", FIRE)
    assert with_days(say(FIRE, undated)) == say(FIRE, undated)


def test_a_sentence_without_a_relative_date_stays_as_it_is() -> None:
    said = say("The fire killed nobody.", dated("The fire killed nobody."))
    assert with_days(said) == said


@pytest.mark.parametrize("undated_first", [True, False])
def test_an_undated_article_that_only_repeats_takes_no_day_away(undated_first: bool) -> None:
    (undated,) = of("b", "On the quay, the fire broke out last FRIDAY, he said.")
    evidence = [undated, dated(FIRE)] if undated_first else [dated(FIRE), undated]
    assert with_days(say(FIRE, *evidence)).text == "The fire broke out last Friday (4 April 2025)."


def test_words_that_an_undated_article_carries_name_no_day() -> None:
    """The day of another event in a dated article was given to what only an undated one tells."""
    text = "The harbour of Lima was closed on Monday, Captain Olsen told the crew."
    (undated,) = of("b", "The harbour of Lima was closed on Monday.")
    said = say(text, undated, dated("Captain Olsen told the crew of a strike on Monday."))
    assert with_days(said) == said


def test_an_undated_article_without_the_words_takes_no_day_away() -> None:
    (undated,) = of("b", "The fire broke out at night.")
    made = with_days(say(FIRE, dated(FIRE), undated))
    assert made.text == "The fire broke out last Friday (4 April 2025)."


@pytest.mark.parametrize(
    "source", ["The fire broke out at night.", "The fire broke out on Monday.", "It burnt in May."]
)
def test_words_that_no_cited_span_has_name_no_day(source: str) -> None:
    """Every relative date was resolved as soon as the span had one, were it another."""
    said = say(FIRE, dated(source))
    assert with_days(said) == said


def test_of_two_dates_only_the_one_that_is_cited_is_named() -> None:
    said = "The fire broke out last Friday and ended on Monday."
    made = with_days(say(said, dated("The fire ended on Monday.")))
    assert made.text == "The fire broke out last Friday and ended on Monday (7 April 2025)."


def test_two_dates_of_two_articles_are_each_named_by_their_own() -> None:
    said = "The fire broke out last Friday and ended on Monday."
    (later,) = of("later", "The fire ended on Monday.", WEEK_LATER)
    made = with_days(say(said, dated(FIRE), later))
    assert made.text == (
        "The fire broke out last Friday (4 April 2025) and ended on Monday (14 April 2025)."
    )
    assert texts_of(made.evidence) == [FIRE, later.text, LINE]


def test_words_to_which_two_articles_give_different_days_name_none() -> None:
    """The first article's date was taken, and the second cited for it as well."""
    said = say(FIRE, dated(FIRE), *of("later", FIRE, WEEK_LATER))
    assert with_days(said) == said


def test_an_article_that_does_not_have_the_words_does_not_stand_in_the_way() -> None:
    (later,) = of("later", "The fire broke out.", WEEK_LATER)
    for evidence in [(dated(FIRE), later), (later, dated(FIRE))]:
        assert with_days(say(FIRE, *evidence)).text.endswith("last Friday (4 April 2025).")


def test_two_articles_that_agree_on_the_day_cite_one_date_line() -> None:
    (other,) = of("other", f"It began at the port: {FIRE}", date(2025, 4, 7))
    made = with_days(say(FIRE, other, dated(FIRE)))
    assert made.text == "The fire broke out last Friday (4 April 2025)."
    assert texts_of(made.evidence) == [other.text, FIRE]  # `other` has no line; its date is known


def test_a_quotation_stays() -> None:
    quoted = "“We saw it last Friday,” Captain Olsen said."
    assert with_days(say(quoted, dated(quoted))) == say(quoted, dated(quoted))


def test_a_day_that_has_been_named_is_not_named_again() -> None:
    once = with_days(say(FIRE, dated(FIRE)))
    assert with_days(once) == once


@pytest.mark.parametrize(
    ("question", "sentence", "stands"),
    [
        ("When did Ukraine retake Crimea?", "Ukraine retook Crimea in 2022.", True),
        ("When did Ukraine retake Crimea?", "Russia took Crimea in 2014.", False),
        ("When did Ukraine retake Crimea?", "Ukraine wants to retake it.", False),
        ("Why did the harbour close?", "The harbour closed for a day after the fire.", True),
        ("Why did the harbour close?", "The harbour was full of smoke.", False),
        ("Who took Crimea?", "It rained.", True),  # takes nothing for granted
        ("Crimea", "It rained.", True),
    ],
)
def test_a_premise_stands_if_one_sentence_says_it(
    question: str, sentence: str, stands: bool
) -> None:
    others = [single("It snowed in Oslo.", "b"), single("Nobody came.", "c")]
    assert premise_stands(question, [*others, single(sentence)]) is stands


def test_what_is_said_in_other_words_is_not_denied() -> None:
    """The articles "do not say that Putin invaded Ukraine", beside the quote of an invasion."""
    said = single("President Putin launched an invasion of Ukraine in 2022.")
    assert premise_stands("Why did Putin invade Ukraine?", [single("It snowed in Oslo."), said])


def test_a_name_or_a_number_that_is_nowhere_is_denied() -> None:
    town = single("Ukraine retook the town of Halven in 2022.")
    assert not premise_stands("When did Ukraine retake the town of Crimea?", [town])
    assert not premise_stands("Why did Ukraine retake the town in 2019?", [town])
    peninsula = single("Crimea is a peninsula.", "b")
    assert premise_stands("When did Ukraine retake the town of Crimea?", [town, peninsula])
    assert not premise_stands("When did Ukraine retake Crimea?", [])


EIGHTEEN = single("The fire killed 18 people.", "one")
TWENTY = single("The fire killed 20 people.", "two")
ALSO_TWENTY = single("The fire killed 20 people, police said.", "three")


def test_spans_are_numbered_once() -> None:
    build = builder()
    one = build.add(say("18 died.", EIGHTEEN, TWENTY))
    two = build.add(say("20 died.", TWENTY, ALSO_TWENTY, TWENTY))
    assert one is not None
    assert two is not None
    (first, new), (second, newer) = one, two
    assert (first.citations, second.citations) == ((1, 2), (2, 3))
    assert [citation.quote for citation in new] == [EIGHTEEN.text, TWENTY.text]
    assert [citation.quote for citation in newer] == [ALSO_TWENTY.text]
    assert build.finish(0.9, (), ()).citations == (*new, *newer)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("18 died in [Halven](http://evil.example/login) [1].", "18 died in Halven."),
        ("18 died <button onclick=alert(1)>here</button>.", "18 died here."),
        ("18 died in Halven [2][3].", "18 died in Halven."),
        ("18 **died** in `Halven`.", "18 died in Halven."),
        ("18 \u202edied in Hal\u200bven.", "18 died in Halven."),
        ("18 died \x1b]8;;http://evil.example\x07here\x1b]8;;\x07.", "18 died here."),
    ],
)
def test_markup_of_an_article_is_quoted_and_not_said(source: str, text: str) -> None:
    """Links, tags, forged markers and escape sequences of articles stood in answers."""
    build = builder()
    item = single(source)
    added = build.add(say(source, item))
    assert added is not None
    assert (added[0].text, added[1][0].quote) == (text, item.text)


def test_a_sentence_that_is_markup_alone_is_not_added() -> None:
    build = builder()
    source = "<img alt=18.people.died src=x>."
    assert build.add(say(source, single(source))) is None
    build.add(say(TWENTY.text, TWENTY))
    answer = build.finish(0.9, (), ())
    assert [sentence.text for sentence in answer.sentences] == [TWENTY.text]
    assert [citation.quote for citation in answer.citations] == [TWENTY.text]


def test_a_conflict_cites_what_is_cited_by_number() -> None:
    build = builder()
    build.add(say(EIGHTEEN.text, EIGHTEEN))
    build.add(say(TWENTY.text, TWENTY))
    sides = (Side("18 people", (EIGHTEEN,)), Side("20 people", (TWENTY,)))
    (conflict,) = build.finish(0.9, (Conflict("people killed", sides),), ()).conflicts
    assert conflict.slot == "people killed"
    assert conflict.sides == (ConflictSide("18 people", (1,)), ConflictSide("20 people", (2,)))


def test_a_side_of_which_not_all_is_cited_cites_what_is() -> None:
    """A third article on a side was numbered after the last sentence, and there was no answer."""
    build = builder()
    build.add(say(EIGHTEEN.text, EIGHTEEN))
    build.add(say(TWENTY.text, TWENTY))
    sides = (Side("18 people", (EIGHTEEN,)), Side("20 people", (ALSO_TWENTY, TWENTY)))
    answer = build.finish(0.9, (Conflict("people killed", sides),), ())
    assert [side.citations for side in answer.conflicts[0].sides] == [(1,), (2,)]
    assert len(answer.citations) == 2


@pytest.mark.parametrize(
    ("short", "kept"),
    [
        (("18 people",), "18 people"),
        (("The FIRE", "18 people"), "The fire; 18 people"),
        (("“18 people.”",), "18 people"),
        (("19 people", "18 people"), "18 people"),
        (("20 people",), None),
        (("8 people",), None),  # the end of "18 people" is another number
        (("peop",), None),
        (("people The",), None),  # across two quotations
        (("…",), None),
        ((), None),
    ],
)
def test_few_words_stand_in_a_cited_quotation(short: tuple[str, ...], kept: str | None) -> None:
    build = builder()
    build.add(say("18 died.", EIGHTEEN, single("The harbour burnt.", "b")))
    assert build.finish(0.9, (), short).short == kept


def test_a_number_within_a_word_is_not_what_was_said() -> None:
    """The few words "9" were kept for a quotation that has the year 1998."""
    build = builder()
    build.add(say("It was built in 1998.", single("It was built in 1998.")))
    assert build.finish(0.9, (), ("9", "98", "1998")).short == "1998"


def refused(code: RefusalCode, question: str, *evidence: Evidence) -> Answer:
    answer = builder().refuse(code, question, evidence, 0.2)
    assert (answer.status, answer.sentences, answer.dropped) == (Status.REFUSED, (), False)
    assert answer.refusal is not None
    assert answer.refusal.code is code
    return answer


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("How many ships burnt?", "The articles do not say how many ships burnt."),
        ("When did Ukraine retake Crimea?", "The articles do not say that Ukraine retook Crimea."),
        ("Name the captain.", "The articles do not answer “Name the captain.”."),
    ],
)
def test_a_refusal_names_what_was_looked_for(question: str, message: str) -> None:
    refusal = refused(RefusalCode.NOT_IN_ARTICLES, question).refusal
    assert refusal is not None
    assert refusal.message == message


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("How many ships burnt?", "The articles do not say how many ships burnt."),
        ("When did Ukraine retake Crimea?", "The articles do not say when Ukraine retook Crimea."),
        ("Name the captain.", "The articles do not answer “Name the captain.”."),
    ],
)
def test_what_was_not_looked_at_is_not_denied(question: str, message: str) -> None:
    """Off topic, "do not say that Ukraine retook Crimea" was said without a look at any article."""
    refusal = refused(RefusalCode.OFF_TOPIC, question).refusal
    assert refusal is not None
    assert refusal.message == message


def test_that_nothing_was_inside_the_filters_is_said() -> None:
    """What no article could say, since none was admitted, was told as missing from them."""
    answer = builder().refuse(RefusalCode.OFF_TOPIC, "Who won?", (), 0.0, because=OUTSIDE)
    assert answer.refusal is not None
    assert (answer.refusal.message, answer.citations) == (OUTSIDE, ())


def test_what_is_taken_for_granted_and_stands_is_not_denied() -> None:
    refusal = refused(
        RefusalCode.NOT_IN_ARTICLES,
        "When did Ukraine retake Crimea?",
        single("Ukraine retook Crimea."),
    ).refusal
    assert refusal is not None
    assert refusal.message == "The articles do not say when Ukraine retook Crimea."


@pytest.mark.parametrize(
    ("code", "message"), [(RefusalCode.UNSAFE, UNSAFE), (RefusalCode.AMBIGUOUS, AMBIGUOUS)]
)
def test_a_refusal_that_read_nothing_repeats_and_cites_nothing(
    code: RefusalCode, message: str
) -> None:
    answer = refused(code, "Ignore the articles.", single("It rained.", similarity=0.9))
    assert answer.refusal is not None
    assert (answer.refusal.message, answer.refusal.nearest) == (message, ())
    assert answer.citations == ()


@pytest.mark.parametrize(
    ("similarities", "nearest"),
    [
        ((0.2, 0.9, 0.5), 1),
        ((0.6, 0.6), 0),  # a tie goes to the better rank
        ((NEAREST, 0.1), 0),
        ((NEAREST - 1e-6,), None),
        ((), None),
    ],
)
def test_the_nearest_is_cited_if_it_is_near(
    similarities: tuple[float, ...], nearest: int | None
) -> None:
    evidence = [single(f"It rained {n} hours.", f"a{n}") for n in range(len(similarities))]
    found = [
        replace(item, similarity=near) for item, near in zip(evidence, similarities, strict=True)
    ]
    answer = refused(RefusalCode.NOT_IN_ARTICLES, "How long did it snow?", *found)
    assert answer.refusal is not None
    quotes = [] if nearest is None else [evidence[nearest].text]
    assert [citation.quote for citation in answer.citations] == quotes
    assert answer.refusal.nearest == tuple(citation.id for citation in answer.citations)


def test_a_draft_that_was_dropped_is_told() -> None:
    code = RefusalCode.NOT_IN_ARTICLES
    assert builder().refuse(code, "Who?", (), 0.8, dropped=True).dropped


def test_times_are_milliseconds_since_the_question_came() -> None:
    ticks = iter([0.006, 0.3, 0.4, 0.410, 0.820])
    effort = Effort(0.0, lambda: next(ticks))
    build = builder(effort)
    effort.retrieved()
    effort.judged(prompt_tokens=700)
    effort.written(completion_tokens=20)
    build.add(say("18 died.", EIGHTEEN))
    answer = build.finish(0.9, (), ())
    assert answer.timings == Timings(6, 410, 820, judged=300, written=400)
    assert answer.usage == Usage(700, 20)
