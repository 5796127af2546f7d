"""A run on disk: one folder, in which an interrupted run goes on and from which all is worked out.

run.json                       what was run, with what
SUITE/SYSTEM.replies.jsonl     one line a reply, with its times, in the order of asking
SUITE/SYSTEM.results.jsonl     one line a question, by id: case, reply, figures; no times, so
that the same run gives the same bytes
SUITE/SYSTEM.timings.jsonl     one line a question, by id: its times alone
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from eval.cases import AnyCase, Ask, Claim, Row, Search
from eval.manifest import merged
from eval.replies import AnyReply, Ranking, Reply, Timing, Verdict
from eval.suites.protocol import Ratio, Score, Task
from eval.suites.rows import RowT, broken, read_rows
from index.durable import locked
from rag.errors import RunMismatch, SuiteError, SuiteMissing

CASES: Mapping[Task, type[Ask] | type[Claim] | type[Search]] = {
    Task.ANSWER: Ask,
    Task.SUPPORT: Claim,
    Task.SEARCH: Search,
}
REPLIES: Mapping[Task, type[Reply] | type[Verdict] | type[Ranking]] = {
    Task.ANSWER: Reply,
    Task.SUPPORT: Verdict,
    Task.SEARCH: Ranking,
}


class Replied(Row):
    """One line of a replies file; `reply` is checked against the suite's task when it is used."""

    id: str
    reply: dict[str, Any]
    timing: Timing


class Measured(Row):
    """One line of a results file.

    Attributes:
        figures: Name → (part, whole).
        judged: What the independent scorer says of each sentence, 0 to 1, in the reply's order.
    """

    suite: str
    task: Task
    system: str
    case: dict[str, Any]
    reply: dict[str, Any]
    figures: dict[str, tuple[float, float]]
    judged: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()


class Timed(Row):
    """One line of a timings file."""

    id: str
    timing: Timing


@dataclass(frozen=True, slots=True)
class Result:
    """One question, asked of one system and measured."""

    suite: str
    task: Task
    system: str
    case: AnyCase
    reply: AnyReply
    figures: Score
    judged: tuple[float, ...] = ()
    timing: Timing | None = None


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
    """

    def __init__(self, path: Path) -> None:
        self.path = path

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

    def publish(self, results: Sequence[Result]) -> None:
        """Write the results and the times of one suite and system, by id."""
        if not results:
            raise SuiteError("there is no question to publish: the choice leaves none")
        suite, system = results[0].suite, results[0].system
        ordered = sorted(results, key=lambda result: result.case.id)
        lines = [_measured(result).model_dump_json() for result in ordered]
        _write(self._file(suite, system, "results"), lines)
        times = [Timed(id=r.case.id, timing=r.timing) for r in ordered if r.timing]
        _write(self._file(suite, system, "timings"), [row.model_dump_json() for row in times])

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
        return Run(self.path, manifest, found)

    def _results(self, suite: str, system: str) -> Iterator[Result]:
        times = {
            row.id: row.timing for row in read_rows(self._file(suite, system, "timings"), Timed)
        }
        path = self._file(suite, system, "results")
        for number, row in enumerate(read_rows(path, Measured), start=1):
            where = f"{path.name}, line {number}"
            case = _checked(CASES[row.task], row.case, where)
            yield Result(
                suite=row.suite,
                task=row.task,
                system=row.system,
                case=case,
                reply=reply_from(row.task, row.reply, where),
                figures={name: Ratio(*pair) for name, pair in row.figures.items()},
                judged=row.judged,
                timing=times.get(case.id),
            )

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


def reply_from(task: Task, data: Mapping[str, Any], where: str) -> AnyReply:
    """A reply from its JSON, as the task has it.

    Raises:
        SuiteError: Saying where, if it is none.
    """
    return _checked(REPLIES[task], data, where)


def _checked(kind: type[RowT], data: Mapping[str, Any], where: str) -> RowT:
    try:
        return kind.model_validate(dict(data))
    except ValidationError as error:
        raise broken(where, error) from error


def _measured(result: Result) -> Measured:
    return Measured(
        suite=result.suite,
        task=result.task,
        system=result.system,
        case=result.case.model_dump(mode="json"),
        reply=result.reply.model_dump(mode="json"),
        figures={name: (r.part, r.whole) for name, r in sorted(result.figures.items())},
        judged=result.judged,
    )


def _write(path: Path, lines: Sequence[str]) -> None:
    """Replace a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    part.replace(path)
