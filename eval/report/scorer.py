"""How well the independent scorer itself does, from the card that is published with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Measure(BaseModel):
    """A figure of the card; what else stands there is left alone."""

    model_config = ConfigDict(extra="ignore")

    value: float
    low: float | None = None
    high: float | None = None


class Card(BaseModel):
    """The part of the card that this report reads."""

    model_config = ConfigDict(extra="ignore")

    balanced_accuracy: dict[str, Any] = Field(default_factory=dict)
    mean: Any = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The scorer's balanced accuracy on one set of labelled claims."""

    name: str
    value: str
    interval: str


def standing_of(path: Path) -> tuple[Standing, ...]:
    """The figures of a card, in its order, the mean last; none if there is no card to read."""
    try:
        card = Card.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return ()
    return tuple(_standings(card))


def _standings(card: Card) -> Iterator[Standing]:
    sets = {name: data for name, data in card.balanced_accuracy.items() if name != "mean"}
    for name, data in sets.items():
        if measure := _measure(data):
            yield _standing(name, measure)
    if mean := _measure(card.mean) or _measure(card.balanced_accuracy.get("mean")):
        yield _standing("mean", mean)


def _measure(data: Any) -> Measure | None:  # noqa: ANN401  # whatever the card holds
    try:
        return Measure.model_validate({"value": data} if isinstance(data, int | float) else data)
    except ValidationError:
        return None


def _standing(name: str, measure: Measure) -> Standing:
    known = measure.low is not None and measure.high is not None
    interval = f"[{measure.low:.2f}, {measure.high:.2f}]" if known else ""
    return Standing(name, f"{measure.value:.3f}", interval)
