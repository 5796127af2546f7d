"""What an answer owes is added in the articles' words; what it does not owe is not."""

import pytest

from index.articles import Article
from rag.complete import asks_every_source, keeps_numbers, owed
from rag.conflicts import conflicts_of
from rag.types import Evidence
from rag.verify import Verified
from tests.rag.samples import evidence_of, single

RESIGNED = single("Minister Jon Abara resigned over the ferry fire.", "a")
WHEN = single("Jon Abara resigned on Tuesday over the fire.", "b")
COST = single("The new ferry cost nine million euros.", "c")
SHIP = single("The ferry Aurora belongs to a company in Port Halven.", "d")
GIVEN = [RESIGNED, WHEN, COST, SHIP]


def said(text: str, *evidence: Evidence) -> Verified:
    return Verified(text, evidence, 1.0)


ABARA = said("Jon Abara resigned.", RESIGNED)


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("Which minister resigned?", []),
        ("Which minister resigned, and when?", [WHEN]),
        ("Which minister resigned? On which day?", [WHEN]),
        ("Which minister resigned and how much did the new ferry cost?", [COST]),
        ("Which minister resigned, and who owns the ferry Aurora?", [SHIP]),
        ("Which minister resigned, when, and how much did the ferry cost?", [WHEN, COST]),
        ("Which minister resigned, and why do bananas ripen?", []),
        ("", []),
    ],
)
def test_a_part_that_is_not_answered_is_added(question: str, added: list[Evidence]) -> None:
    assert owed(question, [ABARA], GIVEN, []) == tuple(Verified.quoting(item) for item in added)


def test_a_part_that_is_answered_is_not_added() -> None:
    text = "Jon Abara resigned on Tuesday."
    assert owed("Which minister resigned, and when?", [said(text, WHEN)], GIVEN, []) == ()


def test_a_time_that_only_the_citation_tells_is_owed() -> None:
    """The cited span told the day, the answer did not, and the span was taken for the answer."""
    found = owed("Which minister resigned, and when?", [said(ABARA.text, WHEN)], [WHEN], [])
    assert found == (Verified.quoting(WHEN),)


def test_one_sentence_for_two_parts_is_added_once() -> None:
    both = single("The ferry Aurora cost nine million euros and sank in 1998.", "e")
    question = "Which minister resigned, when did the Aurora sink, and what did the Aurora cost?"
    assert owed(question, [ABARA], [RESIGNED, both], []) == (Verified.quoting(both),)


@pytest.mark.parametrize(
    ("question", "every"),
    [
        ("What do both articles say about Abara?", True),
        ("Do the two reports agree?", True),
        ("What does each of the articles say?", True),
        ("Does either source name the captain?", True),
        ("How do the accounts differ?", True),
        ("Do the articles contradict each other?", True),
        ("Which articles mention Port Halven?", True),
        ("What do all the newspapers write?", True),
        ("What do Halven sources say about the fire?", False),
        ("What does the article say?", False),
        ("Who reported the fire?", False),
        ("Did both ferries burn?", False),
    ],
)
def test_a_question_may_ask_for_every_source(question: str, every: bool) -> None:
    assert asks_every_source(question) is every


def test_every_article_that_knows_is_heard_where_all_are_asked_for() -> None:
    question = "What do both articles say on Abara who resigned over the fire?"
    assert owed(question, [ABARA], GIVEN, []) == (Verified.quoting(WHEN),)
    assert owed("Who resigned over the fire?", [ABARA], GIVEN, []) == ()


def test_an_article_speaks_once() -> None:
    story = Article(id="b", title="", text="Abara resigned on Friday. Jon Abara resigned in May.")
    question = "Do the articles agree when Jon Abara resigned?"
    found = owed(question, [ABARA], [RESIGNED, *evidence_of(story)], [])
    assert [item.article.id for one in found for item in one.evidence] == ["b"]


def test_both_sides_of_a_conflict_are_cited() -> None:
    one = single("18 people were killed when the ferry Aurora burned.", "a")
    two = single("20 people were killed when the ferry Aurora burned.", "b")
    question = "How many people were killed?"
    answer = said("18 people were killed.", one)
    conflicts = conflicts_of([one, two], about=f"{question}\n{answer.text}")
    assert [side.evidence for side in conflicts[0].sides] == [(one,), (two,)]
    assert owed(question, [answer], [one, two], conflicts) == (Verified.quoting(two),)
    assert owed(question, [answer, Verified.quoting(two)], [one, two], conflicts) == ()


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Name 2 ministers who resigned.", True),
        ("Which 3 ministers resigned over the fire?", True),
        ("What are the 5 main facts?", True),
        ("Say in 2 sentences who resigned.", True),
        ("Did 9 or 12 ministers resign?", True),
        ("How many resigned over the fire, 12 or 15?", True),
        ("Did 14 or 15 ministers resign?", False),
        ("Why did 2 ministers resign?", False),
        ("Why did 2,000 ministers resign?", False),
        ("Who resigned in 2022?", False),
        ("Who resigned on 25 March?", False),
        ("Who resigned on March 12?", True),
        ("Who praised the 7th Fleet?", False),
        ("Who praised the 12th Fleet?", True),
        ("Name the 2022 ministers.", False),
        ("Who resigned besides the 7 others?", True),
    ],
)
def test_an_answer_keeps_the_numbers_that_a_question_is_about(question: str, kept: bool) -> None:
    """How many things were wanted, and both of "12 or 15", had to stand in an answer.

    And "2" was taken for a number of a question that says 12, and "2,000" for none.
    """
    twelve = single("12 ministers resigned over the fire.", "a")
    assert keeps_numbers(question, [Verified.quoting(twelve)]) is kept


def test_a_day_in_figures_is_looked_for_without_its_month() -> None:
    story = Article(id="b", title="", text="Abara resigned on 8 April 2025.")
    (item,) = evidence_of(story)
    assert keeps_numbers("Who resigned on 2025-04-08?", [Verified.quoting(item)])
    assert not keeps_numbers("Who resigned on 2025-04-09?", [Verified.quoting(item)])
