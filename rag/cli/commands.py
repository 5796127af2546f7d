"""The terminal: `dateline ask|index|serve|settings|eval|models`.

Results go to standard output, everything else to standard error. A refusal is a result, not an
error. Each error prints one line that names the thing and one with the remedy.
"""

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from index.articles import read_articles
from index.build import Change, sync
from rag.cli.effective import as_toml, setting_rows
from rag.cli.keys import keys
from rag.cli.models import models
from rag.cli.serving import serve_until_told
from rag.cli.terminal import (
    ConfigOption,
    JsonOption,
    ModelOption,
    SetOption,
    as_json,
    exit_status_of,
    say,
    write,
)
from rag.compose import embedder_of, pipeline_of, store_of
from rag.errors import DatelineError
from rag.schemas import AnswerOut, checked_question
from rag.settings import LogFormat, LogLevel, Settings, load_settings, settled
from rag.sources import gather
from rag.types import Answer, Question, Status

app = typer.Typer(
    help="Answers about news articles in which every sentence cites an exact, checked span.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(models, name="models")
app.add_typer(keys, name="keys")


def main() -> None:
    """Run the command line; the exit status says how it ended."""
    try:
        add_commands(sys.argv[1] if len(sys.argv) > 1 else "--help")
        app()
    except DatelineError as error:
        say(f"error [{error.code}]: {error}")
        say(f"  {error.hint}")
        sys.exit(exit_status_of(type(error)))
    except BrokenPipeError:  # the reader of our output has gone, as in `dateline … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def add_commands(asked: str) -> None:
    """Add the commands of other rooms, found by entry point: nothing here imports them.

    Args:
        asked: The command that is wanted. Only that one is loaded, since the libraries of another
            room take seconds; all are for help.
    """
    known = {group.name for group in app.registered_groups}
    for point in sorted(entry_points(group="dateline.commands"), key=lambda point: point.name):
        if point.name not in known and asked in {point.name, "--help"}:
            app.add_typer(point.load(), name=point.name)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    model: ModelOption = None,
    config: ConfigOption = None,
    assigned: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Answer one question from the index."""
    settings = load_settings(config, assigned or (), model=model)
    text = checked_question(question, settings.question_chars)
    pipeline = pipeline_of(settings, say)
    try:
        answer = pipeline.answer(Question(text))
    finally:
        pipeline.engine.close()
    write(as_json(AnswerOut.of(answer).model_dump(mode="json")) if json_ else in_words(answer))


def in_words(answer: Answer) -> str:
    """An answer for the terminal: its text, then each citation with its place."""
    lines = [answer.text, ""]
    if answer.status is Status.REFUSED:
        lines = [f"No answer: {answer.refusal.message if answer.refusal else ''}"]
        lines += ["The nearest that they say:"] if answer.citations else []
    for conflict in answer.conflicts:
        sides = (
            f"{one.value} {''.join(f'[{n}]' for n in one.citations)}" for one in conflict.sides
        )
        on = f" on {conflict.slot}" if conflict.slot else ""
        lines += [f"The articles differ{on}: {' / '.join(sides)}", ""]
    for citation in answer.citations:
        dated = citation.article.published or "undated"
        place = f"{citation.article.id}:{citation.start}-{citation.end}"
        quote = " ".join(citation.quote.split())
        lines.append(f"[{citation.id}] {place} ({dated}) {quote}")
    return "\n".join(lines)


@app.command()
def index(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; the seed articles if none.")
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option(help="Leave out files that cannot be read, and list them.")
    ] = False,
    rebuild: Annotated[bool, typer.Option(help="Carry nothing over from the last index.")] = False,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Do nothing if there is an index.")
    ] = False,
    config: ConfigOption = None,
    assigned: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Make the index hold exactly the articles in PATHS: add, update and remove."""
    settings = load_settings(config, assigned or ())
    if if_missing and store_of(settings).exists():
        return
    found = read_articles(paths or [settings.seeds_dir], skip_bad=skip_bad)
    for problem in found.problems:
        say(f"skipped [{problem.error.code}]: {problem.error}")
    change = sync(
        store_of(settings),
        found.articles,
        lambda: embedder_of(settings),
        lambda total: tqdm(total=total, desc="embedding", unit="text", disable=None),
        rebuild=rebuild,
    )
    write(as_json(change_fields(change)) if json_ else change_in_words(change))


def change_fields(change: Change) -> dict[str, Any]:
    """What an indexing run did, for JSON."""
    kinds = ("added", "updated", "removed", "unchanged")
    return {"generation": change.generation} | {kind: list(getattr(change, kind)) for kind in kinds}


def change_in_words(change: Change) -> str:
    """What an indexing run did, one line a change, and a summary."""
    lines = [f"+ {name}" for name in change.added]
    lines += [f"~ {name}" for name in change.updated]
    lines += [f"- {name}" for name in change.removed]
    lines.append(
        f"{len(change.added)} added, {len(change.updated)} updated, {len(change.removed)} removed,"
        f" {len(change.unchanged)} unchanged; generation {change.generation}"
    )
    return "\n".join(lines)


@app.command("settings")
def show_settings(
    config: ConfigOption = None,
    assigned: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Print every setting, its value and who chose it, in the form of a settings file."""
    given = gather(Settings, config, assigned or (), {})
    rows = setting_rows(settled(given), given)
    write(as_json(rows) if json_ else as_toml(rows))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    model: ModelOption = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the index lies.")] = None,
    log_format: Annotated[LogFormat | None, typer.Option(help="How the log looks.")] = None,
    log_level: Annotated[LogLevel | None, typer.Option(help="The least grave event.")] = None,
    config: ConfigOption = None,
    assigned: SetOption = None,
) -> None:
    """Serve the API and the chat page."""
    settings = load_settings(
        config,
        assigned or (),
        host=host,
        port=port,
        model=model,
        data_dir=data_dir,
        log_format=log_format,
        log_level=log_level,
    )
    from rag.service import create_app

    serve_until_told(settings, create_app)
