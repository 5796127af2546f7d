"""The citation rules of ALCE, with a judge that says what the test tells it."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from eval.cases import Span
from eval.figures.grounding import Grounding, ground
from eval.replies import CitedSentence, Reply
from eval.suites.protocol import Ratio
from index.articles import Article
from tests.eval.samples import REFUSED, answered

SAID = "it rained and the ferry left."


class ToldJudge:
    name = "told"

    """Says of a joined source what it was told; what it was not told of supports nothing."""

    def __init__(self, sources: Mapping[str, float]) -> None:
        self._sources = sources
        self.asked: list[tuple[str, str]] = []

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [self._sources.get(source, 0.0) for _, source in pairs]


def span(quote: str) -> Span:
    return Span(article_id="a", start=0, end=len(quote), quote=quote)


def told(text: str, *quotes: str, sources: Mapping[str, float]) -> Grounding:
    return ground(answered(text, *map(span, quotes)), ToldJudge(sources), {})


def figures(grounded: int, recalled: int, precise: int, of: int, cited: int) -> dict[str, Ratio]:
    return {
        "groundedness": Ratio(grounded, of),
        "citation_recall": Ratio(recalled, of),
        "citation_precision": Ratio(precise, cited),
    }


@pytest.mark.parametrize(("chance", "holds"), [(0.5, 1), (0.9, 1), (0.4999, 0)])
def test_a_sentence_is_recalled_from_one_half_on(chance: float, holds: int) -> None:
    found = told(SAID, "a", sources={"a": chance})
    assert found == Grounding(figures(holds, holds, holds, 1, 1), (chance,))


@pytest.mark.parametrize(
    ("sources", "precise"),
    [
        ({"a b": 0.9, "a": 0.9, "b": 0.1}, 1),  # b is needless
        ({"a b": 0.9, "a": 0.9, "b": 0.9}, 2),  # each would do
        ({"a b": 0.9, "a": 0.1, "b": 0.1}, 2),  # only both together
        ({"a b": 0.1, "a": 0.9, "b": 0.9}, 0),  # together they do not, so none counts
    ],
)
def test_a_citation_counts_if_it_supports_alone_or_is_needed(
    sources: Mapping[str, float], precise: int
) -> None:
    found = told(SAID, "a", "b", sources=sources)
    assert found.figures["citation_precision"] == Ratio(precise, 2)
    assert found.figures["citation_recall"] == Ratio(sources["a b"] >= 0.5, 1)


def test_of_three_the_one_that_the_other_two_make_needless_does_not_count() -> None:
    sources = {"a b c": 0.9, "a b": 0.8, "a c": 0.2, "b c": 0.2}
    assert told(SAID, "a", "b", "c", sources=sources).figures["citation_precision"] == Ratio(2, 3)


def test_a_sentence_without_a_citation_is_supported_by_nothing_and_asks_no_judge() -> None:
    judge = ToldJudge({"": 1.0})
    found = ground(answered(SAID), judge, {})
    assert found == Grounding(figures(0, 0, 0, 1, 0), (0.0,))
    assert judge.asked == []


@pytest.mark.parametrize(
    "text",
    ["it carried 213 people.", "it left Halven with 212 people.", "it was “late” with 212 people."],
)
def test_what_its_spans_do_not_hold_is_not_grounded_whatever_the_judge_says(text: str) -> None:
    found = told(text, "It carried 212 people.", sources={"It carried 212 people.": 0.99})
    assert found.figures == figures(0, 1, 1, 1, 1)


def test_an_atom_may_stand_in_any_of_the_cited_spans() -> None:
    found = told("it left Halven at 9.", "at 9", "from Halven", sources={"at 9 from Halven": 0.9})
    assert found.figures["groundedness"] == Ratio(1, 1)


def test_a_day_that_a_relative_date_names_is_held_as_in_atom_support() -> None:
    """A day in brackets after "on Monday" was an atom without support here, and none there."""
    quote = "The ferry left on Monday."
    reply = answered("the ferry left on Monday (7 April 2025).", span(quote))
    named = "The ferry left on Monday (7 April 2025)."
    judge = ToldJudge({quote: 0.9, named: 0.9})
    dated = Article(id="a", title="", text=quote, published=date(2025, 4, 8))
    undated = Article(id="a", title="", text=quote)
    assert ground(reply, judge, {"a": dated}).figures == figures(1, 1, 1, 1, 1)
    assert ground(reply, judge, {"a": undated}).figures == figures(0, 1, 1, 1, 1)
    assert [source for _, source in judge.asked] == [named, quote]


def test_a_refusal_says_nothing() -> None:
    judge = ToldJudge({})
    assert ground(REFUSED, judge, {}) == Grounding({}, ())
    assert judge.asked == []


def test_what_is_judged_stands_in_the_order_of_the_sentences() -> None:
    reply = Reply(
        refused=False,
        sentences=(
            CitedSentence(text="it rained.", citations=(2,)),
            CitedSentence(text="it was late."),
            CitedSentence(text="it left.", citations=(1, 2)),
        ),
        citations=(span("a"), span("b")),
    )
    found = ground(reply, ToldJudge({"b": 0.2, "a b": 0.8, "a": 0.7}), {})
    assert found.judged == (0.2, 0.0, 0.8)
    assert found.figures == figures(1, 1, 1, 3, 3)
