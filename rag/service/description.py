"""The API's description: FastAPI's OpenAPI document with examples, and without what cannot happen.

A route gives its statuses by `responses=documented(…)`; its examples stand in the file
`openapi/OPERATION.json`, named after the function that serves it:

    {"request": {MEDIA TYPE: {NAME: {"summary": …, "value": …}}},
     "parameters": {PARAMETER: {NAME: …}},
     "responses": {STATUS: {MEDIA TYPE: {NAME: …}}}}

A value may be a list of lines in place of a text: `{"summary": …, "lines": […]}`. They are written
by `python -m tests.examples`.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from rag.schemas import (
    ChatProblem,
    ChunkOut,
    EvidenceEvent,
    FailureOut,
    Problem,
    ProgressEvent,
    SentenceEvent,
)

EXAMPLES = Path(__file__).parent / "openapi"
EVENT_STREAM = "text/event-stream"
REF_TEMPLATE = "#/components/schemas/{model}"
BESIDE_RESULTS = (
    *(Problem, ChatProblem, EvidenceEvent, SentenceEvent),
    *(ProgressEvent, ChunkOut, FailureOut),
)
"""What replies hold besides the models that routes return."""

FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")


class Tag(StrEnum):
    """What a route is for."""

    QUESTIONS = "questions"
    OPENAI = "openai"
    ARTICLES = "articles"
    OPERATION = "operation"


TAGS = [
    {"name": Tag.QUESTIONS, "description": "Ask, and get an answer whose every sentence is cited."},
    {"name": Tag.OPENAI, "description": "The same for clients that speak OpenAI's chat API."},
    {"name": Tag.ARTICLES, "description": "What the answers are taken from."},
    {"name": Tag.OPERATION, "description": "How the service is, for whoever runs it."},
]

ABOUT = """\
Answers about a collection of news articles. Every sentence of an answer carries citations, every
citation is an exact span of an article (`text[start:end] == quote`, in Unicode code points), and a
question that the articles do not answer is refused: a refusal is a reply with status 200.

Errors are problem documents (RFC 9457) with a stable `code` and, in `hint`, a remedy. Under
`/v1/chat/` and `/v1/models` they also have the member `error` that clients of OpenAI's API read.
"""


class DescribedApp(FastAPI):
    """An app that describes itself completely."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = described(super().openapi())
        return self.openapi_schema


def operation_id(route: APIRoute) -> str:
    """The name of the function that serves the route: clients are generated with it."""
    return route.name


def event_stream(*events: tuple[str, type[BaseModel]], end: str = "") -> dict[int | str, Any]:
    """The other form of a reply that may be streamed, for FastAPI's `responses`.

    Args:
        events: The name of each event ("message" if it bears none), and what its data are.
        end: The data of the last one, if they are no JSON.
    """
    known = [{"properties": {"data": {"const": end}}}] if end else []
    known += [_event(name, {"$ref": f"#/components/schemas/{m.__name__}"}) for name, m in events]
    each = {"type": "object", "required": ["data"], "anyOf": known}
    return {200: {"content": {EVENT_STREAM: {"schema": each}}}}


def _event(name: str, data: dict[str, str]) -> dict[str, Any]:
    text = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {"properties": {"event": {"const": name}, "data": text}}


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The document with problem documents and examples, and without FastAPI's own errors."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in FASTAPIS_OWN:
        schemas.pop(name, None)
    sent: list[tuple[type[BaseModel], Literal["serialization"]]] = [
        (model, "serialization") for model in BESIDE_RESULTS
    ]
    _, added = models_json_schema(sent, ref_template=REF_TEMPLATE)
    schemas |= added["$defs"]
    for operation in operations(document):
        _drop_fastapis_own(operation)
        _add_examples(operation)
    return document


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation, in the document's order."""
    for path in document["paths"].values():
        yield from path.values()


def _drop_fastapis_own(operation: dict[str, Any]) -> None:
    """FastAPI documents its error wherever there is a parameter, even one that cannot be wrong."""
    own = f'/{FASTAPIS_OWN[0]}"'
    responses = operation["responses"]
    for status in [one for one, told in responses.items() if own in json.dumps(told)]:
        del responses[status]


def _add_examples(operation: dict[str, Any]) -> None:
    path = EXAMPLES / f"{operation['operationId']}.json"
    if not path.is_file():
        return
    given = json.loads(path.read_text(encoding="utf-8"))
    for parameter in operation.get("parameters", []):
        parameter["examples"] = _examples(given["parameters"][parameter["name"]])
    for media_type, examples in given.get("request", {}).items():
        operation["requestBody"]["content"][media_type]["examples"] = _examples(examples)
    for status, contents in given["responses"].items():
        for media_type, examples in contents.items():
            content = operation["responses"][status]["content"][media_type]
            content["examples"] = _examples(examples)


def _examples(given: dict[str, Any]) -> dict[str, Any]:
    return {name: _example(example) for name, example in given.items()}


def _example(given: dict[str, Any]) -> dict[str, Any]:
    if "lines" not in given:
        return given
    return {"summary": given["summary"], "value": "\n".join(given["lines"])}
