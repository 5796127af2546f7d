"""Confidence by value; the signals are told apart by name, so that one more breaks nothing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.abstain import (
    CLIP,
    FITTED,
    Read,
    Signals,
    Weights,
    confidence,
    hoped_for,
    signal_names,
    signals_of,
)
from rag.engine.protocol import Prompt
from rag.types import Evidence
from rag.verify import Verified
from tests.rag.samples import NEWS, evidence_of, single

EVIDENCE = evidence_of(NEWS, similarity=0.7)


def hoped(question: str, evidence: list[Evidence], answered: float) -> Signals:
    return hoped_for(question, Read(Prompt(()), evidence, answered))


def made(**chosen: float) -> Signals:
    """Signals of 0 but for those chosen."""
    return Signals(**{name: chosen.get(name, 0.0) for name in signal_names()})


ONLY_MARGIN = Weights(bias=0.0, signals=made(margin=1.0))


def test_the_signals_of_a_question_that_is_answered() -> None:
    signals = hoped("When did the ferry Aurora leave Port Halven?", EVIDENCE, 0.9)
    assert signals.margin == pytest.approx(math.log(9))
    assert (signals.similarity, signals.atoms) == (0.7, 1.0)


def test_the_signals_of_a_question_about_something_else() -> None:
    evidence = [single("It rained.", similarity=0.1), single("It snowed.", similarity=0.3)]
    signals = hoped("Did 300 ships sail to Bergen?", evidence, 0.1)
    assert signals.margin == pytest.approx(-math.log(9))
    assert (signals.similarity, signals.atoms) == (0.3, 0.0)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("Did Captain Marta Olsen meet the King of Norway?", 3 / 5),
        ("Were there 212 or 300 passengers?", 1 / 2),
        ("Did it rain?", 1.0),  # it names nothing, so nothing is missing
        ("what?", 1.0),
    ],
)
def test_the_share_of_names_and_numbers(question: str, share: float) -> None:
    assert hoped(question, EVIDENCE, 0.5).atoms == pytest.approx(share)


def test_without_evidence_nothing_is_near() -> None:
    signals = hoped("Did it rain in Bergen?", [], 0.5)
    assert (signals.margin, signals.similarity, signals.atoms) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("answered", "clipped"), [(0.0, CLIP), (1.0, 1 - CLIP)])
def test_certainty_is_finite(answered: float, clipped: float) -> None:
    margin = hoped("Did it rain?", EVIDENCE, answered).margin
    assert margin == pytest.approx(math.log(clipped / (1 - clipped)))


def test_the_signals_of_a_reply() -> None:
    question = "When did the ferry Aurora leave Port Halven?"
    read = Read(Prompt(()), EVIDENCE, 0.9)
    kept = Verified("The ferry Aurora left on Tuesday.", (EVIDENCE[0],), 1.0)
    stands_in = Verified.quoting(EVIDENCE[1])
    signals = signals_of(question, read, [kept, stands_in])
    assert signals.kept == 0.5
    assert signals.covered == pytest.approx(4 / 5)  # "leave" does not stand there, "left" does
    assert signals.margin == hoped_for(question, read).margin


def test_a_reply_of_which_nothing_is_left() -> None:
    signals = signals_of("Did it rain?", Read(Prompt(()), EVIDENCE, 0.9), [])
    assert (signals.kept, signals.covered) == (0.0, 0.0)


def test_hope_is_never_less_than_what_comes() -> None:
    read = Read(Prompt(()), EVIDENCE, 0.5)
    signals = signals_of("Did it rain?", read, [Verified.quoting(EVIDENCE[0])])
    assert confidence(hoped_for("Did it rain?", read)) >= confidence(signals)


@given(st.floats(0.001, 0.999))
def test_the_margin_alone_gives_the_models_probability_back(answered: float) -> None:
    signals = hoped("Did it rain?", EVIDENCE, answered)
    assert confidence(signals, ONLY_MARGIN) == pytest.approx(answered)


def test_confidence_by_value() -> None:
    weights = Weights(bias=-1.0, signals=made(margin=0.5, similarity=2.0, atoms=-1.0))
    signals = made(margin=2.0, similarity=0.5, atoms=0.5)
    assert confidence(signals, weights) == pytest.approx(1 / (1 + math.exp(-0.5)))


@given(st.floats(0, 1), st.floats(-1, 1), st.sampled_from(NEWS.text.split()))
def test_fitted_confidence_is_a_probability(
    answered: float, similarity: float, question: str
) -> None:
    signals = hoped(question, [single("It rained.", similarity=similarity)], answered)
    assert 0 < confidence(signals, FITTED) < 1


def test_the_model_is_listened_to() -> None:
    assert FITTED.signals.margin > 0


def test_names_and_values_have_one_order() -> None:
    values = {name: float(number) for number, name in enumerate(signal_names())}
    assert Signals(**values).vector() == tuple(values.values())
    assert {"margin", "similarity", "atoms"} <= set(signal_names())
