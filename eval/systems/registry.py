"""Every system by task and name; the only place in `eval/` that names them all."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from eval.replies import AnyReply, Timing
from eval.suites.protocol import Task
from eval.systems import baselines, ours, support
from eval.systems.bench import Bench
from index.generation import load_generation
from index.store import Store
from rag.errors import SuiteError
from rag.overlap import coverage
from rag.prompt import PromptTemplate
from rag.retrieve import Retriever, Way

System = Callable[[Any], tuple[AnyReply, Timing]]
"""A case of its task in, the reply and its times out."""

Builder = Callable[[Bench, Store | None], System]


def _only(way: Way) -> Builder:
    """Ours, with one way of finding evidence alone."""

    def build(bench: Bench, store: Store | None) -> System:
        retriever = Retriever(bench.embedder, frozenset({way}))
        return ours.Whole(replace(bench.pipeline(_known(store)), retriever=retriever))

    return build


def _prompted(template: str, with_passages: bool) -> Builder:
    def build(bench: Bench, store: Store | None) -> System:
        prompt = PromptTemplate(bench.settings.prompts_dir / template)
        embedder = bench.embedder if with_passages else None
        return baselines.Prompted(bench.pipeline(_known(store)), prompt, embedder)

    return build


def _finder(ways: frozenset[Way]) -> Builder:
    def build(bench: Bench, store: Store | None) -> System:
        return ours.Finder(Retriever(bench.embedder, ways), load_generation(_known(store)))

    return build


SYSTEMS: Mapping[Task, Mapping[str, Builder]] = {
    Task.ANSWER: {
        "dateline": lambda bench, store: ours.Whole(bench.pipeline(_known(store))),
        "bm25": _only(Way.LEXICAL),
        "dense": _only(Way.DENSE),
        "oracle": lambda bench, store: ours.WithGold(bench.pipeline(_known(store))),
        "copy": lambda bench, store: baselines.CopyBest(bench.pipeline(_known(store))),
        "closed": _prompted("baseline_closed.txt", with_passages=False),
        "chunks": _prompted("baseline_chunks.txt", with_passages=True),
        "refuse": lambda bench, store: baselines.refuse,
    },
    Task.SUPPORT: {
        "dateline": lambda bench, _: support.Judged(support.gate(bench.settings.support_at_least)),
        "scorer": lambda bench, _: support.Judged(support.scorer(bench.judge)),
        "coverage": lambda bench, _: support.Judged(coverage),
        "always": lambda bench, _: support.Judged(support.always),
    },
    Task.SEARCH: {
        "dateline": _finder(frozenset(Way)),
        "bm25": _finder(frozenset({Way.LEXICAL})),
        "dense": _finder(frozenset({Way.DENSE})),
    },
}


def build_system(task: Task, name: str, bench: Bench, store: Store | None) -> System:
    """A system, ready to be asked.

    Args:
        task: What its suite asks.
        name: As `--system` gives it.
        bench: The models.
        store: The suite's index; None if its questions bring their sources.

    Raises:
        SuiteError: If no such system takes this task.
    """
    if name not in SYSTEMS[task]:
        known = ", ".join(SYSTEMS[task])
        raise SuiteError(f"no system {name!r} for {task.value} suites; there are: {known}")
    return SYSTEMS[task][name](bench, store)


def _known(store: Store | None) -> Store:
    if store is None:
        raise SuiteError("this suite has no articles to ask")
    return store
