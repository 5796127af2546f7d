"""Articles added and replaced on the chat page, before the real service."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.rag.page.shelf import (
    FLOOD,
    GATE,
    NEWEST_FIRST,
    PROBLEM,
    GatedEmbedder,
    choose_files,
    fetched,
    paper,
    refuse,
    row,
    titles,
)
from tests.rag.page.site import THANKED, Site, ask

pytestmark = pytest.mark.real


def test_added_files_stand_first_and_can_be_asked_about(mine: Page) -> None:
    choose_files(mine, paper("flood.txt", FLOOD), paper("note.md", "# A note\n\nIt says little."))
    expect(mine.locator(".notice")).to_have_text("Added 2 articles.×")
    assert titles(mine) == [
        "Flood in Halven. The river rose by two metres.",
        "A note",
        *NEWEST_FIRST,
    ]
    expect(row(mine, "A note")).to_contain_text("new")
    expect(mine.get_by_role("button", name="8 articles")).to_be_visible()
    expect(mine.get_by_role("status").filter(has_text="Added 2 articles.")).to_have_count(1)
    mine.get_by_role("button", name="Dismiss: Added 2 articles.").click()
    expect(mine.locator(".notice")).to_have_count(0)
    expect(mine.get_by_role("heading", name="Articles")).to_be_focused()


def test_what_cannot_be_read_is_named_and_the_others_are_added(mine: Page) -> None:
    choose_files(
        mine,
        paper("bad.json", '{"text": 7}'),
        paper("film.mp4", "x"),
        paper("empty.txt", ""),
        paper("flood.txt", FLOOD),
        paper("latin.txt", b"caf\xe9"),
    )
    expect(mine.locator(".notice").first).to_contain_text("Added 1 article.")
    told = mine.locator(".notice").last
    expect(told).to_contain_text("4 files not added")
    expect(told.get_by_role("listitem")).to_contain_text(
        [
            "film.mp4: not a kind of file that can be read",
            "empty.txt: it is empty",
            "bad.json: field 'text'",
            "latin.txt: byte 3 (0xe9) is not valid UTF-8",
        ]
    )
    expect(told).to_contain_text("Convert the file to UTF-8")
    assert len(titles(mine)) == 7


def test_a_file_named_like_an_article_replaces_it(mine: Page, own: Site) -> None:
    choose_files(mine, paper("storm.txt", "date 2025-04-03 The storm has passed."))
    expect(mine.locator(".notice")).to_contain_text("Replaced 1 article.")
    expect(row(mine, "The storm has passed.")).to_contain_text("replaced")
    assert fetched(own, "storm")["published"] == "2025-04-03"
    choose_files(mine, paper("storm.txt", "date 2025-04-03 The storm has passed."))
    expect(mine.locator(".notice")).to_contain_text("1 article already there, unchanged.")


def test_a_pasted_text_becomes_an_article_with_its_fields(mine: Page, own: Site) -> None:
    mine.get_by_role("button", name="Paste text").click()
    form = mine.get_by_role("dialog", name="Paste an article")
    expect(form.get_by_label("Text")).to_be_focused()
    form.get_by_label("Text").fill("The bridge is closed.\n")
    form.get_by_label("Title").fill("Bridge <b>closed</b>")
    form.get_by_label("Outlet").fill("Sydkusten")
    form.get_by_label("Published on").fill("2025-01-14")
    form.get_by_label("Address").fill("https://syd.example/bridge")
    form.get_by_role("button", name="Add this text").click()
    expect(form).to_be_hidden()
    added = row(mine, "Bridge <b>closed</b>")
    expect(added).to_contain_text("newSydkusten · 14 Jan 2025")
    assert mine.locator("#sources b").count() == 0
    whole = fetched(own, added.get_attribute("data-id") or "")
    assert whole["text"] == "The bridge is closed.\n"
    assert whole["url"] == "https://syd.example/bridge"


def test_a_pasted_text_that_is_refused_is_not_lost(mine: Page) -> None:
    refuse(mine, "POST", 409, code="too_many_articles", detail="there are 20,000 articles")
    mine.get_by_role("button", name="Paste text").click()
    form = mine.get_by_role("dialog", name="Paste an article")
    form.get_by_label("Text").fill("The bridge is closed.")
    form.get_by_role("button", name="Add this text").click()
    expect(form.get_by_role("alert")).to_have_text("There are 20,000 articles. Mend it.")
    expect(form.get_by_label("Text")).to_have_value("The bridge is closed.")
    mine.keyboard.press("Escape")
    expect(form).to_be_hidden()
    mine.get_by_role("button", name="Paste text").click()
    expect(form.get_by_label("Text")).to_have_value("The bridge is closed.")


def test_progress_is_shown_and_questions_are_answered_meanwhile(
    mine: Page, gate: GatedEmbedder
) -> None:
    choose_files(mine, paper("gate.txt", f"Here {GATE}. There it is not. Nowhere is a key."))
    bar = mine.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "1")
    expect(bar).to_have_accessible_name("Indexing 1 of 4 texts")
    expect(mine.get_by_role("button", name="6 articles, adding…")).to_be_visible()
    ask(mine, THANKED)
    expect(mine.locator(".answer .sentence")).to_contain_text("12th Rescue Unit")
    gate.opened.set()
    expect(mine.locator(".notice")).to_contain_text("Added 1 article.")
    expect(bar).to_be_hidden()


def test_adding_many_can_be_stopped_between_two_portions(mine: Page, gate: GatedEmbedder) -> None:
    files = [paper(f"n{number:02}.txt", f"Note {number}.") for number in range(59)]
    choose_files(mine, paper("gate.txt", f"Here {GATE}."), *files)
    expect(mine.get_by_role("progressbar")).to_have_attribute("value", "1")
    mine.get_by_role("button", name="Stop after these").click()
    gate.opened.set()
    expect(mine.locator(".notice").first).to_contain_text("Added 50 articles.")
    expect(mine.locator(".notice").last).to_contain_text("Stopped; 10 files not sent.")
    expect(mine.get_by_role("button", name="56 articles")).to_be_visible()


def test_another_change_is_waited_for(mine: Page) -> None:
    replies = [503]

    def busy_once(route: Route) -> None:
        if route.request.method != "POST" or not replies:
            return route.continue_()
        body = json.dumps(PROBLEM | {"status": replies.pop(), "code": "index_busy"})
        return route.fulfill(status=503, body=body, content_type="application/problem+json")

    mine.route("**/v1/articles**", busy_once)
    choose_files(mine, paper("flood.txt", FLOOD))
    expect(mine.get_by_text("Another change of the articles is under way")).to_be_visible()
    expect(mine.locator(".notice")).to_contain_text("Added 1 article.")


def test_a_broken_connection_is_no_success(mine: Page) -> None:
    started = 'event: progress\ndata: {"done": 0, "total": 4}\n\n'
    mine.route(
        "**/v1/articles?stream=true",
        lambda route: route.fulfill(content_type="text/event-stream", body=started),
    )
    choose_files(mine, paper("flood.txt", FLOOD))
    expect(mine.locator(".notice")).to_contain_text("1 file not added")
    expect(mine.locator(".notice")).to_contain_text("The connection broke off.")


def test_files_and_folders_can_be_dropped_anywhere(mine: Page, tmp_path: Path) -> None:
    folder = tmp_path / "news" / "deep"
    folder.mkdir(parents=True)
    (folder / "flood.txt").write_text(FLOOD)
    (folder / ".DS_Store").write_bytes(b"\0")
    (tmp_path / "note.md").write_text("# A note\n\nIt says little.")
    held = {
        "items": [],
        "files": [str(tmp_path / "news"), str(tmp_path / "note.md")],
        "dragOperationsMask": 1,
    }
    mouse = mine.context.new_cdp_session(mine)
    for kind in ("dragEnter", "dragOver", "drop"):
        mouse.send("Input.dispatchDragEvent", {"type": kind, "x": 800, "y": 300, "data": held})
        if kind == "dragOver":
            expect(mine.get_by_text("Drop files to add them")).to_be_visible()
    expect(mine.locator(".notice")).to_have_text("Added 2 articles.×")
    expect(mine.get_by_text("Drop files to add them")).to_be_hidden()


def test_a_dropped_link_or_text_does_nothing(mine: Page) -> None:
    address = mine.url
    held = {
        "items": [{"mimeType": "text/uri-list", "data": "https://example.org/"}],
        "files": [],
        "dragOperationsMask": 1,
    }
    mouse = mine.context.new_cdp_session(mine)
    for kind in ("dragEnter", "dragOver", "drop"):
        mouse.send("Input.dispatchDragEvent", {"type": kind, "x": 800, "y": 300, "data": held})
    expect(mine.get_by_text("Drop files to add them")).to_be_hidden()
    assert mine.url == address
    assert titles(mine) == NEWEST_FIRST
