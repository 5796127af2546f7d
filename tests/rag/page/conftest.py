"""A browser, and the page opened in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.rag.page.shelf import SHELF, GatedEmbedder
from tests.rag.page.site import ANCHOVY, CHROMIUM, FERRY, LAUNCH, PATIENCE_MS, Site, serve
from tests.rag.page.stories import POST, WIRE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve([ANCHOVY, FERRY], tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)  # a busy machine is no fault of the page
        assert CHROMIUM, "these tests drive a real browser: make browser"
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The page, opened; no script may fail in it, and nothing may break its policy."""
    fresh = browser.new_page(viewport={"width": 1280, "height": 800})
    fresh.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    fresh.on("pageerror", lambda error: faults.append(str(error)))
    fresh.on("console", lambda message: faults.append(message.text) if _policy(message) else None)
    fresh.goto(site.url)
    expect(fresh.get_by_role("button", name="2 articles")).to_be_visible()
    yield fresh
    fresh.close()
    assert faults == []


@pytest.fixture(scope="module")
def modules(browser: Browser, site: Site) -> Iterator[Page]:
    """One page for the tests that only call functions of its modules."""
    opened = browser.new_page()
    opened.goto(site.url)
    yield opened
    opened.close()


def _policy(message: Any) -> bool:  # noqa: ANN401  # playwright's own class, of two names
    return "Content Security Policy" in message.text


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service over two reports of one fire, which agree on something and differ on something."""
    yield from serve([POST, WIRE], tmp_path_factory.mktemp("stories"))


@pytest.fixture
def story(browser: Browser, stories: Site) -> Iterator[Page]:
    """The page before `stories`, in a browser that lets it use the clipboard."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    fresh = context.new_page()
    faults: list[str] = []
    fresh.on("pageerror", lambda error: faults.append(str(error)))
    fresh.on("console", lambda message: faults.append(message.text) if _policy(message) else None)
    fresh.goto(stories.url)
    expect(fresh.get_by_role("button", name="2 articles")).to_be_visible()
    yield fresh
    context.close()
    assert faults == []


@contextmanager
def opened(browser: Browser, url: str, **options: Any) -> Iterator[Page]:  # noqa: ANN401  # of new_context
    """A page of its own context in which no script may fail and nothing may break the policy."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    fresh = context.new_page()
    fresh.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    fresh.on("pageerror", lambda error: faults.append(str(error)))
    fresh.on("console", lambda message: faults.append(message.text) if _policy(message) else None)
    fresh.goto(url)
    yield fresh
    context.close()
    assert faults == []


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service whose articles nobody changes."""
    yield from serve(SHELF, tmp_path_factory.mktemp("library"))


@pytest.fixture
def shelf(browser: Browser, library: Site) -> Iterator[Page]:
    """The page before `library`."""
    with opened(browser, library.url) as fresh:
        expect(fresh.get_by_role("button", name="6 articles")).to_be_visible()
        yield fresh


@pytest.fixture
def gate() -> GatedEmbedder:
    """Embeds for `own`."""
    return GatedEmbedder()


@pytest.fixture
def own(tmp_path: Path, gate: GatedEmbedder) -> Iterator[Site]:
    """A service of one test, which may change its articles."""
    yield from serve(SHELF, tmp_path / "index", gate)


@pytest.fixture
def mine(browser: Browser, own: Site) -> Iterator[Page]:
    """The page before `own`."""
    with opened(browser, own.url) as fresh:
        expect(fresh.get_by_role("button", name="6 articles")).to_be_visible()
        yield fresh
