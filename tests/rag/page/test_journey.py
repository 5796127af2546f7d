"""One reader's way through the page, before the real service with the real models."""

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from rag.settings import PROJECT
from tests.rag.live import Live, live
from tests.rag.page.conftest import opened
from tests.rag.page.shelf import choose_files, paper
from tests.rag.page.site import ask

pytestmark = pytest.mark.real

PATIENCE_MS = 180_000  # a question takes ten seconds on two free cores
THANKED = "Which regiment did Zelensky thank?"
OLD = "How old is Vladimir Putin?"
FERRY = "The ferry Aurora left Port Halven on Tuesday evening with 212 passengers on board."
PASSENGERS = "How many passengers were on board the ferry Aurora?"
NARROW_PX = 360


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("journey"), {}) as running:
        yield running


@pytest.fixture
def page(browser: Browser, service: Live) -> Iterator[Page]:
    with opened(browser, service.url) as fresh:
        expect(fresh.get_by_role("button", name="2 articles")).to_be_visible()
        yield fresh


def asked(page: Page, question: str) -> Locator:
    """What is answered, when it is whole."""
    before = page.locator(".facts:visible").count()
    ask(page, question)
    expect(page.locator(".facts:visible")).to_have_count(before + 1, timeout=PATIENCE_MS)
    return page.locator(".answer").last


def test_a_reader_asks_checks_and_follows_up(page: Page) -> None:
    expect(page.get_by_role("list", name="Example questions")).to_be_visible()
    ask(page, THANKED)
    expect(page.locator(".evidence")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".answer")).to_contain_text("225th Assault", timeout=PATIENCE_MS)
    page.get_by_role("button", name=re.compile("^Citation 1:")).last.click()
    marked = page.locator("#pane mark").first
    expect(marked).to_be_in_viewport()
    quoted = marked.text_content() or ""
    texts = [file.read_bytes().decode() for file in sorted((PROJECT / "seeds").iterdir())]
    assert "225th Assault" in quoted
    assert any(quoted in text for text in texts)
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    expect(asked(page, OLD)).to_contain_text("do not say how old Vladimir Putin is")
    with page.expect_request("**/v1/answer") as sent:
        asked(page, "When did he launch the invasion?")
    told = json.loads(sent.value.post_data or "")["history"]
    assert [turn["content"] for turn in told][::2] == [THANKED, OLD]


def test_a_reader_stops_adds_removes_and_comes_back(page: Page) -> None:
    ask(page, "Why did Oleksandr Syrskyi resign?")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    choose_files(page, paper("ferry.txt", FERRY))
    expect(page.get_by_role("button", name="3 articles")).to_be_visible(timeout=PATIENCE_MS)
    expect(asked(page, PASSENGERS)).to_contain_text("212")
    page.get_by_role("button", name="Remove “The ferry Aurora").click()
    expect(page.get_by_role("button", name="2 articles")).to_be_visible(timeout=PATIENCE_MS)
    expect(asked(page, PASSENGERS)).not_to_contain_text("212")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": NARROW_PX, "height": 740})
    page.reload()
    expect(page.locator(".answer").filter(has_text="212")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW_PX
    assert Axe().run(page).violations_count == 0
