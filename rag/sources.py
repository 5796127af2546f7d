"""Where settings are given: a file, the environment, flags; a later one of these takes precedence.

A name that is no setting is an error wherever it stands, since a typing error would otherwise
leave the default in force without a word.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource
from pydantic_settings.exceptions import SettingsError as ForeignSettingsError

from rag.errors import SettingsError

FILE = "dateline.toml"
FILE_VARIABLE = "CONFIG"  # behind the prefix; names the file and is no setting itself


class Origin(StrEnum):
    """Who chose a value; the later in this order takes precedence."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Given:
    """A value that was chosen, not yet checked.

    Attributes:
        place: Where it can be changed: a file or a variable; empty for a flag.
    """

    value: Any
    origin: Origin
    place: str = ""


def gather(
    kind: type[BaseSettings],
    config: Path | None,
    assigned: Sequence[str],
    chosen: Mapping[str, Any],
) -> dict[str, Given]:
    """Every setting that was given, by name, each from the source that takes precedence.

    Args:
        kind: Which settings there are.
        config: The file; else the one that the environment names, else `dateline.toml` in the
            working folder if there is one.
        assigned: Flags of the form `name=value`.
        chosen: Flags by name; None is not given.

    Raises:
        SettingsError: Naming what is no setting, is given twice or cannot be read, and where.
    """
    file, fields = config or _file_of(kind), kind.model_fields
    return {
        **({} if file is None else _from_file(file, fields)),
        **_from_environment(kind),
        **_from_flags(kind, assigned, {k: v for k, v in chosen.items() if v is not None}),
    }


def _file_of(kind: type[BaseSettings]) -> Path | None:
    named = os.environ.get(_prefix(kind) + FILE_VARIABLE)
    if named:
        return Path(named)
    return Path(FILE) if Path(FILE).is_file() else None


def _from_file(file: Path, fields: Mapping[str, FieldInfo]) -> dict[str, Given]:
    """What a file gives; a folder in it is seen from the folder of the file."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"there is no settings file {file}") from error
    except (OSError, ValueError) as error:  # ValueError: not TOML, or not UTF-8
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(f"{file} cannot be read as TOML: {reason}") from error
    for name in found:
        if name not in fields:
            raise SettingsError(f"{file}: there is no setting {name!r}{_nearest(name, fields)}")
    return {
        name: Given(_beside(file, fields[name], value), Origin.FILE, str(file))
        for name, value in found.items()
    }


def _beside(file: Path, field: FieldInfo, value: object) -> object:
    takes_path = Path in (field.annotation, *get_args(field.annotation))
    if not takes_path or not isinstance(value, str):
        return value
    return file.absolute().parent / Path(value).expanduser()


def _from_environment(kind: type[BaseSettings]) -> dict[str, Given]:
    prefix = _prefix(kind)
    variables = {name: f"{prefix}{name.upper()}" for name in kind.model_fields}
    known = [name.removeprefix(prefix) for name in variables.values()] + [FILE_VARIABLE]
    for name in sorted(os.environ):
        own = name.upper().removeprefix(prefix)
        if own != name.upper() and own not in known:
            near = _nearest(own, known, prefix)
            raise SettingsError(f"the environment has {name}, but there is no such setting{near}")
    try:
        found = EnvSettingsSource(kind)()
    except ForeignSettingsError as error:
        raise SettingsError(f"the environment: {error}") from error
    return {name: Given(found[name], Origin.ENVIRONMENT, variables[name]) for name in sorted(found)}


def _from_flags(
    kind: type[BaseSettings], assigned: Sequence[str], chosen: Mapping[str, Any]
) -> dict[str, Given]:
    given = dict(chosen)
    for text in assigned:
        name, equals, value = text.partition("=")
        if not equals:
            raise SettingsError(f"--set {text!r}: write it as name=value")
        if name in given:
            raise SettingsError(f"setting {name!r} is given twice")
        given[name] = value
    for name in given:
        if name not in kind.model_fields:
            raise SettingsError(f"there is no setting {name!r}{_nearest(name, kind.model_fields)}")
    decoded = _decoded(kind, given)
    return {name: Given(value, Origin.FLAG) for name, value in decoded.items()}


def _decoded(kind: type[BaseSettings], given: Mapping[str, Any]) -> dict[str, Any]:
    """Texts as the environment would have them: a list or the like is JSON."""
    source, decoded = EnvSettingsSource(kind), dict(given)
    for name, value in given.items():
        field = kind.model_fields[name]
        if isinstance(value, str) and source.field_is_complex(field):
            try:
                decoded[name] = source.decode_complex_value(name, field, value)
            except ValueError as error:
                raise SettingsError(f"setting {name!r}: {value!r} is not JSON") from error
    return decoded


def _prefix(kind: type[BaseSettings]) -> str:
    return kind.model_config.get("env_prefix", "").upper()


def _nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    near = get_close_matches(name, known, 1)
    return f"; did you mean {prefix}{near[0]}?" if near else ""
