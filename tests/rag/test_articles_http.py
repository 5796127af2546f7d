"""The articles over HTTP: added, replaced and removed, while questions are answered."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index.articles import Article
from index.embed import Progress, Vectors, ignore_progress
from index.generation import Reader, load_generation
from index.store import Published, Store
from rag.engine.protocol import Engine
from rag.errors import DiskFull
from rag.pipeline import Pipeline
from rag.retrieve import Retriever
from rag.schemas import ArticleIn, ChangeOut, Problem
from rag.service import create_app
from rag.service.problems import status_of
from rag.service.statuses import EVERYWHERE, OF_KEYS
from rag.service.uploads import FILES_A_FORM, MAX_JSON_MARKS
from rag.settings import Settings
from tests.fakes import FakeEmbedder, FakeEngine
from tests.rag.test_service import (
    BBC,
    NINE,
    PATIENCE_S,
    QUESTION,
    HoldingEngine,
    problem,
    served,
    until,
)

MakePipeline = Callable[[Engine], Pipeline]
URL = "/v1/articles"
FERRY = {
    "id": "ferry",
    "title": "Fire on the ferry",
    "outlet": "Halven Post",
    "published": "2025-03-04",
    "url": "https://example.org/ferry",
    "text": "The ferry Aurora burned in Port Halven. Nobody was hurt.",
}
TEXT = b"It rained in Port Halven. The river rose."


class HeldEmbedder(FakeEmbedder):
    """Embeds many texts only when it may; a question, which is one, it embeds at once."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.go = threading.Event()

    def embed(self, texts: Sequence[str], progress: Progress = ignore_progress) -> Vectors:
        if len(texts) > 1:
            self.began.set()
            assert self.go.wait(PATIENCE_S)
        return super().embed(texts, progress)


class FullStore(Store):
    """Stands on a disk that is full."""

    def publish(
        self, write: Callable[[Path], None], *, embedder: str, articles: dict[str, str]
    ) -> Published:
        raise DiskFull("the disk is full: cannot write to the index")


@pytest.fixture
def app_of(make_pipeline: MakePipeline, settings: Settings) -> Iterator[Callable[..., FastAPI]]:
    """Makes the service, with any engine; with other parts of the pipeline, or settings."""
    made: list[FastAPI] = []

    def make(engine: FakeEngine, limits: dict[str, object] | None = None, **parts: Any) -> FastAPI:  # noqa: ANN401  # any part's own type
        pipeline = replace(make_pipeline(engine), **parts)
        made.append(create_app(pipeline, settings.model_copy(update=limits or {})))
        return made[-1]

    yield make
    for app in made:
        app.state.parts.collection.close()


@pytest.fixture
def client(app_of: Callable[..., FastAPI]) -> TestClient:
    return client_of(app_of(FakeEngine(lambda prompt: NINE, 0.999)))


def client_of(app: FastAPI) -> TestClient:
    return TestClient(app, "http://127.0.0.1:8000")


def changed(response: Any) -> ChangeOut:  # noqa: ANN401  # httpx or its fork
    assert response.status_code == 200, response.text
    return ChangeOut.model_validate_json(response.content)


def add(client: TestClient, *articles: dict[str, Any]) -> ChangeOut:
    return changed(client.post(URL, json={"articles": articles}))


def upload(client: TestClient, **files: bytes) -> ChangeOut:
    return changed(client.post(URL, files=parts_of(files)))


def parts_of(files: dict[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name.replace("__", "."), data)) for name, data in files.items()]


def listed(client: TestClient) -> tuple[str, list[str]]:
    found = client.get(URL).json()
    return found["generation"], [article["id"] for article in found["articles"]]


