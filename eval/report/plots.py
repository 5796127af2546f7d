"""Results → plots: risk against coverage, confidence against truth, and how long replies took."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

from eval.figures.derived import tells_right_from_wrong
from eval.figures.risk import (
    BINS,
    ERROR_ALLOWED,
    Bin,
    answers_of,
    calibration_bins,
    risk_coverage,
)
from eval.figures.summary import latency_of
from eval.report.geometry import Bar, Frame, Note, Plot, Tick, line, shares, style_of
from eval.report.tables import Systems, written
from eval.results import Result

TENTHS = tuple(step / 10 for step in range(1, 11))
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
BINS_A_DECADE = 4
MARKERS_A_LINE = 8

Curve = Sequence[tuple[float, float]]


def plots_of(suite: str, systems: Systems) -> tuple[Plot, ...]:
    """Every plot that a suite's results allow.

    Args:
        suite: Goes into the plots' ids.
        systems: System → results, in the order of their styles.
    """
    styles = {system: style_of(number) for number, system in enumerate(systems)}
    sure = {system: rs for system, rs in systems.items() if tells_right_from_wrong(rs)}
    timed = {s: totals for s, rs in systems.items() if (totals := _totals(rs))}
    plots = [_risk(f"{suite}-risk", sure, styles)] if sure else []
    plots += [
        _calibration(f"{suite}-calibration-{styles[system]}", system, results, styles[system])
        for system, results in sure.items()
    ]
    edges = _edges([time for times in timed.values() for time in times])
    plots += [
        _latency(f"{suite}-latency-{number}", system, systems[system], edges, styles[system])
        for number, system in enumerate(timed)
    ]
    return tuple(plots)


def _totals(results: Sequence[Result]) -> list[int]:
    return [result.timing.total for result in results if result.timing]


def _risk(id_: str, systems: Systems, styles: Mapping[str, int]) -> Plot:
    curves = {system: risk_coverage(answers_of(rs)) for system, rs in systems.items()}
    highest = max((risk for curve in curves.values() for _, risk in curve), default=0.0)
    top = max(0.1, ceil(highest * 10) / 10)
    frame = Frame(40, 26, 340, 236, y_max=top)
    step = 0.05 if top <= 0.3 else 0.1 if top <= 0.6 else 0.2
    levels = [round(step * i, 2) for i in range(floor(top / step + 1e-9) + 1)]
    lines = [
        line(
            system,
            styles[system],
            [(frame.x(coverage), frame.y(risk)) for coverage, risk in curve],
            max(1, len(curve) // MARKERS_A_LINE),
        )
        for system, curve in curves.items()
    ]
    allowed = frame.y(ERROR_ALLOWED)
    return Plot(
        id=id_,
        title="Risk against coverage",
        description="The surest answers come first. To the right, more questions are answered; "
        "the line says what share of those answers is wrong. Low and long is good. "
        + " ".join(_risk_in_words(system, curve) for system, curve in curves.items()),
        width=360,
        height=284,
        area=frame.area,
        x_label="questions answered",
        y_label="answers that are wrong",
        x_ticks=shares(frame.x, QUARTERS),
        y_ticks=shares(frame.y, levels),
        lines=lines,
        rules=[(frame.left, allowed, frame.right, allowed)],
        notes=[Note(frame.right - 4, allowed - 5, "5% wrong", "end")],
        numbers=[
            ("answered", *curves),
            *(
                (f"{share:.0%}", *(_risk_at(curve, share) for curve in curves.values()))
                for share in TENTHS
            ),
        ],
    )


def _risk_in_words(system: str, curve: Curve) -> str:
    coverage, risk = curve[-1]
    return f"{system} answers {coverage:.0%}, of which {risk:.0%} are wrong."


def _risk_at(curve: Curve, share: float) -> str:
    """The risk when this share of the questions is answered; a dash beyond the curve's end."""
    reached = [risk for coverage, risk in curve if coverage >= share - 1e-9]
    return f"{reached[0]:.1%}" if reached else "–"


