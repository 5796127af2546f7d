"""Errors of evaluation suites and their runs."""

from index.errors import DatelineError


class SuiteError(DatelineError):
    """An evaluation suite that is missing or broken: never evaluated in part."""

    code = "bad_suite"
    hint = "Mend the line that is named."


class SuiteMissing(SuiteError):
    """The data of a suite are not where they were looked for."""

    code = "suite_missing"
    hint = "Give their folder with --data, or leave absent suites out with --skip-missing."


class RunMismatch(SuiteError):
    """A folder of results that holds another run, or cannot hold one."""

    code = "run_mismatch"
    hint = "Choose another --out, or remove that folder."


class GateFailed(SuiteError):
    """A figure that is worse than the project allows."""

    code = "gate_failed"
    hint = "eval/thresholds.toml has the thresholds; they are not to be loosened to pass."
