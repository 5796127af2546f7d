"""`dateline eval`; the command line finds it by entry point, so no arrow points back."""

import json
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
from eval.figures.summary import by_kind, figures_of, latency_of
from eval.gate import check, load_thresholds
from eval.manifest import machine, manifest_of, run_name
from eval.records import Result, RunFolder
from eval.report import write_report
from eval.runner import Runner
from eval.suites.protocol import AnySuite, Choice
from eval.suites.registry import SUITES, open_suite
from eval.systems import SYSTEMS, Bench
from eval.tables import comparison, summary
from rag.errors import BrokenPointer, GateFailed, SuiteError, SuiteMissing
from rag.settings import PROJECT, load_settings

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
    data: Annotated[Path, typer.Option(help="The folder of the public sets.")] = DATA,
    skip_missing: Annotated[bool, typer.Option(help="Leave absent sets out.")] = False,
    out: Annotated[Path | None, typer.Option(help="The run's folder.")] = None,
    model: Annotated[str | None, typer.Option(help="A catalogue name or a .gguf file.")] = None,
    json_: JsonOption = False,
) -> None:
    """Ask the questions of suites of one or more systems, and measure the replies."""
    settings = load_settings(model=model)
    choice = Choice(data, settings.seeds_dir, split_of(split), limit, seed)
    opened = open_all(suites, choice, skip_missing)
    plan = [(suite, systems_for(suite, system or ["dateline"])) for suite in opened]
    pairs = [(suite.name, name) for suite, names in plan for name in names]
    manifest = manifest_of(choice, settings, pairs)
    folder = RunFolder(out or settings.data_dir / "eval" / run_name(manifest))
    folder.begin(manifest)
    bench = Bench(settings, say, lambda total: tqdm(total=total, desc="embedding", disable=None))
    with closing(bench):
        runner = Runner(bench, folder, say, bar)
        found = [results for suite, names in plan for results in runner.run(suite, names)]
    folder.note(machine())
    show(found, json_)
    say(f"the run is in {folder.path}; `dateline eval report {folder.path}` makes a page of it")
    must_point(found)


@app.command()
def report(folder: Annotated[Path, typer.Argument(help="A run's folder.")]) -> None:
    """Write one self-contained HTML page about a run, and print its path."""
    typer.echo(write_report(folder))


@app.command()
def compare(
    one: Annotated[str, typer.Argument(help="A system of the run, or FOLDER:SYSTEM.")],
    other: Annotated[str, typer.Argument(help="Another one.")],
    folder: Annotated[Path | None, typer.Option("--run", help="The run's folder.")] = None,
    json_: JsonOption = False,
) -> None:
    """Paired differences of two systems, or of one system in two runs, with 95% intervals."""
    first, second = (results_of(name, folder) for name in (one, other))
    shared = sorted(first.keys() & second.keys())
    if not shared:
        raise SuiteError(f"{one} and {other} have no suite in common")
    tables = {suite: differences(first[suite], second[suite]) for suite in shared}
    if json_:
        plain = {suite: [asdict(row) for row in rows] for suite, rows in tables.items()}
        typer.echo(json.dumps(plain, indent=2))
        return
    for suite, rows in tables.items():
        comparison(suite, one, other, rows)


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
def suites() -> None:
    """List the suites and the systems that can take them."""
    for task, names in SYSTEMS.items():
        typer.echo(f"{task.value}: {', '.join(names)}")
    typer.echo(f"suites: {', '.join(SUITES)}")


def split_of(name: str) -> Split | None:
    """None for both.

    Raises:
        SuiteError: If there is no such split.
    """
    if name == "both":
        return None
    if name not in set(Split):
        raise SuiteError(f"there is no split {name!r}: dev, test or both")
    return Split(name)


def open_all(names: Sequence[str], choice: Choice, skip_missing: bool) -> list[AnySuite]:
    """Every suite, each once, before one question is asked.

    Raises:
        SuiteMissing: Naming every absent one, unless they are to be skipped.
    """
    opened: list[AnySuite] = []
    absent: list[str] = []
    for name in dict.fromkeys(names):
        try:
            opened.append(open_suite(name, choice))
        except SuiteMissing as error:
            absent.append(f"{name} is absent: {error}")
    if absent and not skip_missing:
        raise SuiteMissing("; ".join(absent))
    for line in absent:
        say(line)
    if not opened:
        raise SuiteMissing("no suite is left to run")
    return opened


def systems_for(suite: AnySuite, names: Sequence[str]) -> list[str]:
    """Those of the named systems that take this suite, each once.

    Raises:
        SuiteError: If a name is nobody's, or none takes it.
    """
    known = {name for systems in SYSTEMS.values() for name in systems}
    strange = [name for name in names if name not in known]
    if strange:
        listed = ", ".join(sorted(known))
        raise SuiteError(f"there is no system {strange[0]!r}; there are: {listed}")
    fitting = [name for name in dict.fromkeys(names) if name in SYSTEMS[suite.task]]
    if not fitting:
        takes = ", ".join(SYSTEMS[suite.task])
        raise SuiteError(f"{suite.name} can be taken by {takes}; not by {', '.join(names)}")
    return fitting


def results_of(name: str, folder: Path | None) -> dict[str, Sequence[Result]]:
    """Suite → results of `SYSTEM` in the given run, or of `FOLDER:SYSTEM`."""
    path, _, system = name.rpartition(":")
    place = Path(path) if path else folder
    if place is None:
        raise SuiteError(f"which run is {name!r} of? Give --run, or FOLDER:{name}")
    results = RunFolder(place).load().results
    found = {suite: rows for (suite, named), rows in results.items() if named == system}
    if not found:
        have = sorted({named for _, named in results})
        raise SuiteError(f"{place} has no system {system!r}; it has: {', '.join(have)}")
    return found


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
        figure = figures_of(results).get("pointer_validity")
        if results[0].system == "dateline" and figure and figure.value not in {1.0, None}:
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
