"""The page while the service is away, busy, locked or empty."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.rag.page.site import ask
from tests.rag.page.stories import INJURED, THANKS
from tests.rag.page.told import fail, problem

pytestmark = pytest.mark.real

EXAMPLES = {
    "generation": "g",
    "examples": [
        {"question": THANKS, "note": None},
        {"question": INJURED, "note": "the articles differ"},
    ],
}


def test_examples_ask_themselves(story: Page) -> None:
    story.route("**/v1/examples", lambda route: route.fulfill(json=EXAMPLES))
    story.reload()
    examples = story.get_by_role("list", name="Example questions").get_by_role("button")
    expect(examples).to_have_count(2)
    expect(examples.last).to_contain_text("the articles differ")
    examples.first.click()
    expect(story.locator(".question")).to_have_text(THANKS)
    expect(story.locator("#opening")).to_be_hidden()


def test_a_service_without_examples_has_an_opening_without_them(story: Page) -> None:
    fail(story, "**/v1/examples", 404, "not_found")
    story.reload()
    expect(story.get_by_role("button", name="2 articles", exact=True)).to_be_visible()
    expect(story.locator("#examples")).to_be_hidden()
    expect(story.locator("#opening-note")).to_be_hidden()


def test_a_service_that_is_away_is_watched_for_until_it_is_back(story: Page) -> None:
    for address in ["**/v1/answer", "**/readyz"]:
        story.route(address, lambda route: route.abort())
    ask(story, THANKS)
    expect(story.locator("#banner")).to_contain_text("The service cannot be reached.")
    story.unroute("**/v1/answer")
    story.unroute("**/readyz")
    expect(story.locator("#banner")).to_be_empty(timeout=15_000)
    story.get_by_role("button", name="Retry").click()
    expect(story.locator(".answer .sentence")).to_have_count(1)
    expect(story.locator(".turn")).to_have_count(1)


def test_a_service_that_starts_is_waited_for_and_then_its_articles_come(story: Page) -> None:
    gate = {"closed": True}

    def starting(route: Route) -> None:
        if not gate["closed"]:
            return route.continue_()
        body = json.dumps(problem(503, "starting", "the model is being loaded"))
        return route.fulfill(status=503, body=body, content_type="application/problem+json")

    story.route(re.compile(r"/(readyz|v1/articles)$"), starting)
    story.reload()
    expect(story.locator("#banner")).to_contain_text("The model is being loaded.")
    gate["closed"] = False
    expect(story.locator("#banner")).to_be_empty(timeout=15_000)
    expect(story.get_by_role("button", name="2 articles", exact=True)).to_be_visible()


def test_a_busy_service_says_when_and_leaves_it_to_the_reader(story: Page) -> None:
    sent: list[str] = []
    story.on("request", lambda request: sent.append(request.url))
    story.clock.install()
    fail(story, "**/v1/answer", 429, "busy", **{"Retry-After": "12"})
    ask(story, THANKS)
    expect(story.locator(".problem")).to_contain_text("busy with other questions")
    when = story.get_by_role("timer")
    expect(when).to_have_text("There should be room in 12 seconds.")
    story.clock.run_for(11_000)
    expect(when).to_have_text("There should be room in 1 second.")
    story.clock.run_for(60_000)
    expect(when).to_have_text("Ask again whenever you like.")
    assert len([url for url in sent if url.endswith("/v1/answer")]) == 1
    story.unroute("**/v1/answer")
    story.get_by_role("button", name="Retry").click()
    expect(story.locator(".answer .sentence")).to_have_count(1)


def test_a_service_that_wants_a_key_gets_it_and_the_question_goes_on(story: Page) -> None:
    wrong = json.dumps(problem(401, "key_unknown", "this key is not known"))

    def locked(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer dl_right":
            route.continue_()
        else:
            route.fulfill(status=401, body=wrong, content_type="application/problem+json")

    story.route("**/v1/**", locked)
    ask(story, THANKS)
    dialog = story.get_by_role("dialog", name="This service asks for a key")
    expect(dialog).to_contain_text("This key is not known.")
    key = dialog.get_by_label("API key")
    expect(key).to_be_focused()
    for bad in ["ключ", "two words", "dl_wrong"]:
        key.fill(bad)
        key.press("Enter")
        expect(dialog).to_be_visible()
    key.fill("dl_right")
    key.press("Enter")
    expect(dialog).to_be_hidden()
    expect(story.locator(".answer .sentence")).to_have_count(1)
    assert story.evaluate("Object.values(localStorage).join().includes('dl_right')") is False
    story.reload()
    expect(story.get_by_role("button", name="2 articles", exact=True)).to_be_visible()


def test_a_key_that_may_do_too_little_is_asked_for_anew(story: Page) -> None:
    fail(story, "**/v1/answer", 403, "scope_missing")
    ask(story, THANKS)
    expect(story.get_by_role("dialog", name="This service asks for a key")).to_be_visible()
    story.keyboard.press("Escape")
    expect(story.locator(".problem .code")).to_have_text("scope_missing")


def test_without_articles_the_page_offers_to_add_some(story: Page) -> None:
    nothing = {"generation": "g", "articles": []}
    story.route("**/v1/articles", lambda route: route.fulfill(json=nothing))
    story.reload()
    opening = story.locator("#opening")
    expect(opening).to_contain_text("There are no articles to ask about yet.")
    expect(opening.get_by_role("button", name="Add files")).to_be_visible()


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 200, "content_type": "text/html", "body": "<p>a portal</p>"},
        {"status": 200, "content_type": "text/event-stream", "body": "event: answer\ndata: {}\n\n"},
        {"status": 200, "content_type": "text/event-stream", "body": "event: answer\ndata: no\n\n"},
        {"status": 502, "content_type": "text/html", "body": "<h1>Bad gateway</h1>"},
        {"status": 500, "content_type": "application/json", "body": '{"title": 1, "detail": []}'},
        {"status": 500, "content_type": "application/json", "body": "null"},
    ],
)
def test_a_reply_of_something_else_is_an_error_in_words(story: Page, reply: dict[str, Any]) -> None:
    story.route("**/v1/answer", lambda route: route.fulfill(**reply))
    ask(story, THANKS)
    expect(story.locator(".problem .verdict")).to_have_text(
        re.compile(
            "^The (reply could not be read|service replied with status 50[02]|service failed)"
        )
    )
    story.get_by_role("button", name="Retry").focus()
