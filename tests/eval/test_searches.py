"""Suites of search, over rows invented here; and, marked real, over the public files."""

import gzip
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from eval.cases import Search, Split
from eval.figures.retrieval import score_search
from eval.replies import Ranking
from eval.suites import allsides, searches
from eval.suites.allsides import AllsidesSuite, is_sentence, make_questions, pieces
from eval.suites.protocol import Choice, Task
from eval.suites.rewrites import RULES, rewrite
from eval.suites.searches import SEARCH_SUITES, EcbplusSuite, near_copies
from index.articles import Article
from rag.errors import SuiteError, SuiteMissing

Rows = list[dict[str, Any]]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = {"allsides": allsides.FILE, "ecbplus": searches.FILE}


def event(name: str, of: str = "1/one", **changes: object) -> dict[str, Any]:
    row = {
        "id": f"ecbplus-{name}",
        "event": of,
        "topic": of.split("/")[0],
        "outlet": None,
        "date": None,
        "date_from": None,
        "title": None,
        "url": None,
        "text": f"A boat that is called {name} sank near the coast of {name} .\nNobody drowned .",
    }
    return row | changes


def news(number: int, **changes: object) -> dict[str, Any]:
    row = {
        "id": f"allsides-{number:03}",
        "outlet": "The Quay",
        "date": "2019-04-02",
        "title": f"Harbour {number}",
        "url": "https://quay.example/1",
        "text": (
            f"It rained.\n\nThe keeper said that the lighthouse of Oda{number}ville Bay is closed "
            f"because three lamps have failed since May. It rained."
        ),
    }
    return row | changes


