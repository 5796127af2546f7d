"""What each number counts, and how exactly."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.amounts import Bound, amounts_in, changes_a_bound, moves_a_number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20 people, including nine children", [("20", "people"), ("9", "children")]),
        ("20 Ukrainian civilians died", [("20", "Ukrainian civilians died")]),
        ("two kilometres (1.2 miles) away", [("2", "kilometres"), ("1.2", "miles")]),
        ("2,000 men and 30 boats", [("2000", "men and"), ("30", "boats")]),
        ("The 225th Assault Regiment", [("225th", "Assault Regiment")]),
        ("In 2022 Abara resigned", [("2022", "")]),
        ("on 18 March 2025 Abara resigned", [("18", "March"), ("2025", "")]),
        ("No number", []),
    ],
)
def test_a_number_has_the_words_behind_it(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.value, " ".join(one.behind)) for one in amounts_in(text)] == found


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("20 people", Bound.EXACT),
        ("about 20 people", Bound.ABOUT),
        ("Nearly 20 people", Bound.ABOUT),
        ("an estimated 20 people", Bound.ABOUT),
        ("20 or so people", Bound.ABOUT),
        ("more than 20 people", Bound.MORE),
        ("at least 20 people", Bound.MORE),
        ("no fewer than 20 people", Bound.MORE),
        ("20 people or more", Bound.MORE),
        ("over $20 a head", Bound.MORE),
        ("fewer than twenty people", Bound.LESS),
        ("up to 20 people", Bound.LESS),
        ("no more than 20 people", Bound.LESS),
        ("as many as 20 people", Bound.LESS),
        ("under 20 people", Bound.LESS),
        ("what is more, 20 people", Bound.EXACT),
    ],
)
def test_a_bound_is_read(text: str, bound: Bound) -> None:
    assert [one.bound for one in amounts_in(text)] == [bound]


@pytest.mark.parametrize(
    ("text", "source", "changed"),
    [
        ("About 20 came.", "Roughly 20 came.", False),
        ("20 came.", "About 20 came; in the end 20 left.", False),
        ("20 came.", "About 20 came.", True),
        ("At least 20 came.", "At most 20 came.", True),
        ("21 came.", "About 20 came.", False),  # an invention, which is another rule
    ],
)
def test_a_bound_must_stand_in_the_source(text: str, source: str, changed: bool) -> None:
    assert changes_a_bound(text, [source]) is changed


def test_a_number_that_is_not_in_the_source_is_not_moved() -> None:
    assert not moves_a_number("30 people left.", ["20 people left."])


@pytest.mark.parametrize("piece", ["1 ", "one ", "$1 ", "about 1 "])
def test_a_table_of_numbers_is_compared_quickly(piece: str) -> None:
    """1,500 characters of numbers took 1.7 s: each was compared with each, behind all before it."""
    text = (piece * 3_000)[:3_000]
    began = time.process_time()
    assert not moves_a_number(text, [f"{text} more"])
    assert not changes_a_bound(text, [f"{text} more"])
    assert time.process_time() - began < 1.5


@given(st.text(), st.text())
def test_no_text_is_too_strange(one: str, other: str) -> None:
    assert not moves_a_number(one, [])
    assert not changes_a_bound(one, [])
    assert not moves_a_number(other, [other])
    assert not changes_a_bound(other, [other])
