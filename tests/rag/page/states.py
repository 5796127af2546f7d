"""The states that the conversation can be in, each a function that brings the page into it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.rag.page.site import SLOW, ask
from tests.rag.page.stories import BORN, INJURED, THANKS
from tests.rag.page.told import fail, refusal, tell

EXAMPLES = {"generation": "g", "examples": [{"question": THANKS, "note": "two reports agree"}]}


def asked(page: Page, question: str) -> None:
    ask(page, question)
    expect(page.get_by_label("Your question")).to_be_enabled()


def opening(page: Page) -> None:
    page.route("**/v1/examples", lambda route: route.fulfill(json=EXAMPLES))
    page.reload()
    expect(page.locator("#examples")).to_be_visible()


def reading(page: Page) -> None:
    ask(page, SLOW)
    expect(page.locator(".card").first).to_be_visible()


def stopped(page: Page) -> None:
    reading(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".stopped")).to_be_visible()


def answered(page: Page) -> None:
    asked(page, THANKS)
    page.get_by_role("button", name="Show all").click()
    page.get_by_text("2 quotations").click()
    page.get_by_text("Receipt").click()


def differing(page: Page) -> None:
    asked(page, INJURED)
    asked(page, THANKS)
    page.locator(".term").first.focus()


def refused(page: Page) -> None:
    asked(page, BORN)


def refused_by_filters(page: Page) -> None:
    page.route("**/v1/articles/*", lambda route: route.continue_())
    tell(page, ("answer", refusal("off_topic")))
    if page.get_by_role("checkbox", name="Aurora burns in port").is_visible():
        page.get_by_role("checkbox", name="Aurora burns in port").uncheck()
    asked(page, "Anything?")


def reader(page: Page) -> None:
    asked(page, THANKS)
    page.locator(".answer .chip").first.click()
    expect(page.locator("#pane mark")).to_be_visible()


def tip(page: Page) -> None:
    asked(page, THANKS)
    page.locator(".answer .chip").first.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()


def judging(page: Page) -> None:
    asked(page, THANKS)
    page.get_by_role("button", name="Bad answer").click()


def editing(page: Page) -> None:
    asked(page, THANKS)
    asked(page, BORN)
    page.get_by_role("button", name="Edit the question").first.click()


def copying(page: Page) -> None:
    asked(page, THANKS)
    page.get_by_label("Copy the answer with its citations").click()


def exporting(page: Page) -> None:
    asked(page, THANKS)
    page.locator("#export summary").click()


def anew(page: Page) -> None:
    asked(page, THANKS)
    page.get_by_role("button", name="New conversation").click()


def keys(page: Page) -> None:
    page.get_by_label("Your question").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def locked(page: Page) -> None:
    fail(page, "**/v1/answer", 401, "key_missing")
    ask(page, THANKS)
    expect(page.get_by_role("dialog")).to_be_visible()


def busy(page: Page) -> None:
    fail(page, "**/v1/answer", 429, "busy", **{"Retry-After": "300"})
    ask(page, THANKS)
    expect(page.get_by_role("timer")).to_be_visible()


def away(page: Page) -> None:
    page.route(re.compile("/(v1/answer|readyz)"), lambda route: route.abort())
    ask(page, THANKS)
    expect(page.locator("#banner")).not_to_be_empty()


def broken(page: Page) -> None:
    fail(page, "**/v1/answer", 500, "internal_error")
    ask(page, THANKS)
    expect(page.locator(".problem")).to_be_visible()


STATES: list[Callable[[Page], None]] = [
    opening, reading, stopped, answered, differing, refused, refused_by_filters, reader, tip,
    judging, editing, copying, exporting, anew, keys, locked, busy, away, broken,
]  # fmt: skip
