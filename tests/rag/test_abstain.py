"""Confidence by value; whatever the fitted weights are, more evidence never hurts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.abstain import CLIP, FITTED, Signals, Weights, confidence, signal_names, signals_of
from tests.rag.samples import NEWS, evidence_of, single

ONLY_MARGIN = Weights(bias=0.0, signals=Signals(1.0, 0.0, 0.0, 0.0))
EVIDENCE = evidence_of(NEWS, similarity=0.7)
SHARES = st.floats(0, 1)


def test_the_signals_of_a_question_that_is_answered() -> None:
    signals = signals_of("When did the ferry Aurora leave Port Halven?", EVIDENCE, 0.9)
    assert signals == Signals(
        margin=pytest.approx(math.log(9)), similarity=0.7, coverage=0.8, atoms=1.0
    )


def test_the_signals_of_a_question_about_something_else() -> None:
    evidence = [single("It rained.", similarity=0.1), single("It snowed.", similarity=0.3)]
    signals = signals_of("Did 300 ships sail to Bergen?", evidence, 0.1)
    assert signals == Signals(
        margin=pytest.approx(-math.log(9)), similarity=0.3, coverage=0.0, atoms=0.0
    )


def test_a_question_without_names_lacks_none() -> None:
    assert signals_of("did it rain?", EVIDENCE, 0.5).atoms == 1.0
    assert signals_of("what?", EVIDENCE, 0.5).coverage == 1.0


def test_without_evidence_nothing_is_near() -> None:
    assert signals_of("Did it rain in Bergen?", [], 0.5) == Signals(0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(("answered", "clipped"), [(0.0, CLIP), (1.0, 1 - CLIP)])
def test_certainty_is_finite(answered: float, clipped: float) -> None:
    margin = signals_of("Did it rain?", EVIDENCE, answered).margin
    assert margin == pytest.approx(math.log(clipped / (1 - clipped)))


@given(st.floats(0.001, 0.999))
def test_the_margin_alone_gives_the_models_probability_back(answered: float) -> None:
    signals = signals_of("Did it rain?", EVIDENCE, answered)
    assert confidence(signals, ONLY_MARGIN) == pytest.approx(answered)


def test_confidence_by_value() -> None:
    weights = Weights(bias=-1.0, signals=Signals(0.5, 2.0, 1.0, -1.0))
    assert confidence(Signals(2.0, 0.5, 0.5, 0.5), weights) == pytest.approx(1 / (1 + math.exp(-1)))


@given(SHARES, SHARES, SHARES, SHARES)
def test_fitted_confidence_is_a_probability(
    answered: float, similarity: float, coverage: float, atoms: float
) -> None:
    margin = signals_of("x", [], answered).margin
    assert 0 < confidence(Signals(margin, similarity, coverage, atoms), FITTED) < 1


def test_the_model_is_listened_to() -> None:
    assert FITTED.signals.margin > 0


def test_names_and_values_have_one_order() -> None:
    assert signal_names() == ("margin", "similarity", "coverage", "atoms")
    assert Signals(1.0, 2.0, 3.0, 4.0).vector() == (1.0, 2.0, 3.0, 4.0)
