"""One value for another: which, where, and the same on every machine."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Ask, Span
from eval.suites.interventions import DAYS, MONTHS, NAMES, SMALL, Edit, edit_of
from tests.eval.samples import ASK, FERRY


def asked(alias: str, quote: str, question: str = "What left, and when?") -> Ask:
    slot = ASK.slots[0].model_copy(update={"aliases": (alias,)})
    gold = Span(article_id=FERRY.id, start=0, end=len(quote), quote=quote)
    return ASK.model_copy(update={"question": question, "slots": (slot,), "gold": ((gold,),)})


@pytest.mark.parametrize(
    ("alias", "quote", "edit"),
    [
        ("212", "It carried 212 people.", Edit("212", "712")),
        ("20.5", "It went 20.5 miles.", Edit("20.5", "40.5")),  # once read as a year
        ("nine", "It killed nine people.", Edit("nine", "eleven")),
        ("on Monday", "It left on Monday.", Edit("Monday", "Saturday")),
        ("3 May", "It left on 3 May.", Edit("May", "February")),
        ("2022", "It left in 2022.", Edit("2022", "2013")),
        ("Olsen", "Olsen left.", Edit("Olsen", "Zerpin")),
        ("the old port", "It left the old port.", None),  # no one value
        ("212", "It carried 2,212 people.", None),  # part of another number
        ("Olsen", "Olsen’s ship left.", Edit("Olsen", "Zerpin")),
        ("Marta", "Martas left.", None),  # part of another word
    ],
)
def test_an_edit_by_value_is_the_same_on_every_machine(
    alias: str, quote: str, edit: Edit | None
) -> None:
    assert edit_of(asked(alias, quote), [quote]) == edit


def test_what_the_question_itself_says_is_not_edited() -> None:
    assert edit_of(asked("Olsen", "Olsen left.", question="Did olsen leave?"), []) is None


def test_the_new_value_is_new_to_the_articles() -> None:
    """The word two was put in place of "nine" in an article that spoke of two ships already."""
    quote = "It killed nine people."
    first = edit_of(asked("nine", quote), [quote])
    assert first is not None
    second = edit_of(asked("nine", quote), [quote, f"It had {first.new} ships."])
    assert second is not None
    assert second.new != first.new


def test_what_can_be_answered_by_another_name_of_the_old_value_is_not_edited() -> None:
    """An answer that named the president by his office was counted as not following the edit."""
    ask = asked("Olsen", "The captain, Olsen, left.")
    slot = ask.slots[0].model_copy(update={"aliases": ("Olsen", "the captain")})
    assert edit_of(ask.model_copy(update={"slots": (slot,)}), []) is None


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("20 of 20.", "60 of 60."),
        ("20% (20)", "60% (60)"),
        ("2,000 and 120 and 20.5 and 1.20 and 20th", "2,000 and 120 and 20.5 and 1.20 and 20th"),
    ],
)
def test_an_edit_changes_whole_numbers_alone(text: str, edited: str) -> None:
    assert Edit("20", "60").apply(text) == edited
    assert Edit("20", "60").stands_in(text) == (text != edited)


KINDS = [
    ("212", r"[1-9]12"),
    ("2,000", r"[1-9],000"),
    ("20.5", r"[1-9]0\.5"),
    ("2024", r"20(1\d|2[0-4])"),
    ("seven", "|".join(SMALL)),
    ("Seven", "|".join(word.capitalize() for word in SMALL)),
    ("Sunday", "|".join(DAYS)),
    ("December", "|".join(MONTHS)),
    ("Halvorsen", "|".join(NAMES)),
]


@given(st.sampled_from(KINDS), st.text("abcdefgh-0123456789", min_size=1))
def test_another_value_is_of_the_same_kind_and_never_the_same(
    kind: tuple[str, str], name: str
) -> None:
    value, pattern = kind
    ask = asked(value, f"It was {value} then.").model_copy(update={"id": name})
    edit = edit_of(ask, [])
    assert edit is not None
    assert edit.old == value != edit.new
    assert re.fullmatch(pattern, edit.new)
    assert not edit.stands_in(edit.apply(f"It was {value} then."))
