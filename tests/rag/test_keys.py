"""API keys: shown once, kept as digests, asked for when others could reach the service."""

import hashlib
import json
import stat
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.responses import Response

from rag.cli import main
from rag.engine.protocol import Engine
from rag.errors import (
    BadKeyName,
    DatelineError,
    KeyExists,
    KeyMissing,
    KeysCorrupt,
    KeysRequired,
    NoSuchKey,
)
from rag.keys import Key, KeyRing, Scope
from rag.pipeline import Pipeline
from rag.service import create_app, require_keys
from rag.service.guard import Guard
from rag.service.keys import check_key, ring_of, scope_of
from rag.settings import Settings
from tests.fakes import FakeEngine

MakePipeline = Callable[[Engine], Pipeline]
TODAY = date(2025, 4, 8)
QUESTION = {"question": "How many children were killed in the attack on Kryvyi Rih?"}
ANYWHERE = "0.0.0.0"  # noqa: S104  # nothing listens here
READ, WRITE = Scope.READ, Scope.WRITE


@pytest.fixture
def ring(settings: Settings) -> KeyRing:
    return KeyRing(settings.keys_path)


@pytest.fixture
def opened(settings: Settings) -> Settings:
    """Those of a service that others could reach."""
    return settings.model_copy(update={"host": ANYWHERE})


@pytest.fixture
def client(opened: Settings) -> TestClient:
    """What stands before such a service; behind it every path is the articles'."""
    app = Response('{"articles": "Kryvyi Rih"}')
    return TestClient(Guard(app, opened, ring_of(opened)), "http://192.0.2.1:8000")


@pytest.fixture
def service(make_pipeline: MakePipeline, opened: Settings) -> TestClient:
    """The whole of it."""
    engine = FakeEngine(lambda prompt: "Nine children were killed.", 0.999)
    return TestClient(create_app(make_pipeline(engine), opened), "http://192.0.2.1:8000")


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def code_of(response: Any) -> tuple[int, str]:  # noqa: ANN401  # httpx or its fork
    return response.status_code, str(response.json()["code"])


def test_a_key_is_random_and_only_its_digest_is_kept(ring: KeyRing, settings: Settings) -> None:
    secrets = [ring.add(f"key-{number}", READ, TODAY) for number in range(20)]
    assert len({*secrets}) == 20
    kept = settings.keys_path.read_text(encoding="utf-8")
    for number, secret in enumerate(secrets):
        assert secret.startswith("dl_")
        assert len(secret) == 3 + 43  # 256 bits, six a character
        digest = hashlib.sha256(secret.encode()).hexdigest()
        assert ring.find(secret) == Key(f"key-{number}", READ, digest, TODAY)
        assert secret not in kept
        assert secret[3:] not in kept
        assert digest in kept


def test_only_its_owner_may_read_the_file(ring: KeyRing, settings: Settings) -> None:
    ring.add("one", READ, TODAY)
    settings.keys_path.chmod(0o644)
    ring.add("two", READ, TODAY)
    assert stat.S_IMODE(settings.keys_path.stat().st_mode) == 0o600
    assert [path.name for path in settings.data_dir.glob("keys.json*")] == ["keys.json"]


@pytest.mark.parametrize("change", ["upper", "short", "long", "digest", "empty", "lone"])
def test_what_is_almost_a_key_is_none(ring: KeyRing, change: str) -> None:
    secret = ring.add("one", READ, TODAY)
    almost = {
        "upper": secret.swapcase(),
        "short": secret[:-1],
        "long": secret + "a",
        "digest": hashlib.sha256(secret.encode()).hexdigest(),
        "empty": "",
        "lone": "\ud800",
    }
    assert ring.find(almost[change]) is None


def test_a_removed_key_is_none_and_the_others_stay(ring: KeyRing) -> None:
    one, two = ring.add("one", READ, TODAY), ring.add("two", WRITE, TODAY)
    ring.remove("one")
    assert ring.find(one) is None
    found = ring.find(two)
    assert found is not None
    assert (found.name, found.scope) == ("two", WRITE)
    with pytest.raises(NoSuchKey, match="'one'"):
        ring.remove("one")


def test_a_name_stands_for_one_key(ring: KeyRing) -> None:
    secret = ring.add("one", READ, TODAY)
    with pytest.raises(KeyExists, match="'one'"):
        ring.add("one", WRITE, TODAY)
    found = ring.find(secret)
    assert found is not None
    assert found.scope is READ


