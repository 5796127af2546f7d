"""Pieces of a claim → one probability: cheap features and the encoder's logits, weighed together.

A logistic regression, so that it is a list of numbers and no more. Rows enter for each piece of a
claim; the claim counts as supported only as far as its worst piece is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.support.features import HIGHER_IS_BETTER, NAMES

Matrix = NDArray[np.float64]

ENCODER = "encoder_support"
COLUMNS = (*NAMES, ENCODER)
_WORST_IS_LEAST = np.array([name in HIGHER_IS_BETTER for name in COLUMNS])


def claim_row(pieces: Sequence[Sequence[float]]) -> Matrix:
    """The worst of each column over the pieces of a claim: `(len(COLUMNS),)`."""
    table = np.asarray(pieces, dtype=np.float64)
    return np.asarray(np.where(_WORST_IS_LEAST, table.min(axis=0), table.max(axis=0)))


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights of standardised columns: `(len(COLUMNS),)` each; 0.5 decides."""

    centre: Matrix
    weights: Matrix
    bias: float

    def probability(self, row: Matrix) -> float:
        """That the claim is supported, rounded to 4 decimals."""
        logit = float((row - self.centre) @ self.weights) + self.bias
        return round(float(1 / (1 + np.exp(-np.clip(logit, -30, 30)))), 4)

    def tables(self) -> dict[str, NDArray[np.float32]]:
        """As stored."""
        return {
            "judge.centre": self.centre.astype(np.float32),
            "judge.weights": self.weights.astype(np.float32),
            "judge.bias": np.array([self.bias], dtype=np.float32),
        }

    @classmethod
    def of(cls, tables: Mapping[str, NDArray[np.float32]]) -> "Judge":
        """From what `tables` gave."""
        return cls(
            tables["judge.centre"].astype(np.float64),
            tables["judge.weights"].astype(np.float64),
            float(tables["judge.bias"][0]),
        )
