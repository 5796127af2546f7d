"""A bench with a fake embedder, judge and engine; nothing is loaded, and it says what was used."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from eval.cases import Claim, Search
from eval.figures.grounding import Judge
from eval.records import RunFolder
from eval.replies import Ranking, Verdict
from eval.results import Result
from eval.runner import Runner
from eval.suites.protocol import AnySuite, Ratio, Score, Task
from eval.systems import Bench
from index.articles import Article
from index.embed import Embedder
from index.generation import Reader
from index.store import Store
from rag.dialogue import Dialogue
from rag.overlap import coverage
from rag.pipeline import Limits, Pipeline
from rag.prompt import Layout, PromptTemplate
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.verify import Verifier
from tests.conftest import no_progress
from tests.eval.samples import CORPUS
from tests.fakes import FakeEmbedder, FakeEngine

EVIDENCE = re.compile(r"^\[1\] (.*)", re.MULTILINE)
Answering = Callable[[str], str | Exception]


def first_line(prompt: str) -> str:
    """A model that repeats the first line that it is shown, and cites it."""
    found = EVIDENCE.search(prompt)
    return f"{found.group(1)} [1]" if found else "It rained in Halven [1]."


class FakeJudge:
    """The share of a claim's words that its source holds."""

    name = "fake"

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [coverage(claim, source) for claim, source in pairs]


class FakeBench(Bench):
    """A bench around any engine.

    Attributes:
        pipelines: How many were asked for.
    """

    def __init__(self, settings: Settings, engine: FakeEngine) -> None:
        super().__init__(settings, say=lambda line: None, bar=no_progress)
        self.engine = engine
        self.pipelines = 0

    @cached_property
    def embedder(self) -> Embedder:
        return FakeEmbedder()

    @cached_property
    def judge(self) -> Judge:
        return FakeJudge()

    def pipeline(self, store: Store) -> Pipeline:
        self.pipelines += 1
        prompts = self.settings.prompts_dir
        return Pipeline(
            reader=Reader(store),
            dialogue=Dialogue(self.engine, PromptTemplate(prompts / "standalone.txt"), 6, 2000),
            retriever=Retriever(self.embedder),
            template=PromptTemplate(prompts / "answer.txt"),
            layout=Layout(joins=False),
            engine=self.engine,
            verifier=Verifier(self.settings.support_at_least),
            limits=Limits(6, 1200, 120, 0.5),
            version="test",
        )

    def close(self) -> None:
        self.engine.close()


def silent(label: str, total: int, done: int) -> Callable[[], object]:
    """A progress that shows nothing."""
    return lambda: None


class Trial:
    """A run of a folder of its own."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self._settings = settings
        self.folder = RunFolder(path)
        self.folder.begin({"pairs": []})

    def run(
        self,
        suite: AnySuite,
        *systems: str,
        answer: Answering = first_line,
        chance: float = 0.999,
    ) -> FakeBench:
        """Run with a bench of its own, whose engine says yes with some chance."""
        bench = FakeBench(self._settings, FakeEngine(answer, chance))
        Runner(bench, self.folder, lambda line: None, silent).run(suite, systems)
        return bench

    def results(self, suite: str, system: str) -> list[Result]:
        return list(self.folder.load().results[suite, system])

    def bytes_of(self, suite: str, system: str) -> bytes:
        return (self.folder.path / suite / f"{system}.results.jsonl").read_bytes()


MakeTrial = Callable[[str], Trial]


def asked_of(bench: FakeBench) -> int:
    """How many prompts the engine has read."""
    return len(bench.engine.prompts)


def embedded_by(bench: FakeBench) -> list[str]:
    """The texts that were embedded."""
    assert isinstance(bench.embedder, FakeEmbedder)
    return bench.embedder.embedded


class Trivial:
    """A suite of given cases over two small articles."""

    name = "trivial"

    def __init__(self, task: Task, *cases: Claim | Search) -> None:
        self.task = task
        self._cases = cases

    def questions(self) -> tuple[Claim | Search, ...]:
        return self._cases

    def corpus(self) -> list[Article]:
        return [] if self.task is Task.SUPPORT else list(CORPUS.values())

    def score(self, question: Claim | Search, reply: Verdict | Ranking) -> Score:
        return {"right": Ratio(reply.model_dump() == {"articles": ("ferry", "copy")})}


CLAIM = Claim(id="c", kind="made", claim="It rained.", source="It rained.", supported=True)
SEARCH = Search(id="s", kind="event", query="it rained on a ferry", relevant=("ferry",))