@pytest.mark.parametrize("name", ["", " ", "a b", "../a", "a/b", "-a", "a\n", "é", "a" * 65])
def test_a_name_is_plain(ring: KeyRing, settings: Settings, name: str) -> None:
    with pytest.raises(BadKeyName):
        ring.add(name, READ, TODAY)
    assert not settings.keys_path.exists()


def test_another_process_may_change_the_keys_meanwhile(ring: KeyRing, settings: Settings) -> None:
    other = KeyRing(settings.keys_path)
    assert ring.known() == ()
    secret = other.add("one", READ, TODAY)
    assert ring.find(secret) is not None
    other.remove("one")
    assert ring.find(secret) is None
    secret = other.add("two", READ, TODAY)
    assert ring.find(secret) is not None
    settings.keys_path.unlink()
    assert ring.find(secret) is None


def test_no_key_is_lost_when_many_are_made_at_once(settings: Settings) -> None:
    def add(number: int) -> str:
        return KeyRing(settings.keys_path).add(f"key-{number:02}", READ, TODAY)

    with ThreadPoolExecutor(8) as threads:
        secrets = list(threads.map(add, range(24)))
    ring = KeyRing(settings.keys_path)
    assert [key.name for key in ring.known()] == [f"key-{number:02}" for number in range(24)]
    assert all(ring.find(secret) for secret in secrets)


GOOD: dict[str, Any] = {"name": "a", "scope": "read", "sha256": "0" * 64, "made": "2025-04-08"}
CORRUPT: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"keys": ["\xff"]}',
    "null": b"null",
    "no keys": b"{}",
    "more": json.dumps({"keys": [], "admin": []}).encode(),
    "a word": b'{"keys": "all"}',
    "an unknown scope": json.dumps({"keys": [GOOD | {"scope": "all"}]}).encode(),
    "an unknown field": json.dumps({"keys": [GOOD | {"admin": True}]}).encode(),
    "a short digest": json.dumps({"keys": [GOOD | {"sha256": ""}]}).encode(),
    "a bad name": json.dumps({"keys": [GOOD | {"name": "a\n"}]}).encode(),
    "no scope": json.dumps({"keys": [{**GOOD, "scope": None}]}).encode(),
    "twins": json.dumps({"keys": [GOOD, GOOD]}).encode(),
}


@pytest.mark.parametrize("kind", CORRUPT)
def test_a_broken_file_lets_nobody_in(
    client: TestClient, ring: KeyRing, settings: Settings, kind: str
) -> None:
    secret = ring.add("one", WRITE, TODAY)
    assert client.get("/v1/articles", headers=bearer(secret)).status_code == 200
    settings.keys_path.write_bytes(CORRUPT[kind])
    response = client.get("/v1/articles", headers=bearer(secret))
    assert code_of(response) == (503, "keys_corrupt")
    assert str(settings.data_dir) not in response.text
    assert client.get("/healthz").status_code == 200
    for act in (lambda: ring.add("two", READ, TODAY), lambda: ring.remove("one")):
        with pytest.raises(KeysCorrupt, match=r"keys\.json is not a file of keys"):
            act()
    assert settings.keys_path.read_bytes() == CORRUPT[kind]


def test_a_file_that_cannot_be_read_lets_nobody_in(
    client: TestClient, ring: KeyRing, settings: Settings
) -> None:
    secret = ring.add("one", WRITE, TODAY)
    settings.keys_path.unlink()
    settings.keys_path.mkdir()
    assert code_of(client.get("/v1/articles", headers=bearer(secret))) == (503, "keys_corrupt")


READS = [("GET", "/v1/articles"), ("GET", "/v1/articles/x"), ("HEAD", "/v1/articles")]
READS += [("GET", "/metrics"), ("GET", "/v1/models"), ("GET", "/openapi.json"), ("GET", "/eval")]
READS += [("POST", "/v1/answer"), ("POST", "/v1/chat/completions"), ("GET", "/mcp")]
READS += [("POST", "/mcp"), ("DELETE", "/mcp")]
WRITES = [("POST", "/v1/articles"), ("DELETE", "/v1/articles/x"), ("PUT", "/v1/articles/x")]
WRITES += [
    ("PATCH", "/v1/articles/x"),
    ("POST", "/v1/else"),
    ("POST", "/v1/answer/"),
    ("POST", "/"),
]
OPEN = ["/", "/healthz", "/readyz", "/static/app.js"]


@pytest.mark.parametrize(("method", "path"), READS + WRITES)
def test_the_scope_of_every_request(method: str, path: str) -> None:
    assert scope_of(method, path) is (READ if (method, path) in READS else WRITE)


