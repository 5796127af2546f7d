"""One question, asked of one system and measured: in memory, and as a line of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, ValidationError

from eval.cases import AnyCase, Ask, Claim, Row, Search
from eval.replies import AnyReply, Ranking, Reply, Timing, Verdict
from eval.suites.protocol import Ratio, Score, Task
from eval.suites.rows import RowT, broken

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
        judged_by: The scorer's name, with the beginning of its digest.
    """

    suite: str
    task: Task
    system: str
    case: dict[str, Any]
    reply: dict[str, Any]
    figures: dict[str, tuple[float, float]]
    judged: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()
    judged_by: str = ""


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
    judged_by: str = ""
    timing: Timing | None = None


def reply_from(task: Task, data: Mapping[str, Any], where: str) -> AnyReply:
    """A reply from its JSON, as the task has it.

    Raises:
        SuiteError: Saying where, if it is none.
    """
    return _checked(REPLIES[task], data, where)


def result_from(row: Measured, times: Mapping[str, Timing], where: str) -> Result:
    """A result from its line, and from the times by id.

    Raises:
        SuiteError: Saying where, if its case or its reply is none.
    """
    case = _checked(CASES[row.task], row.case, where)
    return Result(
        suite=row.suite,
        task=row.task,
        system=row.system,
        case=case,
        reply=reply_from(row.task, row.reply, where),
        figures={name: Ratio(*pair) for name, pair in row.figures.items()},
        judged=row.judged,
        judged_by=row.judged_by,
        timing=times.get(case.id),
    )


def _checked(kind: type[RowT], data: Mapping[str, Any], where: str) -> RowT:
    try:
        return kind.model_validate(dict(data))
    except ValidationError as error:
        raise broken(where, error) from error


def measured(result: Result) -> Measured:
    """A result as a line."""
    return Measured(
        suite=result.suite,
        task=result.task,
        system=result.system,
        case=result.case.model_dump(mode="json"),
        reply=result.reply.model_dump(mode="json"),
        figures={name: (r.part, r.whole) for name, r in sorted(result.figures.items())},
        judged=result.judged,
        judged_by=result.judged_by,
    )
