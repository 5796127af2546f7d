"""What every command needs: words for options, lines for people, statuses for programs."""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from rag import errors
from rag.errors import DatelineError

EXIT_STATUS: Mapping[type[DatelineError], int] = {  # after sysexits.h where it has a word for it
    errors.ArticleError: 65,
    errors.NoArticles: 66,
    errors.TooManyArticles: 65,
    errors.GenerationGone: 66,
    errors.IndexMissing: 66,
    errors.IndexCorrupt: 65,
    errors.IndexBusy: 75,
    errors.IndexMismatch: 65,
    errors.IndexUnwritable: 73,
    errors.DiskFull: 73,
    errors.ModelError: 66,
    errors.UnknownModel: 2,
    errors.ModelHashMismatch: 65,
    errors.ModelUnreachable: 69,
    errors.RequestError: 2,
    errors.AccessError: 77,
    errors.TooManyConnections: 75,
    errors.KeysError: 78,
    errors.KeysCorrupt: 65,
    errors.KeyExists: 2,
    errors.NoSuchKey: 2,
    errors.BadKeyName: 2,
    errors.EngineError: 70,
    errors.EngineDied: 75,
    errors.EngineCancelled: 130,
    errors.Busy: 75,
    errors.ShuttingDown: 75,
    errors.BrokenPointer: 70,
    errors.SettingsError: 78,
    errors.PortInUse: 69,
    errors.SuiteError: 65,
    errors.SuiteMissing: 66,
    errors.RunMismatch: 73,
}

_ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing it; the tab and the end of a line may pass."""

ModelOption = Annotated[
    str | None, typer.Option("--model", help="A catalogue name, or a path to a .gguf file.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="A settings file; else dateline.toml in this folder, if any."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Any setting; may be repeated."),
]


def exit_status_of(kind: type[DatelineError]) -> int:
    """The exit status of an error class: its own, or its nearest ancestor's."""
    return next(EXIT_STATUS[base] for base in kind.__mro__ if base in EXIT_STATUS)


def harmless(text: str) -> str:
    """Text in which control characters are written out, as JSON writes them."""
    return _ACTS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def say(line: str) -> None:
    """A line for the person at the terminal."""
    print(harmless(line), file=sys.stderr, flush=True)  # noqa: T201  # this is the terminal


def write(text: str) -> None:
    """A result."""
    print(harmless(text), flush=True)  # noqa: T201  # this is the terminal


def as_json(value: object) -> str:
    """Indented JSON in plain UTF-8."""
    return json.dumps(value, ensure_ascii=False, indent=2)
