"""`python -m eval.bench`: measure, print, write."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from eval.bench.cells import Part
from eval.bench.machine import versions_in
from eval.bench.plan import FULL, QUICK, USUAL
from eval.bench.run import parts_of, run_sections
from eval.bench.setting import Setting
from eval.bench.tables import markdown_of
from eval.command import DATA, say
from index.models import file_sha256
from rag.compose import model_file
from rag.errors import DatelineError
from rag.settings import PROJECT, load_settings

PEERS = PROJECT / ".venv-bench" / "bin" / "python"


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="A few questions, a few minutes.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Everything; hours.")] = False,
    only: Annotated[
        str | None, typer.Option(help=f"Sections, with commas: {','.join(Part)}.")
    ] = None,
    data: Annotated[
        Path, typer.Option(help="The folder of the public sets.", show_default="../shared/data")
    ] = DATA,
    peers: Annotated[Path, typer.Option(help="The peers' Python.")] = PEERS,
    model: Annotated[str | None, typer.Option(help="A catalogue name or a .gguf file.")] = None,
    name: Annotated[str | None, typer.Option(help="The run's folder in data/bench.")] = None,
) -> None:
    """Measure Dateline and its peers in one run; results in data/bench."""
    settings, began = load_settings(model=model), datetime.now().astimezone()
    plan = QUICK if quick else FULL if full else USUAL
    root = settings.data_dir / "bench"
    out = root / (name or f"{began:%Y-%m-%d-%H%M%S}-{plan.name}")
    out.mkdir(parents=True, exist_ok=True)
    setting = Setting(
        settings=settings,
        plan=plan,
        out=out,
        indexes=root / "indexes",
        peers=peers,
        data=data,
        model_sha256=file_sha256(model_file(settings)),
        say=say,
        peer_versions=versions_in(peers),
    )
    run = run_sections(setting, parts_of(only), began)
    typer.echo(markdown_of(run))
    say(json.dumps({"json": str(out / "bench.json"), "plot": str(out / "bench.svg")}))


if __name__ == "__main__":
    try:
        typer.run(bench)
    except DatelineError as error:
        say(f"error [{error.code}]: {error}")
        sys.exit(1)
