"""Fit the refusal model on the dev split: `python -m eval.calibrate [SIGNALS.jsonl]`.

Prints weights for `rag.abstain.FITTED`, and how well they tell answerable from unanswerable
questions when each fifth of the data is judged by a fit on the others. A question that the
pipeline refuses whatever the confidence is left out: one refused unread, one without any evidence
near it, one of whose reply nothing may be shown. The signals are `margin` and `kept`. With a path,
they are written there, or read from there if it exists, so that a second fit needs no model.
"""

import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from tqdm import tqdm

from eval.cases import Ask, Split
from eval.suites.protocol import Choice
from eval.suites.seeds import SeedSuite
from index.build import sync
from rag.abstain import Signals, signal_names
from rag.compose import embedder_of, pipeline_of, store_of
from rag.pipeline import Pipeline, found_nothing_near, refused_unread
from rag.settings import load_settings
from rag.types import Question

INVERSE_PENALTY = 1.0
FOLDS = 5
SEED = 7

Row = dict[str, float]


def main() -> None:
    """Gather, fit, print."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    rows = _load(path) if path and path.exists() else list(_gather())
    if path and not path.exists():
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    sys.stdout.write(json.dumps(fit(rows), indent=2) + "\n")


def fit(rows: list[Row]) -> dict[str, object]:
    """Logistic regression with L2 penalty 1 on standardised signals, written back to raw units."""
    names = signal_names()
    raw = np.array([[row[name] for name in names] for row in rows])
    answerable = np.array([row["answerable"] for row in rows])
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    model = LogisticRegression(C=INVERSE_PENALTY)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    scaled = (raw - mean) / spread
    chances = cross_val_predict(model, scaled, answerable, cv=folds, method="predict_proba")[:, 1]
    model.fit(scaled, answerable)
    weights = model.coef_[0] / spread
    return {
        "questions": len(rows),
        "bias": round(float(model.intercept_[0] - weights @ mean), 4),
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
        "auc": round(float(roc_auc_score(answerable, chances)), 4),
        "auc_alone": {
            name: round(float(roc_auc_score(answerable, column)), 4)
            for name, column in zip(names, raw.T, strict=True)
        },
        "accuracy_at_half": round(float(np.mean((chances >= 0.5) == answerable)), 4),
    }


def _gather() -> Iterator[Row]:
    settings = load_settings()
    suite = SeedSuite(Choice(settings.seeds_dir, settings.seeds_dir, Split.DEV))
    cases = suite.questions()
    with tempfile.TemporaryDirectory(prefix="dateline-calibrate-") as folder:
        apart = settings.model_copy(update={"data_dir": Path(folder)})
        store = store_of(apart)
        sync(store, suite.corpus(), lambda: embedder_of(apart), lambda total: tqdm(total=total))
        pipeline = pipeline_of(apart, lambda line: None)
        try:
            for case in tqdm(cases):
                signals = signals_for(pipeline, case.to_question())
                if signals is not None:
                    yield _row(case, signals)
        finally:
            pipeline.engine.close()


def signals_for(pipeline: Pipeline, question: Question) -> Signals | None:
    """The signals for a question, by the same steps as when it is answered.

    Returns:
        None if it is refused whatever they are. A question that the pipeline would refuse before
        the reply is written, by the weights of now, has signals: those weights are to be fitted.
    """
    if refused_unread(question.text) is not None:
        return None
    count = pipeline.limits.evidence_sentences
    found = pipeline.retriever.retrieve(pipeline.reader.current(), question, count)
    if not found or found_nothing_near(found):
        return None
    read = pipeline.read(question, found, threading.Event())
    reply = pipeline.write(read, threading.Event())
    said, signals = pipeline.weigh(question.text, read, reply)
    return signals if said else None


def _row(case: Ask, signals: Signals) -> Row:
    row = dict(zip(signal_names(), signals.vector(), strict=True))
    return row | {"answerable": float(not case.must_refuse), "number": float(case.id[-3:])}


def _load(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
