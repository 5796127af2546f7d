"""`dateline keys`: make, list and remove API keys."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from rag.cli.terminal import JsonOption, as_json, say, write
from rag.keys import KeyRing, Scope
from rag.settings import load_settings

keys = typer.Typer(help="Make, list and remove API keys of the service.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Whose it is, or what for.")]


@keys.command("add")
def keys_add(
    name: NameArgument,
    scope: Annotated[
        Scope, typer.Option(help="read: ask and read articles; write: also add and remove them.")
    ] = Scope.READ,
) -> None:
    """Make a key and print it, this once; a service that runs knows it at once."""
    secret = _ring().add(name, scope, datetime.now(UTC).date())
    say("keep it: only its digest is stored, and it cannot be printed again")
    write(secret)


@keys.command("list")
def keys_list(json_: JsonOption = False) -> None:
    """List the keys, without what is secret."""
    rows = [
        {"name": key.name, "scope": key.scope.value, "made": str(key.made)}
        for key in _ring().known()
    ]
    lines = (f"{row['name']:<24} {row['scope']:<6} {row['made']}" for row in rows)
    write(as_json(rows) if json_ else "\n".join(lines) or "no keys")


@keys.command("remove")
def keys_remove(name: NameArgument) -> None:
    """Remove a key; a service that runs refuses it at once."""
    _ring().remove(name)
    write(f"removed {name}")


def _ring() -> KeyRing:
    return KeyRing(load_settings().keys_path)
