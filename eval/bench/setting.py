"""What every section works with: who is measured, with what, on which questions."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import llama_cpp

from eval.bench.cells import Cell, System
from eval.bench.client import Worker, WorkerFailed
from eval.bench.machine import cores
from eval.bench.measure import ask_together, failures, figures_of
from eval.bench.plan import Plan
from eval.bench.questions import Prompts, answerable, measured
from eval.bench.wire import Json
from eval.cases import Ask
from eval.suites.seeds import seed_articles
from index.models import Catalogue, locate
from rag.compose import model_file
from rag.settings import PROJECT, Settings

MODULES = {
    System.OURS: "ours",
    System.PLAIN: "plain",
    System.SERVER: "server",
    System.TXTAI: "txtai_rag",
    System.CITATIONS: "citations",
}
IN_PEERS_ENVIRONMENT = frozenset({System.SERVER, System.TXTAI, System.CITATIONS})
NO_PEERS = "the peers' environment is not there: `make bench-setup` makes it"
PASSAGES = 4
OFFLINE = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


@dataclass(frozen=True)
class Setting:
    """One run's setting.

    Attributes:
        settings: Ours, as users have them.
        out: The run's folder; workers' logs go there.
        indexes: Where indexes are kept from run to run.
        peers: The interpreter of the peers' environment.
        data: The folder of the public sets.
        say: Told what happens.
        peer_versions: Of the libraries in the peers' environment.
    """

    settings: Settings
    plan: Plan
    out: Path
    indexes: Path
    peers: Path
    data: Path
    model_sha256: str
    say: Callable[[str], None]
    peer_versions: Mapping[str, str | None] = field(default_factory=dict)
    evidence_known: dict[tuple[str, str], Json] = field(default_factory=dict)

    @cached_property
    def asks(self) -> list[Ask]:
        """All questions, in the order in which they are taken."""
        return answerable(self.settings.seeds_dir)

    @cached_property
    def prompts(self) -> Prompts:
        """The plain prompts."""
        return Prompts(self.settings)

    @cached_property
    def _vocabulary(self) -> llama_cpp.Llama:
        return llama_cpp.Llama(str(self.model), vocab_only=True, verbose=False)

    @cached_property
    def model(self) -> Path:
        """The one file that every system reads."""
        return model_file(self.settings)

    def count_tokens(self, text: str) -> int:
        """By the tokenizer of that file, for every system."""
        return len(self._vocabulary.tokenize(text.encode(), add_bos=False))

    def worker(self, module: str, in_peers: bool = False) -> Worker:
        """Start one; not loaded yet.

        Raises:
            WorkerFailed: If the peers' environment is wanted and not there.
        """
        if in_peers and not self.peers.exists():
            raise WorkerFailed(NO_PEERS)
        python = self.peers if in_peers else Path(sys.executable)
        command = [str(python), "-m", f"eval.bench.workers.{module}"]
        return Worker(command, PROJECT, self.out / f"{module}.log", OFFLINE)

    def index(self, articles: int) -> Path:
        """The folder of an index that holds so many."""
        return self.indexes / str(articles)

    def our_settings(self, **more: int) -> Json:
        """Those of this run, for our own workers; the answer cache is off unless asked for."""
        chosen = self.settings.model_dump(mode="json", exclude_unset=True)
        return {"answers_kept": 0, "threads": cores(), **chosen, **more}

    def evidence(self, asks: Sequence[Ask], folder: Path) -> list[Json]:
        """For each question, up to eight passages and six sentences of an index; kept for the run.

        The index of the seeds is made if there is none.

        Raises:
            WorkerFailed: If there is no other such index.
        """
        if any((str(folder), ask.id) not in self.evidence_known for ask in asks):
            articles = 2 if folder == self.index(2) else None
            with self.worker("evidence").load(self.index_options(folder, articles)) as worker:
                for ask in asks:
                    request = {"question": ask.question, "passages": 8, "sentences": 6}
                    self.evidence_known[str(folder), ask.id] = worker.ask(request)
        return [self.evidence_known[str(folder), ask.id] for ask in asks]

    def index_options(self, folder: Path, articles: int | None) -> Json:
        """For the worker that makes indexes and searches them; None takes one as it is."""
        return {
            "settings": self.our_settings(),
            "index": str(folder),
            "articles": articles,
            "data": str(self.data),
        }

    def all_passages(self) -> list[str]:
        """Every passage of the seeds, in order."""
        with self.worker("evidence").load(self.index_options(self.index(2), 2)) as worker:
            return list(worker.ask({})["passages"])

    def options(self, system: System, folder: Path, more: Mapping[str, int]) -> Json:
        """What a system is loaded with. Every one gets the same file, threads and context.

        Args:
            system: Which one.
            folder: The index that ours searches.
            more: Settings of ours that differ from the usual ones; `ram_cache` of the server.
        """
        if system is System.OURS:
            return {"settings": self.our_settings(**more), "index": str(folder)}
        options: Json = {
            "model": str(self.model),
            "max_tokens": self.settings.answer_tokens,
            "llama": {
                "n_ctx": self.settings.context_tokens,
                "n_threads": cores(),
                "n_threads_batch": cores(),
                "flash_attn": True,
            },
        }
        if system is System.SERVER:
            texts = [article.text for article in seed_articles(self.settings.seeds_dir)]
            options |= {"system": self.prompts.system(texts), "ram_cache": "ram_cache" in more}
        elif system is not System.PLAIN:
            entry = Catalogue.load().get(self.settings.embedder)
            options["embedder"] = str(locate(entry, self.settings.cache_dir))
            options |= {"passages": self.all_passages(), "count": PASSAGES}
        return options

    def requests(
        self, system: System, asks: Sequence[Ask], folder: Path | None = None, count: int = PASSAGES
    ) -> list[Json]:
        """What a system is asked: the question, and for the plain one the passages that we find."""
        if system is not System.PLAIN:
            return [{"question": ask.question} for ask in asks]
        found = self.evidence(asks, folder or self.index(2))
        return [
            {
                "messages": self.prompts.messages(one["passages"][:count], ask.question),
                "fresh": True,
            }
            for ask, one in zip(asks, found, strict=True)
        ]

    def open(self, system: System, options: Json) -> Worker:
        """A loaded system.

        Raises:
            WorkerFailed: Saying why not.
        """
        self.say(f"  loading {system}")
        return self.worker(MODULES[system], system in IN_PEERS_ENVIRONMENT).load(options)

    def cell(
        self,
        worker: Worker,
        system: System,
        asks: Sequence[Ask],
        requests: Sequence[Json],
        at: Mapping[str, Any],
        users: int = 1,
    ) -> Cell:
        """Ask a loaded system, and measure."""
        self.say(f"  {system}: {len(asks)} questions, {in_words(at)}")
        replies, wall_s = ask_together(worker, requests, users)
        records = [
            measured(ask, reply, self.count_tokens)
            for ask, reply in zip(asks, replies, strict=True)
            if not isinstance(reply, WorkerFailed)
        ]
        figures = figures_of(records, wall_s)
        figures |= {"ready_s": worker.ready_s, "peak_mib": worker.peak_mib()}
        figures |= {k: v for k, v in worker.facts.items() if k.endswith("_s") and v is not None}
        return Cell(
            system=system,
            at=dict(at),
            figures=figures,
            asked=len(records),
            answers=tuple(records),
            why=failures(replies),
        )


def in_words(at: Mapping[str, Any]) -> str:
    """A condition for people: "4 users, lookup off"."""
    parts = (
        f"{value} {name}" if isinstance(value, int) else f"{name} {value}"
        for name, value in at.items()
    )
    return ", ".join(parts) or "as usual"
