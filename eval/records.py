"""A run on disk: one folder, in which an interrupted run goes on and from which all is worked out.

`run.json` says what was run, with what. For each suite and system, `replies.jsonl` has each reply
as it came, with its times; `results.jsonl` each question by id, with case, reply and figures but no
times, so that the same run gives the same bytes; `timings.jsonl` the times alone.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.manifest import merged
from eval.results import Measured, Replied, Result, Timed, measured, result_from
from eval.suites.rows import read_rows
from index.durable import locked
from rag.errors import RunMismatch, SuiteError, SuiteMissing


@dataclass(frozen=True, slots=True)
class Run:
    """Everything in a run's folder.

    Attributes:
        manifest: `run.json`.
        results: (suite, system) → results by id; a pair that is not complete is not there.
    """

    folder: Path
    manifest: Mapping[str, Any]
    results: Mapping[tuple[str, str], Sequence[Result]] = field(default_factory=dict)


class RunFolder:
    """The files of one run.

    Args:
        path: Made if it is not there.

    Attributes:
        appended: How many replies this object has added.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.appended = 0

    def begin(self, manifest: Mapping[str, Any]) -> None:
        """Start, or go on with a run of the same manifest.

        Raises:
            RunMismatch: If another run is in the folder, or the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            known = self._manifest() if (self.path / "run.json").exists() else {}
            self._say(merged(self.path, known, manifest))
        except OSError as error:
            raise RunMismatch(f"{self.path} cannot be written: {error.strerror}") from error

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the only right to add to the run; it must have begun.

        Raises:
            RunMismatch: If another process holds it.
        """
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(self.path, fcntl.LOCK_EX | fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise RunMismatch(f"another process is adding to the run in {self.path}") from error
            yield

    def note(self, machine: Mapping[str, Any]) -> None:
        """Say on what machine the latest replies were made."""
        self._say({**self._manifest(), "machine": dict(machine)})

    def replies(self, suite: str, system: str) -> dict[str, Replied]:
        """The replies that are there, by id; a last line that was cut off is asked again."""
        path = self._file(suite, system, "replies")
        if not path.exists():
            return {}
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(path, whole)
        return {row.id: row for row in read_rows(path, Replied)}

    def append(self, suite: str, system: str, replied: Replied) -> None:
        """Add one reply; it is on disk when this returns."""
        path = self._file(suite, system, "replies")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(replied.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.appended += 1

    def publish(self, results: Sequence[Result]) -> None:
        """Write the results and the times of one suite and system, by id."""
        if not results:
            raise SuiteError("there is no question to publish: the choice leaves none")
        suite, system = results[0].suite, results[0].system
        ordered = sorted(results, key=lambda result: result.case.id)
        times = [Timed(id=r.case.id, timing=r.timing) for r in ordered if r.timing]
        _write(self._file(suite, system, "timings"), [row.model_dump_json() for row in times])
        lines = [measured(result).model_dump_json() for result in ordered]
        _write(self._file(suite, system, "results"), lines)

    def load(self) -> Run:
        """Everything that has been published.

        Raises:
            SuiteMissing: If there is no run here.
            SuiteError: If a file of it is broken.
        """
        manifest = self._manifest()
        files = sorted(self.path.glob("*/*.results.jsonl"))
        results = {(f.parent.name, f.name.removesuffix(".results.jsonl")): f for f in files}
        found = {pair: list(self._results(*pair)) for pair in sorted(results)}
        empty = [path.name for pair, path in results.items() if not found[pair]]
        if empty:
            raise SuiteError(f"{empty[0]} is empty")
        judges = {result.judged_by for rows in found.values() for result in rows} - {""}
        if len(judges) > 1:
            raise SuiteError("parts of the run were judged by different scorers; measure it again")
        return Run(self.path, manifest, found)

    def _results(self, suite: str, system: str) -> Iterator[Result]:
        times = {
            row.id: row.timing for row in read_rows(self._file(suite, system, "timings"), Timed)
        }
        path = self._file(suite, system, "results")
        for number, row in enumerate(read_rows(path, Measured), start=1):
            yield result_from(row, times, f"{path.name}, line {number}")

    def _manifest(self) -> dict[str, Any]:
        path = self.path / "run.json"
        if not path.is_file():
            raise SuiteMissing(f"there is no run in {self.path}: it has no run.json")
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise RunMismatch(f"{path} is not a run's manifest: {error}") from error

    def _say(self, manifest: Mapping[str, Any]) -> None:
        _write(self.path / "run.json", [json.dumps(manifest, indent=2, ensure_ascii=False)])

    def _file(self, suite: str, system: str, kind: str) -> Path:
        return self.path / suite / f"{system}.{kind}.jsonl"


def _write(path: Path, lines: Sequence[str]) -> None:
    """Replace a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    part.replace(path)
