"""A run as Markdown: the targets, then every section."""

from collections.abc import Iterator, Sequence

from eval.bench.cells import Cell, Part, Ratio, Run, Section, System
from eval.bench.ratios import Missing, prefill_share
from eval.bench.setting import in_words

ALIASES = {
    "first_token_median_s": "first token, s",
    "first_sentence_median_s": "first sentence, s",
    "first_sentence_p95_s": "95%",
    "total_median_s": "total, s",
    "total_p95_s": "95%",
    "tokens_per_s": "tokens/s",
    "answers_per_s": "answers/s",
    "right_share": "right",
    "refused_share": "refused",
    "peak_mib": "peak, MiB",
    "ready_s": "ready, s",
}
ABSENT = "–"

Row = Sequence[str]


def markdown_of(run: Run) -> str:
    """The whole run, for people."""
    parts = [_head(run), ratios_table(run.ratios), _prefill(run)]
    parts += [section_in_words(section) for section in run.sections]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(run: Run) -> str:
    made = run.made
    machine, model = made["machine"], made["model"]
    return (
        f"# Benchmark `{made['plan']}`, {made['date']}\n\n"
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_mib']} MiB; "
        f"{model['name']}, {model['bytes']:,} bytes, SHA-256 {model['sha256'][:12]}…"
    )


def ratios_table(ratios: Sequence[Ratio]) -> str:
    """The targets."""
    rows = [
        (
            one.name,
            with_unit(one),
            target(one),
            {True: "yes", False: "**no**", None: one.why}[one.reached],
        )
        for one in ratios
    ]
    return table(("figure", "measured", "target", "reached"), rows)


def with_unit(ratio: Ratio) -> str:
    """A value for people."""
    return ABSENT if ratio.value is None else f"{ratio.value:.3g} {ratio.unit}".strip()


def target(ratio: Ratio) -> str:
    """A bound for people."""
    sign = "≥" if ratio.at_least else "≤"
    return f"{sign} {ratio.bound:g} {ratio.unit}".strip()


def _prefill(run: Run) -> str:
    try:
        return f"Prefill: {prefill_share(run):.2f} of the processor's float32 matrix throughput."
    except Missing:
        return ""


def section_in_words(section: Section) -> str:
    """A section: its warnings, its cells, its notes."""
    shown = _columns(section)
    rows = [_row(cell, shown) for cell in section.cells]
    heads = ("system", "at", "asked", *(ALIASES.get(name, name) for name in shown), "missing")
    notes = "\n".join(f"- {note}" for note in section.notes)
    title = f"## {section.part} ({section.seconds:.0f} s)"
    return "\n\n".join(part for part in (title, table(heads, rows), notes) if part)


def _columns(section: Section) -> list[str]:
    """The figures that a section's cells have: the usual ones first, then others as they come."""
    known = dict.fromkeys(name for cell in section.cells for name in cell.figures)
    usual = [name for name in ALIASES if name in known]
    return usual + [name for name in known if name not in ALIASES and not name.endswith("_p95_s")]


def _row(cell: Cell, shown: Sequence[str]) -> Row:
    figures = [number(cell.figures.get(name)) for name in shown]
    at = in_words(cell.at) if cell.at else ""
    return (cell.system.value, at, str(cell.asked or ""), *figures, cell.why)


def number(value: float | None) -> str:
    """Three digits that count, or whole numbers; a dash for nothing."""
    if value is None:
        return ABSENT
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(heads: Row, rows: Sequence[Row]) -> str:
    """A Markdown table."""
    return "\n".join(_line(row) for row in (heads, ["---"] * len(heads), *rows))


def _line(row: Row) -> str:
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in row) + " |"


def systems_of(run: Run, part: Part) -> Iterator[System]:
    """Every system with a cell in a part, each once, in their order."""
    measured = {c.system for s in run.sections if s.part is part for c in s.cells}
    return (system for system in System if system in measured)
