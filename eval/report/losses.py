"""Stages at which questions were lost → tables: stages by systems, and kinds by stages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.figures.losses import LEAST_F1, Counts, Stage, counts_by_kind, counts_of
from eval.report.tables import Systems

MEANINGS: Mapping[Stage, str] = {
    Stage.RIGHT: "Answered with everything that a right answer must name, or, where there are only "
    f"reference answers, sharing at least {LEAST_F1} word overlap (F1) with one; of questions that "
    "must be refused: refused.",
    Stage.NOT_TOLD: "Answered, and the suite holds nothing that tells right from wrong.",
    Stage.NOT_RETRIEVED: "Not right, and a piece of the annotated evidence was not found.",
    Stage.WRONGLY_REFUSED: "The evidence was found, and the question was refused before an answer "
    "was drafted.",
    Stage.WRONGLY_DROPPED: "The evidence was found and an answer was drafted, but none of its "
    "sentences passed the check.",
    Stage.NOT_SELECTED: "Answered, not rightly, and a piece of the evidence is cited nowhere.",
    Stage.MISREAD: "Answered, not rightly, although all pieces of the evidence are cited. Without "
    "annotated evidence, or of a system that looks for none, any wrong answer.",
    Stage.ANSWERED: "Answered, although the articles do not answer it.",
    Stage.FAILED: "Ended in an error of the engine.",
}
SORTS = ((False, "Answerable"), (True, "To be refused"))


@dataclass(frozen=True, slots=True)
class LossCell:
    """How many questions one system has at a stage, and their share of all of that sort."""

    system: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class LossRow:
    """One stage of every system; a cell is None where it cannot be told of the system's replies."""

    stage: Stage
    meaning: str
    cells: tuple[LossCell | None, ...]


@dataclass(frozen=True, slots=True)
class LossGroup:
    """The answerable questions, or those that must be refused, by stage."""

    title: str
    count: int
    rows: tuple[LossRow, ...]


@dataclass(frozen=True, slots=True)
class LossKind:
    """One kind by stage; None where a stage cannot be told of any of its questions."""

    kind: str
    count: int
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class LossView:
    """Where the answers of one suite are lost.

    Attributes:
        system: Whose kinds are shown: the first.
        stages: The columns of `kinds`.
        kinds: In alphabetical order; none where there is one kind alone.
    """

    id: str
    name: str
    systems: tuple[str, ...]
    groups: tuple[LossGroup, ...]
    system: str
    stages: tuple[Stage, ...]
    kinds: tuple[LossKind, ...]


def loss_view(id_: str, name: str, systems: Systems) -> LossView | None:
    """The tables of one suite; None if it asks no questions.

    Args:
        id_: Where on the page the suite stands.
        name: The suite's.
        systems: System → results, in the order in which they are shown.
    """
    groups = tuple(_groups(systems))
    if not groups:
        return None
    first, kinds = next(iter(systems)), counts_by_kind(next(iter(systems.values())))
    stages = _shown(list(kinds.values()))
    rows = tuple(
        LossKind(kind, sum(counts.values()), tuple(map(counts.get, stages)))
        for kind, counts in kinds.items()
    )
    return LossView(
        id=id_,
        name=name,
        systems=tuple(systems),
        groups=groups,
        system=first,
        stages=stages,
        kinds=rows if len(rows) > 1 else (),
    )


def stages_in(views: Sequence[LossView]) -> tuple[tuple[Stage, str], ...]:
    """The stages that any table shows, with their meanings, in the order of the pipeline."""
    shown = {row.stage for view in views for group in view.groups for row in group.rows}
    return tuple((stage, MEANINGS[stage]) for stage in Stage if stage in shown)


def _groups(systems: Systems) -> list[LossGroup]:
    """The sorts of questions that the suite has."""
    groups = []
    for must_refuse, title in SORTS:
        counts = {system: counts_of(results, must_refuse) for system, results in systems.items()}
        if any(counts.values()):
            rows = tuple(_row(stage, counts) for stage in _shown(list(counts.values())))
            most = max(sum(known.values()) for known in counts.values())
            groups.append(LossGroup(title, most, rows))
    return groups


def _shown(counts: Sequence[Counts]) -> tuple[Stage, ...]:
    """The stages that can be told; an error, only if there was one."""
    told = (stage for stage in Stage if any(stage in known for known in counts))
    failed = any(known.get(Stage.FAILED) for known in counts)
    return tuple(stage for stage in told if failed or stage is not Stage.FAILED)


def _row(stage: Stage, counts: Mapping[str, Counts]) -> LossRow:
    return LossRow(
        stage, MEANINGS[stage], tuple(_cell(s, stage, known) for s, known in counts.items())
    )


def _cell(system: str, stage: Stage, counts: Counts) -> LossCell | None:
    if stage not in counts:
        return None
    return LossCell(system, counts[stage], counts[stage] / sum(counts.values()))
