"""`dateline eval`; the command line finds it by entry point, so no arrow points back."""

import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm
from typer.core import TyperGroup

from eval.cases import Split
from eval.figures.difference import differences
from eval.figures.summary import by_kind, figures_of, latency_of, share_of
from eval.gate import check, load_thresholds
from eval.manifest import machine, manifest_of, run_name
from eval.plan import open_all, pair_of, split_of, systems_for
from eval.records import RunFolder
from eval.repeat import ask_repeatedly, differing
from eval.report import write_report
from eval.results import Result
from eval.runner import Runner
from eval.suites.protocol import Choice
from eval.suites.registry import SUITES, open_suite
from eval.systems import SYSTEMS, Bench
from eval.tables import comparison, summary
from rag.errors import BrokenPointer, GateFailed, SuiteError
from rag.settings import PROJECT, Settings, load_settings

DATA = PROJECT.parent / "shared" / "data"


class RunsByDefault(TyperGroup):
    """`dateline eval seeds` means `dateline eval run seeds`."""

    def parse_args(
        self,
        ctx: Any,  # noqa: ANN401  # the context of the click that typer brings
        args: list[str],
    ) -> list[str]:
        """Put `run` before what is no command."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=RunsByDefault,
    no_args_is_help=True,
    help="Measure how well answers stay tied to the sources: `dateline eval SUITE…`.",
)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def run(
    suites: Annotated[list[str], typer.Argument(help=f"Of: {', '.join(SUITES)}.")],
    system: Annotated[list[str] | None, typer.Option(help="Again for each; dateline.")] = None,
    split: Annotated[str, typer.Option(help="dev, test or both.")] = "test",
    limit: Annotated[int | None, typer.Option(min=1, help="So many questions a suite.")] = None,
    seed: Annotated[int, typer.Option(help="Which ones, if there is a limit.")] = 0,
    articles: Annotated[
        int | None, typer.Option(min=1, help="So many articles for allsides; all 8,000.")
    ] = None,
    data: Annotated[
        Path, typer.Option(help="The folder of the public sets.", show_default="../shared/data")
    ] = DATA,
    feedback: Annotated[
        Path | None, typer.Option(help="For the suite feedback: what the chat page exports.")
    ] = None,
    skip_missing: Annotated[bool, typer.Option(help="Leave absent sets out.")] = False,
    out: Annotated[Path | None, typer.Option(help="The run's folder.")] = None,
    model: Annotated[str | None, typer.Option(help="A catalogue name or a .gguf file.")] = None,
    json_: JsonOption = False,
) -> None:
    """Ask the questions of suites of one or more systems, and measure the replies."""
    settings = load_settings(model=model)
    choice = Choice(
        data,
        settings.seeds_dir,
        split_of(split),
        limit,
        seed,
        articles,
        feedback,
        settings.index_dir,
    )
    opened = open_all(suites, choice, skip_missing, say)
    plan = [(suite, systems_for(suite, system or ["dateline"])) for suite in opened]
    manifest = manifest_of(choice, settings, plan)
    folder = RunFolder(out or settings.data_dir / "eval" / run_name(manifest))
    folder.begin(manifest)
    with folder.alone(), closing(bench_of(settings)) as bench:
        runner = Runner(bench, folder, say, bar)
        found = [results for suite, names in plan for results in runner.run(suite, names)]
    if folder.appended:
        folder.note(machine())
    show(found, json_)
    say(f"the run is in {folder.path}; `dateline eval report {folder.path}` makes a page of it")
    must_point(found)


@app.command()
def report(folder: Annotated[Path, typer.Argument(help="A run's folder.")]) -> None:
    """Write one self-contained HTML page about a run; the service shows the latest at /eval."""
    page = write_report(folder)
    latest = load_settings().data_dir / "eval" / page.name
    if latest != page.resolve():
        latest.parent.mkdir(parents=True, exist_ok=True)
        part = latest.with_name(latest.name + ".part")  # a reader never sees half a page
        part.write_bytes(page.read_bytes())
        part.replace(latest)
    typer.echo(page)


@app.command()
def compare(
    one: Annotated[str, typer.Argument(help="A run's folder, or FOLDER:SYSTEM.")],
    other: Annotated[str, typer.Argument(help="Another one, or :SYSTEM of the same folder.")],
    json_: JsonOption = False,
) -> None:
    """Paired differences of two systems, or of two runs, with 95% intervals."""
    first, second = pair_of(one, other, say)
    shared = sorted(first.keys() & second.keys())
    if not shared:
        raise SuiteError(f"{one} and {other} have no suite in common")
    tables = {key: differences(first[key], second[key]) for key in shared}
    if json_:
        plain = {key: [asdict(row) for row in rows] for key, rows in tables.items()}
        typer.echo(json.dumps(plain, indent=2))
        return
    for key, rows in tables.items():
        comparison(key, one, other, rows)


@app.command()
def gate(
    folder: Annotated[Path, typer.Argument(help="A run's folder.")],
) -> None:
    """Fail if a figure of a run is worse than `eval/thresholds.toml` allows."""
    checks = check(RunFolder(folder).load(), load_thresholds())
    for one in checks:
        typer.echo(one.in_words())
    failed = [one for one in checks if not one.passed]
    if failed:
        raise GateFailed(f"{len(failed)} of {len(checks)} figures are worse than they may be")


@app.command()
def repeat(
    limit: Annotated[int, typer.Option(min=1, help="So many questions.")] = 3,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 0,
    model: Annotated[str | None, typer.Option(help="A catalogue name or a .gguf file.")] = None,
) -> None:
    """Ask seed questions five times, cold and warm, with one thread and two: the same bytes?"""
    settings = load_settings(model=model)
    suite = open_suite("seeds", Choice(DATA, settings.seeds_dir, Split.TEST, limit, seed))
    with tempfile.TemporaryDirectory(prefix="dateline-repeat-") as folder:
        said = ask_repeatedly(suite, bench_of, settings, Path(folder))
    strange = differing(said)
    typer.echo(f"{len(said) - len(strange)} of {len(said)} questions: five times the same bytes")
    if strange:
        raise GateFailed(f"replies differ: {', '.join(strange)}")


@app.command()
def suites() -> None:
    """List the suites and the systems that can take them."""
    for task, names in SYSTEMS.items():
        typer.echo(f"{task.value}: {', '.join(names)}")
    typer.echo(f"suites: {', '.join(SUITES)}")


def bench_of(settings: Settings) -> Bench:
    """The models, with a progress bar for embedding."""
    return Bench(settings, say, lambda total: tqdm(total=total, desc="embedding", disable=None))


def show(found: Sequence[Sequence[Result]], as_json: bool) -> None:
    """The figures of a run, for people or for programs."""
    if not as_json:
        summary(found)
        return
    rows = [
        {
            "suite": results[0].suite,
            "system": results[0].system,
            "questions": len(results),
            "figures": {name: asdict(one) for name, one in figures_of(results).items()},
            "by_kind": by_kind(results),
            "latency_ms": latency_of(results),
        }
        for results in found
    ]
    typer.echo(json.dumps(rows, indent=2))


def must_point(found: Sequence[Sequence[Result]]) -> None:
    """Raises BrokenPointer if one of our own citations does not quote its article."""
    for results in found:
        valid = share_of("pointer_validity", results)
        if results[0].system == "dateline" and valid not in {1.0, None}:
            raise BrokenPointer(f"{results[0].suite}: a citation does not quote its article")


def bar(label: str, total: int, done: int) -> Callable[[], object]:
    """A progress bar on the terminal, with the time left."""
    shown = tqdm(total=total, initial=done, desc=label, unit="q", disable=None)

    def step() -> None:
        shown.update(1)
        if shown.n == total:
            shown.close()

    return step


def say(line: str) -> None:
    """A line for the person at the terminal."""
    typer.echo(line, err=True)