@pytest.mark.parametrize(("method", "path"), [*READS, *WRITES[:-1], ("GET", "/gone")])
def test_without_a_key_nothing_is_told(
    client: TestClient, ring: KeyRing, method: str, path: str
) -> None:
    ring.add("one", WRITE, TODAY)
    response = client.request(method, path, headers={"content-length": "9999999"})
    assert response.status_code == 401
    if method != "HEAD":
        assert code_of(response) == (401, "key_missing")
    assert response.headers["www-authenticate"] == 'Bearer realm="dateline"'


@pytest.mark.parametrize("path", OPEN)
def test_the_page_and_the_health_are_open(service: TestClient, path: str) -> None:
    assert service.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/static", "/healthz/", "//healthz", "/v1/healthz", "/healthz/../v1/articles", "/eval"]
)
def test_nothing_else_is_open(ring: KeyRing, path: str) -> None:
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    with pytest.raises(KeyMissing):
        check_key(scope, ring)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "key_missing"),
        ("Bearer", "key_missing"),
        ("Bearer ", "key_missing"),
        ("Basic KEY", "key_missing"),
        ("KEY", "key_missing"),
        ("Bearer dl_nothing", "key_unknown"),
        ("Bearer \x80", "key_unknown"),
        ("Bearer KEY KEY", "key_unknown"),
        ("BearerKEY", "key_missing"),
        ("Bearer null", "key_unknown"),
    ],
)
def test_a_header_that_shows_no_key(
    client: TestClient, ring: KeyRing, given: str, code: str
) -> None:
    header = given.replace("KEY", ring.add("one", WRITE, TODAY)).encode("latin-1")
    response = client.get("/v1/articles", headers={b"authorization": header})
    assert code_of(response) == (401, code)
    assert response.headers["www-authenticate"].startswith('Bearer realm="dateline"')


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
def test_a_key_lets_one_ask(service: TestClient, ring: KeyRing, scheme: str) -> None:
    headers = {"authorization": f"{scheme} {ring.add('one', READ, TODAY)}"}
    assert service.post("/v1/answer", json=QUESTION, headers=headers).json()["status"] == "answered"
    assert service.get("/v1/articles", headers=headers).status_code == 200


def test_reading_is_not_writing(client: TestClient, ring: KeyRing) -> None:
    reader, writer = ring.add("reader", READ, TODAY), ring.add("writer", WRITE, TODAY)
    for method, path in WRITES[:3]:
        refused = client.request(method, path, headers=bearer(reader), json={})
        assert code_of(refused) == (403, "scope_missing")
        assert "insufficient_scope" in refused.headers["www-authenticate"]
        assert client.request(method, path, headers=bearer(writer)).status_code not in (401, 403)
    assert client.get("/v1/articles", headers=bearer(writer)).status_code == 200


def test_two_keys_at_once_are_none(client: TestClient, ring: KeyRing) -> None:
    secret = ring.add("one", WRITE, TODAY)
    headers = [("authorization", "Bearer x"), ("authorization", f"Bearer {secret}")]
    assert code_of(client.get("/v1/articles", headers=headers)) == (400, "malformed_http")


def test_keys_count_at_once_while_the_service_runs(client: TestClient, ring: KeyRing) -> None:
    secret = ring.add("one", READ, TODAY)
    for _ in range(3):
        assert client.get("/v1/articles", headers=bearer(secret)).status_code == 200
        ring.remove("one")
        assert code_of(client.get("/v1/articles", headers=bearer(secret))) == (401, "key_unknown")
        secret = ring.add("one", READ, TODAY)


def test_a_key_is_asked_for_before_the_body_is_weighed(client: TestClient, ring: KeyRing) -> None:
    ring.add("one", WRITE, TODAY)
    headers = {"content-type": "text/plain"}
    response = client.post("/v1/answer", content=b" " * 1_000_000, headers=headers)
    assert code_of(response) == (401, "key_missing")


@pytest.mark.parametrize(
    ("host", "chosen", "needed"),
    [
        ("127.0.0.1", None, False),
        ("127.8.8.8", None, False),
        ("::1", None, False),
        ("localhost", None, False),
        ("127.0.0.1", True, True),
        (ANYWHERE, None, True),
        ("::", None, True),
        ("", None, True),
        ("192.168.1.7", None, True),
        ("desk.lan", None, True),
        (ANYWHERE, False, False),
    ],
)
def test_keys_are_asked_for_when_others_could_connect(
    settings: Settings, host: str, chosen: bool | None, needed: bool
) -> None:
    asked = settings.model_copy(update={"host": host, "require_keys": chosen})
    assert asked.needs_keys is needed
    if not needed:
        require_keys(asked)
        return
    with pytest.raises(KeysRequired, match="none has been made") as refused:
        require_keys(asked)
    assert "`dateline keys add " in refused.value.hint
    KeyRing(asked.keys_path).add("one", READ, TODAY)
    require_keys(asked)


