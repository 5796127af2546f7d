"""Replies → figures: asked one after another, or by several users at once."""

import queue
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eval.bench.client import Worker, WorkerFailed
from eval.bench.wire import Json

Records = Sequence[Mapping[str, Any]]
TIMES = ("first_token_s", "first_sentence_s", "total_s")


def ask_together(
    worker: Worker, requests: Sequence[Json], users: int
) -> tuple[list[Json | WorkerFailed], float]:
    """Every user asks the next question that nobody has asked, as soon as its last is answered.

    Returns:
        A reply or an error for each request, in their order; and the seconds that all took.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for place in range(len(requests)):
        waiting.put(place)
    replies: list[Json | WorkerFailed] = [WorkerFailed("not asked")] * len(requests)

    def user() -> None:
        while True:
            try:
                place = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                replies[place] = worker.ask(requests[place])
            except WorkerFailed as error:
                replies[place] = error

    began = time.monotonic()
    threads = [threading.Thread(target=user) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies, time.monotonic() - began


def figures_of(records: Records, wall_s: float) -> dict[str, float]:
    """Medians and 95th percentiles of times, rates, and the shares that are right and refused.

    Times are those of answers: a refusal is quick, and would make whoever refuses much look fast.
    Tokens a second are those written after the first one appeared, over all replies.
    """
    figures: dict[str, float] = {}
    answered = [record for record in records if not record["refused"]]
    for name in TIMES:
        times = [record[name] for record in answered if record[name] is not None]
        if times:
            figures[f"{name.removesuffix('_s')}_median_s"] = round(float(np.median(times)), 4)
            figures[f"{name.removesuffix('_s')}_p95_s"] = round(float(np.percentile(times, 95)), 4)
    if records:
        figures["right_share"] = round(sum(r["right"] for r in records) / len(records), 4)
        figures["refused_share"] = round(1 - len(answered) / len(records), 4)
        figures["answers_per_s"] = round(len(records) / wall_s, 4)
    writing = [r for r in records if r["first_token_s"] is not None and r["tokens"] > 1]
    seconds = sum(r["total_s"] - r["first_token_s"] for r in writing)
    if seconds > 0:
        tokens = sum(r["tokens"] - 1 for r in writing)
        figures["tokens_per_s"] = round(tokens / seconds, 3)
    return figures


def failures(replies: Sequence[Json | WorkerFailed]) -> str:
    """How many failed, and what the first said; empty if none did."""
    errors = [reply for reply in replies if isinstance(reply, WorkerFailed)]
    return f"{len(errors)} of {len(replies)} failed: {errors[0]}" if errors else ""
