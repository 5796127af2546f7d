"""What is looked up when metrics are asked for: the queue, the index, the model's process."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from rag.desk import Desk
from rag.errors import DatelineError


class Gauges(Collector):
    """The state of a desk and of what stands behind it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        """What is the case now; without an index, nothing about it."""
        pipeline = self._desk.pipeline
        build = {"version": pipeline.version, "model_sha256": pipeline.engine.model_sha256}
        yield InfoMetricFamily("dateline_build", "Which program, and which model.", build)
        yield CounterMetricFamily(
            "dateline_engine_restarts",
            "How often the model's process was replaced.",
            pipeline.engine.restarts,
        )
        yield from self._queue()
        yield from self._index()

    def _queue(self) -> Iterator[Metric]:
        places = self._desk.admission.places()
        now = GaugeMetricFamily("dateline_questions", "Questions at the desk.", labels=["place"])
        now.add_metric(["inside"], places.inside)
        now.add_metric(["waiting"], places.waiting)
        most = GaugeMetricFamily(
            "dateline_questions_limit", "How many there may be.", labels=["place"]
        )
        most.add_metric(["inside"], places.inside_at_most)
        most.add_metric(["waiting"], places.waiting_at_most)
        yield from (now, most)

    def _index(self) -> Iterator[Metric]:
        try:
            generation = self._desk.pipeline.reader.current()
        except DatelineError:
            return
        yield InfoMetricFamily(
            "dateline_index",
            "Which index questions are answered from.",
            {"generation": generation.id},
        )
        yield GaugeMetricFamily(
            "dateline_index_articles", "Articles in it.", len(generation.articles)
        )
        yield GaugeMetricFamily(
            "dateline_index_sentences", "Sentences in it.", len(generation.sentence_spans)
        )