def test_on_this_machine_a_key_is_not_looked_at(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    """Chat clients send one whether or not it is asked for."""
    settings.data_dir.mkdir(exist_ok=True)
    settings.keys_path.write_text("broken")
    client = TestClient(create_app(make_pipeline(FakeEngine()), settings), "http://127.0.0.1:8000")
    assert client.get("/v1/articles", headers=bearer("sk-any")).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", ANYWHERE])
def test_the_description_declares_the_keys(
    make_pipeline: MakePipeline, settings: Settings, ring: KeyRing, host: str
) -> None:
    headers = bearer(ring.add("one", READ, TODAY))
    app = create_app(make_pipeline(FakeEngine()), settings.model_copy(update={"host": host}))
    client = TestClient(app, "http://127.0.0.1:8000")
    document = client.get("/openapi.json", headers=headers).json()
    scheme = document["components"]["securitySchemes"]["key"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert document["security"] == ([{"key": []}] if host == ANYWHERE else [{}, {"key": []}])
    assert document["paths"]["/healthz"]["get"]["security"] == []
    assert "security" not in document["paths"]["/v1/answer"]["post"]
    assert {"401", "403"} <= set(document["paths"]["/v1/answer"]["post"]["responses"])


@pytest.fixture
def dateline(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a command line in this process: its status, and what it printed."""
    monkeypatch.setenv("DATELINE_DATA_DIR", str(settings.data_dir))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dateline", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


Dateline = Callable[..., tuple[int, str, str]]


def test_a_key_is_made_listed_and_removed_at_the_terminal(
    dateline: Dateline, ring: KeyRing
) -> None:
    status, out, err = dateline("keys", "add", "desk", "--scope", "write")
    assert (status, out.count("\n")) == (0, 1)
    assert out.strip() not in err
    found = ring.find(out.strip())
    assert found is not None
    assert (found.name, found.scope) == ("desk", WRITE)
    assert dateline("keys", "add", "phone")[0] == 0
    status, listed, _ = dateline("keys", "list", "--json")
    assert [(row["name"], row["scope"]) for row in json.loads(listed)] == [
        ("desk", "write"),
        ("phone", "read"),
    ]
    status, listed, _ = dateline("keys", "list")
    assert [line.split()[:2] for line in listed.splitlines()] == [
        ["desk", "write"],
        ["phone", "read"],
    ]
    assert out.strip() not in listed
    assert found.sha256 not in listed
    assert dateline("keys", "remove", "desk")[0] == 0
    assert ring.find(out.strip()) is None


ENDS: Mapping[tuple[str, ...], tuple[int, str]] = {
    ("add", "a b"): (2, "bad_key_name"),
    ("remove", "gone"): (2, "no_such_key"),
}


@pytest.mark.parametrize("arguments", ENDS)
def test_what_cannot_be_done_is_said(dateline: Dateline, arguments: tuple[str, ...]) -> None:
    status, out, err = dateline("keys", *arguments)
    assert (status, out) == (ENDS[arguments][0], "")
    assert err.startswith(f"error [{ENDS[arguments][1]}]: ")


def test_there_may_be_no_keys(dateline: Dateline) -> None:
    assert dateline("keys", "list")[:2] == (0, "no keys\n")
    assert dateline("keys", "list", "--json")[:2] == (0, "[]\n")


def test_a_scope_is_one_of_two(dateline: Dateline, settings: Settings) -> None:
    assert dateline("keys", "add", "one", "--scope", "all")[0] == 2
    assert not settings.keys_path.exists()


def test_a_service_for_others_does_not_start_without_keys(dateline: Dateline) -> None:
    status, out, err = dateline("serve", "--host", ANYWHERE, "--port", "0")
    assert (status, out) == (78, "")
    assert err.startswith("error [keys_required]: ")
    assert "`dateline keys add NAME" in err


def test_nor_with_broken_ones(dateline: Dateline, settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.keys_path.write_text("{}")
    status, _, err = dateline("serve", "--host", ANYWHERE, "--port", "0")
    assert (status, err.splitlines()[0].startswith("error [keys_corrupt]: ")) == (65, True)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatelineError, match="cannot write to") as refused:
        KeyRing(tmp_path / "file" / "keys.json").add("one", READ, TODAY)
    assert refused.value.code == "index_unwritable"
