"""Dateline as users have it: the same composition, asked in this process, its engine below it."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.bench.machine import versions
from eval.bench.wire import Json, Watch, serve
from index.store import Store
from rag.compose import pipeline_of
from rag.desk import desk_of
from rag.engine.protocol import Engine, Prompt
from rag.pipeline import Event, Finished, Pipeline, SentenceVerified
from rag.settings import Settings, load_settings
from rag.types import Question, Status


class Ours:
    """The desk that the service has, and a look at when its model begins to write.

    Args:
        pipeline: Whole, over the index that is measured.
        settings: Those of the pipeline.
        facts: Written down by the bench.
    """

    def __init__(self, pipeline: Pipeline, settings: Settings, facts: Json) -> None:
        self.facts = facts
        self._watched = Watched(pipeline.engine)
        self._desk = desk_of(replace(pipeline, engine=self._watched), settings)

    def ask(self, request: Json, watch: Watch) -> Json:
        """A question; the first sentence is the first that was verified."""
        written = self._watched.follow(watch)
        finished: list[Finished] = []

        def tell(event: Event) -> None:
            if isinstance(event, SentenceVerified):
                watch.sentence()
            if isinstance(event, Finished):
                finished.append(event)

        self._desk.ask(Question(request["question"]), threading.Event(), tell)
        answer = finished[0].answer
        return watch.report(
            text=" ".join(sentence.text for sentence in answer.sentences),
            written="".join(written),
            refused=answer.status is Status.REFUSED,
        )

    def close(self) -> None:
        """End the engine's process."""
        self._watched.close()


class Watched:
    """An engine that tells a thread's watch when the model writes; all else is the engine's own.

    Args:
        engine: The real one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mine = threading.local()

    def follow(self, watch: Watch) -> list[str]:
        """From now on, whatever this thread has the model write is seen; the list fills up."""
        self._mine.watch, self._mine.written = watch, []
        written: list[str] = self._mine.written
        return written

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        """See `Engine`."""
        for piece in self._engine.stream(prompt, max_tokens, stop, cancel):
            if watch := getattr(self._mine, "watch", None):
                watch.token()
                self._mine.written.append(piece)
            yield piece

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever else an engine has
        return getattr(self._engine, name)


def settings_of(wanted: Json) -> tuple[Settings, list[str]]:
    """Settings, and the names of those wanted that this version does not have."""
    known = {name: value for name, value in wanted.items() if name in Settings.model_fields}
    return load_settings(**known), sorted(set(wanted) - set(known))


def load(options: Json) -> Ours:
    """Open the index of `options["index"]` with `options["settings"]`."""
    settings, unknown = settings_of(options["settings"])
    pipeline = pipeline_of(settings, lambda line: None, Store(Path(options["index"])))
    generation = pipeline.reader.current()
    facts = {
        "unknown_settings": unknown,
        "articles": len(generation.articles),
        "sentences": len(generation.sentence_spans),
        "versions": versions("dateline", "llama-cpp-python"),
    }
    return Ours(pipeline, settings, facts)


if __name__ == "__main__":
    serve(load)
