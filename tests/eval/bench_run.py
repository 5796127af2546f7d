"""A made-up run of the benchmark in which every target can be computed."""

from eval.bench.cells import Cell, Part, Run, Section, System

MADE = {
    "date": "2025-04-08T00:00:00+00:00",
    "plan": "made",
    "machine": {"processor": "A & B", "cores": 2, "memory_mib": 1024},
    "model": {"name": "made.gguf", "sha256": "ab" * 32, "bytes": 1000},
}


def cell(system: System, at: dict[str, int | str] | None = None, **figures: float) -> Cell:
    return Cell(system=system, at=at or {}, figures=figures)


def answered(
    system: System, first: float, total: float, at: dict[str, int | str] | None = None
) -> Cell:
    return cell(system, at, first_sentence_median_s=first, total_median_s=total)


OURS_KNOWN = answered(System.OURS, 0.2, 1.0, {"time": "second"})
OURS = answered(System.OURS, 0.4, 2.0, {"time": "first"})
AGAIN = answered(System.OURS, 0.005, 0.01, {"time": "again"})
PLAIN = cell(
    System.PLAIN, first_token_median_s=4.0, first_sentence_median_s=5.0, total_median_s=8.0
)
SERVER = answered(System.SERVER, 1.5, 2.5)
TXTAI = Cell(system=System.TXTAI, why="the peers' environment is not there")

MACHINE = cell(
    System.MACHINE,
    model_bytes=1e9,
    parameters=1e9,
    read_gb_s=20.0,
    copy_gb_s=10.0,
    float32_gflop_s=100.0,
)
OFF = cell(
    System.OURS,
    {"lookup": "off"},
    decode_tokens_per_s=16.0,
    prefill_tokens_per_s=25.0,
    quoting_tokens_per_s=15.0,
)
ON = cell(System.OURS, {"lookup": "on"}, quoting_tokens_per_s=18.0)

SECTIONS = (
    Section(part=Part.START, cells=(cell(System.OURS, {"start": "warm"}, ready_s=4.0),)),
    Section(part=Part.LIMITS, cells=(MACHINE, OFF, ON)),
    Section(part=Part.LATENCY, cells=(OURS, OURS_KNOWN, AGAIN, PLAIN), notes=("a note",)),
    Section(part=Part.PEERS, cells=(SERVER, TXTAI)),
    Section(
        part=Part.USERS,
        cells=tuple(
            cell(System.OURS, {"users": users}, answers_per_s=rate)
            for users, rate in ((1, 0.4), (2, 0.6), (4, 1.0), (8, 1.2))
        ),
    ),
    Section(
        part=Part.GROWTH,
        cells=(
            cell(System.PLAIN, {"passages": 2}, total_median_s=4.0),
            cell(System.PLAIN, {"passages": 8}, total_median_s=16.0),
            cell(System.OURS, {"passages": 2}, total_median_s=2.0),
        ),
    ),
    Section(
        part=Part.INDEX,
        cells=(
            cell(System.OURS, {"of": "indexing_rates"}, over_float32=2.5),
            cell(System.OURS, {"of": "retrieval_latency"}, p95_ms=12.0),
        ),
    ),
)


def run_without(*parts: Part) -> Run:
    """The run without some of its sections."""
    return Run(made=MADE, sections=tuple(one for one in SECTIONS if one.part not in parts))
