"""Where the articles stand on the chat page, what is said when there are none, and to whom."""

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect

from tests.rag.page.conftest import opened
from tests.rag.page.shelf import SCOPE, choose_files, flaws, focused, paper, refuse, titles
from tests.rag.page.site import THANKED, Site, ask

pytestmark = pytest.mark.real

PHONE: ViewportSize = {"width": 360, "height": 740}
TABLET: ViewportSize = {"width": 768, "height": 1024}
NONE: dict[str, Any] = {"generation": "none", "articles": []}


def column(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Articles")


def drawer(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Articles")


def add(site: Site, article_id: str) -> None:
    """As another program would."""
    body = json.dumps({"articles": [{"id": article_id, "text": "Something happened."}]}).encode()
    kind = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{site.url}v1/articles", body, kind)  # noqa: S310  # our own
    urllib.request.urlopen(request).close()  # noqa: S310  # our own


def test_a_closed_column_stays_closed(shelf: Page) -> None:
    toggle = shelf.get_by_role("button", name="6 articles")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    shelf.get_by_role("button", name="Hide the articles").click()
    expect(column(shelf)).to_be_hidden()
    expect(toggle).to_be_focused()
    shelf.reload()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(column(shelf)).to_be_hidden()
    toggle.click()
    expect(column(shelf)).to_be_visible()
    shelf.keyboard.press("Escape")
    expect(column(shelf)).to_be_visible()


@pytest.mark.parametrize(("width", "both"), [(1440, True), (1439, False), (1200, False)])
def test_the_column_makes_room_for_the_reader(shelf: Page, width: int, both: bool) -> None:
    shelf.set_viewport_size({"width": width, "height": 800})
    shelf.get_by_role("button", name="Storm season", exact=True).click()
    expect(shelf.locator("#pane-title")).to_have_text("Storm season")
    expect(column(shelf)).to_be_visible(visible=both)
    box = shelf.locator("#talk").bounding_box()
    assert box is not None
    assert box["width"] >= 480
    shelf.keyboard.press("Escape")
    expect(column(shelf)).to_be_visible()
    expect(shelf.get_by_role("button", name="Storm season", exact=True)).to_be_focused()


def test_a_drawer_keeps_the_keyboard_and_gives_it_back(shelf: Page) -> None:
    shelf.set_viewport_size(TABLET)
    toggle = shelf.get_by_role("button", name="6 articles")
    expect(column(shelf)).to_be_hidden()
    toggle.click()
    expect(drawer(shelf).get_by_role("heading", name="Articles")).to_be_focused()
    inert = "['masthead', 'talk', 'pane'].every((id) => document.getElementById(id).inert)"
    assert shelf.evaluate(inert)
    shelf.keyboard.press("Escape")
    expect(drawer(shelf)).to_be_hidden()
    expect(toggle).to_be_focused()
    toggle.click()
    shelf.mouse.click(700, 500)
    expect(drawer(shelf)).to_be_hidden()
    toggle.click()
    shelf.get_by_role("button", name="Storm season", exact=True).click()
    expect(drawer(shelf)).to_be_hidden()
    expect(shelf.locator("#pane-title")).to_have_text("Storm season")
    shelf.keyboard.press("Escape")
    expect(toggle).to_be_focused()


def test_a_drawer_becomes_a_column_when_there_is_room(shelf: Page) -> None:
    shelf.set_viewport_size(TABLET)
    shelf.get_by_role("button", name="6 articles").click()
    shelf.set_viewport_size({"width": 1280, "height": 800})
    expect(column(shelf)).to_be_visible()
    assert shelf.evaluate("document.getElementById('talk').inert") is False


def test_a_phone_shows_everything_without_scrolling_sideways(shelf: Page) -> None:
    shelf.set_viewport_size(PHONE)
    shelf.get_by_role("button", name="6 articles").click()
    shelf.get_by_text("Outlets and dates").click()
    shelf.get_by_label("As of", exact=True).fill("2025-04-03")
    wide = "element => element.scrollWidth - element.clientWidth"
    assert shelf.locator("#sources-scroll").evaluate(wide) == 0
    small = (
        drawer(shelf)
        .get_by_role("button")
        .evaluate_all(
            "all => all.filter(one => one.checkVisibility())"
            ".map(one => one.getBoundingClientRect())"
            ".filter(({width, height}) => Math.min(width, height) < 24).length"
        )
    )
    assert small == 0
    shelf.keyboard.press("Escape")
    expect(shelf.locator(SCOPE)).to_contain_text("Using 3 of 6 articles · as of 3 April 2025")
    assert shelf.evaluate("document.documentElement.scrollWidth") == 360


def test_the_keyboard_alone_reaches_everything(shelf: Page) -> None:
    expect(shelf.get_by_role("list", name="Example questions")).to_be_visible()
    shelf.mouse.click(1, 1)
    seen: list[str] = []
    while "Your question" not in seen[-1:] and len(seen) < 40:
        shelf.keyboard.press("Tab")
        label = "document.activeElement.labels?.[0]?.innerText || ''"
        seen.append(shelf.evaluate(label).strip() or focused(shelf))
    assert seen == [
        "Go to the question box",
        "6 articles",
        "Hide the articles",
        "Add files",
        "Paste text",
        "Search titles, outlets and ids",
        "Outlets and dates",
        "All 6 chosen",
        "Order of the articles",
        "Use “Minutes of the council”",
        "Minutes of the council",
        "Remove “Minutes of the council”",
        "Whom did Marta Olsen thank?",
        "Your question",
    ]


def test_the_list_is_waited_for_in_words(shelf: Page) -> None:
    waiting: list[Route] = []
    shelf.route("**/v1/articles", lambda route: waiting.append(route))
    shelf.reload()
    expect(shelf.get_by_text("Loading the articles…")).to_be_visible()
    expect(shelf.get_by_role("button", name="Add files")).to_be_hidden()
    waiting[0].fulfill(json=NONE)
    expect(shelf.get_by_text("Add the news that you want to ask about")).to_be_visible()
    expect(shelf.get_by_text("Loading the articles…")).to_be_hidden()


def test_a_list_that_cannot_be_fetched_can_be_fetched_again(shelf: Page) -> None:
    refuse(shelf, "GET", 500)
    shelf.reload()
    expect(column(shelf).get_by_text("It broke. Mend it.")).to_be_visible()
    shelf.unroute("**/v1/articles**")
    column(shelf).get_by_role("button", name="Try again").click()
    expect(shelf.get_by_role("button", name="6 articles")).to_be_visible()


def test_a_change_made_elsewhere_shows_when_the_reader_is_back(mine: Page, own: Site) -> None:
    add(own, "elsewhere")
    ask(mine, THANKED)
    expect(mine.get_by_role("button", name="7 articles")).to_be_visible()
    mine.clock.install()
    add(own, "again")
    mine.clock.fast_forward(60_000)
    mine.evaluate("dispatchEvent(new Event('focus'))")
    expect(mine.get_by_role("button", name="8 articles")).to_be_visible()


def test_another_tab_shows_a_change_at_once(mine: Page, own: Site) -> None:
    other = mine.context.new_page()
    other.goto(own.url)
    expect(other.get_by_role("button", name="6 articles")).to_be_visible()
    choose_files(other, paper("flood.txt", "The river rose."))
    expect(mine.get_by_role("button", name="7 articles")).to_be_visible()
    assert "The river rose." in titles(mine)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_axe_finds_nothing(browser: Browser, own: Site, scheme: str, width: int) -> None:
    view: ViewportSize = {"width": width, "height": 800}
    with opened(browser, own.url, viewport=view, color_scheme=scheme) as page:
        toggle = page.get_by_role("button", name="6 articles")
        expect(toggle).to_be_visible()
        assert flaws(page) == []
        if width < 1200:
            toggle.click()
        page.get_by_text("Outlets and dates").click()
        page.get_by_label("Halven Post").check()
        assert flaws(page) == []
        page.get_by_label("As of", exact=True).fill("2020-01-01")
        choose_files(page, paper("flood.txt", "date 2025-05-01 Flood."), paper("x.mp4", "x"))
        expect(page.locator(".notice")).to_have_count(2)
        page.get_by_role("button", name="Storm season", exact=True).focus()
        page.keyboard.press("Delete")
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        assert flaws(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(SCOPE)).to_contain_text("No article may be used")
        assert flaws(page) == []
        refuse(page, "GET", 200, generation="none", articles=[])
        page.reload()
        expect(page.get_by_text("There are no articles to ask about yet.")).to_be_visible()
        page.get_by_role("button", name="Paste text").last.click()
        assert flaws(page) == []
