"""Sentences and their markers, out of a stream."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.draft import AHEAD_WORDS, MARKERS, DraftSentence, draft_sentences


def drafts(*pieces: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(draft.text, draft.numbers) for draft in draft_sentences(pieces)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It rained [1].", [("It rained.", (1,))]),
        ("It rained. [1]", [("It rained.", (1,))]),
        ("It rained.[1]", [("It rained.", (1,))]),
        ("It rained [1][2].", [("It rained.", (1, 2))]),
        ("It rained [1] [2].", [("It rained.", (1, 2))]),
        ("It rained [1, 2].", [("It rained.", (1, 2))]),
        ("It rained [2,1,2].", [("It rained.", (2, 1))]),
        ("It [3] rained [1].", [("It rained.", (3, 1))]),
        ("It rained[1]and snowed.", [("It rained and snowed.", (1,))]),
        ("It rained", [("It rained", ())]),
        ("It rained [", [("It rained [", ())]),
        ("It rained [1234].", [("It rained [1234].", ())]),
        ("It rained [a].", [("It rained [a].", ())]),
        ("It rained [1]. It snowed [2].", [("It rained.", (1,)), ("It snowed.", (2,))]),
        ("It rained. [1] It snowed. [2]", [("It rained.", (1,)), ("It snowed.", (2,))]),
        ("It rained.[1][3] It snowed.", [("It rained.", (1, 3)), ("It snowed.", ())]),
        (
            "Gen. Syrskyi spoke [1]. The U.S. listened.",
            [("Gen. Syrskyi spoke.", (1,)), ("The U.S. listened.", ())],
        ),
        ("", []),
        (" \n ", []),
        ("[1]", []),
        ("*** [1]", []),
    ],
)
def test_sentences_without_their_markers(
    text: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert drafts(text) == found
    assert drafts(*text) == found


def test_a_marker_after_the_full_stop_may_come_in_pieces() -> None:
    """The sentence was given out when "[1" had come, without its number."""
    pieces = ("It rained. [", "1", "]", " It snowed on the old quay.")
    assert drafts(*pieces) == [("It rained.", (1,)), ("It snowed on the old quay.", ())]


def test_a_sentence_that_goes_on_after_its_first_stop_is_not_lost() -> None:
    """ "He came at 5 p.m." was given out, then "Monday and left" fell away with the merge."""
    pieces = ("He came at 5 p.m. M", "onday and left the old quay. ", "Then he slept at home.")
    expected = [("He came at 5 p.m. Monday and left the old quay.", ())]
    assert drafts(*pieces) == [*expected, ("Then he slept at home.", ())]


def test_a_quotation_of_several_sentences_stays_whole() -> None:
    """Each sentence of an open quotation was given out; the rest fell away when it closed."""
    text = "He added, “Well done, guys! I am so proud of you! We all are.” [2] It was Monday."
    expected = [("He added, “Well done, guys! I am so proud of you! We all are.”", (2,))]
    assert drafts(*text) == [*expected, ("It was Monday.", ())]


def test_a_sentence_comes_before_the_reply_has_ended() -> None:
    read: list[str] = []

    def reply() -> Iterator[str]:
        for word in ("It", "rained", "[1].", "It", "snowed", "on", "the", "quay", "and", "sea."):
            read.append(word)
            yield word + " "

    first = next(draft_sentences(reply()))
    assert first == DraftSentence("It rained.", (1,))
    assert read == ["It", "rained", "[1].", "It", "snowed", "on", "the"]
    assert len(read) == 3 + AHEAD_WORDS


WORDS = st.sampled_from(
    [
        *["It", "rained.", "snowed!", "“Go!”", "“Now.", "then.”", '"Yes.', 'no."', "5", "p.m."],
        *["Monday", "Gen.", "Syrskyi", "said", "[1]", "[2].", ".[3]", "[1,", "2]", "[", "]", "\n"],
        *["Mr.", "U.S.", "President", "Putin", "he", "(1.2", "miles)", "—", "…", "don’t", "***"],
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=40).map(" ".join))


@st.composite
def cut_texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    text = draw(TEXTS)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    edges = [0, *places, len(text)]
    return text, [text[a:b] for a, b in pairwise(edges)]


@given(cut_texts())
@example(("It rained. [1] It", ["It rained. [1", "] It"]))
def test_how_the_text_is_cut_does_not_matter(case: tuple[str, list[str]]) -> None:
    text, pieces = case
    assert drafts(*pieces) == drafts(text)


@given(st.lists(WORDS.filter(lambda word: "[" not in word and "]" not in word), max_size=40))
def test_no_word_is_lost(words: list[str]) -> None:
    text = " ".join(words)
    given_out = "".join(draft for draft, _ in drafts(text))
    assert [c for c in given_out if c.isalnum()] == [c for c in text if c.isalnum()]


def test_a_full_stop_on_both_sides_of_a_marker_is_one() -> None:
    """ "It rained. [1]." was shown as "It rained..": the marker had stood between two stops."""
    found = list(draft_sentences(["It rained. [1].", " Did it? [2]. It did ... [3]"]))
    assert [draft.text for draft in found] == ["It rained.", "Did it?", "It did ..."]


@pytest.mark.parametrize("blanks", [" " * 1_000_000, "[1" * 500_000, "[1," * 500_000])
def test_markers_are_looked_for_in_linear_time(blanks: str) -> None:
    """At every blank of a run the rest of the run was read again: this took hours."""
    assert MARKERS.findall(f"{blanks}x") == []
    assert MARKERS.findall(f"x{blanks}y [1] [2] z") == [" [1] [2] "]
