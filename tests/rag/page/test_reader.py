"""Citations, and the reader that opens beside the answer."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.rag.page.site import ask
from tests.rag.page.stories import INJURED, POST, THANKS, WIRE
from tests.rag.page.told import answer, fail, tell

pytestmark = pytest.mark.real

AT_POST = "Captain Marta Olsen thanked the 12th Rescue Unit for its help."
AT_WIRE = "Captain Marta Olsen thanked the 12th Rescue Unit and the people of Port Halven."


def chip(page: Page, number: int, inside: str = ".answer") -> None:
    page.locator(inside).get_by_role("button", name=f"Citation {number}:").first.click()


def test_a_chip_shows_quotation_title_outlet_and_day(story: Page) -> None:
    ask(story, THANKS)
    story.get_by_role("button", name="Citation 2: Aurora burns in port").hover()
    tip = story.get_by_role("tooltip")
    expect(tip).to_contain_text(f"{AT_WIRE}Aurora burns in port · Northern Wire · 9 April 2025")
    story.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_the_citations_are_stepped_through_by_buttons_and_by_keys(story: Page) -> None:
    ask(story, THANKS)
    chip(story, 1)
    mark, kind = story.locator("#pane mark:not(.faint)"), story.locator("#pane-kind")
    expect(mark).to_have_text(AT_POST)
    expect(kind).to_have_text("Citation 1 of 2")
    story.get_by_role("button", name="Next citation").click()
    expect(mark).to_have_text(AT_WIRE)
    expect(mark).to_be_in_viewport()
    expect(kind).to_have_text("Citation 2 of 2")
    for key, quote in [("ArrowLeft", AT_POST), ("j", AT_WIRE), ("K", AT_POST), ("K", AT_POST)]:
        story.keyboard.press(key)
        expect(mark).to_have_text(quote)
    expect(story.get_by_role("button", name="Next citation")).to_be_focused()


def test_the_place_in_the_conversation_is_kept_while_stepping(story: Page) -> None:
    for _ in range(3):
        ask(story, THANKS)
        expect(story.get_by_label("Your question")).to_be_enabled()
    opener = story.get_by_role("button", name="Citation 1:").locator("visible=true").first
    opener.click()
    story.wait_for_function("document.querySelector('#pane mark')")
    before = story.evaluate("scrollY")
    story.keyboard.press("ArrowRight")
    expect(story.locator("#pane-kind")).to_have_text("Citation 2 of 2")
    assert story.evaluate("scrollY") == before
    story.keyboard.press("Escape")
    expect(opener).to_be_focused()
    assert story.evaluate("scrollY") == before


def test_the_answer_shows_which_citation_is_read(story: Page) -> None:
    ask(story, THANKS)
    chip(story, 1)
    chips = story.locator(".answer .chip")
    expect(chips.nth(0)).to_have_attribute("aria-current", "true")
    story.keyboard.press("ArrowRight")
    expect(chips.nth(1)).to_have_attribute("aria-current", "true")
    assert chips.nth(0).get_attribute("aria-current") is None
    story.keyboard.press("Escape")
    expect(story.locator(".answer .chip[aria-current]")).to_have_count(0)


def test_the_other_quotations_of_an_article_are_marked_more_faintly(story: Page) -> None:
    tell(story, ("answer", answer()))
    ask(story, "Anything?")
    chip(story, 1)
    expect(story.locator("#pane mark:not(.faint)")).to_have_count(1)
    expect(story.locator("#pane mark.faint")).to_have_text(
        "The fire on the ferry Aurora injured 14 people."
    )
    shown = story.locator("#pane-text").text_content() or ""
    assert shown.split() == re.sub(r"\s*\n\s*", "", POST.text).split()


def test_the_reader_names_the_sentence_that_is_supported(story: Page) -> None:
    tell(story, ("answer", answer()))
    ask(story, "Anything?")
    chip(story, 1)
    claim = story.locator("#pane-claim")
    expect(claim.locator("q")).to_have_text("She thanked the unit.")
    expect(claim.locator(".chip")).to_have_text(["[1]", "[2]"])
    chip(story, 2, "#pane-claim")
    expect(story.locator("#pane-title")).to_have_text(WIRE.title)
    expect(claim.locator(".chip").nth(1)).to_be_focused()
    story.keyboard.press("ArrowRight")
    expect(claim.locator("q")).to_have_text("Fourteen were injured.")


def test_the_article_is_asked_for_as_the_answer_read_it(story: Page) -> None:
    ask(story, INJURED)
    generation = story.locator(".receipt dd").nth(1).text_content()
    with story.expect_request("**/v1/articles/*") as sent:
        chip(story, 1)
    assert sent.value.url.endswith(f"/v1/articles/post?generation={generation}")


def test_a_generation_that_is_gone_gives_the_present_article_and_says_so(story: Page) -> None:
    tell(story, ("answer", answer()))
    fail(story, "**/v1/articles/post?generation=earlier", 404, "generation_gone")
    present = {"id": "post", "title": "Changed", "outlet": None, "published": None, "url": None}
    body = json.dumps({**present, "chars": 6, "text": "Other."})

    def now(route: Route) -> None:
        route.fulfill(content_type="application/json", body=body)

    story.route("**/v1/articles/post", now)
    ask(story, "Anything?")
    chip(story, 1)
    expect(story.locator("#pane-text")).to_have_text("Other.")
    expect(story.locator("#pane-note")).to_contain_text("The article has changed since the answer")
    expect(story.locator("#pane-note")).to_contain_text("thanked the 12th Rescue Unit")


def test_an_article_that_is_gone_still_shows_what_was_quoted(story: Page) -> None:
    tell(story, ("answer", answer()))
    fail(story, "**/v1/articles/post*", 404, "article_not_found")
    ask(story, "Anything?")
    chip(story, 1)
    note = story.locator("#pane-note")
    expect(note).to_contain_text("no longer in the collection")
    expect(note).to_contain_text("thanked the 12th Rescue Unit")


def test_the_quotation_can_be_copied_with_its_source(story: Page) -> None:
    ask(story, INJURED)
    chip(story, 2)
    expect(story.locator("#pane mark:not(.faint)")).to_be_visible()
    story.get_by_role("button", name="Copy the quotation").click()
    expect(story.locator("#pane-copied")).to_have_text("Copied.")
    said = "The fire on the ferry Aurora injured 19 people, officials said on Wednesday."
    start = WIRE.text.index(said)
    assert story.evaluate("navigator.clipboard.readText()") == (
        f"“{said}”\nAurora burns in port, Northern Wire, 9 April 2025, article wire, "
        f"characters {start}–{start + len(said)}\n"
    )
