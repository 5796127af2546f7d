"""What times depend on: the processor, its load, and the memory of processes. Linux's /proc."""

import os
import platform
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from eval.bench.wire import Json

PROC = Path("/proc")
BUSY = 0.1  # share of the processors' time that others may use before a section begins
LOOK_S = 1.0
LIBRARIES = ("dateline", "llama-cpp-python", "torch", "numpy", "faiss-cpu", "sentence-transformers")
PEERS = ("txtai", "llama-index-core", "llama-cpp-python", "torch", "transformers")
SHAPES_THREADS = ("GOMP_SPINCOUNT", "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "MKL_NUM_THREADS")


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def machine_facts() -> Json:
    """For the head of a run."""
    return {
        "processor": _field(PROC / "cpuinfo", "model name") or platform.machine(),
        "cores": cores(),
        "memory_mib": _kib(PROC / "meminfo", "MemTotal") // 1024,
        "system": platform.platform(),
        "python": platform.python_version(),
        "environment": {name: os.environ.get(name) for name in SHAPES_THREADS},
        "versions": versions(*LIBRARIES),
    }


def versions(*names: str) -> dict[str, str | None]:
    """Installed versions; None for what is not there."""
    return {name: _version(name) for name in names}


def versions_in(python: Path) -> dict[str, str | None]:
    """Of the peers' libraries in another environment; empty if it is not there."""
    folder = python.parent.parent
    found: dict[str, str | None] = {}
    for site in sorted(folder.glob("lib/python*/site-packages")):
        for name in PEERS:
            infos = sorted(site.glob(f"{name.replace('-', '_')}-*.dist-info"))
            found[name] = infos[0].stem.split("-")[1] if infos else None
    return found


def load_average() -> tuple[float, float, float]:
    """Over 1, 5 and 15 minutes."""
    one, five, fifteen = (round(value, 2) for value in os.getloadavg())
    return one, five, fifteen


def busy_share(look_s: float = LOOK_S) -> float:
    """Share of all processors' time that something used while the bench itself slept."""
    one = processor_times(_read(PROC / "stat"))
    time.sleep(look_s)
    other = processor_times(_read(PROC / "stat"))
    whole = other[1] - one[1]
    return round((other[0] - one[0]) / whole, 3) if whole else 0.0


def processor_times(stat: str) -> tuple[int, int]:
    """Busy and all ticks since the start, from the text of /proc/stat; waiting for disks is idle.

    Time that the host took away (steal) counts as busy: it is as bad for a measurement.
    """
    ticks = [int(word) for word in stat.split("\n", 1)[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def busy_note(share: float) -> str:
    """A warning if something else used the machine; empty if not."""
    if share <= BUSY:
        return ""
    return f"the machine was busy before this section: {share:.0%} of its processors' time"


def peak_mib(pid: int, proc: Path = PROC) -> int:
    """Sum of the peak resident sets of a process and all below it, those still alive."""
    everyone = [pid, *_below(pid, proc)]
    return sum(_kib(proc / str(one) / "status", "VmHWM") for one in everyone) // 1024


def _below(pid: int, proc: Path) -> Iterator[int]:
    for tasks in sorted((proc / str(pid) / "task").glob("*/children")):
        for child in _read(tasks).split():
            yield int(child)
            yield from _below(int(child), proc)


def _kib(path: Path, name: str) -> int:
    words = _field(path, name).split()
    return int(words[0]) if words else 0


def _field(path: Path, name: str) -> str:
    """What stands behind the first `name:`; empty if nothing does."""
    for line in _read(path).splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # the process has ended meanwhile
        return ""


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
