"""What the words of a command mean: which suites, which systems, which two runs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from eval.cases import Split
from eval.records import Run, RunFolder
from eval.results import Result
from eval.suites.protocol import AnySuite, Choice
from eval.suites.registry import open_suite
from eval.systems import SYSTEMS
from rag.errors import SuiteError, SuiteMissing

Results = Mapping[str, Sequence[Result]]


def split_of(name: str) -> Split | None:
    """None for both.

    Raises:
        SuiteError: If there is no such split.
    """
    if name == "both":
        return None
    if name not in set(Split):
        raise SuiteError(f"there is no split {name!r}: dev, test or both")
    return Split(name)


def open_all(
    names: Sequence[str], choice: Choice, skip_missing: bool, say: Callable[[str], None]
) -> list[AnySuite]:
    """Every suite, each once, before one question is asked.

    Raises:
        SuiteMissing: Naming every absent one, unless they are to be skipped.
    """
    opened: list[AnySuite] = []
    absent: list[str] = []
    for name in dict.fromkeys(names):
        try:
            opened.append(open_suite(name, choice))
        except SuiteMissing as error:
            absent.append(f"{name} is absent: {error}")
    if absent and not skip_missing:
        raise SuiteMissing("; ".join(absent))
    for line in absent:
        say(line)
    if not opened:
        raise SuiteMissing("no suite is left to run")
    return opened


def systems_for(suite: AnySuite, names: Sequence[str]) -> list[str]:
    """Those of the named systems that take this suite, each once.

    Raises:
        SuiteError: If a name is nobody's, or none takes it.
    """
    known = {name for systems in SYSTEMS.values() for name in systems}
    strange = [name for name in names if name not in known]
    if strange:
        listed = ", ".join(sorted(known))
        raise SuiteError(f"there is no system {strange[0]!r}; there are: {listed}")
    fitting = [name for name in dict.fromkeys(names) if name in SYSTEMS[suite.task]]
    if not fitting:
        takes = ", ".join(SYSTEMS[suite.task])
        raise SuiteError(f"{suite.name} can be taken by {takes}; not by {', '.join(names)}")
    return fitting


def pair_of(one: str, other: str, say: Callable[[str], None]) -> tuple[Results, Results]:
    """The results to compare: by suite if systems are named, else by suite and system.

    Raises:
        SuiteError: If one of them has no such system.
    """
    folder, _, system = one.partition(":")
    its_folder, _, its_system = other.partition(":")
    run = RunFolder(Path(folder)).load()
    its_run = RunFolder(Path(its_folder or folder)).load()
    for suite in differently_asked(run, its_run):
        say(f"{suite}: the two were not asked the same; what they share is compared")
    first, second = run.results, its_run.results
    if system or its_system:
        return _of(first, system or its_system, one), _of(second, its_system or system, other)
    return _by_pair(first), _by_pair(second)


def differently_asked(one: Run, other: Run) -> list[str]:
    """The suites whose questions or articles differ between two runs, as far as they say."""
    mine, theirs = one.manifest.get("asked", {}), other.manifest.get("asked", {})
    return sorted(suite for suite in mine.keys() & theirs.keys() if mine[suite] != theirs[suite])


def _of(results: Mapping[tuple[str, str], Sequence[Result]], system: str, name: str) -> Results:
    found = {suite: rows for (suite, named), rows in results.items() if named == system}
    if not found:
        have = ", ".join(sorted({named for _, named in results}))
        raise SuiteError(f"{name}: there is no system {system!r}; there are: {have}")
    return found


def _by_pair(results: Mapping[tuple[str, str], Sequence[Result]]) -> Results:
    return {f"{suite} · {system}": rows for (suite, system), rows in results.items()}
