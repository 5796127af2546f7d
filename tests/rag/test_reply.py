"""The model's two lines are told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reply import Reply, read_reply


@pytest.mark.parametrize(
    ("text", "short", "answer"),
    [
        (
            " eleven passengers\nAnswer: Eleven were treated [3].",
            ("eleven passengers",),
            "Eleven were treated [3].",
        ),
        (" nine; on Friday\nAnswer: Nine died [1].", ("nine", "on Friday"), "Nine died [1]."),
        (" nine [1] ; Friday [2, 3]\nAnswer: x", ("nine", "Friday"), "x"),
        (" nine[1][2]\nAnswer: x", ("nine",), "x"),
        (" nine", ("nine",), "nine"),  # broken off
        (" nine\nAnswer:", ("nine",), "nine"),
        ("\nAnswer: Nine died.", (), "Nine died."),
        ("Answer: Nine died.", (), "Nine died."),
        (" nine\nof them\nAnswer: Nine died.\nExactly", ("nine",), "Nine died."),
        (" nine \nof them \nAnswer: x \ny", ("nine",), "x"),
        (" nine;\nAnswer: x", ("nine",), "x"),
        (" ;; \nAnswer: x", (), "x"),
        ("[1]", (), ""),
        ("", (), ""),
    ],
)
def test_a_reply_by_value(text: str, short: tuple[str, ...], answer: str) -> None:
    assert read_reply(text) == Reply(short, answer, text)


def test_white_space_is_folded() -> None:
    """The time to read a reply grew with the cube of a run of blanks in it."""
    blanks = " \t" * 50_000
    text = f"{blanks}nine{blanks};{blanks}[1]\nAnswer: Nine{blanks}died [1]{blanks}."
    assert read_reply(text) == Reply(("nine",), "Nine died [1] .", text)
    assert read_reply(f"[1{blanks}") == Reply(("[1",), "[1", f"[1{blanks}")


@given(st.text(alphabet=st.sampled_from("a ;[]1,\n") | st.characters()))
def test_no_part_is_empty_and_the_answer_is_one_line(text: str) -> None:
    found = read_reply(text)
    assert all(part.strip() for part in found.short)
    assert "\n" not in found.answer
    assert found.answer == found.answer.strip()
