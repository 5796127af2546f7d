"""Ask every chosen question of every chosen system, then measure: in that order, on disk between.

Replies are written one by one, so an interrupted run goes on where it stopped. Figures are worked
out from the replies afterwards, so measuring again costs no question.
"""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eval.cases import AnyCase
from eval.figures.grounding import ground
from eval.records import RunFolder
from eval.replies import AnyReply, Reply, Timing
from eval.results import Replied, Result, reply_from
from eval.suites.protocol import AnySuite, BringsIndex, Ratio, Score, Task
from eval.systems import Bench, System, build_system
from index.articles import Article
from index.store import Store
from rag.errors import EngineDied, PromptTooLong

ERROR = "error:"


class Progress(Protocol):
    """Shows how far a run is."""

    def __call__(self, label: str, total: int, done: int) -> Callable[[], object]:
        """Begin a bar; returns what is called after each question."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs suites on a bench into a folder.

    Attributes:
        say: Told what is done.
        progress: Makes a bar for each suite and system.
    """

    bench: Bench
    folder: RunFolder
    say: Callable[[str], None]
    progress: Progress

    def run(self, suite: AnySuite, systems: Sequence[str]) -> list[list[Result]]:
        """Every system on one suite; results by system, each by id."""
        folder = self.folder.path / suite.name / "index"
        store = self._index(suite, folder) if self._is_asked(suite, systems) else None
        found = [self._pair(suite, name, store) for name in systems]
        shutil.rmtree(folder, ignore_errors=True)
        return found

    def _pair(self, suite: AnySuite, name: str, store: Store | None) -> list[Result]:
        cases = suite.questions()
        known = self.folder.replies(suite.name, name)
        missing = [case for case in cases if case.id not in known]
        if missing:
            system = build_system(suite.task, name, self.bench, store)
            done = self.progress(f"{suite.name} · {name}", len(cases), len(cases) - len(missing))
            for case in missing:
                known[case.id] = asked(system, case)
                self.folder.append(suite.name, name, known[case.id])
                done()
        corpus = {article.id: article for article in suite.corpus()}
        results = [self._measure(suite, name, case, known[case.id], corpus) for case in cases]
        self.folder.publish(results)
        return results

    def _measure(
        self,
        suite: AnySuite,
        name: str,
        case: AnyCase,
        replied: Replied,
        corpus: Mapping[str, Article],
    ) -> Result:
        where = f"{suite.name}/{name}.replies.jsonl, {case.id}"
        reply = reply_from(suite.task, replied.reply, where)
        figures = dict(suite.score(case, reply))
        judged: tuple[float, ...] = ()
        if isinstance(reply, Reply):
            grounding = ground(reply, self.bench.judge, corpus)
            figures, judged = figures | grounding.figures, grounding.judged
            figures |= error_figures(reply, figures)
        by = self.bench.judge.name if judged else ""
        return Result(
            suite.name, suite.task, name, case, reply, figures, judged, by, replied.timing
        )

    def _is_asked(self, suite: AnySuite, systems: Sequence[str]) -> bool:
        """Whether any question is still to be asked of articles."""
        if suite.task is Task.SUPPORT:
            return False
        ids = {case.id for case in suite.questions()}
        return any(ids - set(self.folder.replies(suite.name, name)) for name in systems)

    def _index(self, suite: AnySuite, folder: Path) -> Store:
        articles = suite.corpus()
        self.say(f"{suite.name}: {len(articles)} articles")
        if isinstance(suite, BringsIndex):
            suite.place(folder)
        return self.bench.index(articles, folder)


def error_figures(reply: Reply, figures: Score) -> dict[str, Ratio]:
    """A question that ended in an error was not refused rightly, whatever it was."""
    failed = (reply.refusal or "").startswith(ERROR)
    changed = {"errors": Ratio(failed)}
    if failed and "refusal_recall" in figures:
        changed |= {"refusal_recall": Ratio(0.0), "refusal_precision": Ratio(0.0)}
    return changed


def asked(system: System, case: AnyCase) -> Replied:
    """One reply; a question that the engine could not take is recorded as such, not left out.

    Raises:
        DatelineError: Whatever would end every other question as well.
    """
    began = time.monotonic()
    try:
        reply: AnyReply
        reply, timing = system(case)
    except (PromptTooLong, EngineDied) as error:
        spent = round((time.monotonic() - began) * 1000)
        reply, timing = Reply(refused=True, refusal=f"{ERROR} {error.code}"), Timing(total=spent)
    return Replied(id=case.id, reply=reply.model_dump(mode="json"), timing=timing)
