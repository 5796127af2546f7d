"""The judge's weights: a logistic regression of cheap features, and beside it the encoder.

Every class of every suite counts the same, so that no suite's base rate moves the threshold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from eval.support.examples import Labelled, weigh
from eval.support.features import NAMES
from eval.support.judge import Judge, Matrix
from eval.support.measure import MEAN_OF, Judged

PENALTY = 0.1
"""Inverse strength of the ridge on the features."""

ENCODER_SHARE = 0.5
"""The encoder's weight beside the features, both in standard deviations. On dev claims that it had
not seen, the mean area under the ROC curve of the four sets is 0.761, 0.775, 0.777 and 0.770 at 0,
0.25, 0.5 and 1."""

FOLDS = 5
_CUTS = np.linspace(-1, 1, 81)
_SMOOTH = 4
_FEATURES = len(NAMES)


@dataclass(frozen=True, slots=True)
class Seen:
    """Claims and their rows: `(n, len(COLUMNS))`; the encoder never saw their sources."""

    rows: list[Labelled]
    table: Matrix

    def part(self, chosen: Sequence[int]) -> "Seen":
        """Some of them."""
        return Seen([self.rows[at] for at in chosen], self.table[list(chosen)])


def fit_judge(features: Seen, unseen: Seen, share: float = ENCODER_SHARE) -> Judge:
    """Weigh features on all dev claims, and the encoder on those that it has not seen.

    Args:
        features: Every dev claim; the encoder's column is not read.
        unseen: The claims whose sources the encoder has not seen, a part of `features`.
        share: See `ENCODER_SHARE`; 0 leaves the encoder out.
    """
    plain = _regression(features)
    beside = _crossed_logits(features, unseen)
    encoder = unseen.table[:, _FEATURES]
    factor = share * float(beside.std()) / max(float(encoder.std()), 1e-6)
    level = float(encoder.mean())
    slope, bias = _platt(beside + factor * (encoder - level), unseen.rows)
    centre = np.append(plain.centre, level)
    weights = np.append(plain.weights, factor) * slope
    return Judge(centre, weights, plain.bias * slope + bias - _cut(features))


def crossed(features: Seen, unseen: Seen, share: float = ENCODER_SHARE) -> list[Judged]:
    """What judges that never saw a claim's source say of the claims of `unseen`."""
    said = np.zeros(len(unseen.rows))
    for known, held in _folds(unseen.rows):
        hidden = {unseen.rows[at].claim.cluster for at in held}
        left = [at for at, row in enumerate(features.rows) if row.claim.cluster not in hidden]
        judge = fit_judge(features.part(left), unseen.part(known), share)
        said[held] = [judge.probability(unseen.table[at]) for at in held]
    return judged(unseen.rows, said.tolist())


def judged(rows: Sequence[Labelled], probabilities: Sequence[float]) -> list[Judged]:
    """Rows and what was said of them, as measured."""
    pairs = zip(rows, probabilities, strict=True)
    return [Judged(row.suite, row.claim, probability) for row, probability in pairs]


def _regression(seen: Seen) -> Judge:
    table = seen.table[:, :_FEATURES]
    centre, scale = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-6)
    model = LogisticRegression(C=PENALTY, max_iter=5_000)
    labels = [row.claim.supported for row in seen.rows]
    model.fit((table - centre) / scale, labels, sample_weight=weigh(seen.rows))
    return Judge(centre, model.coef_[0] / scale, float(model.intercept_[0]))


def _crossed_logits(features: Seen, wanted: Seen) -> Matrix:
    """The features' logits of the wanted claims, each by a regression without its source."""
    said: dict[str, float] = {}
    for known, held in _folds(features.rows):
        plain = _regression(features.part(known))
        rows = (features.table[held, :_FEATURES] - plain.centre) @ plain.weights + plain.bias
        said |= {features.rows[at].claim.id: float(x) for at, x in zip(held, rows, strict=True)}
    return np.array([said[row.claim.id] for row in wanted.rows])


def _platt(logits: Matrix, rows: Sequence[Labelled]) -> tuple[float, float]:
    """Slope and intercept that make logits probabilities, on balanced classes."""
    model = LogisticRegression(C=1e6)
    labels = [row.claim.supported for row in rows]
    model.fit(logits[:, None], labels, sample_weight=weigh(rows))
    return float(model.coef_[0][0]), float(model.intercept_[0])


def _cut(features: Seen) -> float:
    """The logit to become 0: the best mean balanced accuracy over `MEAN_OF`, smoothed.

    Found on the features alone, for which there are most claims: on fewer it follows chance.
    """
    logits = _crossed_logits(features, features)
    slope, bias = _platt(logits, features.rows)
    logits = logits * slope + bias
    suites = np.array([row.suite for row in features.rows])
    labels = np.array([row.claim.supported for row in features.rows])
    sides = [(suites == name) & (labels == side) for name in MEAN_OF for side in (True, False)]
    shares = [
        np.mean([((logits[side] >= cut) == labels[side]).mean() for side in sides]) for cut in _CUTS
    ]
    window = np.ones(2 * _SMOOTH + 1) / (2 * _SMOOTH + 1)
    smooth = np.convolve(np.pad(shares, _SMOOTH, mode="edge"), window, "valid")
    return float(_CUTS[int(smooth.argmax())])


def _folds(rows: Sequence[Labelled]) -> list[tuple[list[int], list[int]]]:
    groups = [row.claim.cluster for row in rows]
    split = GroupKFold(FOLDS).split(groups, groups=groups)
    return [(known.tolist(), held.tolist()) for known, held in split]
