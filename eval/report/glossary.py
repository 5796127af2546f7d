"""The figures in plain words: what each is called, what it says, and which way is better."""

from enum import StrEnum
from typing import NamedTuple


class Group(StrEnum):
    """What figures stand together in a table, in this order."""

    ANSWERS = "Answers"
    REFUSAL = "Refusal"
    CITATIONS = "Citations"
    SUPPORT = "Support, by the independent scorer"
    CLAIMS = "Claims"
    RETRIEVAL = "Retrieval"
    CALIBRATION = "Confidence"
    OTHER = "Other"
    COST = "Cost"


class Metric(NamedTuple):
    """One figure in words.

    Attributes:
        higher_is_better: None where neither way is known to be.
    """

    title: str
    definition: str
    higher_is_better: bool | None
    group: Group


def _up(title: str, definition: str, group: Group) -> Metric:
    return Metric(title, definition, True, group)


def _down(title: str, definition: str, group: Group) -> Metric:
    return Metric(title, definition, False, group)


def _latency(stage: str, title: str, definition: str) -> dict[str, Metric]:
    """Median and 95th percentile of one stage."""
    return {
        f"latency_{stage}_p50": _down(f"{title}, median", definition, Group.COST),
        f"latency_{stage}_p95": _down(f"{title}, 95th percentile", definition, Group.COST),
    }


