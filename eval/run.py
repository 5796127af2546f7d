"""Run a suite through the pipeline and sum it up."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eval.metrics import Score, score
from eval.suite import Case
from rag.schemas import AnswerOut
from rag.types import Answer, Question

PERCENTILES = (50, 95)

Figures = dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Result:
    """One question, asked and measured."""

    case: Case
    answer: Answer
    score: Score

    def to_json(self) -> dict[str, object]:
        """One line of a results file."""
        return {
            "id": self.case.id,
            "kind": self.case.kind.value,
            "split": self.case.split.value,
            "question": self.case.question,
            "score": asdict(self.score),
            "answer": AnswerOut.of(self.answer).model_dump(mode="json"),
        }


def run(
    cases: Sequence[Case], ask: Callable[[Question], Answer], files: Mapping[str, str]
) -> Iterator[Result]:
    """Ask every question, in order; each result as soon as it is there."""
    for case in cases:
        answer = ask(Question(case.question))
        yield Result(case, answer, score(case, answer, files))


def summarise(results: Sequence[Result]) -> dict[str, Any]:
    """The figures of a run, over all questions and by kind.

    Shares are None where no question has the property that they are shares of.
    """
    kinds = sorted({result.case.kind for result in results})
    by_kind = {
        kind.value: _figures([r.score for r in results if r.case.kind is kind]) for kind in kinds
    }
    return {
        "questions": len(results),
        "figures": _figures([result.score for result in results]),
        "by_kind": by_kind,
        "latency_ms": _latency([result.answer for result in results]),
        "receipts": sorted({str(asdict(result.answer.receipt)) for result in results}),
    }


def _figures(scores: Sequence[Score]) -> Figures:
    answerable = [s for s in scores if not s.must_refuse]
    others = [s for s in scores if s.must_refuse]
    citations = sum(s.citations for s in scores)
    on_answerable = sum(s.citations for s in answerable)
    return {
        "questions": len(scores),
        "pointer_validity": _share(sum(s.pointers for s in scores), citations),
        "correctness": _share(sum(s.correct for s in answerable), len(answerable)),
        "false_refusal": _share(sum(s.refused for s in answerable), len(answerable)),
        "refused_of_unanswerable": _share(sum(s.refused for s in others), len(others)),
        "refusal_precision": _share(sum(s.refused for s in others), sum(s.refused for s in scores)),
        "confidently_wrong": _share(sum(s.confidently_wrong for s in scores), len(scores)),
        "gold_precision": _share(sum(s.on_gold or 0 for s in answerable), on_answerable),
        "gold_recall": _mean([s.recall for s in answerable]),
        "both_articles_cited": _mean([s.both_cited for s in answerable]),
        "atom_support": _share(
            sum(s.atoms_supported for s in scores), sum(s.atoms for s in scores)
        ),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _mean(values: Sequence[float | bool | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return round(sum(known) / len(known), 4) if known else None


def _latency(answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    columns: dict[str, list[int | None]] = {
        "retrieve": [*(a.timings.retrieve for a in answers)],
        "first_sentence": [a.timings.first_sentence for a in answers],
        "total": [*(a.timings.total for a in answers)],
    }
    latency: dict[str, dict[str, float]] = {}
    for name, column in columns.items():
        known = [value for value in column if value is not None]
        if known:
            points = np.percentile(known, PERCENTILES)
            pairs = zip(PERCENTILES, points, strict=True)
            latency[name] = {f"p{percent}": round(float(point)) for percent, point in pairs}
    return latency
