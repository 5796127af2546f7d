"""Example questions of a collection, for whoever sees it for the first time.

    articles → sentences → drafts → those that are fit → at most four

Enters: a generation of the index. Leaves: questions in words of its articles, which a sentence of
theirs answers. The rules are strict, since an odd question is worse than none; no model is asked.
"""

from rag.examples.choose import Candidate, Choice, Example, examples_of
from rag.examples.latest import LatestExamples

__all__ = ["Candidate", "Choice", "Example", "LatestExamples", "examples_of"]
