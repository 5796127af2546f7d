"""Rows of a JSON Lines file, plain or gzip-compressed, each checked; a bad row ends the reading."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from rag.errors import SuiteError, SuiteMissing

RowT = TypeVar("RowT", bound=BaseModel)


def read_rows(path: Path, kind: type[RowT]) -> Iterator[RowT]:
    """Yield each row, in the file's order.

    Raises:
        SuiteMissing: If there is no such file.
        SuiteError: Naming the line that is broken. Never a smaller suite.
    """
    for number, line in enumerate(_lines(path), start=1):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise broken(f"{path.name}, line {number}", error) from error


def broken(where: str, error: ValidationError) -> SuiteError:
    """The first thing that is wrong with a row."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return SuiteError(f"{where}: {place or 'the line'}: {first['msg']}")


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise SuiteMissing(f"the suite file {path.name} is not in {path.parent}")
    try:
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        lines = text.decode("utf-8").split("\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise SuiteError(f"{path.name} cannot be read: {error}") from error
    return lines[:-1] if lines[-1] == "" else lines
