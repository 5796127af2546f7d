"""Pages of other sites, and names that are not the service's, are refused before a handler runs."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rag.engine.protocol import Engine
from rag.errors import SettingsError
from rag.pipeline import Pipeline
from rag.schemas import Problem
from rag.service import create_app
from rag.service.guard import Guard
from rag.settings import Settings, load_settings
from tests.fakes import FakeEngine

QUESTION = {"question": "How many children were killed in the attack on Kryvyi Rih?"}
OWN = "http://127.0.0.1:8000"


class Reached:
    """An app that notes what gets through to it."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.paths.append(scope["path"])
        await Response("reached")(scope, receive, send)


@pytest.fixture
def reached() -> Reached:
    return Reached()


@pytest.fixture
def client_of(reached: Reached) -> Callable[[Settings], TestClient]:
    return lambda settings: TestClient(Guard(reached, settings, None), OWN)


@pytest.fixture
def client(client_of: Callable[[Settings], TestClient], settings: Settings) -> TestClient:
    return client_of(settings)


STRANGERS = [
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "localhost.",
    "127.0.0.1@evil.example",
    "2130706433",
    "0x7f.1",
    "127.1",
    "localhost:port",
    "localhost:",
    "localhost:8000:8000",
    "[::1",
    "[localhost]",
    "[127.0.0.1]x",
    "",
    " ",
    "localhost evil.example",
    "localhost,evil.example",
    "lоcalhost".encode().decode("latin-1"),
]
OWN_NAMES = [
    "127.0.0.1",
    "localhost:8000",
    "LOCALHOST",
    "[::1]:8000",
    "192.168.1.7:8000",
    "10.0.0.1",
]
OWN_NAMES += ["[2001:db8::7]"]


def refused(response: Any, status: int, code: str) -> None:  # noqa: ANN401  # httpx or its fork
    found = Problem.model_validate_json(response.content)
    assert (response.status_code, found.status, found.code) == (status, status, code)


@pytest.mark.parametrize("host", STRANGERS)
@pytest.mark.parametrize("path", ["/", "/v1/articles", "/healthz", "/static/app.js", "/mcp"])
def test_a_strangers_host_is_refused(
    client: TestClient, reached: Reached, host: str, path: str
) -> None:
    """DNS rebinding: a page of another site must not read the articles."""
    response = client.get(path, headers={b"host": host.encode("latin-1")})
    refused(response, 421, "unknown_host")
    assert reached.paths == []


@pytest.mark.parametrize("host", OWN_NAMES)
def test_the_machines_own_names_and_addresses_are_accepted(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).text == "reached"


def test_other_names_are_accepted_when_they_are_set(
    client_of: Callable[[Settings], TestClient], settings: Settings
) -> None:
    named = settings.model_copy(update={"hosts": ("news.example", "news")})
    client = client_of(named)
    for host in ("news.example", "News.Example:8443", "news", "localhost"):
        assert client.get("/healthz", headers={"host": host}).status_code == 200
    refused(client.get("/healthz", headers={"host": "other.news.example"}), 421, "unknown_host")


def test_so_is_the_name_that_the_service_listens_on(
    client_of: Callable[[Settings], TestClient], settings: Settings
) -> None:
    client = client_of(settings.model_copy(update={"host": "Desk.lan"}))
    assert client.get("/healthz", headers={"host": "desk.lan:8000"}).status_code == 200


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("", ()),
        ("news.example", ("news.example",)),
        (" News.Example, news ,", ("news.example", "news")),
    ],
)
def test_names_are_set_with_commas(
    monkeypatch: pytest.MonkeyPatch, given: str, names: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATELINE_HOSTS", given)
    assert load_settings().hosts == names
    assert load_settings(hosts=["a.example"]).hosts == ("a.example",)


@pytest.mark.parametrize("given", ["*", "news.example:8000", "http://news.example", "a b", "-a"])
def test_what_is_not_a_name_is_no_setting(given: str) -> None:
    with pytest.raises(SettingsError, match=r"setting 'hosts': .* is not the name of a host"):
        load_settings(hosts=given)


FOREIGN = [
    "http://evil.example",
    "https://evil.example",
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1:3000",
    "http://localhost:8000",
    "http://127.0.0.1:8000.evil.example",
    "http://127.0.0.1:8000/",
    "http://evil@127.0.0.1:8000",
    "ftp://127.0.0.1:8000",
    "chrome-extension://abcdefgh",
    "http://127.0.0.1:8000 http://evil.example",
    "127.0.0.1:8000",
]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/answer"),
        ("POST", "/v1/articles"),
        ("DELETE", "/v1/articles/000_cb2a3d9513a7cddf"),
        ("PUT", "/v1/articles"),
        ("PATCH", "/v1/articles"),
        ("OPTIONS", "/v1/answer"),
        ("POST", "/mcp"),
        ("DELETE", "/mcp"),
        ("GET", "/mcp"),
        ("POST", "/gone"),
    ],
)
def test_a_page_of_another_site_may_not_act(
    client: TestClient, reached: Reached, method: str, path: str, origin: str
) -> None:
    response = client.request(method, path, json=QUESTION, headers={"origin": origin})
    refused(response, 403, "foreign_origin")
    assert reached.paths == []


@pytest.mark.parametrize("site", ["cross-site", "same-site", "other"])
def test_what_a_browser_calls_foreign_is(client: TestClient, reached: Reached, site: str) -> None:
    response = client.post("/v1/answer", json=QUESTION, headers={"sec-fetch-site": site})
    refused(response, 403, "foreign_origin")
    assert reached.paths == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": OWN},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": OWN, "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"host": "LOCALHOST:8000", "origin": "http://localhost:8000"},
        {"host": "[::1]:8000", "origin": "http://[::1]:8000"},
    ],
)
def test_the_services_own_page_and_programs_may(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.post("/v1/answer", json=QUESTION, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/v1/articles", "/static/app.js"])
def test_a_link_from_another_site_may_be_followed_and_is_not_shared(
    client: TestClient, path: str
) -> None:
    headers = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_a_page_that_asks_first_is_told_no(
    make_pipeline: Callable[[Engine], Pipeline], settings: Settings
) -> None:
    client = TestClient(create_app(make_pipeline(FakeEngine()), settings), OWN)
    for path in ("/v1/answer", "/v1/articles", "/", "/static/app.js"):
        for origin, status in (("http://evil.example", 403), ("null", 403), (OWN, 405)):
            headers = {
                "origin": origin,
                "access-control-request-method": "POST",
                "access-control-request-headers": "content-type, authorization",
            }
            response = client.options(path, headers=headers)
            assert response.status_code == status
            assert not [name for name in response.headers if name.startswith("access-control-")]