Written = Callable[..., Choice]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write rows as a suite's file; the choice that finds it, by default of both splits."""

    def write(
        name: str,
        rows: Rows,
        split: Split | None = None,
        limit: int | None = None,
        seed: int = 0,
    ) -> Choice:
        path = tmp_path / FILES[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        path.write_bytes(gzip.compress(lines.encode(), mtime=0))
        return Choice(tmp_path, tmp_path, split, limit, seed)

    return write


def some(name: str, count: int = 24) -> Rows:
    if name == "allsides":
        return [news(number) for number in range(count)]
    return [event(f"n{number}", f"{number // 3}/e{number // 3}") for number in range(count)]


# what both do


@pytest.mark.parametrize("name", sorted(SEARCH_SUITES))
def test_an_absent_file_is_said_to_be_absent(name: str, tmp_path: Path) -> None:
    with pytest.raises(SuiteMissing, match=f"{name}.* is not in"):
        SEARCH_SUITES[name](Choice(data=tmp_path, seeds=tmp_path))


@pytest.mark.parametrize("name", sorted(SEARCH_SUITES))
@pytest.mark.parametrize("broken", [{"more": 1}, {"date": "2019-02-30"}, {"text": "\x00"}])
def test_a_bad_row_is_named_by_file_and_line(
    name: str, broken: dict[str, Any], written: Written
) -> None:
    rows = some(name)
    rows[1] |= broken
    with pytest.raises(SuiteError, match=rf"{name}\w*\.jsonl\.gz, line 2: {next(iter(broken))}"):
        SEARCH_SUITES[name](written(name, rows))


@pytest.mark.parametrize("name", sorted(SEARCH_SUITES))
def test_two_rows_of_one_id_are_refused(name: str, written: Written) -> None:
    rows = some(name)
    with pytest.raises(SuiteError, match="two rows have the same id"):
        SEARCH_SUITES[name](written(name, [*rows, rows[0]]))


@pytest.mark.parametrize("name", sorted(SEARCH_SUITES))
def test_the_same_choice_gives_the_same_questions(name: str, written: Written) -> None:
    one = SEARCH_SUITES[name](written(name, some(name), limit=5, seed=3))
    other = SEARCH_SUITES[name](written(name, some(name)[::-1], limit=5, seed=3))
    assert one.corpus() == other.corpus()
    assert [question.id for question in one.questions()] == [q.id for q in other.questions()]
    assert [question.query for question in one.questions()] == [q.query for q in other.questions()]
    assert len(one.questions()) == 5
    assert one.questions() != SEARCH_SUITES[name](written(name, some(name), limit=5)).questions()


@pytest.mark.parametrize("name", sorted(SEARCH_SUITES))
def test_the_two_splits_are_the_whole(name: str, written: Written) -> None:
    sides = [SEARCH_SUITES[name](written(name, some(name), split=side)) for side in Split]
    whole = SEARCH_SUITES[name](written(name, some(name)))
    found = [question for suite in sides for question in suite.questions()]
    assert sorted(found, key=lambda question: question.id) == whole.questions()
    assert all(suite.questions() for suite in sides)
    assert all(suite.corpus() == whole.corpus() for suite in sides), "hard ones stay"
    assert whole.task is Task.SEARCH


@pytest.mark.parametrize("name", sorted(SEARCH_SUITES))
def test_a_ranking_is_scored_by_the_figures_of_retrieval(name: str, written: Written) -> None:
    suite = SEARCH_SUITES[name](written(name, some(name)))
    question = suite.questions()[0]
    ranking = Ranking(articles=("nowhere", *question.relevant))
    assert suite.score(question, ranking) == score_search(question, ranking)


# ECB+


def test_ecbplus_the_others_of_the_event_are_relevant(written: Written) -> None:
    rows = [event("a"), event("b"), event("c"), event("d", "1/two"), event("e", "2/one")]
    suite = EcbplusSuite(written("ecbplus", rows))
    first = suite.questions()[0]
    assert first.relevant == ("ecbplus-b", "ecbplus-c")
    assert (first.apart_from, first.cluster, first.kind) == (("ecbplus-a",), "1/one", "same_event")
    assert [question.id[-1] for question in suite.questions()] == ["a", "b", "c"], "none alone"
    assert [article.id[-1] for article in suite.corpus()] == ["a", "b", "c", "d", "e"]


def test_ecbplus_events_of_one_topic_stand_on_one_side(written: Written) -> None:
    rows = [event(f"{t}{e}{n}", f"{t}/{e}") for t in range(9) for e in "ab" for n in range(2)]
    sides = {
        question.cluster: question.split
        for question in EcbplusSuite(written("ecbplus", rows)).questions()
    }
    assert all(sides[f"{topic}/a"] is sides[f"{topic}/b"] for topic in range(9))
    assert set(sides.values()) == set(Split)


@pytest.mark.parametrize(
    ("title", "text", "query"),
    [
        (
            "A boat sinks",
            "April 2nd , 2019 , 7 : 35 am\nA boat sank near the old coast .\nMore .",
            "A boat sinks\nA boat sank near the old coast .",
        ),
        ("A boat sinks", "It sank .\nIt did .", "A boat sinks\nIt sank ."),
        (None, "It sank .\nNobody drowned .", "It sank . Nobody drowned ."),
        (None, "boat " * 99, "boat " * 59 + "boat…"),
    ],
)
def test_ecbplus_queries(title: str | None, text: str, query: str, written: Written) -> None:
    rows = [event("a", title=title, text=text), event("b")]
    assert EcbplusSuite(written("ecbplus", rows)).questions()[0].query == query


def test_ecbplus_metadata_is_kept_and_never_guessed(written: Written) -> None:
    known = event("b", outlet="quay", date="2019-04-02", date_from="url", title="T", url="http://q")
    first, second = EcbplusSuite(written("ecbplus", [event("a"), known])).corpus()
    assert (first.outlet, first.published, first.url) == (None, None, None)
    assert first.title.startswith("A boat that is called a sank")
    assert (second.outlet, second.published, second.title) == ("quay", date(2019, 4, 2), "T")


def test_near_copies_share_half_of_their_shingles() -> None:
    words = [f"w{number}" for number in range(30)]
    texts = {
        "whole": " ".join(words),
        "same": " ".join(words).upper(),
        "most": " ".join(words[:26]),
        "half": " ".join(words[18:]),
        "short": "w0 w1 w2",
    }
    assert near_copies(texts) == {"whole", "same", "most"}
    assert near_copies({"a": "w0 w1", "b": "W0, w1!"}) == {"a", "b"}


def test_ecbplus_the_kind_tells_near_copies(written: Written) -> None:
    rows = [event("a"), event("b", text=event("a")["text"]), event("c")]
    questions = EcbplusSuite(written("ecbplus", rows)).questions()
    assert [question.kind for question in questions] == ["near_copy", "near_copy", "same_event"]


# rewriting


RULE = {rule.__name__.removeprefix("_"): rule for rule in RULES}


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (
            "move_speaker",
            "The mill burned all night, Ann Lee said.",
            "Ann Lee said The mill burned all night.",
        ),
        (
            "move_speaker",
            "“The mill burned all night,” she said.",
            "She said “The mill burned all night”.",
        ),
        (
            "move_speaker",
            "Ann Lee said that the old mill burned down.",
            "The old mill burned down, Ann Lee said.",
        ),
        (
            "move_speaker",
            "He said the mill burned all night.",
            "The mill burned all night, he said.",
        ),
        ("move_speaker", "Ann Lee said that it all burned.", None),
        ("move_speaker", "Ann Lee saw the mill.", "Ann Lee saw the mill."),
        (
            "drop_opening",
            f"On Monday, the mill burned {'down ' * 9}.",
            f"The mill burned {'down ' * 9}.",
        ),
        ("drop_opening", "On Monday, it burned.", "On Monday, it burned."),
        ("swap_words", "He began because it rained.", "He started since it rained."),
        ("swap_words", "He began because of rain.", "He started because of rain."),
        ("swap_words", "She is well-said.", "She is well-said."),
        ("swap_numbers", "They saw three boats and 4 men.", "They saw 3 boats and four men."),
        ("swap_numbers", "On March 9 they paid $5 and 3.5 million, three percent.", None),
        (
            "into_past",
            "It is where they have been and will go.",
            "It was where they had been and would go.",
        ),
        ("into_past", "They wanted to have it and can’t do it; it isn’t his.", None),
        ("drop_spare", "It was very old and also controversial art.", "It was old and art."),
        ("drop_quotes", '“It” was "old".', "It was old."),
    ],
)
def test_every_rule(rule: str, before: str, after: str | None) -> None:
    found = RULE[rule](before, Random(0))  # noqa: S311  # not secret
    assert found == (before if after is None else after)


