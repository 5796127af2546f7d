"""Writes the examples of the API's description anew: `python -m tests.examples`.

The questions are two whose real answers the README shows. The embedding model, the evidence, the
spans and the digests are real; the language model's replies, its tokens and the times are written
down here, since another machine would give other times.
"""

import json
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from fastapi.testclient import TestClient

from index.articles import read_articles
from index.build import sync
from index.models import Catalogue
from rag.compose import embedder_of, store_of
from rag.engine.protocol import Prompt
from rag.retrieve import Retriever
from rag.service import create_app
from rag.service.description import EVENT_STREAM, EXAMPLES
from rag.service.health import OPENMETRICS
from rag.settings import Settings
from tests.conftest import no_progress, pipeline_around
from tests.fakes import FakeEngine

Body = dict[str, object]

SEED = "000_cb2a3d9513a7cddf"
ANSWERED, REFUSED = "How many children were killed in Kryvyi Rih?", "How old is Vladimir Putin?"
REPLY = " nine\nAnswer: 20 civilians, including nine children, were killed in Kryvyi Rih [2]."
NAME = "chatcmpl-3f1f2c8f4b0e4b8e9c1d7a5b6e0f9d21"
NOW = 1_744_106_400
TIMES_MS = {
    "answered": {"retrieve": 21, "first_sentence": 2310, "total": 2310},
    "refused": {"retrieve": 20, "first_sentence": None, "total": 1480},
}
TOKENS = {"prompt_tokens": 571, "completion_tokens": 24, "total_tokens": 595}
HISTORY = [
    {"role": "user", "content": "Who is Oleksandr Syrskyi?"},
    {"role": "assistant", "content": "Gen Oleksandr Syrskyi is Zelensky's top commander [1]."},
]
FOLLOW_UP = "What did he brief Zelensky about?"
ONE_ARTICLE = {"as_of": "2025-04-08", "filters": {"article_ids": [SEED]}}
ARTICLE = {
    "id": "fire",
    "title": "Fire on the ferry",
    "outlet": "Halven Post",
    "published": "2025-03-04",
    "url": "https://example.org/fire",
    "text": "The ferry Aurora burned in Port Halven on Tuesday. Nobody was hurt.",
}
MEASURED = [
    "# HELP dateline_questions Questions at the desk.",
    "# TYPE dateline_questions gauge",
    'dateline_questions{place="inside"} 1.0',
    'dateline_questions{place="waiting"} 0.0',
]
JSON = "application/json"
SYSTEM = {"role": "system", "content": "You are helpful."}


class ExampleEngine(FakeEngine):
    """Doubts that the articles say how old somebody is."""

    def __init__(self) -> None:
        super().__init__(lambda prompt: REPLY)
        (file,) = Catalogue.load().get("qwen2.5-coder-1.5b").files
        self.model_sha256 = file.sha256

    def choose(
        self, prompt: Prompt, options: Sequence[str], cancel: threading.Event
    ) -> tuple[float, ...]:
        sure = 0.08 if REFUSED in prompt.messages[-1].content else 0.97
        return (sure, 1 - sure)


def example(summary: str, value: object) -> dict[str, object]:
    """One example."""
    return {"summary": summary, "value": value}


def settled(value: object) -> object:
    """A reply with the written times, tokens and name."""
    if isinstance(value, list):
        return [settled(item) for item in value]
    if not isinstance(value, dict):
        return value
    fields = {name: settled(item) for name, item in value.items()}
    if "timings_ms" in fields:
        fields["timings_ms"] = TIMES_MS[str(fields["status"])]
    if "created" in fields and "model" in fields:
        fields["id"] = NAME
    return TOKENS if fields.keys() == TOKENS.keys() else fields


