"""The words for a figure's name, by the glossary or by rule, and the order of figures."""

from typing import NamedTuple

from eval.report.glossary import METRICS, Group, Metric


class Variant(NamedTuple):
    """A part of a figure's name that says the same of every figure."""

    prefix: str
    suffix: str
    title: str
    definition: str


VARIANTS = (
    Variant("history_needed_", "", "history needed", "Only questions that need the turns before."),
    Variant("", "_collapsed", "collapsed", "Near-duplicates count as one."),
    Variant("evidence_", "", "of evidence", "Found passages against the annotated evidence."),
)


def metric_of(name: str) -> Metric:
    """A figure in words; one that is not known here goes by its own name."""
    if name in METRICS:
        return METRICS[name]
    for variant in VARIANTS:
        base = name.removeprefix(variant.prefix).removesuffix(variant.suffix)
        if base != name and (known := metric_of(base)).group is not Group.OTHER:
            title = f"{known.title}, {variant.title}"
            return known._replace(
                title=title, definition=f"{known.definition} {variant.definition}"
            )
    return Metric(name, "This report has no description of it.", None, Group.OTHER)


def order_of(name: str) -> tuple[int, int, str]:
    """What figures are sorted by: their group, their place in `METRICS`, their name."""
    groups, known = list(Group), list(METRICS)
    place = known.index(name) if name in METRICS else len(known)
    return groups.index(metric_of(name).group), place, name