def test_a_synonym_is_drawn_by_the_seed() -> None:
    found = {RULE["swap_words"]("Ann said", Random(seed)) for seed in range(20)}  # noqa: S311  # not secret
    assert found == {"Ann stated", "Ann remarked"}


def test_about_half_of_the_articles_are_dropped() -> None:
    found = RULE["drop_articles"]("the boat " * 1000, Random(0))  # noqa: S311  # not secret
    assert 400 < found.count("the") < 600
    assert found.count("boat") == 1000


def test_a_rewritten_sentence_says_other_words_and_always_the_same() -> None:
    sentence = "On Monday, Ann Lee said that three boats have sunk because the wind is very strong."
    found = rewrite(sentence, "seed")
    assert found == rewrite(sentence, "seed")
    assert found is not None
    assert found != sentence
    assert found[0].isupper()
    assert {"Ann", "Lee", "3", "boats", "had"} <= set(found.replace(",", "").split())


def test_a_sentence_that_few_rules_fit_is_not_rewritten() -> None:
    assert rewrite("Boats sank near Quay Town.", "seed") is None
    assert rewrite("Boats have sunk near Quay Town.", "seed") is None


# AllSides


def test_allsides_a_question_leads_to_its_article(written: Written) -> None:
    suite = AllsidesSuite(written("allsides", [news(1), news(2)]))
    first = suite.questions()[0]
    assert (first.id, first.relevant, first.kind) == (
        "allsides-001",
        ("allsides-001",),
        "rewritten",
    )
    assert "Oda1ville" in first.query
    assert first.query not in suite.corpus()[0].text
    article = suite.corpus()[0]
    assert (article.outlet, article.published) == ("The Quay", date(2019, 4, 2))
    assert article.text == news(1)["text"]


