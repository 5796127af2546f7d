"""The same question five times: cold, warm, warm again, with one thread, with two."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from eval.cases import Ask
from eval.suites.protocol import AnySuite
from eval.systems import Bench, System, build_system
from rag.settings import Settings

THREADS = (0, 1, 2)  # 0 takes every core; the first is asked cold, and twice more warm
WARM = 2

Said = dict[str, list[str]]
"""Question id → what each pass replied: JSON without times."""


def ask_repeatedly(
    suite: AnySuite, bench_of: Callable[[Settings], Bench], settings: Settings, folder: Path
) -> Said:
    """Ask every question of a suite five times.

    Args:
        suite: Of questions for articles.
        bench_of: Makes fresh models: the first question after it is cold.
        settings: As users have them, but for the threads.
        folder: Where the index is put.
    """
    said: Said = {case.id: [] for case in suite.questions()}
    for threads in THREADS:
        with closing(bench_of(settings.model_copy(update={"threads": threads}))) as bench:
            store = bench.index(suite.corpus(), folder)
            system = build_system(suite.task, "dateline", bench, store)
            for _ in range(1 + WARM if threads == THREADS[0] else 1):
                _pass(suite.questions(), system, said)
    return said


def differing(said: Said) -> list[str]:
    """The questions whose replies are not all the same bytes, by id."""
    return sorted(name for name, replies in said.items() if len(set(replies)) > 1)


def _pass(cases: Sequence[Ask], system: System, said: Said) -> None:
    for case in cases:
        reply, _ = system(case)
        said[case.id].append(reply.model_dump_json())
