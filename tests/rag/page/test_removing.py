"""Articles removed on the chat page, and put back."""

import pytest
from playwright.sync_api import Page, expect

from tests.rag.page.shelf import (
    FLOOD,
    NEWEST_FIRST,
    choose_files,
    fetched,
    focused,
    paper,
    refuse,
    row,
    titles,
)
from tests.rag.page.site import Site

pytestmark = pytest.mark.real


def test_removing_can_be_undone_to_the_letter(mine: Page, own: Site) -> None:
    before = fetched(own, "fire")
    fire = row(mine, "Ferry fire: all are safe")
    fire.hover()
    fire.get_by_role("button", name="Remove").click()
    expect(mine.get_by_text("Removed “Ferry fire: all are safe”", exact=True)).to_be_visible()
    expect(mine.get_by_role("button", name="5 articles")).to_be_visible()
    assert "Ferry fire: all are safe" not in titles(mine)
    mine.get_by_role("button", name="Undo").click()
    expect(mine.get_by_role("button", name="Ferry fire: all are safe", exact=True)).to_be_focused()
    assert titles(mine) == NEWEST_FIRST
    assert fetched(own, "fire") == before
    expect(mine.get_by_role("button", name="Undo")).to_be_hidden()


def test_the_keyboard_removes_and_puts_back(mine: Page) -> None:
    mine.get_by_role("button", name="Minutes of the council", exact=True).focus()
    mine.keyboard.press("Delete")
    expect(mine.get_by_role("button", name="5 articles")).to_be_visible()
    assert focused(mine) == "Remove “Storm season”"
    mine.keyboard.press("Delete")
    expect(mine.get_by_text("and 1 article before it")).to_be_visible()
    for left in ("5 articles", "6 articles"):
        mine.keyboard.press("Control+z")
        expect(mine.get_by_role("button", name=left)).to_be_visible()
    assert titles(mine) == NEWEST_FIRST


def test_the_last_article_may_go_and_come_back(mine: Page) -> None:
    for left in range(5, -1, -1):
        mine.locator("#sources-list .row-title").first.focus()
        mine.keyboard.press("Delete")
        said = f"{left} article" if left else "No articles"
        expect(mine.get_by_role("button", name=said)).to_be_visible()
    expect(mine.get_by_text("There are no articles to ask about yet.")).to_be_visible()
    mine.get_by_role("button", name="Undo").click()
    expect(mine.get_by_role("button", name="1 article", exact=True)).to_be_visible()
    expect(mine.get_by_text("There are no articles to ask about yet.")).to_be_hidden()


def test_a_removal_that_fails_leaves_the_article(mine: Page) -> None:
    refuse(mine, "DELETE", 507)
    mine.get_by_role("button", name="Storm season", exact=True).focus()
    mine.keyboard.press("Delete")
    told = mine.locator(".notice")
    expect(told).to_contain_text("“Storm season” was not removed")
    expect(told).to_contain_text("It broke. Mend it.", use_inner_text=True)
    assert titles(mine) == NEWEST_FIRST


def test_who_may_only_read_is_offered_nothing_else(mine: Page) -> None:
    refuse(mine, "POST", 403, code="scope_missing", detail="this key may not write")
    choose_files(mine, paper("flood.txt", FLOOD))
    expect(mine.get_by_text("You may read these articles, but not add or remove")).to_be_visible()
    for name in ("Add files", "Paste text", "Remove “Storm season”"):
        expect(mine.get_by_role("button", name=name)).to_be_hidden()
    mine.get_by_role("button", name="Storm season", exact=True).focus()
    mine.keyboard.press("Delete")
    assert titles(mine) == NEWEST_FIRST
