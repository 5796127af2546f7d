"""From the command line to the first question that could be answered."""

import os
import subprocess  # our own command, with our own interpreter
import sys
import time

import httpx

from eval.bench.cells import Cell, System
from eval.bench.machine import peak_mib
from eval.bench.setting import Setting
from eval.bench.workers.server import free_port
from rag.settings import PROJECT

TIMES = 2  # the first may find the files on disk, not in memory
WAIT_S = 180.0
POLL_S = 0.02
SERVE = "from rag.cli import main; main()"


def start(setting: Setting) -> tuple[list[Cell], list[str]]:
    """`dateline serve` until `/readyz` says yes; the second start finds everything warm."""
    cells = [_served(setting, "first" if number == 0 else "warm") for number in range(TIMES)]
    return cells, ["other systems: see `ready`, measured from starting the process as well"]


def _served(setting: Setting, which: str) -> Cell:
    port = free_port()
    setting.say(f"  dateline serve, {which}")
    data = setting.out / "served"
    data.mkdir(exist_ok=True)
    index = data / "index"
    if not index.exists():
        index.symlink_to(setting.index(2), target_is_directory=True)
    began = time.monotonic()
    with (setting.out / "serve.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  # fixed arguments, no shell
            [sys.executable, "-c", SERVE, "serve", "--port", str(port)],
            cwd=PROJECT,
            stdout=log,
            stderr=log,
            env={**os.environ, "DATELINE_DATA_DIR": str(data)},
        )
    try:
        ready_s = _ready(process, f"http://127.0.0.1:{port}/readyz", began)
        figures = {"ready_s": round(ready_s, 3), "peak_mib": float(peak_mib(process.pid))}
        return Cell(system=System.OURS, at={"start": which}, figures=figures)
    except TimeoutError as error:
        return Cell(system=System.OURS, at={"start": which}, why=str(error))
    finally:
        process.terminate()
        process.wait()


def _ready(process: "subprocess.Popen[bytes]", url: str, began: float) -> float:
    while time.monotonic() < began + WAIT_S and process.poll() is None:
        try:
            if httpx.get(url).is_success:
                return time.monotonic() - began
        except httpx.TransportError:
            time.sleep(POLL_S)
    raise TimeoutError(f"not ready (exit status {process.poll()})")