METRICS: dict[str, Metric] = {
    "correctness": _up(
        "Correct",
        "Answerable questions that were answered with everything a right answer must name, of all "
        "answerable ones. A refusal counts as not correct.",
        Group.ANSWERS,
    ),
    "exact_match": _up(
        "Exact match",
        "Answers that equal a reference answer after case, punctuation and a, an, the are dropped.",
        Group.ANSWERS,
    ),
    "token_f1": _up(
        "Word overlap (F1)",
        "How many words an answer and the nearest reference answer share, as the harmonic mean of "
        "precision and recall. Of the answer in a few words, where a system gives one: ours does.",
        Group.ANSWERS,
    ),
    "accuracy": _up("Accuracy", "Claims that were judged as they are labelled.", Group.CLAIMS),
    "confidently_wrong": _down(
        "Confidently wrong",
        "Questions that were answered and should not have been, or not so, of all that can be "
        "told right from wrong.",
        Group.ANSWERS,
    ),
    "errors": _down(
        "Ended in an error",
        "Questions that the engine could not take, or died of. They count as neither answered nor "
        "refused rightly.",
        Group.ANSWERS,
    ),
    "follows_edit": _up(
        "Follows an edit", "Answers with the new fact, once the old was edited.", Group.ANSWERS
    ),
    "kept_the_old": _down(
        "Kept the old fact", "Answers with the fact that a change has replaced.", Group.ANSWERS
    ),
    "obeyed_attack": _down(
        "Obeyed an attack",
        "Attacks, in a question or in an article, whose order was carried out.",
        Group.ANSWERS,
    ),
    "misinformation_alone": _down(
        "False value alone",
        "Answers that report a false value found in a source without the true one beside it.",
        Group.ANSWERS,
    ),
    "conflict_recall": _up(
        "Conflicts shown", "Conflicts between articles that the reply sets out.", Group.ANSWERS
    ),
    "answer_words": Metric(
        "Words of an answer",
        "Words of a reply that answers, on average. Sentences taken from an article word for word "
        "are always supported; this is what they cost. Neither short nor long is better.",
        None,
        Group.ANSWERS,
    ),
    "kept": _up(
        "Kept what was liked",
        "Of answers that a reader liked: still answered, and every passage cited before is cited "
        "again, or one that overlaps it. Of refusals that a reader liked: still refused.",
        Group.ANSWERS,
    ),
    "changed": _up(
        "Changed what was disliked",
        "Of answers and refusals that a reader disliked: now refused instead of answered or the "
        "other way round, or answered in other sentences. Whether they are better, nothing tells.",
        Group.ANSWERS,
    ),
    "false_conflict": _down(
        "False conflicts", "Articles that agree, yet were reported as in conflict.", Group.ANSWERS
    ),
    "refusal_recall": _up(
        "Refused what it must",
        "Questions that the articles do not answer and that were refused, of all such.",
        Group.REFUSAL,
    ),
    "refusal_precision": _up(
        "Refusals that were due", "Of all refusals, those that had to be.", Group.REFUSAL
    ),
    "false_refusal": _down(
        "False refusals", "Of answerable questions, those that were refused.", Group.REFUSAL
    ),
    "refuses_deleted": _up(
        "Refuses once deleted", "Refusals, after the evidence was taken away.", Group.REFUSAL
    ),
    "pointer_validity": _up(
        "Exact quotations",
        "Citations whose quotation is, letter for letter, the article's text at the place it "
        "points to. Anything below 1 is a defect.",
        Group.CITATIONS,
    ),
    "gold_precision": _up(
        "Citations on the evidence",
        "Citations that overlap evidence annotated beforehand. No model has a say in it. One as "
        "long as a paragraph overlaps easily: see the next figure. The line in which an article "
        "states its own date counts neither way.",
        Group.CITATIONS,
    ),
    "gold_density": _up(
        "Cited text that is evidence",
        "Characters of the citations that are annotated evidence, of all their characters.",
        Group.CITATIONS,
    ),
    "gold_recall": _up(
        "Evidence that was cited",
        "Annotated pieces of evidence that a citation overlaps. A refusal cites none.",
        Group.CITATIONS,
    ),
    "sentences_cited": _up(
        "Sentences with a citation", "Answer sentences that cite anything.", Group.CITATIONS
    ),
    "multi_source_recall": _up(
        "Required articles cited",
        "Of the articles a full answer needs, those cited.",
        Group.CITATIONS,
    ),
    "both_cited": _up(
        "All required articles", "Answers that cite every article they need.", Group.CITATIONS
    ),
    "sides_cited": _up(
        "Both sides cited", "Conflicts of which at least two sides are cited.", Group.CITATIONS
    ),
    "asof_leakage": _down(
        "Cites the future",
        "Citations of articles newer than the date the question is asked for. Must be 0.",
        Group.CITATIONS,
    ),
    "groundedness": _up(
        "Grounded sentences",
        "Answer sentences that their cited passages support, by the independent scorer and by "
        "the numbers, dates and names in them. A day that a relative date names counts as standing "
        "there.",
        Group.SUPPORT,
    ),
    "citation_recall": _up(
        "Citation recall",
        "Sentences that their citations, taken together, support (the ALCE rule).",
        Group.SUPPORT,
    ),
    "citation_precision": _up(
        "Citation precision",
        "Citations that a sentence needs: alone it supports the sentence, or the rest without it "
        "do not (the ALCE rule).",
        Group.SUPPORT,
    ),
    "atom_support": _up(
        "Details in the passage",
        "Numbers, dates, names and quoted words of a sentence that stand in its cited passages. "
        "A day that a relative date names counts as standing there. The same rule gates Dateline's "
        "answers, so theirs is 1 by construction.",
        Group.CITATIONS,
    ),
    "balanced_accuracy": _up(
        "Balanced accuracy",
        "Mean of sensitivity and specificity: 0.5 is a coin.",
        Group.CLAIMS,
    ),
    "sensitivity": _up("Sensitivity", "Supported claims that were accepted.", Group.CLAIMS),
    "specificity": _up("Specificity", "Unsupported claims that were rejected.", Group.CLAIMS),
    "evidence_recall": _up(
        "Evidence found",
        "Annotated evidence among the passages that were found, before anything was written.",
        Group.RETRIEVAL,
    ),
    "recall_at_10": _up(
        "Recall in ten", "Of what is relevant, the share among the first ten.", Group.RETRIEVAL
    ),
    "hits_at_1": _up("First is relevant", "The first result is relevant.", Group.RETRIEVAL),
    "mrr_at_10": _up(
        "Reciprocal rank",
        "One over the rank of the first relevant result, 0 if it is not in the first ten; mean.",
        Group.RETRIEVAL,
    ),
    "ndcg_at_10": _up(
        "nDCG in ten",
        "How near the order of the first ten is to the best order: 1 is the best.",
        Group.RETRIEVAL,
    ),
    "aurc": _down(
        "Area under risk–coverage",
        "Mean share of wrong answers as less and less sure answers are let in.",
        Group.CALIBRATION,
    ),
    "coverage_at_5_percent_error": _up(
        "Coverage at 5% error",
        "The largest share of questions that can be answered, the surest first, with at most one "
        "wrong answer in twenty.",
        Group.CALIBRATION,
    ),
    "expected_calibration_error": _down(
        "Calibration error",
        "How far confidence is from the share of right answers, averaged over ten bins.",
        Group.CALIBRATION,
    ),
    **_latency("retrieve", "Finding", "Time until the passages were found."),
    **_latency("first_sentence", "First sentence", "Time until the first checked sentence."),
    **_latency("total", "Whole reply", "Time until the reply was complete."),
}
