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
from rag.verify import Verified
from tests.rag.samples import NEWS, evidence_of

EVIDENCE = evidence_of(NEWS, similarity=0.7)
DRAFTED = Verified("The ferry Aurora left on Tuesday.", (EVIDENCE[0],), 1.0)
QUOTED = Verified.quoting(EVIDENCE[1])


def read(chance: float) -> Read:
    return Read(Prompt(()), EVIDENCE, chance)


def made(**chosen: float) -> Signals:
    """Signals of 0 but for those chosen."""
    return Signals(**{name: chosen.get(name, 0.0) for name in signal_names()})


ONLY_MARGIN = Weights(bias=0.0, signals=made(margin=1.0))


def test_the_margin_is_the_models_log_odds() -> None:
    assert hoped_for(read(0.9)).margin == pytest.approx(math.log(9))
    assert hoped_for(read(0.1)).margin == pytest.approx(-math.log(9))


@pytest.mark.parametrize(
    ("said", "kept"), [([DRAFTED], 1.0), ([DRAFTED, QUOTED], 0.5), ([QUOTED], 0.0), ([], 0.0)]
)
def test_what_is_kept_of_the_reply(said: list[Verified], kept: float) -> None:
    signals = signals_of(read(0.9), said)
    assert signals.kept == kept
    assert signals.margin == hoped_for(read(0.9)).margin


def test_hope_is_never_less_than_what_comes() -> None:
    for said in ([DRAFTED], [QUOTED], []):
        assert confidence(hoped_for(read(0.5))) >= confidence(signals_of(read(0.5), said))


@pytest.mark.parametrize(("chance", "clipped"), [(0.0, CLIP), (1.0, 1 - CLIP)])
def test_certainty_is_finite(chance: float, clipped: float) -> None:
    assert hoped_for(read(chance)).margin == pytest.approx(math.log(clipped / (1 - clipped)))


@given(st.floats(0.001, 0.999))
def test_the_margin_alone_gives_the_models_probability_back(chance: float) -> None:
    assert confidence(hoped_for(read(chance)), ONLY_MARGIN) == pytest.approx(chance)


def test_confidence_by_value() -> None:
    weights = Weights(bias=-1.0, signals=made(margin=0.5, kept=2.0))
    assert confidence(made(margin=2.0, kept=0.5), weights) == pytest.approx(1 / (1 + math.exp(-1)))


@given(st.floats(0, 1))
def test_fitted_confidence_is_a_probability(chance: float) -> None:
    assert 0 < confidence(signals_of(read(chance), [DRAFTED]), FITTED) < 1


def test_the_model_is_listened_to() -> None:
    assert FITTED.signals.margin > 0
    assert FITTED.signals.kept > 0


def test_names_and_values_have_one_order() -> None:
    values = {name: float(number) for number, name in enumerate(signal_names())}
    assert Signals(**values).vector() == tuple(values.values())
    assert {"margin", "kept"} <= set(signal_names())
