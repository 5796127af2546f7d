"""The suites that are our own, as they are: how large, how mixed, and apart in their splits."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import Ask, Span, Split
from eval.figures.answers import normalise, says_any
from eval.suites.followups import FollowupSuite
from eval.suites.interventions import InterventionSuite
from eval.suites.protocol import Choice
from eval.suites.seeds import Kind, SeedSuite
from index.articles import Article
from index.sentences import split_sentences
from rag.settings import PROJECT

BOTH = Choice(Path("nowhere"), PROJECT / "seeds", split=None)


@pytest.fixture(scope="module")
def seeds_suite() -> SeedSuite:
    return SeedSuite(BOTH)


@pytest.fixture(scope="module")
def followups() -> FollowupSuite:
    return FollowupSuite(BOTH)


@pytest.fixture(scope="module")
def interventions() -> InterventionSuite:
    return InterventionSuite(BOTH)


@pytest.fixture(scope="module")
def originals(seeds_suite: SeedSuite) -> dict[str, Ask]:
    return {ask.id: ask for ask in seeds_suite.questions()}


@pytest.fixture(scope="module")
def edited_articles(interventions: InterventionSuite) -> dict[str, Article]:
    return {article.id: article for article in interventions.corpus()}


def of_kind(suite: InterventionSuite, kind: str) -> list[Ask]:
    found = [ask for ask in suite.questions() if ask.kind == kind]
    assert found
    return found


def gold_of(ask: Ask) -> list[Span]:
    return [span for group in ask.gold for span in group]


def test_the_seeds_suite_is_as_large_and_as_mixed_as_it_says(seeds_suite: SeedSuite) -> None:
    asks = seeds_suite.questions()
    kinds = Counter(ask.kind for ask in asks)
    assert len(asks) == 257
    assert kinds.keys() == {kind.value for kind in Kind}
    assert len(kinds) == 10
    assert kinds["unanswerable"] + kinds["false_premise"] >= 60
    assert kinds["attack"] >= 20
    assert sum(len(ask.articles) > 2 for ask in asks) >= 7
    in_splits = Counter((ask.kind, ask.split) for ask in asks)
    assert min(in_splits[kind.value, split] for kind in Kind for split in Split) >= 7


def test_the_kind_of_a_question_says_whether_it_must_be_refused(seeds_suite: SeedSuite) -> None:
    refused = {ask.kind for ask in seeds_suite.questions() if ask.must_refuse}
    answered = {ask.kind for ask in seeds_suite.questions() if not ask.must_refuse}
    assert refused == {"attack", "false_premise", "unanswerable"}
    assert answered == {kind.value for kind in Kind} - {"false_premise", "unanswerable"}
    both = [ask for ask in seeds_suite.questions() if ask.kind == "both_articles"]
    assert {len(ask.required_articles) for ask in both} == {2}


def test_a_planted_article_is_asked_of_by_an_attack_that_forbids_what_it_wants(
    seeds_suite: SeedSuite,
) -> None:
    articles = {article.id: article for article in seeds_suite.corpus()}
    planted = [ask for ask in seeds_suite.questions() if len(ask.articles) > 2]
    assert {ask.kind for ask in planted} == {"attack"}
    for ask in planted:
        assert says_any(articles[ask.articles[-1]].text, ask.forbidden), ask.id
        assert not any(says_any(articles[name].text, ask.forbidden) for name in ask.articles[:2])


def test_no_right_answer_says_what_is_forbidden(seeds_suite: SeedSuite) -> None:
    for ask in seeds_suite.questions():
        aliases = [alias for slot in ask.slots for alias in slot.aliases]
        assert not [alias for alias in aliases if says_any(alias, ask.forbidden)], ask.id


def test_every_slot_is_filled_by_the_gold_sentences_together(seeds_suite: SeedSuite) -> None:
    for ask in (ask for ask in seeds_suite.questions() if ask.slots):
        text = "\n".join(span.quote for span in gold_of(ask))
        assert [s.name for s in ask.slots if not says_any(text, s.aliases)] == [], ask.id


def test_there_are_conversations_of_two_to_four_turns(followups: FollowupSuite) -> None:
    lengths = Counter(ask.cluster for ask in followups.questions())
    assert len(lengths) >= 30
    assert set(lengths.values()) <= {1, 2, 3}
    for ask in followups.questions():
        name, _, place = ask.id.rpartition("-")
        assert (name, len(ask.history)) == (ask.cluster, 2 * (int(place) - 1))
        assert [turn.role for turn in ask.history[:2]] == ["user", "assistant"]


def test_no_question_stands_twice(seeds_suite: SeedSuite, followups: FollowupSuite) -> None:
    texts = [normalise(ask.question) for ask in seeds_suite.questions()]
    assert [text for text, count in Counter(texts).items() if count > 1] == []
    talks = [
        (tuple(turn.content for turn in ask.history), normalise(ask.question))
        for ask in followups.questions()
    ]
    assert [talk for talk, count in Counter(talks).items() if count > 1] == []


@pytest.mark.parametrize("name", ["seeds", "followups"])
def test_no_evidence_stands_in_both_splits(name: str) -> None:
    suite = SeedSuite(BOTH) if name == "seeds" else FollowupSuite(BOTH)
    spans: dict[Split, list[Span]] = {Split.DEV: [], Split.TEST: []}
    for ask in suite.questions():
        spans[ask.split] += gold_of(ask)
    assert spans[Split.DEV]
    assert [s for s in spans[Split.DEV] if any(s.overlaps(o) for o in spans[Split.TEST])] == []


def test_what_is_made_stays_in_the_split_of_what_it_is_made_from(
    interventions: InterventionSuite, originals: dict[str, Ask]
) -> None:
    for ask in interventions.questions():
        assert (ask.split, ask.question) == (
            originals[ask.cluster].split,
            originals[ask.cluster].question,
        )
    test_alone = InterventionSuite(replace(BOTH, split=Split.TEST)).questions()
    assert test_alone == [ask for ask in interventions.questions() if ask.split is Split.TEST]
    assert test_alone


def test_an_edit_stands_in_the_articles_and_what_it_replaced_does_not(
    interventions: InterventionSuite, edited_articles: dict[str, Article]
) -> None:
    for ask in of_kind(interventions, "edited"):
        (old,), (new, *_) = ask.forbidden, ask.slots[0].aliases
        texts = [edited_articles[name].text for name in ask.articles]
        assert [text for text in texts if says_any(text, [old])] == [], ask.id
        assert all(says_any(span.quote, [new]) for span in gold_of(ask)), ask.id
        assert not says_any(ask.question, [new]), ask.id
        assert not says_any(ask.question, [old]), ask.id


def test_the_gold_of_an_edited_question_is_the_text_of_its_own_articles(
    interventions: InterventionSuite, edited_articles: dict[str, Article]
) -> None:
    for ask in of_kind(interventions, "edited"):
        for span in gold_of(ask):
            assert span.article_id in ask.articles
            assert edited_articles[span.article_id].text[span.start : span.end] == span.quote


def test_what_answers_is_deleted_and_every_other_sentence_stays(
    interventions: InterventionSuite,
    originals: dict[str, Ask],
    edited_articles: dict[str, Article],
    seeds: tuple[Article, ...],
) -> None:
    for ask in of_kind(interventions, "deleted"):
        gone = gold_of(originals[ask.cluster])
        assert ask.must_refuse
        for article, name in zip(seeds, ask.articles, strict=True):
            mine = [span for span in gone if span.article_id == article.id]
            assert [s for s in mine if s.quote in edited_articles[name].text] == []
            kept = [
                sentence.text
                for sentence in split_sentences(article)
                if not any(s.start < sentence.end and sentence.start < s.end for s in mine)
            ]
            left = " ".join(edited_articles[name].text.split())
            assert [text for text in kept if " ".join(text.split()) not in left] == []


def test_questions_are_made_the_same_every_time(interventions: InterventionSuite) -> None:
    again = InterventionSuite(BOTH)
    assert again.questions() == interventions.questions()
    assert again.corpus() == interventions.corpus()


def test_each_edited_question_is_asked_of_its_own_articles_alone(
    interventions: InterventionSuite,
) -> None:
    owners = Counter(name for ask in interventions.questions() for name in ask.articles)
    assert set(owners.values()) == {1}
    assert set(owners) == {article.id for article in interventions.corpus()}
    few = InterventionSuite(replace(BOTH, limit=3))
    assert len(few.corpus()) == 2 * len(few.questions()) == 6
