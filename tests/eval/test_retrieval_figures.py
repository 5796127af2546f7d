"""Ranked evidence against gold, ranked articles against relevant ones: by hand-computed values."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Search, Span
from eval.figures.retrieval import MEASURES, measures, score_evidence, score_search
from eval.replies import Ranking, Reply
from eval.suites.protocol import Ratio
from tests.eval.samples import ASK, LEFT, LEFT_TOO, RAINED, REFUSED, TRAP

NAMES = ("recall_at_10", "hits_at_1", "mrr_at_10", "ndcg_at_10")
OTHER = Span(article_id="ferry", start=31, end=40, quote="no matter")
OTHERS = [OTHER.model_copy(update={"start": n, "end": n + 1}) for n in range(40, 60)]


def values(ranked: list[str], relevant: list[str]) -> tuple[float, ...]:
    found = measures(ranked, relevant)
    assert {ratio.whole for ratio in found.values()} == {1.0}
    return tuple(found[name].part for name in NAMES)


def seen(*spans: Span) -> dict[str, float]:
    """The figures of evidence for a question with groups {left, left too} and {rained}."""
    reply = REFUSED.model_copy(update={"evidence": spans, "searched": True})
    found = score_evidence(ASK, reply)
    return {name: round(ratio.part / ratio.whole, 4) for name, ratio in found.items()}


def gain(*ranks: int) -> float:
    return sum(1 / log2(rank + 1) for rank in ranks)


@pytest.mark.parametrize(
    ("ranked", "relevant", "expected"),
    [
        (["a", "b"], ["a"], (1, 1, 1, 1)),
        (["x", "a"], ["a"], (1, 0, 1 / 2, gain(2))),
        (["x", "a", "y", "b"], ["a", "b", "c"], (2 / 3, 0, 1 / 2, gain(2, 4) / gain(1, 2, 3))),
        ([*"123456789", "a"], ["a"], (1, 0, 1 / 10, gain(10))),
        ([*"1234567890", "a"], ["a"], (0, 0, 0, 0)),
        (["x", "y"], ["a"], (0, 0, 0, 0)),
        ([], ["a"], (0, 0, 0, 0)),
    ],
)
def test_measures_by_value(
    ranked: list[str], relevant: list[str], expected: tuple[float, ...]
) -> None:
    assert values(ranked, relevant) == pytest.approx(expected, abs=1e-6)


def test_more_relevant_names_than_ten_cannot_all_be_recalled_at_ten() -> None:
    names = [f"n{n:02}" for n in range(20)]
    assert values(names, names) == (0.5, 1, 1, 1)


@given(st.permutations(["a", "b", "c", "d", "e"]), st.sets(st.sampled_from("abcde"), min_size=1))
def test_only_the_order_of_names_counts_and_not_the_names(
    ranked: list[str], relevant: set[str]
) -> None:
    """Measures that break ties by name would differ; a ranking has no ties."""
    other = {name: f"{9 - place}" for place, name in enumerate("abcde")}
    renamed = values([other[name] for name in ranked], [other[name] for name in sorted(relevant)])
    first = min(ranked.index(name) for name in relevant) + 1
    assert values(ranked, sorted(relevant)) == renamed
    assert renamed[:3] == pytest.approx((1, float(first == 1), 1 / first), abs=1e-6)


def test_evidence_that_found_both_members_of_a_group_is_collapsed_to_one() -> None:
    found = seen(LEFT, LEFT_TOO, OTHER, RAINED)
    assert found == {
        "evidence_recall_at_10": 1.0,
        "evidence_hits_at_1": 1.0,
        "evidence_mrr_at_10": 1.0,
        "evidence_ndcg_at_10": round(gain(1, 2, 4) / gain(1, 2, 3), 4),
        "evidence_recall_at_10_collapsed": 1.0,
        "evidence_hits_at_1_collapsed": 1.0,
        "evidence_mrr_at_10_collapsed": 1.0,
        "evidence_ndcg_at_10_collapsed": round(gain(1, 3) / gain(1, 2), 4),
        "evidence_recall": 1.0,
    }


def test_a_near_copy_found_twice_counts_once() -> None:
    found = seen(LEFT_TOO, LEFT)
    assert (found["evidence_recall_at_10"], found["evidence_recall_at_10_collapsed"]) == (
        0.6667,
        0.5,
    )
    assert found["evidence_ndcg_at_10_collapsed"] == round(gain(1) / gain(1, 2), 4)
    assert found["evidence_ndcg_at_10_collapsed"] == seen(LEFT)["evidence_ndcg_at_10_collapsed"]


def test_one_copy_of_a_group_is_all_that_collapsed_recall_asks_for() -> None:
    found = seen(OTHER, RAINED, LEFT_TOO)
    assert (found["evidence_recall_at_10"], found["evidence_recall_at_10_collapsed"]) == (0.6667, 1)
    assert (found["evidence_mrr_at_10"], found["evidence_mrr_at_10_collapsed"]) == (0.5, 0.5)


def test_what_was_seen_after_the_tenth_place_counts_for_evidence_recall_alone() -> None:
    found = seen(*OTHERS[:10], LEFT, RAINED)
    assert (found["evidence_recall"], found["evidence_recall_at_10"]) == (1.0, 0.0)


def test_a_part_of_gold_is_a_hit_and_its_neighbour_is_not() -> None:
    part = Span(article_id="ferry", start=19, end=21, quote=". ")
    assert seen(part)["evidence_recall"] == 0.5
    assert seen(OTHER)["evidence_recall"] == 0.0


def test_without_gold_or_a_search_nothing_is_said() -> None:
    assert score_evidence(TRAP, Reply(refused=True, evidence=(LEFT,))) == {}
    assert score_evidence(ASK, REFUSED) == {}


def test_a_search_that_finds_nothing_scores_nothing() -> None:
    """It was left out of the figures, which made them too good."""
    found = score_evidence(ASK, REFUSED.model_copy(update={"searched": True}))
    assert {ratio.part for ratio in found.values()} == {0.0}
    assert all(ratio.whole for ratio in found.values())


def test_the_article_that_a_search_is_from_is_left_out_of_its_ranking() -> None:
    case = Search(id="s", kind="event", query="fire", relevant=("a",), apart_from=("own", "twin"))
    found = score_search(case, Ranking(articles=("own", "a", "twin", "b")))
    assert [found[name].part for name in NAMES] == [1, 1, 1, 1]
    nothing = score_search(case, Ranking(articles=("own",)))
    assert [nothing[name].part for name in NAMES] == [0, 0, 0, 0]
    assert set(found) == set(nothing) == set(MEASURES)


def test_gold_spans_that_one_sentence_holds_are_found_together() -> None:
    """A sentence with three annotated answers could find one of them, so recall was a third."""
    spans = [
        Span(article_id="ferry", start=start, end=start + 3, quote=LEFT.quote[start : start + 3])
        for start in (0, 4, 10)
    ]
    ask = ASK.model_copy(update={"gold": tuple((span,) for span in spans)})
    found = score_evidence(ask, REFUSED.model_copy(update={"evidence": (LEFT,), "searched": True}))
    assert found["evidence_recall_at_10"] == found["evidence_mrr_at_10"] == Ratio(1.0)
