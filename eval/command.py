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
from rag.errors import BrokenPointer, SuiteError
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
    files = files_of(settings.seeds_dir)
    chosen = split or Split.TEST
    cases = [case for case in load_suite(suite, files) if case.split is chosen][:limit]
    if out:
        prepare(out)
    with tempfile.TemporaryDirectory(prefix="dateline-eval-") as folder:
        apart = settings.model_copy(update={"data_dir": Path(folder)})
        results = _answer(apart, articles, cases, files)
    summary = {"suite": suite, "split": chosen.value, **summarise(results)}
    typer.echo(json.dumps(summary, indent=2) if json_ else in_words(summary))
    if out:
        lines = [json.dumps(result.to_json(), ensure_ascii=False) for result in results]
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if summary["figures"]["pointer_validity"] not in {1.0, None}:
        raise BrokenPointer("a citation does not quote its file")


def files_of(folder: Path) -> dict[str, str]:
    """Article id → the file's text, read with nothing of the index's own reading."""
    return {path.stem: path.read_bytes().decode() for path in sorted(folder.glob("*.txt"))}


def prepare(out: Path) -> None:
    """Make sure, before anything is asked, that the results can be written.

    Raises:
        SuiteError: If they cannot.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.touch()
    except OSError as error:
        raise SuiteError(f"results cannot be written to {out}: {error.strerror}") from error


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
