"""`dateline eval`; the command line finds it by entry point, so no arrow points back."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from eval.run import Result, run, summarise
from eval.suite import Case, Split, load_suite
from index.articles import Article, read_articles
from index.build import sync
from rag.compose import embedder_of, pipeline_of, store_of
from rag.settings import Settings, load_settings


def eval_(
    suite: Annotated[str, typer.Argument(help="A suite of eval/suites.")] = "seeds",
    split: Annotated[Split | None, typer.Option(help="dev or test; test if not given.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first N questions.")] = None,
    model: Annotated[str | None, typer.Option(help="A catalogue name or a .gguf file.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write each result here, as JSONL.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask a suite's questions and measure the answers."""
    settings = load_settings(model=model)
    articles = read_articles([settings.seeds_dir]).articles
    files = {article.id: article.text for article in articles}
    chosen = split or Split.TEST
    cases = [case for case in load_suite(suite, files) if case.split is chosen][:limit]
    with tempfile.TemporaryDirectory(prefix="dateline-eval-") as folder:
        apart = settings.model_copy(update={"data_dir": Path(folder)})
        results = _answer(apart, articles, cases, files)
    summary = {"suite": suite, "split": chosen.value, **summarise(results)}
    if out:
        lines = [json.dumps(result.to_json(), ensure_ascii=False) for result in results]
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    typer.echo(json.dumps(summary, indent=2) if json_ else in_words(summary))


def _answer(
    settings: Settings,
    articles: tuple[Article, ...],
    cases: Sequence[Case],
    files: Mapping[str, str],
) -> list[Result]:
    """Index the articles in a generation of their own, and ask."""
    sync(
        store_of(settings),
        articles,
        lambda: embedder_of(settings),
        lambda total: tqdm(total=total, desc="embedding", disable=None),
    )
    pipeline = pipeline_of(settings, lambda line: typer.echo(line, err=True))
    try:
        return list(tqdm(run(cases, pipeline.answer, files), total=len(cases), disable=None))
    finally:
        pipeline.engine.close()


def in_words(summary: Mapping[str, Any]) -> str:
    """The figures as a table: a row a kind, and one for all."""
    rows = {**summary["by_kind"], "all": summary["figures"]}
    names = list(summary["figures"])
    lines = ["kind".ljust(15) + "".join(name[:16].rjust(18) for name in names)]
    for kind, figures in rows.items():
        cells = ("-" if figures[name] is None else f"{figures[name]:g}" for name in names)
        lines.append(kind.ljust(15) + "".join(cell.rjust(18) for cell in cells))
    for stage, points in summary["latency_ms"].items():
        lines.append(f"{stage}: " + ", ".join(f"{key} {value} ms" for key, value in points.items()))
    return "\n".join(lines)
