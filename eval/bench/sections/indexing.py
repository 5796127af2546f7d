"""How fast articles are indexed, and how fast 100,000 sentences are searched."""

from collections.abc import Callable, Mapping
from functools import partial

from eval.bench.cells import Cell, System
from eval.bench.retrieval import corpus_articles, indexing_rates, retrieval_latency
from eval.bench.setting import Setting

CORPUS = "corpus/allsides_8k.jsonl.gz"
ARTICLES = 30
ARTICLES_SEARCHED = 3_400  # of this corpus, for 100,000 sentences
QUESTIONS = 200


def indexing(setting: Setting) -> tuple[list[Cell], list[str]]:
    """Both as cells; each says why it is missing, if it is."""
    cells = []
    for name, measure in (("indexing_rates", _rates), ("retrieval_latency", _latency)):
        setting.say(f"  {name}")
        cells.append(_cell(name, partial(measure, setting)))
    return cells, []


def _rates(setting: Setting) -> Mapping[str, float]:
    articles = corpus_articles(setting.data / CORPUS, ARTICLES)
    found = indexing_rates(articles, setting.settings)
    return {
        "articles": found.articles,
        "texts_per_s": found.indexed,
        "float32_texts_per_s": found.float32,
        "over_float32": found.ratio,
    }


def _latency(setting: Setting) -> Mapping[str, float]:
    articles = corpus_articles(setting.data / CORPUS, ARTICLES_SEARCHED)
    questions = [article.title for article in articles if article.title][:QUESTIONS]
    found = retrieval_latency(articles, questions, setting.settings)
    return {"sentences": found.sentences, "p50_ms": found.p50_ms, "p95_ms": found.p95_ms}


def _cell(name: str, measure: Callable[[], Mapping[str, float]]) -> Cell:
    try:
        return Cell(system=System.OURS, at={"of": name}, figures=dict(measure()))
    except Exception as error:  # whatever is missing there is the result of this row
        return Cell(system=System.OURS, at={"of": name}, why=f"{type(error).__name__}: {error}")