class Writer:
    """Asks the service, and writes down what it replies."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def asked(
        self, operation: str, summary: str, path: str, method: str = "GET", **parameters: str
    ) -> None:
        """The examples of a route without a body; parameters that the path lacks are a query."""
        query = {name: value for name, value in parameters.items() if f"{{{name}}}" not in path}
        reply = self._client.request(method, path.format(**parameters), params=query)
        assert reply.status_code == 200, reply.text
        given = {name: {"seed": example(summary, value)} for name, value in parameters.items()}
        replies = {JSON: {"done": example(summary, reply.json())}}
        self._write(operation, {"parameters": given, "responses": {"200": replies}})

    def added(self, path: str) -> None:
        """The examples of a route that adds articles."""
        body: Body = {"articles": [ARTICLE]}
        streamed = self._post(f"{path}?stream=true", body).split("\n")
        whole = self._post(path, {"articles": [ARTICLE | {"title": "A fire"}]})
        replies = {
            JSON: {"changed": example("Another version of it", json.loads(whole))},
            EVENT_STREAM: {"added": {"summary": "It was not there before", "lines": streamed}},
        }
        form = {"files": [ARTICLE["text"]]}
        given = {
            JSON: {"article": example("An article", body)},
            "multipart/form-data": {"file": example("The text of a file, fire.txt", form)},
        }
        parameters = {"stream": {"stream": example("As events", True)}}
        told = {"parameters": parameters, "request": given, "responses": {"200": replies}}
        self._write("add_articles", told)

    def measured(self) -> None:
        """The examples of what Prometheus reads."""
        told = {"some": {"summary": "Some lines of many", "lines": MEASURED}}
        open_told = {"some": {"summary": "Some lines of many", "lines": [*MEASURED, "# EOF"]}}
        replies = {"text/plain": told, OPENMETRICS: open_told}
        self._write("metrics", {"responses": {"200": replies}})

    def posted(
        self, operation: str, path: str, requests: Mapping[str, tuple[str, Body]], refused: Body
    ) -> None:
        """The examples of a route that answers: the last request is streamed."""
        bodies = [body for _, body in requests.values()]
        whole = {
            "answered": example("An answer", json.loads(self._post(path, bodies[0]))),
            "refused": example("A refusal", json.loads(self._post(path, refused))),
        }
        lines = self._post(path, bodies[-1]).split("\n")
        streamed = {"answered": {"summary": "An answer", "lines": [self._line(x) for x in lines]}}
        replies = {JSON: settled(whole), EVENT_STREAM: streamed}
        given = {JSON: {name: example(*request) for name, request in requests.items()}}
        self._write(operation, {"request": given, "responses": {"200": replies}})

    def _post(self, path: str, body: Body) -> str:
        reply = self._client.post(path, json=body)
        assert reply.status_code == 200, reply.text
        return reply.text

    def _line(self, line: str) -> str:
        name, colon, data = line.partition(": ")
        if not data.startswith("{"):
            return line
        compact = json.dumps(settled(json.loads(data)), ensure_ascii=False, separators=(",", ":"))
        return f"{name}{colon}{compact}"

    def _write(self, operation: str, examples: Mapping[str, object]) -> None:
        text = json.dumps(examples, ensure_ascii=False, indent=1)
        (EXAMPLES / f"{operation}.json").write_text(f"{text}\n", encoding="utf-8")


def asked(*messages: Mapping[str, str], **fields: object) -> Body:
    """The body of a chat."""
    return {"model": "dateline", "messages": list(messages), **fields}


def user(question: str) -> dict[str, str]:
    """A message."""
    return {"role": "user", "content": question}


def write(client: TestClient) -> None:
    """Write every file."""
    writer = Writer(client)
    writer.asked("healthz", "The process lives", "/healthz")
    writer.asked("readyz", "A question could be answered", "/readyz")
    writer.measured()
    writer.asked("list_articles", "The two seed articles", "/v1/articles")
    newest = str(client.get("/v1/articles").json()["generation"])
    one = "/v1/articles/{article_id}"
    writer.asked("get_article", "A seed article", one, article_id=SEED, generation=newest)
    writer.asked("list_models", "The one model", "/v1/models")
    writer.asked("get_model", "The one model", "/v1/models/{model}", model="dateline")
    questions: dict[str, tuple[str, Body]] = {
        "question": ("A question", {"question": ANSWERED}),
        "follow_up": (
            "A question that leans on an earlier one",
            {"question": FOLLOW_UP, "history": HISTORY},
        ),
        "restricted": ("One article, as of a day", {"question": ANSWERED, **ONE_ARTICLE}),
        "stream": ("Sentence by sentence", {"question": ANSWERED, "stream": True}),
    }
    writer.posted("answer", "/v1/answer", questions, {"question": REFUSED})
    chats = {
        "question": ("A question", asked(user(ANSWERED))),
        "conversation": (
            "A question that leans on an earlier one; the instructions are ignored",
            asked(SYSTEM, *HISTORY, user(FOLLOW_UP), temperature=0.7),
        ),
        "restricted": ("One article, as of a day", asked(user(ANSWERED), dateline=ONE_ARTICLE)),
        "stream": (
            "Sentence by sentence, then the tokens",
            asked(user(ANSWERED), stream=True, stream_options={"include_usage": True}),
        ),
    }
    chat_path = "/v1/chat/completions"
    writer.posted("create_chat_completion", chat_path, chats, asked(user(REFUSED)))
    writer.added("/v1/articles")
    writer.asked("remove_article", "An article of one's own", one, "DELETE", article_id="fire")


def main() -> None:
    """Serve the seeds, ask, write."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        embedder, store = embedder_of(settings), store_of(settings)
        sync(store, read_articles([settings.seeds_dir]).articles, lambda: embedder, no_progress)
        pipeline = replace(
            pipeline_around(ExampleEngine(), store, settings),
            retriever=Retriever(embedder),
            version=version("dateline"),
        )
        app = create_app(pipeline, settings)
        app.state.parts = replace(app.state.parts, now=lambda: NOW, began=NOW - 3600)
        write(TestClient(app, "http://127.0.0.1:8000"))


if __name__ == "__main__":
    main()
