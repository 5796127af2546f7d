"""One contract for every system, and the task that each takes."""

from pathlib import Path

import pytest

from eval.figures.answers import is_exact
from eval.replies import Ranking, Reply, Verdict
from eval.suites.protocol import Task
from eval.suites.seeds import SeedSuite
from eval.systems import SYSTEMS, build_system
from rag.errors import SuiteError
from rag.settings import Settings
from tests.eval.bench import (
    CLAIM,
    SEARCH,
    FakeBench,
    MakeTrial,
    Trivial,
    asked_of,
    first_line,
)
from tests.fakes import FakeEngine

ENGINELESS = {"copy", "refuse"}


@pytest.mark.parametrize("system", SYSTEMS[Task.ANSWER])
def test_every_system_that_answers_cites_exact_spans_by_numbers_that_exist(
    system: str, settings: Settings, suite: SeedSuite, tmp_path: Path
) -> None:
    bench = FakeBench(settings, FakeEngine(first_line, chance=0.999))
    ask = build_system(Task.ANSWER, system, bench, bench.index(suite.corpus(), tmp_path / "index"))
    corpus = {article.id: article for article in suite.corpus()}
    answers = 0
    for case in suite.questions():
        reply, timing = ask(case)
        assert isinstance(reply, Reply)
        assert reply == Reply.model_validate_json(reply.model_dump_json())
        assert reply.refused == (not reply.sentences)
        numbers = [number for s in reply.sentences for number in s.citations]
        assert reply.refused or set(numbers) == set(range(1, len(reply.citations) + 1))
        assert all(is_exact(span, corpus) for span in (*reply.citations, *reply.evidence))
        assert {span.article_id for span in reply.evidence} <= set(case.articles)
        assert 0 <= (timing.first_sentence or timing.retrieve or 0) <= timing.total
        answers += not reply.refused
    # one asks "since when", and the line that ours would repeat holds no time
    assert answers == {"refuse": 0, "dateline": 5}.get(system, 6)
    assert (asked_of(bench) > 0) == (system not in ENGINELESS)


def test_a_question_asked_again_is_answered_anew(
    settings: Settings, suite: SeedSuite, tmp_path: Path
) -> None:
    """Repeatability and times are those of the pipeline, not of what is remembered."""
    bench = FakeBench(settings, FakeEngine(first_line, chance=0.999))
    store = bench.index(suite.corpus(), tmp_path / "index")
    ask = build_system(Task.ANSWER, "dateline", bench, store)
    case = suite.questions()[0]
    ask(case)
    once = asked_of(bench)
    ask(case)
    assert (asked_of(bench), once > 0) == (2 * once, True)


@pytest.mark.parametrize("system", SYSTEMS[Task.SUPPORT])
def test_every_system_that_judges_claims_gives_a_verdict_and_asks_no_engine(
    system: str, trial: MakeTrial
) -> None:
    claims = trial("claims")
    bench = claims.run(Trivial(Task.SUPPORT, CLAIM), system)
    (result,) = claims.results("trivial", system)
    assert result.reply == Verdict(probability=1.0)
    assert (bench.pipelines, asked_of(bench)) == (0, 0)


@pytest.mark.parametrize("system", SYSTEMS[Task.SEARCH])
def test_every_system_that_searches_ranks_each_article_once(system: str, trial: MakeTrial) -> None:
    searches = trial("searches")
    bench = searches.run(Trivial(Task.SEARCH, SEARCH), system)
    (result,) = searches.results("trivial", system)
    assert result.reply == Ranking(articles=("ferry", "copy"))
    assert (bench.pipelines, asked_of(bench)) == (0, 0)


def test_a_system_that_does_not_take_a_task_is_named_with_those_that_do(
    settings: Settings,
) -> None:
    bench = FakeBench(settings, FakeEngine())
    with pytest.raises(SuiteError, match=r"no system 'copy' for support suites; .* scorer"):
        build_system(Task.SUPPORT, "copy", bench, None)
    with pytest.raises(SuiteError, match="no articles to ask"):
        build_system(Task.ANSWER, "dateline", bench, None)
