"""The chat page in a real browser, before the real service: questions and their answers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.fakes import FakeEngine
from tests.rag.page.site import (
    ANCHOVY,
    DYING,
    FERRY,
    FEW,
    IMAGE,
    REFUSED,
    SCRIPT,
    SLOW,
    THANKED,
    Site,
    ask,
)

pytestmark = pytest.mark.real


def test_an_answer_appears_sentence_by_sentence_with_its_citations(page: Page) -> None:
    ask(page, THANKED)
    expect(page.locator(".facts .summary")).to_contain_text("High confidence")
    sentence = page.locator(".answer .sentence")
    expect(sentence).to_have_text("Captain Marta Olsen thanked the 12th Rescue Unit.[1]")
    chip = page.get_by_role("button", name="Citation 1: The ferry Aurora")
    expect(chip).to_have_text("[1]")
    expect(page.locator(".evidence summary")).to_have_text(
        re.compile(r"^Read \d+ sentences from \d articles?$")
    )
    expect(page.locator(".receipt dd").first).to_have_text(FakeEngine.model_sha256)
    expect(page.get_by_label("Your question")).to_be_focused()


def test_a_citation_opens_its_article_with_exactly_the_quotation_marked(page: Page) -> None:
    """Offsets are code points: the astral characters before the span must not shift it."""
    ask(page, THANKED)
    chip = page.get_by_role("button", name=re.compile("^Citation 1:"))
    chip.click()
    mark = page.locator("#pane mark")
    assert mark.text_content() == "Captain Marta Olsen thanked the 12th Rescue Unit."
    expect(mark).to_be_in_viewport()
    expect(page.locator("#pane-meta")).to_have_text("outlet unknown · undated · ferry")
    expect(page.locator("#pane-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_be_hidden()
    expect(chip).to_be_focused()


def test_the_whole_article_is_in_the_pane(page: Page) -> None:
    page.get_by_role("button", name="The ferry Aurora", exact=True).click()
    expect(page.locator("#pane-text p")).to_have_count(3)
    shown = page.locator("#pane-text").text_content() or ""
    assert shown.split() == re.sub(r"\s*\n\s*", "", FERRY.text).split()
    page.locator("#pane").get_by_role("button", name="Close").click()
    expect(page.locator("#pane")).to_be_hidden()


def test_the_keyboard_shows_the_quotation_beside_a_citation(page: Page) -> None:
    ask(page, THANKED)
    expect(page.locator(".facts")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    while page.evaluate("document.activeElement.className") != "chip":
        page.keyboard.press("Shift+Tab")
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("Captain Marta Olsen thanked the 12th Rescue Unit.")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_a_refusal_looks_like_one(page: Page) -> None:
    ask(page, REFUSED)
    refusal = page.locator(".refusal")
    expect(refusal.locator(".verdict")).to_have_text("Not in the articles")
    expect(refusal).to_contain_text("The articles do not say")
    expect(page.locator(".facts .summary")).to_contain_text("Refused in")
    expect(page.locator(".answer .sentence")).to_have_count(0)


def test_a_refusal_quotes_the_nearest_and_leads_to_it(page: Page) -> None:
    ask(page, REFUSED)
    nearest = page.locator(".refusal .nearest")
    expect(nearest).to_contain_text("The nearest that they say:")
    expect(nearest.locator("q")).to_have_text("Captain Marta Olsen thanked the 12th Rescue Unit.")
    nearest.get_by_role("button", name="Citation 1: The ferry Aurora").click()
    mark = page.locator("#pane mark")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == nearest.locator("q").text_content()


def test_the_few_words_are_marked_where_they_are_quoted(page: Page) -> None:
    ask(page, FEW)
    quotations = page.locator(".quotations")
    expect(quotations.locator("summary")).to_have_text("1 quotation")
    quotations.locator("summary").click()
    expect(quotations.locator("mark")).to_have_text(["12th Rescue Unit"])
    said = "Captain Marta Olsen thanked the 12th Rescue Unit."
    assert quotations.locator("button").text_content() == said
    expect(page.locator(".sentence mark")).to_have_count(0)


def test_markup_in_articles_questions_and_answers_is_text(page: Page) -> None:
    expect(page.get_by_role("button", name=ANCHOVY.title, exact=True)).to_have_text(ANCHOVY.title)
    ask(page, f"What did the banner of the anchovy market read? {SCRIPT}")
    expect(page.locator(".question")).to_have_text(re.compile(re.escape(SCRIPT)))
    expect(page.locator(".refusal")).to_contain_text("something else")
    ask(page, "What did the <b>banner</b> of the anchovy market read?")
    expect(page.locator(".question").last).to_contain_text("<b>banner</b>")
    expect(page.locator(".sentence")).to_contain_text("read all night.")  # the quotation is exact
    page.locator(".chip").first.hover()
    expect(page.get_by_role("tooltip")).to_contain_text(IMAGE)
    page.locator(".chip").first.click()
    expect(page.locator("#pane-title")).to_have_text(ANCHOVY.title)
    expect(page.locator("#pane-text")).to_contain_text(SCRIPT)
    expect(page.locator("#pane-meta")).to_contain_text("javascript:window.pwned=1")
    expect(page.locator("#pane-meta a, #desk img, #pane img, #desk b, body script")).to_have_count(
        0
    )
    assert page.evaluate("window.pwned") is None


def test_stop_ends_the_question_here_and_in_the_engine(page: Page, site: Site) -> None:
    """No sentence is shown before the whole reply has been weighed, so none is left behind."""
    ask(page, SLOW)
    expect(page.locator(".evidence summary")).to_have_text(re.compile("^Reading .*…$"))
    expect(page.get_by_label("Your question")).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".stopped .verdict")).to_have_text("Stopped.")
    expect(page.get_by_label("Your question")).to_be_enabled()
    expect(page.locator(".sentence")).to_have_count(0)
    expect(page.locator(".facts")).to_be_hidden()
    assert site.engine.cancelled.wait(5)


def test_an_error_says_what_helps_and_can_be_retried(page: Page, site: Site) -> None:
    site.engine.deaths_left = 1
    ask(page, DYING)
    problem = page.locator(".problem")
    expect(problem).to_contain_text("The model's process ended with status -9.")
    expect(problem).to_contain_text("Ask again; the model is being restarted.")
    expect(problem.locator(".code")).to_have_text("engine_died")
    problem.get_by_role("button", name="Retry").click()
    expect(page.locator(".sentence")).to_contain_text("12th Rescue Unit")
    expect(page.locator(".turn")).to_have_count(1)


def test_a_refused_request_is_shown_as_its_problem_document(page: Page) -> None:
    ask(page, "?!")
    expect(page.locator(".problem .verdict")).to_have_text("The question is empty.")
    expect(page.locator(".problem .code")).to_have_text("empty_question")


def test_a_service_that_is_gone_is_said_to_be_gone(page: Page) -> None:
    page.route("**/v1/answer", lambda route: route.abort())
    ask(page, THANKED)
    expect(page.locator(".problem")).to_contain_text("The service cannot be reached")


def test_a_stream_that_breaks_off_is_no_answer(page: Page) -> None:
    """What was drafted goes with it: nobody has said that the answer is whole."""
    sentence = '{"sentence": {"text": "Half.", "citations": [], "support": 1}, "citations": []}'
    page.route(
        "**/v1/answer",
        lambda route: route.fulfill(
            content_type="text/event-stream", body=f"event: sentence\ndata: {sentence}\n\n"
        ),
    )
    ask(page, THANKED)
    expect(page.locator(".problem")).to_contain_text("The answer broke off")
    expect(page.locator(".sentence")).to_have_count(0)


def test_the_conversation_so_far_goes_with_the_next_question(page: Page) -> None:
    for _ in range(4):
        ask(page, THANKED)
        expect(page.get_by_label("Your question")).to_be_enabled()
    with page.expect_request("**/v1/answer") as sent:
        ask(page, THANKED)
    body = sent.value.post_data_json
    said = "Captain Marta Olsen thanked the 12th Rescue Unit."
    turn = [{"role": "user", "content": THANKED}, {"role": "assistant", "content": said}]
    asked = {"question": THANKED, "history": turn * 3, "stream": True}
    assert body == asked | {"as_of": None, "filters": {}}


def test_shift_enter_starts_a_line_and_enter_asks(page: Page) -> None:
    box = page.get_by_label("Your question")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    assert box.input_value() == "one\ntwo"
    expect(page.locator(".turn")).to_have_count(0)
    box.press("Enter")
    expect(page.locator(".question")).to_have_text("one\ntwo", use_inner_text=True)
    expect(box).to_have_value("")


def test_a_narrow_pane_keeps_the_keyboard_until_it_is_closed(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    ask(page, THANKED)
    page.locator(".chip").first.click()
    expect(page.locator("#pane mark")).to_be_in_viewport()
    assert page.evaluate("document.querySelector('#desk').inert") is True
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".chip").first).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