def _calibration(id_: str, system: str, results: Sequence[Result], style: int) -> Plot:
    bins = calibration_bins(answers_of(results))
    frame = Frame(40, 26, 340, 206)
    strip = Frame(40, 250, 340, 280, y_max=max(one.count for one in bins))
    spots = [(frame.x(one.confidence), frame.y(one.accuracy)) for one in bins]
    return Plot(
        id=id_,
        title=f"Confidence against truth: {system}",
        description="Answers of about the same confidence stand together. On the diagonal, "
        "confidence is the share of right answers; below it, the system is too sure. Bars count "
        "the answers. " + " ".join(_bin_in_words(one) for one in bins),
        width=360,
        height=308,
        area=frame.area,
        x_label="confidence; the bars count answers",
        y_label="answers that are right",
        x_ticks=shares(frame.x, QUARTERS),
        y_ticks=shares(frame.y, QUARTERS),
        system=system,
        style=style,
        lines=[line(system, style, spots)],
        bars=[_counted(strip, one) for one in bins],
        rules=[(frame.left, frame.bottom, frame.right, frame.top)],
        numbers=[
            ("mean confidence", "right", "answers"),
            *((f"{b.confidence:.2f}", f"{b.accuracy:.2f}", str(b.count)) for b in bins),
        ],
    )


def _bin_in_words(one: Bin) -> str:
    return f"{one.count} at {one.confidence:.0%}: {one.accuracy:.0%} right."


def _counted(strip: Frame, one: Bin) -> Bar:
    place = min(int(one.confidence * BINS), BINS - 1)
    left, right, y = strip.x(place / BINS), strip.x((place + 1) / BINS), strip.y(one.count)
    height = round(strip.bottom - y, 1)
    return Bar(left + 1, y, round(right - left - 2, 1), height, str(one.count))


def _edges(times_ms: Sequence[int]) -> tuple[int, ...]:
    """Powers of ten, in quarters, between which all times lie: the same for all systems."""
    known = [max(1, time) for time in times_ms] or [1]
    low, high = floor(log10(min(known))), max(1, ceil(log10(max(known) + 1)))
    return tuple(range(low * BINS_A_DECADE, high * BINS_A_DECADE + 1))


def _latency(
    id_: str, system: str, results: Sequence[Result], edges: Sequence[int], style: int
) -> Plot:
    times, first = _totals(results), edges[0]
    places = [floor(log10(max(1, time)) * BINS_A_DECADE + 1e-9) - first for time in times]
    counts = [places.count(place) for place in range(len(edges) - 1)]
    frame = Frame(40, 26, 340, 130, x_max=len(edges) - 1, y_max=max(counts))
    points = latency_of(results)["total"]
    median = written("latency_total_p50", points["p50"])
    late = written("latency_total_p95", points["p95"])
    return Plot(
        id=id_,
        title=f"Time to the whole reply: {system}",
        description=f"{len(times)} replies; half took at most {median}, 95% at most {late}.",
        width=360,
        height=178,
        area=frame.area,
        x_label=f"median {median}, 95th percentile {late}",
        y_label="replies",
        x_ticks=[
            Tick(frame.x(edge - first), _duration(edge // BINS_A_DECADE))
            for edge in edges
            if edge % BINS_A_DECADE == 0
        ],
        y_ticks=[Tick(frame.y(value), str(value)) for value in sorted({0, max(counts)})],
        system=system,
        style=style,
        bars=[_column(frame, place, count) for place, count in enumerate(counts) if count],
        numbers=[
            ("from", "to", "replies"),
            *(
                (_rounded(edges[i]), _rounded(edges[i + 1]), str(count))
                for i, count in enumerate(counts)
                if count
            ),
        ],
    )


def _column(frame: Frame, place: int, count: int) -> Bar:
    x, y = frame.x(place), frame.y(count)
    return Bar(x + 1, y, round(frame.x(place + 1) - x - 2, 1), round(frame.bottom - y, 1))


def _duration(decade: int) -> str:
    """10^decade milliseconds."""
    return f"{10**decade} ms" if decade < 3 else f"{10 ** (decade - 3)} s"


def _rounded(edge: int) -> str:
    return written("latency_total_p50", 10 ** (edge / BINS_A_DECADE))
