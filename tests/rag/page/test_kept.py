"""What the browser keeps: conversations, and judged answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from eval.suites.judged import read_judged
from tests.rag.page.site import SLOW, Site, ask
from tests.rag.page.stories import BORN, INJURED, THANKS
from tests.rag.page.told import answer, body_of, tell

pytestmark = pytest.mark.real

TALK = "dateline/1/talk/"
KEYS = """() => Object.keys(localStorage).filter((key) => key.startsWith("dateline/1/talk/"))"""


def asked(page: Page, *questions: str) -> None:
    for question in questions:
        ask(page, question)
        expect(page.get_by_label("Your question")).to_be_enabled()


def reload(page: Page) -> None:
    page.reload()
    expect(page.get_by_role("button", name="2 articles", exact=True)).to_be_visible()


def kept(page: Page) -> dict[str, Any]:
    """The one conversation that is kept."""
    (key,) = page.evaluate(KEYS)
    value: dict[str, Any] = json.loads(page.evaluate("(key) => localStorage.getItem(key)", key))
    return value


def replace(page: Page, text: str) -> None:
    """Put something else in the place of the one conversation."""
    (key,) = page.evaluate(KEYS)
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, text])


def test_a_conversation_outlives_a_reload(story: Page) -> None:
    asked(story, THANKS, BORN)
    story.locator(".card").first.wait_for()
    before = story.locator("#conversation").inner_text()
    reload(story)
    expect(story.locator("#conversation")).to_have_text(before, use_inner_text=True)
    with story.expect_request("**/v1/answer") as sent:
        ask(story, INJURED)
    assert [turn["role"] for turn in body_of(sent.value)["history"]] == [
        "user",
        "assistant",
    ] * 2
    story.locator(".answer .chip").first.click()
    expect(story.locator("#pane mark:not(.faint)")).to_be_in_viewport()


def test_a_question_that_was_being_answered_is_shown_as_stopped(story: Page) -> None:
    ask(story, SLOW)
    expect(story.locator(".card").first).to_be_visible()
    reload(story)
    expect(story.locator(".stopped")).to_contain_text("Stopped.")
    expect(story.locator(".card").first).to_be_visible()
    story.get_by_role("button", name="Ask again").click()
    expect(story.get_by_role("button", name="Stop")).to_be_visible()
    story.get_by_role("button", name="Stop").click()


@pytest.mark.parametrize(
    "damage",
    ["", "{", "null", "[]", '{"turns": 1}', '{"id": "x", "version": [], "turns": [null]}', "0" * 9],
)
def test_a_damaged_conversation_is_dropped_with_a_note(story: Page, damage: str) -> None:
    asked(story, THANKS)
    replace(story, damage)
    reload(story)
    expect(story.locator("#notice")).to_contain_text("could not be read")
    expect(story.locator(".turn")).to_have_count(0)
    asked(story, THANKS)
    expect(story.locator(".answer .sentence")).to_have_count(1)


BREAKS = [
    lambda turn: turn.update(state="eaten"),
    lambda turn: turn.update(id="x' onclick='"),
    lambda turn: turn["request"].update(question=7),
    lambda turn: turn["request"].update(history="none"),
    lambda turn: turn["request"].pop("filters"),
    lambda turn: turn["answer"].update(sentences={}),
    lambda turn: turn["answer"]["citations"][0].update(start=-1),
    lambda turn: turn["answer"]["citations"][0].update(quote=None),
    lambda turn: turn["answer"].update(status="refused"),
    lambda turn: turn["answer"].update(conflicts=[{"slot": "", "sides": [[]]}]),
    lambda turn: turn["answer"]["receipt"].update(version={}),
    lambda turn: turn["answer"].update(confidence="high"),
]


@pytest.mark.parametrize("number", range(len(BREAKS)))
def test_a_damaged_turn_is_left_out_and_the_others_stay(story: Page, number: int) -> None:
    asked(story, THANKS, BORN)
    conversation = kept(story)
    BREAKS[number](conversation["turns"][0])
    replace(story, json.dumps(conversation))
    reload(story)
    expect(story.locator("#notice")).to_contain_text("could not be read")
    expect(story.locator(".question")).to_have_text([BORN])


def test_two_tabs_with_one_conversation_do_not_destroy_each_other(
    story: Page, stories: Site
) -> None:
    asked(story, THANKS)
    other = story.context.new_page()
    other.goto(stories.url)
    session = story.evaluate("sessionStorage.getItem('dateline/1/talking')")
    other.evaluate("(id) => sessionStorage.setItem('dateline/1/talking', id)", session)
    reload(other)  # as a tab that was duplicated
    asked(other, BORN)
    asked(story, INJURED)
    for page, questions in [(other, [THANKS, BORN]), (story, [THANKS, INJURED])]:
        reload(page)
        expect(page.locator(".question")).to_have_text(questions)


def test_a_new_conversation_leaves_a_way_back(story: Page) -> None:
    asked(story, THANKS)
    story.get_by_role("button", name="New conversation").click()
    expect(story.locator(".turn")).to_have_count(0)
    expect(story.locator("#opening")).to_be_visible()
    story.get_by_role("button", name="Back to it").click()
    expect(story.locator(".question")).to_have_text([THANKS])
    reload(story)
    expect(story.locator(".question")).to_have_text([THANKS])


def test_an_earlier_conversation_is_resumed_or_forgotten(story: Page, stories: Site) -> None:
    asked(story, THANKS)
    fresh = story.context.new_page()
    fresh.goto(stories.url)
    expect(fresh.locator(".turn")).to_have_count(0)
    earlier = fresh.locator("#earlier").get_by_role("button", name=THANKS)
    fresh.get_by_role("button", name=f"Forget: {THANKS}").click()
    expect(earlier).to_have_count(0)
    fresh.get_by_role("button", name="Undo").click()
    earlier.first.click()
    expect(fresh.locator(".question")).to_have_text([THANKS])


def test_what_is_kept_is_bounded(story: Page) -> None:
    """A conversation that is too long loses its oldest turns in the store, not on the page."""
    long = answer(sentences=[{"text": "word " * 30_000, "citations": [1], "support": 1.0}])
    tell(story, ("answer", long))
    asked(story, *(f"Question {number}?" for number in range(4)))
    questions = [turn["request"]["question"] for turn in kept(story)["turns"]]
    assert questions == ["Question 2?", "Question 3?"]
    expect(story.locator(".turn")).to_have_count(4)


def test_a_full_store_is_said_once_and_breaks_nothing(story: Page) -> None:
    story.evaluate("""() => {
        for (let size = 1 << 22; size; size >>= 1) {
            try {
                for (let n = 0; ; n += 1) localStorage.setItem(`x${size}.${n}`, "x".repeat(size));
            } catch { /* full for this size */ }
        }
    }""")
    asked(story, THANKS)
    expect(story.locator(".answer .sentence")).to_have_count(1)
    expect(story.locator("#notice")).to_contain_text("keeps no more")
    story.get_by_role("button", name="Good answer").click()
    expect(story.locator(".judging")).to_contain_text("keeps no more judgements")


def test_a_browser_that_keeps_nothing_still_answers(browser: Browser, stories: Site) -> None:
    context = browser.new_context()
    context.add_init_script("""for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(globalThis, name, { get() { throw new DOMException("closed"); } });
    }""")
    page = context.new_page()
    page.goto(stories.url)
    asked(page, THANKS)
    expect(page.locator(".answer .sentence")).to_have_count(1)
    context.close()


def test_judged_answers_are_exported_as_a_suite(story: Page, tmp_path: Path) -> None:
    asked(story, THANKS, BORN)
    story.get_by_role("button", name="Good answer").first.click()
    bad = story.get_by_role("button", name="Bad answer").last
    bad.click()
    note = story.get_by_label("What was wrong? (optional)")
    note.fill("She was born in \u2028 1970.")
    note.press("Enter")
    expect(story.locator(".judging").last).to_contain_text("saved in this browser")
    reload(story)
    expect(bad).to_have_attribute("aria-pressed", "true")
    story.locator("#export summary").click()
    with story.expect_download() as download:
        story.get_by_role("button", name="Judged answers (2) as JSONL").click()
    download.value.save_as(tmp_path / "suite.jsonl")
    lines = (tmp_path / "suite.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    first, second = (json.loads(line) for line in lines)
    assert set(first) == {"format", "id", "asked_at", "request", "verdict", "note", "answer"}
    assert (first["format"], first["verdict"], first["note"]) == ("dateline-feedback/1", "up", None)
    assert (second["verdict"], second["note"]) == ("down", "She was born in \u2028 1970.")
    assert first["request"] == {"question": THANKS, "history": [], "as_of": None, "filters": {}}
    assert second["request"]["history"][0] == {"role": "user", "content": THANKS}
    assert second["answer"]["refusal"]["code"] == "not_in_articles"
    assert first["asked_at"] < second["asked_at"]
    assert first["asked_at"].endswith("Z")
    judged = read_judged(tmp_path / "suite.jsonl")
    assert [row.id for row in judged] == [first["id"], second["id"]]


def test_a_judgement_can_be_changed_and_taken_back(story: Page) -> None:
    asked(story, THANKS)
    good = story.get_by_role("button", name="Good answer")
    good.click()
    story.get_by_role("button", name="Bad answer").click()
    expect(good).to_have_attribute("aria-pressed", "false")
    story.get_by_role("button", name="Bad answer").click()
    story.locator("#export summary").click()
    expect(story.get_by_role("button", name="Judged answers")).to_have_count(0)


def test_a_damaged_judgement_is_left_out(story: Page) -> None:
    asked(story, THANKS)
    story.get_by_role("button", name="Good answer").click()
    story.evaluate("localStorage.setItem('dateline/1/judged/0', '{\"verdict\": \"up\"}')")
    reload(story)
    story.locator("#export summary").click()
    expect(story.get_by_role("button", name="Judged answers (1) as JSONL")).to_be_visible()
