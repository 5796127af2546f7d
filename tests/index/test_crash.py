"""Kill -9 while the index is written: it opens at the old or the new generation, every time."""

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from tqdm import tqdm

from index.articles import Article, read_articles
from index.build import sync
from index.generation import load_generation
from index.store import Published, Store
from tests.fakes import FakeEmbedder

STAGES = ("started", "embedding", "writing", "written", "ended")
BEFORE_THE_END = STAGES[:-1]
KILLS = 50
PATIENCE_S = 60.0


class SilentBar:
    def update(self, n: int) -> None:
        pass

    def close(self) -> None:
        pass


class WatchedStore(Store):
    """Tells when a generation begins to be written, and when its files are there."""

    def __init__(self, root: Path, reach: Callable[[str], None]) -> None:
        super().__init__(root)
        self._reach = reach

    def publish(
        self, write: Callable[[Path], None], *, embedder: str, articles: dict[str, str]
    ) -> Published:
        def watched(folder: Path) -> None:
            self._reach("writing")
            write(folder)
            self._reach("written")

        return super().publish(watched, embedder=embedder, articles=articles)


def run(root: Path, folder: Path, pipe: "Connection[str, str]", hold: str) -> None:
    """Index a folder, in a process of its own; wait for the end at the stage to `hold` at."""

    def reach(stage: str) -> None:
        pipe.send(stage)
        if stage == hold:
            pipe.recv()

    def progress(total: int) -> SilentBar:
        reach("embedding")
        return SilentBar()

    tqdm.set_lock(threading.RLock())  # its own is a semaphore, which a killed process would leak
    reach("started")
    articles = read_articles([folder]).articles
    sync(WatchedStore(root, reach), articles, FakeEmbedder, progress)
    reach("ended")


@dataclass(frozen=True, slots=True)
class Corpus:
    folder: Path
    articles: tuple[Article, ...]
    generation: str


@dataclass(slots=True)
class Crashes:
    """An index, two corpora to change between, and what the kills found."""

    store: Store
    corpora: tuple[Corpus, Corpus]
    at: int = 0

    @property
    def old(self) -> Corpus:
        return self.corpora[self.at]

    @property
    def new(self) -> Corpus:
        return self.corpora[1 - self.at]

    def leftovers(self) -> list[str]:
        return [path.name for path in self.store.root.glob("tmp-*")]

    def kill(
        self, stage: str, wait: Callable[[], None] = lambda: None, hold: str = "ended"
    ) -> tuple[str, bool]:
        """Index the new corpus; when the process has reached a stage, wait, then kill it.

        Returns:
            "old" or "new", which of the two the index opened at; and whether a folder was left.
        """
        here, there = CONTEXT.Pipe()
        process = CONTEXT.Process(target=run, args=(self.store.root, self.new.folder, there, hold))
        process.start()
        there.close()
        with here:
            reached = ""
            while reached != stage:
                assert here.poll(PATIENCE_S), f"the run did not get from {reached!r} to {stage!r}"
                reached = here.recv()
            wait()
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
            process.close()
        return self.opened_at(), bool(self.leftovers())

    def opened_at(self) -> str:
        generation = load_generation(self.store)
        found = {"old": self.old, "new": self.new}
        [name] = [name for name, corpus in found.items() if corpus.generation == generation.id]
        assert generation.articles == found[name].articles
        return name

    def await_publication(self, before: list[str]) -> None:
        """Return as soon as the folder of a new generation can be seen."""
        deadline = time.monotonic() + PATIENCE_S
        while self.published() == before:
            assert time.monotonic() < deadline, "nothing was published"

    def published(self) -> list[str]:
        """The newest of the published folders' names, if there is one."""
        return sorted(name for name in os.listdir(self.store.root) if name[0].isdigit())[-1:]

    def recover(self) -> None:
        """The next run succeeds, and clears what the killed one left."""
        change = sync(self.store, self.new.articles, FakeEmbedder, lambda total: SilentBar())
        assert change.generation == self.new.generation
        assert self.opened_at() == "new"
        assert self.leftovers() == []
        assert len([path for path in self.store.root.iterdir() if path.is_dir()]) <= 2
        self.at = 1 - self.at

    def durations_s(self) -> dict[str, float]:
        """How long a whole run stays in each stage, as it is now on this machine."""
        here, there = CONTEXT.Pipe()
        process = CONTEXT.Process(target=run, args=(self.store.root, self.new.folder, there, ""))
        process.start()
        there.close()
        times: dict[str, float] = {}
        with here:
            for stage in STAGES:
                assert here.poll(PATIENCE_S), f"the run did not get to {stage!r}"
                assert here.recv() == stage
                times[stage] = time.monotonic()
        process.join()
        assert process.exitcode == 0
        process.close()
        self.recover()
        ends = [times[stage] for stage in STAGES[1:]]
        return {s: end - times[s] for s, end in zip(BEFORE_THE_END, ends, strict=True)}


CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["pytest", __name__])  # imports are paid once, not at every kill


def make_corpus(folder: Path, kept: range, edition: str) -> Corpus:
    """Two dozen small articles, of which those in `kept` are the same in every edition."""
    folder.mkdir()
    for number in range(24):
        what = "report" if number in kept else f"{edition} report"
        lines = [f"Sentence {line} of {what} {number} tells of town {line}." for line in range(6)]
        (folder / f"{number:03d}.txt").write_text(" ".join(lines), encoding="utf-8")
    (folder / f"only-{edition}.txt").write_text(f"Only the {edition} has it.", encoding="utf-8")
    articles = read_articles([folder]).articles
    alone = Store(folder.with_suffix(".index"))
    change = sync(alone, articles, FakeEmbedder, lambda total: SilentBar())
    return Corpus(folder, articles, change.generation)


@pytest.fixture
def crashes(tmp_path: Path) -> Crashes:
    morning = make_corpus(tmp_path / "morning", range(12), "morning")
    evening = make_corpus(tmp_path / "evening", range(12), "evening")
    store = Store(tmp_path / "index")
    sync(store, morning.articles, FakeEmbedder, lambda total: SilentBar())
    return Crashes(store, (morning, evening))


@pytest.mark.parametrize(
    ("stage", "opened", "left"),
    [
        ("started", "old", False),
        ("embedding", "old", False),
        ("writing", "old", True),
        ("written", "old", True),
        ("ended", "new", False),
    ],
)
def test_killed_at_a_known_stage(crashes: Crashes, stage: str, opened: str, left: bool) -> None:
    """The process waits there to be killed, so what must be found is known exactly."""
    assert crashes.kill(stage, hold=stage) == (opened, left)
    crashes.recover()


def test_killed_as_soon_as_the_new_generation_is_seen(crashes: Crashes) -> None:
    """The new folder is whole when it appears: were it filled in its place, it would be corrupt."""
    for _ in range(5):
        seen = partial(crashes.await_publication, crashes.published())
        opened, _ = crashes.kill("written", seen)
        assert opened == "new"
        crashes.recover()


def test_killed_at_fifty_random_moments(crashes: Crashes) -> None:
    """As many in every stage; the last, `written`, holds the manifest, fsync and the rename.

    Two more kills, whose outcome is certain, keep the test from passing by never seeing either.
    """
    moments = random.Random(20250408)  # noqa: S311  # not a secret
    lasts_s = crashes.durations_s()
    found = []
    for number in range(KILLS):
        stage = BEFORE_THE_END[number % len(BEFORE_THE_END)]
        delay_s = moments.uniform(0.0, 1.2) * lasts_s[stage]
        found.append(crashes.kill(stage, partial(time.sleep, delay_s)))
        crashes.recover()
    for stage in ("writing", "ended"):
        found.append(crashes.kill(stage, hold=stage))
        crashes.recover()
    assert len(found) == KILLS + 2
    assert {("old", False), ("old", True), ("new", False)} <= set(found)