def form(*parts: bytes) -> dict[str, Any]:
    """A body made by hand, of parts with their headers."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return {"content": body, "headers": {"content-type": "multipart/form-data; boundary=b"}}


def file_part(name: bytes, data: bytes = TEXT, field: bytes = b"files") -> bytes:
    head = b'Content-Disposition: form-data; name="%s"; filename="%s"' % (field, name)
    return head + b"\r\n\r\n" + data


# --- added, replaced, removed


def test_an_article_is_added_replaced_and_removed_as_json(client: TestClient) -> None:
    _, seeds = listed(client)
    change = add(client, FERRY)
    assert (change.added, change.updated, change.removed) == (["ferry"], [], [])
    assert listed(client) == (change.generation, [*seeds, "ferry"])
    assert client.get(f"{URL}/ferry").json() == {**FERRY, "chars": len(FERRY["text"])}

    change = add(client, {**FERRY, "text": "The ferry sank."}, {"id": "dam", "text": "It broke."})
    assert (change.added, change.updated, change.unchanged) == (["dam"], ["ferry"], [])
    assert client.get(f"{URL}/ferry").json()["text"] == "The ferry sank."

    change = changed(client.delete(f"{URL}/ferry"))
    assert (change.removed, change.unchanged) == (["ferry"], [])
    assert listed(client) == (change.generation, [*seeds, "dam"])
    problem(client.get(f"{URL}/ferry"), 404, "article_not_found")
    problem(client.delete(f"{URL}/ferry"), 404, "article_not_found")


def test_only_what_the_request_held_is_called_unchanged(client: TestClient) -> None:
    before = add(client, FERRY)
    again = add(client, FERRY)
    assert again == ChangeOut(
        generation=before.generation, added=[], updated=[], removed=[], unchanged=["ferry"]
    )


def test_an_id_that_is_not_given_is_decided_by_the_content(client: TestClient) -> None:
    one, other = {"text": "It rained."}, {"text": "It rained.", "outlet": "BBC"}
    (name,) = add(client, one).added
    assert len(name) == 16
    change = add(client, other, one)
    assert (len(change.added), change.unchanged) == (1, [name])


def test_files_are_added_and_replaced(client: TestClient) -> None:
    page = b"<html><body><article><p>The mayor said that the bridge stays closed until June."
    records = b'{"id": "r", "text": "A record."}\n{"text": "Another."}\n'
    change = upload(client, rain__txt=TEXT, bridge__html=page, list__jsonl=records)
    assert change.added == ["bridge", "list-2", "r", "rain"]
    assert client.get(f"{URL}/rain").json()["text"] == TEXT.decode()
    change = upload(client, rain__txt=b"It was dry.", list__jsonl=records)
    assert (change.updated, change.unchanged) == (["rain"], ["list-2", "r"])


def test_a_new_article_answers_the_next_question(app_of: Callable[..., FastAPI]) -> None:
    client = client_of(app_of(FakeEngine(lambda prompt: "The ferry Aurora burned.", 0.999)))
    asked = {"question": "What happened to the ferry Aurora?"}
    assert client.post("/v1/answer", json=asked).json()["status"] == "refused"
    change = add(client, FERRY)
    answer = client.post("/v1/answer", json=asked).json()
    (citation,) = answer["citations"]
    assert citation["article_id"] == "ferry"
    assert citation["quote"] == "The ferry Aurora burned in Port Halven."
    assert answer["receipt"]["index_generation"] == change.generation


@pytest.mark.parametrize("name", ["a b", "ü%2F?#", "%2e%2e", "…"])
def test_any_id_that_is_taken_can_be_shown_and_removed(
    app_of: Callable[..., FastAPI], name: str
) -> None:
    with served(app_of(FakeEngine())) as address:
        body = {"articles": [{"id": name, "text": "It rained."}]}
        assert changed(httpx.post(address + URL, json=body)).added == [name]
        path = f"{address}{URL}/" + "".join(f"%{byte:02X}" for byte in name.encode())
        assert httpx.get(path).json()["id"] == name
        assert changed(httpx.delete(path)).removed == [name]


# --- none at all


def test_the_last_article_may_go_and_questions_are_refused_then(client: TestClient) -> None:
    _, seeds = listed(client)
    for name in seeds:
        changed(client.delete(f"{URL}/{name}"))
    assert listed(client)[1] == []
    assert client.get("/readyz").status_code == 200
    refusal = client.post("/v1/answer", json={"question": QUESTION}).json()["refusal"]
    assert refusal["message"] == "There are no articles yet; add some, then ask again."
    streamed = client.post("/v1/answer", json={"question": QUESTION, "stream": True}).text
    assert streamed.startswith('event: evidence\ndata: {"evidence":[]}\n\nevent: answer\n')
    filtered = {"question": QUESTION, "filters": {"outlets": ["BBC"]}}
    assert client.post("/v1/answer", json=filtered).json()["refusal"] == refusal
    assert add(client, FERRY).added == ["ferry"]


def test_without_an_index_the_first_article_makes_one(
    app_of: Callable[..., FastAPI], tmp_path: Path
) -> None:
    client = client_of(app_of(FakeEngine(), reader=Reader(Store(tmp_path / "none"))))
    problem(client.get("/readyz"), 503, "no_index")
    problem(client.delete(f"{URL}/ferry"), 503, "no_index")
    assert add(client, FERRY).added == ["ferry"]
    assert client.get("/readyz").status_code == 200


# --- events


def events(response: Any) -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401  # httpx or its fork
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [block.splitlines() for block in response.text.split("\n\n") if block.strip()]
    return [(e.removeprefix("event: "), json.loads(d.removeprefix("data: "))) for e, d in blocks]


def test_progress_is_told_and_then_the_change(client: TestClient) -> None:
    found = events(client.post(f"{URL}?stream=true", json={"articles": [FERRY]}))
    assert found[:-1] == [
        ("progress", {"done": 0, "total": 3}),
        ("progress", {"done": 3, "total": 3}),
    ]
    name, change = found[-1]
    assert (name, change["added"], change["generation"]) == ("change", ["ferry"], listed(client)[0])


def test_a_change_of_nothing_tells_progress_as_well(client: TestClient) -> None:
    add(client, FERRY)
    found = events(client.post(f"{URL}?stream=true", json={"articles": [FERRY]}))
    assert [name for name, _ in found] == ["progress", "change"]
    assert found[0][1] == {"done": 0, "total": 0}
    assert found[1][1]["unchanged"] == ["ferry"]


def test_what_is_wrong_before_the_first_event_is_a_problem(client: TestClient) -> None:
    bad = client.post(f"{URL}?stream=true", json={"articles": [FERRY, {"text": " "}]})
    problem(bad, 422, "empty_article")
    problem(client.post(f"{URL}?stream=true", content=b"x"), 415, "unsupported_media_type")


def test_what_goes_wrong_later_is_an_event(
    app_of: Callable[..., FastAPI], settings: Settings, store: Store
) -> None:
    client = client_of(app_of(FakeEngine(), reader=Reader(FullStore(settings.index_dir))))
    found = events(client.post(f"{URL}?stream=true", json={"articles": [FERRY]}))
    assert [name for name, _ in found] == ["progress", "progress", "error"]
    error = Problem.model_validate(found[-1][1])
    assert (error.status, error.code) == (507, "disk_full")
    problem(client.post(URL, json={"articles": [FERRY]}), 507, "disk_full")
    assert "ferry" not in load_generation(store).by_id


# --- all or nothing


@pytest.mark.parametrize(
    ("articles", "code", "named"),
    [
        ([], "malformed_request", "articles"),
        ([FERRY, {"text": " \n"}], "empty_article", "articles.1: "),
        ([FERRY, {"id": "x"}], "malformed_request", "articles.1.text"),
        ([FERRY, {"text": 7}], "malformed_request", "articles.1.text"),
        ([FERRY, {"text": "a", "author": "b"}], "malformed_request", "articles.1.author"),
        ([FERRY, {"text": "a", "published": "soon"}], "malformed_article", "articles.1: "),
        ([FERRY, {"text": "a", "url": "javascript:alert(1)"}], "malformed_article", "articles.1: "),
        ([FERRY, {"text": "a", "id": "../b"}], "malformed_article", "articles.1: "),
        ([FERRY, {"text": "a", "id": "b\nc"}], "malformed_article", "articles.1: "),
        ([FERRY, {"text": "a", "id": "b" * 201}], "malformed_request", "articles.1.id"),
        ([FERRY, {"text": "a", "title": "b" * 1001}], "malformed_request", "articles.1.title"),
        ([FERRY, {"text": "a\0b"}], "malformed_article", "articles.1: "),
        ([FERRY, {str(n): n for n in range(999)}], "malformed_request", "articles.1: "),
        ([{"text": str(n)} for n in range(101)], "malformed_request", "articles: "),
        ("x", "malformed_request", "articles: "),
    ],
)
def test_one_bad_article_refuses_the_request_and_is_named(
    client: TestClient, articles: object, code: str, named: str
) -> None:
    before = listed(client)
    response = client.post(URL, json={"articles": articles})
    assert named in problem(response, 422, code).detail
    assert listed(client) == before


def test_two_articles_with_one_id_refuse_the_request(client: TestClient) -> None:
    before = listed(client)
    response = client.post(URL, json={"articles": [FERRY, {**FERRY, "text": "Other."}]})
    assert "'ferry'" in problem(response, 409, "duplicate_article").detail
    files = parts_of({"a__txt": TEXT, "a__md": b"Other."})
    problem(client.post(URL, files=files), 409, "duplicate_article")
    assert listed(client) == before


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b'{"articles": [', b"[" * 50_000, b'{"a": 1}']
)
def test_a_body_that_is_not_the_contracts_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post(URL, content=body, headers={"content-type": "application/json"})
    problem(response, 422, "malformed_request")


@pytest.mark.parametrize("data", [b" ", b"\xff", b"\0", b"%PDF-1.4"])
def test_a_bad_file_among_good_ones_refuses_them_all(client: TestClient, data: bytes) -> None:
    before = listed(client)
    name = "bad.pdf" if data.startswith(b"%PDF") else "bad.txt"
    files = [("files", ("good.txt", TEXT)), ("files", (name, data))]
    response = client.post(URL, files=files)
    assert response.status_code == 422
    assert response.json()["detail"].startswith(f"{name}: ")
    assert listed(client) == before


# --- hostile uploads


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.txt", "/etc/passwd.txt", "C:\\\\etc\\\\passwd.txt", "..\\\\passwd.TXT"],
)
def test_of_a_files_name_only_the_last_segment_counts(client: TestClient, name: str) -> None:
    response = client.post(URL, **form(file_part(name.encode())))
    assert changed(response).added == ["passwd"]
    assert client.get(f"{URL}/passwd").json()["text"] == TEXT.decode()


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        (b"a\0b.txt", 422, "malformed_article"),
        (b"a" * 250 + b".txt", 422, "malformed_article"),
        (b"a" * 20_000 + b".txt", 422, "malformed_request"),
        (b"\xe2\x80\xa8.txt", 422, "malformed_article"),
        (b"", 415, "unsupported_media_type"),
        (b".txt", 415, "unsupported_media_type"),
        (b"../..", 415, "unsupported_media_type"),
        (b"a.exe", 415, "unsupported_media_type"),
        (b"a.txt.gz", 415, "unsupported_media_type"),
    ],
)
def test_a_files_name_that_cannot_be_kept_is_refused(
    client: TestClient, name: bytes, status: int, code: str
) -> None:
    before = listed(client)
    found = problem(client.post(URL, **form(file_part(b"a.txt"), file_part(name))), status, code)
    assert len(found.detail) < 400
    assert listed(client) == before


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b'Content-Disposition: form-data; name="files"\r\n\r\nno file'],
        [file_part(b"a.txt"), b'Content-Disposition: form-data; name="x"\r\n\r\n' + b"y" * 99_999],
        [file_part(b"a.txt", field=b"other")],
        [b"\r\nno header"],
        [b"X: y\r\n" * 100 + b"\r\n"],
        [file_part(b"%d.txt" % n) for n in range(FILES_A_FORM + 1)],
    ],
)
def test_a_form_of_something_else_is_refused(client: TestClient, parts: list[bytes]) -> None:
    problem(client.post(URL, **form(*parts)), 422, "malformed_request")


def test_a_form_that_breaks_off_adds_nothing(client: TestClient) -> None:
    """The files that had come whole would have been added, and the last one lost."""
    whole = form(file_part(b"a.txt"), file_part(b"b.txt"))
    before = listed(client)
    for end in range(0, len(whole["content"]) - 4, 7):
        cut = whole | {"content": whole["content"][:end]}
        problem(client.post(URL, **cut), 422, "malformed_request")
    assert listed(client) == before


def test_a_hundred_files_are_taken(client: TestClient) -> None:
    parts = [file_part(b"%03d.txt" % n) for n in range(FILES_A_FORM)]
    assert len(changed(client.post(URL, **form(*parts))).added) == FILES_A_FORM


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "x" * 999]
)
def test_a_body_of_another_type_is_refused(client: TestClient, kind: str) -> None:
    response = client.post(URL, content=b"{}", headers={"content-type": kind})
    problem(response, 415, "unsupported_media_type")


# --- limits


def test_a_body_that_is_too_large_is_refused(app_of: Callable[..., FastAPI]) -> None:
    client = client_of(app_of(FakeEngine(), {"upload_mb": 1}))
    at_most = {"articles": [{"id": "long", "text": "x" * 1_048_000}]}
    assert changed(client.post(URL, json=at_most)).added == ["long"]
    too_large = {"articles": [{"id": "long", "text": "x" * 1_100_000}]}
    problem(client.post(URL, json=too_large), 413, "body_too_large")
    problem(client.post("/v1/answer", json=at_most), 413, "body_too_large")


def test_json_of_too_many_values_is_refused_unparsed(client: TestClient) -> None:
    body = b'{"articles": [' + b"[]," * MAX_JSON_MARKS + b"[]]}"
    response = client.post(URL, content=body, headers={"content-type": "application/json"})
    assert "values" in problem(response, 422, "malformed_request").detail


def test_a_flood_of_fields_is_one_error(client: TestClient) -> None:
    """An error for each of 900,000 fields took ten seconds and 1.5 GB."""
    body = json.dumps({str(number): 0 for number in range(100_000)})
    response = client.post(URL, content=body, headers={"content-type": "application/json"})
    found = problem(response, 422, "malformed_request")
    assert found.detail == "the body: Value error, 100000 fields; the contract knows 1"


def test_there_may_be_so_many_articles_and_no_more(app_of: Callable[..., FastAPI]) -> None:
    client = client_of(app_of(FakeEngine(), {"articles_at_most": 3}))
    before = listed(client)
    response = client.post(URL, json={"articles": [FERRY, {"text": "One more."}]})
    assert "3 are allowed" in problem(response, 409, "too_many_articles").detail
    assert listed(client) == before
    assert add(client, FERRY).added == ["ferry"]


def test_another_process_that_writes_is_waited_for_by_the_client(
    client: TestClient, store: Store
) -> None:
    with store.writing():
        for response in (
            client.post(URL, json={"articles": [FERRY]}),
            client.post(f"{URL}?stream=true", json={"articles": [FERRY]}),
            client.delete(f"{URL}/{BBC}"),
        ):
            problem(response, 503, "index_busy")
            assert int(response.headers["retry-after"]) >= 1
    assert add(client, FERRY).added == ["ferry"]


# --- while questions are answered


def test_an_answer_underway_cites_the_generation_that_it_read(
    app_of: Callable[..., FastAPI], seeds: tuple[Article, ...]
) -> None:
    engine = HoldingEngine()
    client = client_of(app_of(engine))
    old, _ = listed(client)
    texts = {article.id: article.text for article in seeds}
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(client.post, "/v1/answer", json={"question": QUESTION})
        until(lambda: engine.held == 1)
        new = add(client, *({"id": name, "text": f"Nothing of {name}."} for name in texts))
        assert (new.updated, engine.go.is_set()) == (sorted(texts), False)
        engine.go.set()
        answer = asked.result(PATIENCE_S).json()
    assert answer["receipt"]["index_generation"] == old != new.generation
    assert answer["status"] == "answered"
    assert {citation["article_id"] for citation in answer["citations"]} == set(texts)
    for citation in answer["citations"]:
        name, start, end = citation["article_id"], citation["start"], citation["end"]
        assert texts[name][start:end] == citation["quote"]
        shown = client.get(f"{URL}/{name}", params={"generation": old}).json()
        assert shown["text"][start:end] == citation["quote"]
        assert client.get(f"{URL}/{name}").json()["text"] == f"Nothing of {name}."


def test_a_question_is_answered_while_articles_are_embedded(
    app_of: Callable[..., FastAPI],
) -> None:
    embedder = HeldEmbedder()
    app = app_of(FakeEngine(lambda prompt: NINE, 0.999), retriever=Retriever(embedder))
    client = client_of(app)
    old, _ = listed(client)
    with ThreadPoolExecutor(1) as threads:
        adding = threads.submit(add, client, FERRY)
        assert embedder.began.wait(PATIENCE_S)
        answer = client.post("/v1/answer", json={"question": QUESTION}).json()
        assert (answer["status"], adding.done()) == ("answered", False)
        embedder.go.set()
        assert adding.result(PATIENCE_S).added == ["ferry"]
    assert answer["receipt"]["index_generation"] == old


def test_of_many_requests_at_once_none_is_lost(client: TestClient) -> None:
    names = [f"town{number:02}" for number in range(20)]
    with ThreadPoolExecutor(8) as threads:
        one = [threads.submit(add, client, {"id": name, "text": f"{name} fell."}) for name in names]
        assert [future.result(PATIENCE_S).added for future in one] == [[name] for name in names]
    assert listed(client)[1][2:] == names


def test_a_client_that_goes_away_leaves_the_change_to_be_made(
    app_of: Callable[..., FastAPI], store: Store
) -> None:
    embedder = HeldEmbedder()
    body = json.dumps({"articles": [FERRY]}).encode()
    head = "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with served(app_of(FakeEngine(), retriever=Retriever(embedder))) as address:
        for path in (URL, f"{URL}?stream=true"):
            host, port = address.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
                connection.sendall(head.format(path).encode())
                connection.sendall(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
                assert embedder.began.wait(PATIENCE_S)
            embedder.go.set()
            until(lambda: "ferry" in load_generation(store).by_id)
            changed(httpx.delete(f"{address}{URL}/ferry"))


# --- as it was


def test_an_article_is_shown_as_it_was_while_that_generation_is_kept(client: TestClient) -> None:
    one = add(client, FERRY).generation
    two = add(client, {**FERRY, "text": "It sank."}).generation
    texts = {
        name: client.get(f"{URL}/ferry", params={"generation": name}).json()["text"]
        for name in (one, two)
    }
    assert texts == {one: FERRY["text"], two: "It sank."}
    changed(client.delete(f"{URL}/ferry"))
    gone = client.get(f"{URL}/ferry", params={"generation": one})
    assert "not kept" in problem(gone, 404, "generation_gone").detail
    assert client.get(f"{URL}/ferry", params={"generation": two}).json()["text"] == "It sank."
    missing = client.get(f"{URL}/dam", params={"generation": two})
    problem(missing, 404, "article_not_found")
    for name in ("", "../..", "\0", "x" * 2000):
        unknown = client.get(f"{URL}/ferry", params={"generation": name})
        problem(unknown, 404, "generation_gone")


# --- described


def test_the_changes_are_described(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    post = document["paths"][URL]["post"]
    everywhere = {str(status_of(kind)) for kind in (*EVERYWHERE, *OF_KEYS)}
    assert set(post["responses"]) == {"200", "409", "422", "503", "507"} | everywhere
    assert sorted(post["responses"]["200"]["content"]) == ["application/json", "text/event-stream"]
    assert "Retry-After" in post["responses"]["503"]["headers"]
    bodies = post["requestBody"]["content"]
    assert sorted(bodies) == ["application/json", "multipart/form-data"]
    article = bodies["application/json"]["schema"]["properties"]["articles"]["items"]
    assert sorted(article["properties"]) == sorted(ArticleIn.model_fields)
    assert "$ref" not in json.dumps(bodies)
    add(client, *article["examples"])
    delete = document["paths"][f"{URL}/{{article_id}}"]["delete"]
    assert set(delete["responses"]) == {"200", "404", "503", "507"} | everywhere
