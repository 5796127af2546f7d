"""A real `dateline serve` over the seeds, in a process of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DATELINE = (sys.executable, "-c", "from rag.cli import main; main()")
SMALL: Mapping[str, str] = {
    "DATELINE_MODEL": "smollm2-135m",  # its answers are useless, its times are short
    "DATELINE_EVIDENCE_TOKENS": "150",
    "DATELINE_ANSWER_TOKENS": "16",
    "DATELINE_REFUSE_BELOW": "0",
}
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
PATIENCE_S = 120.0
LOOK_S = 0.1
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Live:
    """A running service.

    Attributes:
        url: Without a slash at its end.
        pid: Of the service; its one child is the engine.
    """

    url: str
    pid: int

    @property
    def engine_pid(self) -> int:
        """The engine's process."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        (pid,) = {child for task in tasks for child in (task / "children").read_text().split()}
        return int(pid)

    def memory_bytes(self) -> int:
        """What service and engine hold in memory."""
        pids = (self.pid, self.engine_pid)
        pages = (Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in pids)
        return sum(map(int, pages)) * PAGE_BYTES


def worked_s(pid: int) -> float:
    """The processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


@contextmanager
def live(folder: Path, chosen: Mapping[str, str] = SMALL) -> Iterator[Live]:
    """The service over the seeds, with its data in `folder`, until the block ends.

    Args:
        chosen: Settings besides the defaults.
    """
    environment = {**os.environ, **chosen, "DATELINE_DATA_DIR": str(folder)}
    subprocess.run([*DATELINE, "index"], env=environment, check=True, capture_output=True)  # noqa: S603  # our own command
    command = [*DATELINE, "serve", "--port", "0"]
    log = folder / "serve.log"  # a file: a pipe that nobody reads would stop the service
    with (
        log.open("wb") as written,
        subprocess.Popen(command, env=environment, stderr=written) as service,  # noqa: S603  # our own command
    ):
        try:
            yield Live(_address(service, log), service.pid)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(PATIENCE_S)


def _address(service: "subprocess.Popen[bytes]", log: Path) -> str:
    until = time.monotonic() + PATIENCE_S
    while service.poll() is None and time.monotonic() < until:
        if found := ADDRESS.search(log.read_text(encoding="utf-8")):
            return found.group()
        time.sleep(LOOK_S)
    raise AssertionError(log.read_text(encoding="utf-8"))
