"""The API's description is complete and true: every operation, every status, every example."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

from index.articles import Article
from rag import errors
from rag.engine.protocol import Engine
from rag.pipeline import Pipeline
from rag.service import create_app
from rag.service.description import EVENT_STREAM, EXAMPLES, TAGS, described
from rag.service.problems import HTTP_STATUS, MEDIA_TYPE, status_of
from rag.service.statuses import EVERYWHERE, documented
from rag.settings import Settings
from tests.fakes import FakeEngine
from tests.fuzz import fuzz, service
from tests.rag.test_service import NINE

JSON = "application/json"
Operation = dict[str, Any]


@pytest.fixture
def client(make_pipeline: Callable[[Engine], Pipeline], settings: Settings) -> TestClient:
    engine = FakeEngine(lambda prompt: NINE, 0.999)
    return TestClient(create_app(make_pipeline(engine), settings), "http://127.0.0.1:8000")


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    found = client.get("/openapi.json").json()
    assert isinstance(found, dict)
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    """Method, path and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def contents(operation: Operation, good: bool) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Status, media type and description of every reply, of the good or of the other ones."""
    for status, response in operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            if (int(status) < 400) is good:
                yield int(status), media_type, content


def values(content: dict[str, Any]) -> list[Any]:
    """The examples' values; each example must say what it is about."""
    assert content["examples"]
    assert all(example["summary"] for example in content["examples"].values())
    return [example["value"] for example in content["examples"].values()]


