"""What a sentence tells in its own voice, and where it only says that somebody says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import words
from rag.voice import is_attributed, loses_a_hedge, loses_the_speaker, told


@pytest.mark.parametrize(
    ("span", "own"),
    [
        ("The ferry left Port Halven.", "The ferry left Port Halven."),
        ("Police said the ferry sank.", "Police said"),
        ("The ferry sank, police said.", "police said"),
        ("The ferry sank, police said on Monday.", "police said on Monday"),
        ("“It burned,” Olsen said.", "Olsen said"),
        ("“It burned,” said Captain Marta Olsen.", "said Captain Marta Olsen"),
        ("The ferry sank, said the captain.", "said the captain"),
        ("On Monday, Fisk said: “It is a show.”", "On Monday, Fisk said"),
        ("In March, Abara said “I resign”.", "In March, Abara said"),
        ("“It burned,” Olsen said, “too late.”", "Olsen said"),
        ("“It burned,” Olsen said Monday, expressing anger.", "Olsen said Monday expressing anger"),
        ("“It burned,” Olsen said, adding that it sank.", "Olsen said"),
        ("The ferry sank, police said, and nobody came.", "police said"),
        ("According to Fisk, the ferry sank.", ""),
        ("The ferry sank, according to Fisk.", ""),
        ("She was not happy, accusing Abara of “nothing”.", "She was not happy, accusing"),
        ("The ferry left in May, and Abara said nothing.", "The ferry left in May, and Abara said"),
        ("The United States sent ships.", "The United States sent ships."),
        ("", ""),
        ("Fisk believes that the mayor lied.", "Fisk believes"),
        ("Prosecutors contend the mayor lied.", "Prosecutors contend"),
        ("The Kremlin maintains that it rained.", "The Kremlin maintains"),
        ("It rained, insists the Kremlin.", "insists the Kremlin"),
        ("In Fisk’s view, the mayor lied.", ""),
        ("The mayor lied, in the opinion of Fisk.", ""),
        ("For the opposition, the mayor lied.", ""),
        ("Russia: we shot down 20 drones", ""),
        ("“The mayor lied.”", ""),
        ("The mayor lied.”", ""),
        ("Was it true that the mayor lied?", ""),
        ("For two days, it rained.", "For two days, it rained."),
        ("For years, it rained.", "For years, it rained."),
        ("In view of the storm, it stayed.", "In view of the storm, it stayed."),
        ("In other words, it rained.", "In other words, it rained."),
        ("The so-called “gray zone” burned.", "The so-called “gray zone” burned."),
    ],
)
def test_a_claim_is_left_out(span: str, own: str) -> None:
    assert words(told(span)) == words(own)


@given(st.text() | st.text(alphabet='said police,“”". '))
def test_what_is_told_stands_in_the_span(span: str) -> None:
    assert set(words(told(span))) <= set(words(span))


@pytest.mark.parametrize(
    ("text", "attributed"),
    [
        ("Olsen said so.", True),
        ("According to Olsen, it burned.", True),
        ("Abara accused Fisk.", True),
        ("The report states that it burned.", True),
        ("The United States left.", False),
        ("The ferry burned.", False),
        ("", False),
    ],
)
def test_who_says_it_is_known(text: str, attributed: bool) -> None:
    assert is_attributed(text) is attributed


def test_a_belief_may_be_told_as_a_guess() -> None:
    span = "The ferry may have left, Fisk thinks."
    assert loses_the_speaker("The ferry left.", [span])
    assert not loses_the_speaker("The ferry may have left.", [span])


def test_a_word_that_is_told_somewhere_is_no_claim() -> None:
    assert loses_the_speaker("The ferry sank.", ["Police said the ferry sank."])
    assert not loses_the_speaker(
        "The ferry sank.", ["Police said the ferry sank.", "A ferry sank."]
    )


@pytest.mark.parametrize(
    ("text", "span", "lost"),
    [
        ("The ferry left.", "The ferry may have left.", True),
        ("The ferry may have left.", "The ferry may have left.", False),
        ("The ferry left.", "The ferry left in May.", False),
        ("The ferry left in May.", "The ferry might have left in May.", True),
        ("The ferry left.", "Allegedly the ferry left.", True),
        ("The ferry left.", "The ferry left, it is believed.", True),
        ("The ferry left.", "If the ferry left, nobody saw it.", True),
        ("The ferry left.", "Nobody knew whether the ferry left.", True),
        ("The ferry left.", "The ferry left, and rain is expected.", False),
        ("Abara resigned.", "The ferry may have left.", False),
        ("", "The ferry may have left.", False),
    ],
)
def test_a_guess_stays_a_guess(text: str, span: str, lost: bool) -> None:
    assert loses_a_hedge(text, span) is lost
