"""What the machine could do at most: memory read and copied, matrices multiplied."""

import threading
import time
from collections.abc import Callable

import llama_cpp
import numpy as np
import torch

from eval.bench.wire import Json, Watch, serve

MIB = 512  # a thread; no cache holds it
SIDE = 2048
TRIES = 5


class Limits:
    """Measures with so many threads.

    Args:
        options: `threads`.
    """

    facts: Json

    def __init__(self, options: Json) -> None:
        self._threads: int = options["threads"]
        torch.set_num_threads(self._threads)
        self.facts = {"threads": self._threads, "mib_a_thread": MIB, "tries": TRIES}

    def ask(self, request: Json, watch: Watch) -> Json:
        """`what`: "memory", "matrices", or "model": the parameters of a file."""
        if request["what"] == "memory":
            return memory(self._threads)
        if request["what"] == "matrices":
            return {"float32_gflop_s": matrices()}
        return {"parameters": parameters_of(request["path"])}

    def close(self) -> None:
        """Nothing is left behind."""


def memory(threads: int) -> Json:
    """10^9 bytes a second, the best of several tries; a copy counts what it reads and writes."""
    numbers = MIB * 2**20 // 4
    sources = [np.ones(numbers, np.float32) for _ in range(threads)]
    targets = [np.zeros(numbers, np.float32) for _ in range(threads)]
    both = list(zip(targets, sources, strict=True))
    whole = threads * numbers * 4
    read_s = min(
        together(lambda i: np.max(sources[i]), threads),
        together(lambda i: np.sum(sources[i].view(np.int64)), threads),
    )
    copy_s = together(lambda i: np.copyto(*both[i]), threads)
    return {
        "read_gb_s": round(whole / read_s / 1e9, 2),
        "copy_gb_s": round(2 * whole / copy_s / 1e9, 2),
    }


def together(one: Callable[[int], object], threads: int) -> float:
    """Seconds until the same work is done by every thread, the best of several tries."""

    def run() -> None:
        running = [threading.Thread(target=one, args=(i,)) for i in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    return best(run)


def matrices() -> float:
    """10^9 float32 operations a second, the best of several products by two libraries."""
    one, other = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    left, right = one.numpy(), other.numpy()
    fastest = min(best(lambda: one @ other), best(lambda: left @ right))
    return round(2 * SIDE**3 / fastest / 1e9, 1)


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of several tries; the first, which touches new memory, is no try."""
    work()
    times = []
    for _ in range(TRIES):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def parameters_of(path: str) -> int:
    """How many a model file has."""
    llama = llama_cpp.Llama(path, n_ctx=64, verbose=False)
    try:
        return int(llama_cpp.llama_model_n_params(llama.model))
    finally:
        llama.close()


if __name__ == "__main__":
    serve(Limits)
