"""Systems that judge claims: the gate of our answers, spread so that its threshold is one half."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Claim
from eval.replies import Verdict
from eval.systems.support import (
    EVIDENCE,
    Judged,
    always,
    best_support,
    gate,
    nearest,
    scorer,
)
from rag.overlap import coverage
from tests.eval.bench import FakeJudge

NEWS = (
    "The ferry burned near Halven. Nobody was hurt. The captain blamed the galley. It rained on"
    " Monday. The port closed for two days. A mayor opened a museum. The company ordered ships."
    " Fishermen sold herring."
)
WORDS = ["ferry", "captain", "galley", "harbour", "museum", "herring", "whale", "snow"]


def claim(text: str, source: str = NEWS) -> Claim:
    return Claim(id="c", kind="made", claim=text, source=source, supported=True)


def test_the_nearest_sentences_stand_in_their_own_order() -> None:
    found = nearest("The mayor blamed the captain for the museum and the galley.", NEWS)
    assert len(found) == EVIDENCE == 6
    assert found == [
        "The ferry burned near Halven.",
        "Nobody was hurt.",
        "The captain blamed the galley.",
        "It rained on Monday.",
        "The port closed for two days.",
        "A mayor opened a museum.",
    ]
    assert nearest("Fishermen ordered ships.", NEWS)[-2:] == [
        "The company ordered ships.",
        "Fishermen sold herring.",
    ]
    assert nearest("Anything.", "") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the captain blamed the galley", 1.0),
        ("the captain blamed a mayor", 1.0),  # two sentences together
        ("the captain and a mayor rained", 2 / 3),  # no two hold all three words
        ("the captain blamed 3 whales", 0.0),  # a number that nobody states
        ("the captain did not blame the galley", 0.0),  # denied
    ],
)
def test_the_best_support_is_of_one_or_two_sentences(text: str, expected: float) -> None:
    sentences = nearest(text, NEWS)
    assert best_support(text, sentences) == pytest.approx(expected)


def test_nothing_supports_what_no_sentence_is_held_against() -> None:
    assert best_support("it rained", []) == 0.0


@pytest.mark.parametrize("at_least", [0.3, 0.6, 0.75])
@pytest.mark.parametrize("known", range(5))
def test_the_gate_says_yes_exactly_where_the_verifier_would(at_least: float, known: int) -> None:
    """Four words, of which the source knows some: support is a quarter for each."""
    text = "whale snow glacier iceberg"
    source = " ".join([*text.split()[:known], "herring"]) + "."
    chance = gate(at_least)(text, source)
    assert best_support(text, [source]) == known / 4
    assert (chance >= 0.5) == (known / 4 >= at_least)


@pytest.mark.parametrize(("known", "chance"), [(0, 0.0), (1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)])
def test_the_gate_is_spread_evenly_on_either_side_of_its_threshold(
    known: int, chance: float
) -> None:
    text = "whale snow glacier iceberg"
    source = " ".join([*text.split()[:known], "herring"]) + "."
    assert gate(0.5)(text, source) == pytest.approx(chance)


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, unique=True),
    st.lists(st.sampled_from(WORDS), min_size=1, unique=True),
    st.floats(0.05, 0.95),
)
def test_the_gate_only_rises_with_what_the_source_says(
    said: list[str], held: list[str], at_least: float
) -> None:
    text = " ".join(said)
    sources = [" ".join([*held[:count], "lamp"]) + "." for count in range(len(held) + 1)]
    supports = [best_support(text, nearest(text, source)) for source in sources]
    chances = [gate(at_least)(text, source) for source in sources]
    assert all(0 <= chance <= 1 for chance in chances)
    for (less, low), (more, high) in pairwise(zip(supports, chances, strict=True)):
        assert (low < high) if less < more else (low == high)


def test_judged_rounds_to_four_places_and_takes_its_time() -> None:
    verdict, timing = Judged(lambda text, source: 2 / 3)(claim("It rained."))
    assert verdict == Verdict(probability=0.6667)
    assert timing.retrieve is None


def test_the_scorer_is_asked_of_claim_and_source_in_that_order() -> None:
    assert scorer(FakeJudge())("the ferry sank", "The ferry burned.") == 0.5
    assert coverage("the ferry sank", "The ferry burned.") == 0.5
    assert FakeJudge().probabilities([("the ferry burned.", "Ferry.")]) == [0.5]


def test_always_is_always_sure() -> None:
    assert Judged(always)(claim("Whales fly."))[0] == Verdict(probability=1.0)