def test_allsides_a_sentence_of_two_articles_is_no_question(written: Written) -> None:
    rows = [news(1), news(2, text=news(1)["text"]), news(3)]
    questions = AllsidesSuite(written("allsides", rows)).questions()
    assert [question.id for question in questions] == ["allsides-003"]


@pytest.mark.parametrize(("bound", "expected"), [(None, 24), (10, 10), (3, 5), (99, 24)])
def test_allsides_a_bounded_corpus_holds_the_asked(
    bound: int | None, expected: int, written: Written
) -> None:
    choice = replace(written("allsides", some("allsides"), limit=5), articles=bound)
    suite = AllsidesSuite(choice)
    ids = [article.id for article in suite.corpus()]
    assert len(ids) == expected
    assert ids == sorted(ids)
    assert {question.relevant[0] for question in suite.questions()} <= set(ids)
    assert suite.corpus() == AllsidesSuite(choice).corpus()


def test_allsides_a_limit_draws_from_what_the_split_admits(written: Written) -> None:
    limited = AllsidesSuite(written("allsides", some("allsides"), split=Split.DEV, limit=4))
    whole = AllsidesSuite(written("allsides", some("allsides"), split=Split.DEV))
    assert len(limited.questions()) == 4
    assert set(limited.questions()) <= set(whole.questions())


@pytest.mark.parametrize(
    ("piece", "fit"),
    [
        ("The old lighthouse in Quay Town was closed by its keeper on a wet day", True),
        ("Too short for Quay Town", False),
        ("The old lighthouse in quay town was closed by its keeper on a wet day", False),
        ("the old lighthouse in Quay Town was closed by its keeper on a wet day", False),
        ("The old lighthouse in Quay Town was closed by its keeper, a cousin of Mr", False),
        ("The old lighthouse in Quay Town was closed. ” It was its keeper who did it", True),
        ("The old lighthouse in Quay Town was closed.” It was its keeper who did it", False),
        ("Photo of the old lighthouse in Quay Town that was closed by its keeper", False),
        ("The old lighthouse in Quay Town was closed by its keeper on a wet day:", False),
        ("The old Lighthouse " * 20, False),
    ],
)
def test_allsides_which_sentences_are_fit(piece: str, fit: bool) -> None:
    assert is_sentence(piece) is fit


def test_allsides_what_follows_an_abbreviation_is_no_sentence() -> None:
    text = "He met Mr. The keeper said Quay Town is closed because three lamps have failed on it."
    article = Article(id="a", text=text, title="T")
    assert pieces(text)[1].startswith("The keeper")
    assert list(make_questions({"a": article}, ["a"])) == []


# the public files


def public(name: str, split: Split | None = None) -> list[Search]:
    if not (SHARED / FILES[name]).is_file():
        pytest.skip(f"the public set {FILES[name]} is not in {SHARED}")
    return list(SEARCH_SUITES[name](Choice(SHARED, SHARED, split)).questions())


@pytest.mark.real
def test_ecbplus_is_whole() -> None:
    questions = public("ecbplus")
    assert Counter(q.kind for q in questions) == {"same_event": 919, "near_copy": 63}
    assert len({q.cluster for q in questions}) == 86
    suite = EcbplusSuite(Choice(SHARED, SHARED))
    articles = suite.corpus()
    assert len(articles) == 982
    assert sum(article.published is not None for article in articles) == 431
    assert sum(article.outlet is not None for article in articles) == 502


@pytest.mark.real
def test_allsides_asks_of_most_articles_in_other_words() -> None:
    if not (SHARED / allsides.FILE).is_file():
        pytest.skip(f"the public set {allsides.FILE} is not in {SHARED}")
    suite = AllsidesSuite(Choice(SHARED, SHARED, None))
    texts = {article.id: article.text for article in suite.corpus()}
    assert len(texts) == 8000
    assert len(suite.questions()) > 7000
    assert not [q.id for q in suite.questions() if q.query.rstrip(".") in texts[q.id]]


@pytest.mark.real
def test_no_topic_is_on_both_sides() -> None:
    sides = [{q.cluster.split("/")[0] for q in public("ecbplus", side)} for side in Split]
    assert sides[0] & sides[1] == set()
    assert len(sides[0] | sides[1]) == 43
