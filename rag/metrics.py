"""What is measured, under which names: everything that `GET /metrics` tells.

Labels hold codes and templates, never a client's words, so that there is a bounded number of them.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from rag.outcome import code_of, stages_ms
from rag.types import Answer, Question

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)
"""Upper bounds of the histograms: from a remembered answer to the end of the queue."""


class Metrics:
    """Counters and histograms of one service, in a registry of its own; a desk's listener.

    Attributes:
        registry: What is told of them.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._answers = self._counter(
            "answers", "Questions that were answered or refused.", "status"
        )
        self._refusals = self._counter("refusals", "Refusals by their reason.", "code")
        self._failures = self._counter(
            "question_errors", "Questions that ended with an error.", "code"
        )
        self._remembered = self._counter(
            "remembered_answers", "Answers: told again (hit), or made anew (miss).", "result"
        )
        self._tokens = self._counter(
            "tokens", "Tokens that the model was given, in its cache or not, and wrote.", "kind"
        )
        self._stages = self._histogram(
            "stage_seconds",
            "How long answers that were made anew took; first_sentence and total from the start.",
            "stage",
        )
        self._retold = self._histogram("remembered_seconds", "How long it took to tell one again.")
        self._requests = self._counter(
            "http_requests", "Requests that have ended.", "route", "method", "status"
        )
        self._requests_took = self._histogram(
            "http_request_seconds", "From a request to the end of its reply.", "route", "method"
        )
        self._disconnects = self._counter(
            "http_disconnects", "Clients that left before the end of their reply.", "route"
        )
        self._problems = self._counter("http_problems", "Replies that were errors.", "code")
        self._underway = Gauge(
            "dateline_http_requests_underway", "Requests without an end.", registry=self.registry
        )

    def answered(self, question: Question, answer: Answer, remembered: bool) -> None:
        """See `Listener`."""
        self._answers.labels(answer.status.value).inc()
        self._remembered.labels("hit" if remembered else "miss").inc()
        if answer.refusal is not None:
            self._refusals.labels(answer.refusal.code.value).inc()
        if remembered:
            self._retold.observe(answer.timings.total / 1000)
            return
        self._tokens.labels("prompt").inc(answer.usage.prompt_tokens)
        self._tokens.labels("completion").inc(answer.usage.completion_tokens)
        for stage, lasted_ms in stages_ms(answer).items():
            self._stages.labels(stage).observe(lasted_ms / 1000)

    def failed(self, question: Question, error: Exception) -> None:
        """See `Listener`."""
        self._failures.labels(code_of(error)).inc()

    def request_began(self) -> None:
        """A request has arrived."""
        self._underway.inc()

    def request_ended(self, route: str, method: str, status: str, lasted_s: float) -> None:
        """A reply has ended, or will have none."""
        self._underway.dec()
        self._requests.labels(route, method, status).inc()
        self._requests_took.labels(route, method).observe(lasted_s)

    def disconnected(self, route: str) -> None:
        """A client has left before the end."""
        self._disconnects.labels(route).inc()

    def problem(self, code: str) -> None:
        """A reply was an error."""
        self._problems.labels(code).inc()

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"dateline_{name}", about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, *labels: str) -> Histogram:
        return Histogram(f"dateline_{name}", about, labels, buckets=SECONDS, registry=self.registry)