def checked(document: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    """The value fits the schema, which may refer to the document's components."""
    rooted = schema | {"components": document["components"]}
    jsonschema_rs.validator_for(rooted, validate_formats=True).validate(value)


def events(text: str) -> list[dict[str, str]]:
    """The events of a stream."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block]
    return [dict(line.split(": ", 1) for line in lines) for lines in blocks]


def check_events(document: dict[str, Any], content: dict[str, Any], text: str) -> None:
    """Every event is one of those that are described, and its data fit."""
    for event in events(text):
        (known,) = [
            one["properties"]["data"]
            for one in content["schema"]["anyOf"]
            if one["properties"].get("event", {"const": "message"})["const"]
            == event.get("event", "message")
            and ("const" in one["properties"]["data"]) is (event["data"] == "[DONE]")
            and not one["properties"]["data"]
            .get("contentSchema", {"$ref": ""})["$ref"]
            .endswith("FailureOut")
        ]
        if "contentSchema" in known:
            checked(document, known["contentSchema"], json.loads(event["data"]))


def check_reply(
    document: dict[str, Any],
    media_type: str,
    content: dict[str, Any],
    value: Any,  # noqa: ANN401  # a reply's own
) -> None:
    """A reply, or the example of one, is as described."""
    if media_type == EVENT_STREAM:
        check_events(document, content, value)
    else:
        checked(document, content["schema"], value)


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in TAGS}
    names = []
    for method, path, operation in operations(document):
        names.append(operation["operationId"])
        assert operation["summary"], path
        assert operation["description"].endswith("."), (method, path)
        assert set(operation["tags"]) <= tags
        assert operation["tags"]
    assert len(set(names)) == len(names)
    assert {"answer", "create_chat_completion", "list_articles", "get_article"} <= set(names)


def test_every_operation_has_examples_of_what_it_is_sent(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        bodies = operation.get("requestBody", {"content": {}})["content"].values()
        for described_one in [*operation.get("parameters", []), *bodies]:
            for value in values(described_one):
                checked(document, described_one["schema"], value)


def test_every_operation_has_examples_of_its_replies(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        good = list(contents(operation, good=True))
        assert good, (method, path)
        for _, media_type, content in good:
            for value in values(content):
                check_reply(document, media_type, content, value)


def test_every_example_belongs_to_an_operation(document: dict[str, Any]) -> None:
    names = {operation["operationId"] for _, _, operation in operations(document)}
    assert {path.stem for path in EXAMPLES.iterdir()} == names


def test_every_example_of_a_request_is_answered_as_described(
    client: TestClient, document: dict[str, Any]
) -> None:
    asked = 0
    for method, path, operation in operations(document):
        filled = path
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                filled = filled.replace(f"{{{parameter['name']}}}", values(parameter)[0])
        body = operation.get("requestBody", {"content": {}})["content"].get(JSON)
        for value in values(body) if body else [None]:
            reply = client.request(method, filled, json=value)
            media_type = reply.headers["content-type"].partition(";")[0]
            content = operation["responses"][str(reply.status_code)]["content"][media_type]
            assert reply.status_code < 300, (path, reply.text)
            body = reply.json() if media_type == JSON else reply.text
            check_reply(document, media_type, content, body)
            asked += 1
    assert asked >= 14


def quotes(value: object) -> Iterator[tuple[str, int, int, str]]:
    """Every span that an example claims to quote."""
    if isinstance(value, str):
        for event in events(value) if value.startswith(("event: ", "data: ")) else []:
            yield from quotes(json.loads(event["data"]) if event["data"] != "[DONE]" else None)
    elif isinstance(value, list):
        for item in value:
            yield from quotes(item)
    elif isinstance(value, dict):
        if {"article_id", "start", "end"} <= value.keys():
            text = value.get("quote", value.get("text"))
            yield value["article_id"], value["start"], value["end"], str(text)
        for item in value.values():
            yield from quotes(item)


def test_the_examples_quote_the_seeds(document: dict[str, Any], seeds: tuple[Article, ...]) -> None:
    texts = {article.id: article.text for article in seeds}
    found = [
        quote
        for _, _, operation in operations(document)
        for _, _, content in contents(operation, good=True)
        for value in values(content)
        for quote in quotes(value)
    ]
    assert len(found) == 20
    for article, start, end, text in found:
        assert texts[article][start:end] == text


def test_every_error_is_a_problem_document_with_its_codes(document: dict[str, Any]) -> None:
    kinds = {kind.code: kind for kind in vars(errors).values() if hasattr(kind, "code")}
    for _, path, operation in operations(document):
        everywhere = {kind.code for kind in EVERYWHERE}
        told = set()
        for status, media_type, content in contents(operation, good=False):
            assert media_type == MEDIA_TYPE
            name = content["schema"]["$ref"].rsplit("/", 1)[1]
            assert name == ("ChatProblem" if operation["tags"] == ["openai"] else "Problem")
            for value in values(content):
                checked(document, content["schema"], value)
                assert value["status"] == status == status_of(kinds[value["code"]]), path
                told.add(value["code"])
        assert everywhere <= told


def test_a_route_that_may_be_busy_says_when_to_come_again(document: dict[str, Any]) -> None:
    busy = [
        operation["responses"]["429"]["headers"]["Retry-After"]["schema"]["minimum"]
        for _, _, operation in operations(document)
        if "429" in operation["responses"]
    ]
    assert busy == [1, 1]


def test_fastapis_own_errors_are_nowhere(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in json.dumps(document)
    get_article = document["paths"]["/v1/articles/{article_id}"]["get"]
    statuses = ["200", "400", "401", "403", "404", "408", "413", "415", "421", "431", "503"]
    assert sorted(get_article["responses"]) == statuses


def test_an_operation_without_examples_stays_as_it_is() -> None:
    told: dict[str, Any] = {"operationId": "gone", "responses": {"200": {"description": "OK"}}}
    document = described({"paths": {"/gone": {"get": told}}})
    assert document["paths"] == {"/gone": {"get": told}}
    assert {"Problem", "ChatProblem", "ChunkOut"} <= set(document["components"]["schemas"])


@pytest.mark.parametrize("kind", HTTP_STATUS, ids=lambda kind: kind.__name__)
def test_any_error_can_be_documented(kind: type[errors.DatelineError]) -> None:
    status = status_of(kind)
    content = documented(kind)[status]["content"][MEDIA_TYPE]
    example = content["examples"][kind.code]["value"]
    assert (example["status"], example["code"], example["hint"]) == (status, kind.code, kind.hint)


@pytest.mark.real
def test_schemathesis_finds_nothing_in_a_short_time(tmp_path: Path) -> None:
    with service(tmp_path) as address:
        found = fuzz(address, tmp_path, seconds=20)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "No issues found" in found.stdout
