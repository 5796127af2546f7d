"""The page by keyboard alone, for a screen reader, on a narrow screen, and in every state of it."""

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.rag.page.states import STATES, asked, keys, opening, reading
from tests.rag.page.stories import BORN, THANKS

pytestmark = pytest.mark.real


@pytest.mark.parametrize("state", STATES)
def test_no_state_breaks_a_rule_of_accessibility(
    story: Page, state: Callable[[Page], None]
) -> None:
    story.emulate_media(reduced_motion="reduce")
    state(story)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        story.emulate_media(color_scheme=scheme)
        result = Axe().run(story)
        assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("state", STATES)
def test_no_state_is_wider_than_a_phone(story: Page, state: Callable[[Page], None]) -> None:
    story.set_viewport_size({"width": 360, "height": 740})
    state(story)
    widest = story.evaluate("""() => Math.max(document.documentElement.scrollWidth,
        ...[...document.querySelectorAll("main *, #composer *, #pane *, dialog *")]
            .filter((node) => node.checkVisibility() && !node.closest(".unseen"))
            .map((node) => Math.floor(node.getBoundingClientRect().right)))""")
    assert widest <= 360


def test_everything_is_done_by_keyboard_from_the_opening_to_a_citation_and_back(
    story: Page,
) -> None:
    opening(story)
    press = story.keyboard.press
    press("/")
    expect(story.get_by_label("Your question")).to_be_focused()
    story.keyboard.type(THANKS)
    press("Enter")
    chip = story.get_by_role("button", name="Citation 1:")
    expect(chip).to_be_visible()
    expect(story.get_by_label("Your question")).to_be_focused()
    for _ in range(40):
        press("Shift+Tab")
        if story.evaluate("document.activeElement.className") == "chip":
            break
    expect(story.get_by_role("tooltip")).to_contain_text("and the people of Port Halven")
    press("Shift+Tab")
    expect(chip).to_be_focused()
    press("Enter")
    expect(story.locator("#pane-title")).to_be_focused()
    press("ArrowRight")
    expect(story.locator("#pane-kind")).to_have_text("Citation 2 of 2")
    press("Escape")
    expect(story.locator("#pane")).to_be_hidden()
    expect(chip).to_be_focused()


def test_tab_reaches_every_control_and_nothing_traps_it(story: Page) -> None:
    asked(story, THANKS)
    story.locator(".answer .chip").first.click()
    expect(story.locator("#pane mark")).to_be_visible()
    reachable = story.evaluate("""() => [...document.querySelectorAll(
        "a[href], button, input, textarea, select, summary, [tabindex='0']")]
        .filter((node) => node.checkVisibility() && !node.disabled && node.tabIndex >= 0
            && node.type !== "file").length""")
    seen = set()
    for number in range(reachable + 10):
        seen.add(
            story.evaluate(
                """(number) => {
                const node = document.activeElement;
                if (node === document.body) return "";
                return node.dataset.visit ??= String(number);
            }""",
                number,
            )
        )
        story.keyboard.press("Tab")
    assert len(seen - {""}) >= reachable


def test_escape_closes_what_is_on_top_and_no_more(story: Page) -> None:
    asked(story, THANKS)
    story.locator(".answer .chip").first.click()
    expect(story.locator("#pane mark")).to_be_visible()
    story.locator("#export summary").click()
    story.get_by_role("button", name="Edit the question").first.click()
    story.mouse.move(700, 5)
    expect(story.get_by_role("tooltip")).to_be_hidden()
    for closed in [".editing", "#pane"]:
        expect(story.locator(closed)).to_be_visible()
        story.keyboard.press("Escape")
        expect(story.locator(closed)).to_be_hidden()
    story.locator("#export summary").click()
    story.keyboard.press("Escape")
    expect(story.locator("#export details")).not_to_have_attribute("open", "")
    expect(story.locator("#export summary")).to_be_focused()


def test_arrow_up_in_an_empty_box_edits_the_last_question(story: Page) -> None:
    asked(story, THANKS)
    asked(story, BORN)
    box = story.get_by_label("Your question")
    box.fill("half a thought")
    box.press("ArrowUp")
    expect(story.locator(".editing")).to_have_count(0)
    box.fill("")
    box.press("ArrowUp")
    expect(story.locator(".editing textarea")).to_have_value(BORN)
    expect(story.locator(".editing textarea")).to_be_focused()


def test_the_keys_are_listed_and_are_letters_where_text_is_typed(story: Page) -> None:
    box = story.get_by_label("Your question")
    box.press_sequentially("Is / or ? a key")
    expect(box).to_have_value("Is / or ? a key")
    expect(story.get_by_role("dialog")).to_have_count(0)
    keys(story)
    story.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(story.get_by_role("dialog")).to_have_count(0)


def test_nothing_moves_for_who_wants_no_motion(story: Page) -> None:
    story.emulate_media(reduced_motion="reduce")
    reading(story)
    assert story.evaluate("document.getAnimations().length") == 0
    assert story.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_one_live_region_tells_the_answer_and_a_kept_one_is_silent(story: Page) -> None:
    asked(story, THANKS)
    expect(story.locator(".answer[aria-live=polite]")).to_have_count(1)
    story.reload()
    expect(story.locator(".answer .sentence")).to_have_count(1)
    expect(story.locator(".answer[aria-live]")).to_have_count(0)
