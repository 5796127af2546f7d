"""The figures to reach, computed from one run: every one a ratio, or a bound, inside that run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eval.bench.cells import Cell, Part, Ratio, Run, System

Value = Callable[[Run], float]


class Missing(Exception):
    """A figure that this run does not have; says which, and why if that is known."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached.

    Attributes:
        value: Computes it from a run; raises Missing.
        bound: See `Ratio`.
    """

    name: str
    value: Value
    bound: float
    unit: str = ""
    at_least: bool = False


def ratios_of(run: Run) -> tuple[Ratio, ...]:
    """Every target with its value, or with why it has none."""
    return tuple(_ratio(target, run) for target in TARGETS)


def _ratio(target: Target, run: Run) -> Ratio:
    value, why = None, ""
    try:
        value = round(target.value(run), 4)
    except Missing as missing:
        why = str(missing)
    return Ratio(
        name=target.name,
        value=value,
        bound=target.bound,
        unit=target.unit,
        at_least=target.at_least,
        why=why,
    )


def figure(run: Run, part: Part, system: System, name: str, at: Mapping[str, int | str]) -> float:
    """One figure of a run.

    Raises:
        Missing: If the section was not run, the cell failed, or it lacks the figure.
    """
    cell = run.cell(part, system, **at)
    where = " ".join([part.value, system.value, *(f"{k}={v}" for k, v in at.items())])
    if cell is None:
        raise Missing(f"not measured: {where}")
    if name not in cell.figures:
        raise Missing(f"{where}: {cell.why or f'no {name}'}")
    return cell.figures[name]


def _fresh(run: Run, name: str) -> float:
    """Of questions that nobody asked before."""
    return figure(run, Part.LATENCY, System.OURS, name, {"time": "first"})


def _prefill_s(run: Run) -> float:
    """Plain prefill of four passages: when its first token is there."""
    return figure(run, Part.LATENCY, System.PLAIN, "first_token_median_s", {})


def _first_sentence(run: Run) -> float:
    return _over(_fresh(run, "first_sentence_median_s"), _prefill_s(run))


def _total(run: Run) -> float:
    return _over(_fresh(run, "total_median_s"), _prefill_s(run))


def _total_of_plain(run: Run) -> float:
    plain = figure(run, Part.LATENCY, System.PLAIN, "total_median_s", {})
    return _over(_fresh(run, "total_median_s"), plain)


def _against_cached(run: Run) -> float:
    cached = figure(run, Part.PEERS, System.SERVER, "total_median_s", {})
    return _over(_fresh(run, "total_median_s"), cached)


def _again_ms(run: Run) -> float:
    return 1000 * figure(run, Part.LATENCY, System.OURS, "total_median_s", {"time": "again"})


def decode_share(run: Run) -> float:
    """Bytes of the model file a second, over the fastest reading or copying of memory."""
    machine = _machine(run)
    fastest = max(machine(name) for name in ("read_gb_s", "copy_gb_s"))
    rate = figure(run, Part.LIMITS, System.OURS, "decode_tokens_per_s", {"lookup": "off"})
    return _over(machine("model_bytes") * rate / 1e9, fastest)


def prefill_share(run: Run) -> float:
    """Two operations for every parameter and token, over float32 matrix products."""
    machine = _machine(run)
    rate = figure(run, Part.LIMITS, System.OURS, "prefill_tokens_per_s", {"lookup": "off"})
    return _over(2 * machine("parameters") * rate / 1e9, machine("float32_gflop_s"))


def _machine(run: Run) -> Callable[[str], float]:
    return lambda name: figure(run, Part.LIMITS, System.MACHINE, name, {})


def _lookup(run: Run) -> float:
    rates = (
        figure(run, Part.LIMITS, System.OURS, "quoting_tokens_per_s", {"lookup": switch})
        for switch in ("on", "off")
    )
    return _over(*rates)


def _four_users(run: Run) -> float:
    four, one = (
        figure(run, Part.USERS, System.OURS, "answers_per_s", {"users": users}) for users in (4, 1)
    )
    return _over(four, one)


def _indexing(run: Run) -> float:
    return figure(run, Part.INDEX, System.OURS, "over_float32", {"of": "indexing_rates"})


def _retrieval_ms(run: Run) -> float:
    return figure(run, Part.INDEX, System.OURS, "p95_ms", {"of": "retrieval_latency"})


def _start_s(run: Run) -> float:
    return figure(run, Part.START, System.OURS, "ready_s", {"start": "warm"})


def _over(part: float, whole: float) -> float:
    if not whole:
        raise Missing("what it is compared with is 0")
    return part / whole


def failed_cells(run: Run) -> list[tuple[Part, Cell]]:
    """Whatever says why it is missing, or incomplete."""
    return [(s.part, cell) for s in run.sections for cell in s.cells if cell.why]


TARGETS = (
    Target("first verified sentence / plain prefill of four passages", _first_sentence, 0.15),
    Target("first verified sentence", lambda r: _fresh(r, "first_sentence_median_s"), 0.5, "s"),
    Target("total / plain prefill of four passages", _total, 0.3),
    Target("total / plain total", _total_of_plain, 0.3),
    Target("total / total with cached whole articles", _against_cached, 1.0),
    Target("an identical question again", _again_ms, 20.0, "ms"),
    Target("decoding / memory bandwidth", decode_share, 0.75, at_least=True),
    Target("decoding of quotes, prompt lookup on / off", _lookup, 1.3, at_least=True),
    Target("answers/s of 4 users / of 1", _four_users, 2.0, at_least=True),
    Target("indexing / indexing in float32", _indexing, 2.3, at_least=True),
    Target("retrieval among 100,000 sentences, 95th percentile", _retrieval_ms, 15.0, "ms"),
    Target("start to ready, warm", _start_s, 5.0, "s"),
)
