from collections.abc import Callable

from eval.command import in_words
from eval.run import run, summarise
from eval.suite import Kind, Split, load_suite
from index.articles import Article
from rag.engine.protocol import Engine
from rag.pipeline import Pipeline
from tests.fakes import FakeEngine

TROOPS = "Zelensky thanked several army units defending Ukraine [1]."


def test_the_runner_asks_the_pipeline_that_users_ask(
    make_pipeline: Callable[[Engine], Pipeline], seeds: tuple[Article, ...]
) -> None:
    files = {article.id: article.text for article in seeds}
    cases = [case for case in load_suite("seeds", files) if case.split is Split.DEV][:12]
    pipeline = make_pipeline(FakeEngine(lambda prompt: TROOPS, chance=0.999))
    results = list(run(cases, pipeline.answer, files))
    assert [result.case.id for result in results] == [case.id for case in cases]
    figures = summarise(results)["figures"]
    assert (figures["pointer_validity"], figures["atom_support"]) == (1.0, 1.0)


def test_an_engine_that_says_no_refuses_everything(
    make_pipeline: Callable[[Engine], Pipeline], seeds: tuple[Article, ...]
) -> None:
    files = {article.id: article.text for article in seeds}
    cases = load_suite("seeds", files)
    results = list(run(cases, make_pipeline(FakeEngine(chance=0.0001)).answer, files))
    summary = summarise(results)
    assert summary["figures"]["refused_of_unanswerable"] == 1.0
    assert summary["figures"]["false_refusal"] == 1.0
    assert summary["figures"]["confidently_wrong"] == 0.0
    table = in_words({"suite": "seeds", "split": "all", **summary}).splitlines()
    assert [line.split()[0] for line in table[1:11]] == [*sorted(Kind), "all"]
