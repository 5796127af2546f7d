"""The independent support scorer: does a source fully support a claim?

Trained here (`python -m eval.support.train`), measured here (`python -m eval.support.report`).
It scores answers and never gates them.
"""

from eval.support.scorer import SupportScorer, load_scorer

__all__ = ["SupportScorer", "load_scorer"]
