"""The articles of the chat page: found, read, and chosen for a question."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.rag.page.conftest import opened
from tests.rag.page.shelf import NEWEST_FIRST, SCOPE, SHELF, asked, focused, row, titles
from tests.rag.page.site import THANKED, Site

pytestmark = pytest.mark.real

MANY = 20_000
WIDE_SHELF = {
    "generation": "wide",
    "articles": [
        {
            "id": f"id-{number}",
            "title": f"Report {number}",
            "outlet": f"Outlet {number % 400}",
            "published": None,
            "url": None,
            "chars": 1000,
        }
        for number in range(MANY)
    ],
}


def test_the_newest_come_first_and_the_undated_last(shelf: Page) -> None:
    assert titles(shelf) == NEWEST_FIRST
    shelf.get_by_label("Order of the articles").select_option("By title")
    expect(shelf.locator("#sources-list .row-title").first).to_have_text("Ärzte an Bord")
    expected = ["Ärzte an Bord", "Ferry fire: all are safe", "Harbour fees rise"]
    assert titles(shelf)[:3] == expected


def test_a_row_says_what_is_known_and_what_is_not(shelf: Page) -> None:
    expect(row(shelf, "Storm season")).to_contain_text("The Northern Ledger · 2 Apr 2025 · 3 min")
    expect(row(shelf, "Ärzte an Bord")).to_contain_text("outlet unknown · undated · 1 min")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("FERRY letters", ["Letters about the ferry"]),
        ("arzte", ["Ärzte an Bord"]),
        ("northern", ["Storm season"]),
        ("minutes", ["Minutes of the council"]),
        ("halven rise", ["Harbour fees rise"]),
        ("", NEWEST_FIRST),
    ],
)
def test_search_looks_in_titles_outlets_and_ids(shelf: Page, words: str, found: list[str]) -> None:
    shelf.get_by_label("Search titles, outlets and ids").fill(words)
    assert titles(shelf) == found


def test_a_search_without_a_find_says_how_to_search_the_texts(shelf: Page) -> None:
    shelf.get_by_label("Search titles").fill("nowhere")
    expect(shelf.get_by_text("To search what the articles say, ask a question.")).to_be_visible()
    expect(shelf.get_by_role("status").filter(has_text="0 articles found")).to_have_count(1)
    assert titles(shelf) == []


def test_an_article_opens_in_the_reader_and_gives_the_keyboard_back(shelf: Page) -> None:
    shelf.get_by_role("button", name="Storm season", exact=True).click()
    expect(shelf.locator("#pane-title")).to_have_text("Storm season")
    expect(shelf.locator("#pane-text")).to_contain_text("The boats stay in.")
    shelf.keyboard.press("Escape")
    expect(shelf.get_by_role("button", name="Storm season", exact=True)).to_be_focused()


def test_arrows_go_from_row_to_row_and_tab_leaves_the_list(shelf: Page) -> None:
    shelf.get_by_label("Use “Minutes of the council”").focus()
    for key, name in [
        ("ArrowDown", "Use “Storm season”"),
        ("Tab", "Storm season"),
        ("ArrowDown", "Ferry fire: all are safe"),
        ("Tab", "Remove “Ferry fire: all are safe”"),
        ("End", "Remove “Letters about the ferry”"),
        ("Home", "Remove “Minutes of the council”"),
        ("ArrowUp", "Remove “Minutes of the council”"),
    ]:
        shelf.keyboard.press(key)
        assert focused(shelf) == name
    shelf.keyboard.press("Tab")
    assert not shelf.evaluate("document.activeElement.closest('#sources')")


def test_what_is_unticked_is_not_used_and_can_be_cleared(shelf: Page) -> None:
    expect(shelf.locator(SCOPE)).to_have_text("")
    assert asked(shelf, THANKED)["filters"] == {}
    shelf.get_by_label("Use “Storm season”").uncheck()
    expect(shelf.locator(SCOPE)).to_contain_text("Using 5 of 6 articles")
    ids = [article.id for article in SHELF if article.id != "storm"]
    assert sorted(asked(shelf, THANKED)["filters"]["article_ids"]) == sorted(ids)
    expect(shelf.locator(".facts")).to_have_count(2)
    shelf.get_by_role("button", name="Clear: use all articles again").click()
    expect(shelf.get_by_label("Your question")).to_be_focused()
    expect(shelf.locator(SCOPE)).to_have_text("")
    assert asked(shelf, THANKED)["filters"] == {}


def test_without_an_article_nothing_is_asked_and_nothing_typed_is_lost(shelf: Page) -> None:
    sent: list[str] = []
    shelf.on("request", lambda request: sent.append(request.url))
    shelf.get_by_label("All 6 chosen").uncheck()
    expect(shelf.locator(SCOPE)).to_contain_text("No article may be used. None is chosen.")
    shelf.get_by_label("Your question").fill(THANKED)
    shelf.keyboard.press("Enter")
    expect(shelf.get_by_label("Your question")).to_have_value(THANKED)
    assert [url for url in sent if url.endswith("/v1/answer")] == []
    shelf.get_by_label("Use “Ferry fire: all are safe”").check()
    assert asked(shelf, THANKED)["filters"] == {"article_ids": ["fire"]}


def test_all_and_none_speak_of_what_was_found(shelf: Page) -> None:
    shelf.get_by_label("Search titles").fill("ferry")
    shelf.get_by_label("All 2 found chosen").uncheck()
    expect(shelf.get_by_label("None of 2 found chosen")).to_be_visible()
    shelf.get_by_label("Search titles").fill("")
    expect(shelf.get_by_label("4 of 6 chosen")).to_be_visible()
    assert shelf.get_by_label("4 of 6 chosen").evaluate("box => box.indeterminate")


def test_outlets_limit_and_leave_out_what_has_none(shelf: Page) -> None:
    shelf.get_by_text("Outlets and dates").click()
    expect(shelf.get_by_text("2 articles of unknown outlet")).to_be_visible()
    shelf.get_by_role("checkbox", name="Halven Post 3").check()
    expect(shelf.locator(SCOPE)).to_contain_text("Using 3 of 6 articles · Halven Post")
    expect(row(shelf, "Ärzte an Bord")).to_contain_text("left out: outlet unknown")
    expect(row(shelf, "Storm season")).to_contain_text("left out: other outlet")
    assert asked(shelf, THANKED)["filters"] == {"outlets": ["Halven Post"]}


def test_dates_limit_and_leave_out_the_undated(shelf: Page) -> None:
    shelf.get_by_text("Outlets and dates").click()
    expect(shelf.get_by_text("2 articles here are undated")).to_be_visible()
    shelf.get_by_label("from", exact=True).fill("2025-03-04")
    shelf.get_by_label("to", exact=True).fill("2025-04-02")
    shelf.get_by_label("As of", exact=True).fill("2025-04-01")
    said = "Using 1 of 6 articles · 4 March 2025 to 2 April 2025 · as of 1 April 2025"
    expect(shelf.locator(SCOPE)).to_contain_text(said)
    for title, reason in [
        ("Letters about the ferry", "undated"),
        ("Harbour fees rise", "too early"),
        ("Minutes of the council", "too late"),
        ("Storm season", "newer than the day it is asked as of"),
    ]:
        expect(row(shelf, title)).to_contain_text(f"left out: {reason}")
    sent = asked(shelf, THANKED)
    assert sent["as_of"] == "2025-04-01"
    assert sent["filters"] == {"published_from": "2025-03-04", "published_to": "2025-04-02"}
    shelf.get_by_label("to", exact=True).fill("2025-03-01")
    expect(shelf.locator(SCOPE)).to_contain_text("None of those chosen is inside the limits.")


def test_the_choice_is_kept_without_what_is_gone(shelf: Page) -> None:
    shelf.get_by_text("Outlets and dates").click()
    shelf.get_by_label("As of", exact=True).fill("2025-04-03")
    shelf.get_by_label("Use “Storm season”").uncheck()
    shelf.evaluate(
        """() => {
            const kept = JSON.parse(localStorage.getItem("dateline.choice"));
            kept.named.push("gone");
            localStorage.setItem("dateline.choice", JSON.stringify(kept));
        }"""
    )
    shelf.reload()
    expect(shelf.locator(SCOPE)).to_contain_text("Using 2 of 6 articles · as of 3 April 2025")
    shelf.get_by_label("Use “Harbour fees rise”").uncheck()
    kept = shelf.evaluate("JSON.parse(localStorage.getItem('dateline.choice')).named")
    assert sorted(kept) == ["fees", "storm"]


@pytest.mark.parametrize(
    "kept", ["{", "7", '{"named": 7, "only": "x"}', '{"only": true, "named": ["gone"]}']
)
def test_a_choice_that_cannot_be_read_restricts_nothing(shelf: Page, kept: str) -> None:
    shelf.evaluate("kept => localStorage.setItem('dateline.choice', kept)", kept)
    shelf.reload()
    expect(shelf.get_by_label("All 6 chosen")).to_be_checked()
    expect(shelf.locator(SCOPE)).to_have_text("")


def test_of_very_many_articles_a_window_is_on_the_page(browser: Browser, library: Site) -> None:
    with opened(browser, library.url) as page:
        page.route("**/v1/articles", lambda route: route.fulfill(json=WIDE_SHELF))
        page.reload()
        expect(page.get_by_role("button", name="20,000 articles")).to_be_visible()
        rows = page.get_by_role("list", name="Articles").get_by_role("listitem")
        expect(rows).to_have_count(100)
        page.get_by_role("button", name="Show 100 of 19,900 more articles").click()
        expect(rows).to_have_count(200)
        expect(page.get_by_role("button", name="Report 100", exact=True)).to_be_focused()
        page.get_by_label("Search titles").fill("report 19999")
        assert titles(page) == ["Report 19999"]
        page.get_by_label("Use “Report 19999”").uncheck()
        told = page.locator(SCOPE)
        expect(told).to_contain_text("Too many articles are chosen one by one.")
        expect(told).to_contain_text("19,999 articles would have to be named")
        page.get_by_label("None of 1 found chosen").check()
        expect(told).to_have_text("")
