"""The turns of the conversation: what an answer shows, and what can be done with it."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.rag.page.site import SLOW, ask
from tests.rag.page.stories import BORN, INJURED, THANKS
from tests.rag.page.told import answer, body_of, refusal, tell

pytestmark = pytest.mark.real


def asked(page: Page, *questions: str) -> None:
    for question in questions:
        ask(page, question)
        expect(page.get_by_label("Your question")).to_be_enabled()


def test_cards_are_few_until_all_are_asked_for(story: Page) -> None:
    asked(story, THANKS)
    cards = story.locator(".card")
    assert cards.count() > 3
    expect(story.locator(".card:visible")).to_have_count(3)
    show = story.get_by_role("button", name="Show all")
    expect(show).to_have_attribute("aria-expanded", "false")
    show.click()
    expect(story.locator(".card:visible")).to_have_count(cards.count())
    story.get_by_role("button", name="Show fewer").click()
    expect(story.locator(".card:visible")).to_have_count(3)


def test_a_card_tells_its_source_and_bears_its_number_when_it_is_cited(story: Page) -> None:
    asked(story, THANKS)
    card = story.locator(".card", has_text="and the people of Port Halven")
    expect(card).to_contain_text("Aurora burns in portNorthern Wire · 9 April 2025")
    expect(card.locator(".number")).to_have_text("Citation 2")
    card.click()
    expect(story.locator("#pane mark:not(.faint)")).to_contain_text("the people of Port Halven")


def test_agreement_is_said_in_words_that_explain_themselves(story: Page) -> None:
    asked(story, THANKS)
    said = story.get_by_role("button", name="2 articles, 2 independent origins")
    said.hover()
    expect(story.get_by_role("tooltip")).to_contain_text("copies of one report")
    story.keyboard.press("Escape")
    tell(story, ("answer", answer()))
    asked(story, "Anything?")
    one = story.get_by_role("button", name="2 articles, 1 origin")
    one.click()  # as a touch does
    expect(story.get_by_role("tooltip")).to_contain_text("copies of one report")


def test_a_conflict_is_a_table_with_a_column_a_side(story: Page) -> None:
    asked(story, INJURED)
    table = story.get_by_role("table", name="The articles differ on people injured")
    expect(table.get_by_role("columnheader")).to_have_text(
        [re.compile("^14 people"), re.compile("^19 people")]
    )
    expect(table.get_by_role("cell")).to_have_text(
        ["Harbour Post · 8 April 2025", "Northern Wire · 9 April 2025"]
    )
    table.get_by_role("button", name="Citation 2:").click()
    expect(story.locator("#pane mark:not(.faint)")).to_contain_text("injured 19 people")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("not_in_articles", "Not in the articles"),
        ("off_topic", "Not what the articles are about"),
        ("unsafe", "Not a question about the articles"),
        ("ambiguous", "Not clear whom or what this is about"),
        ("constructor", "No answer"),
    ],
)
def test_a_refusal_says_by_its_code_what_happened(story: Page, code: str, verdict: str) -> None:
    tell(story, ("answer", refusal(code, (1,))))
    asked(story, "Anything?")
    expect(story.locator(".refusal .verdict")).to_have_text(verdict)
    expect(story.locator(".refusal q")).to_contain_text("thanked the 12th Rescue Unit")
    assert story.locator(".refusal .advice").text_content()
    expect(story.get_by_role("button", name="Clear the filters")).to_have_count(0)


def test_filters_that_left_articles_out_can_be_cleared_from_a_refusal(story: Page) -> None:
    story.get_by_role("checkbox", name="Fire on the ferry Aurora").uncheck()
    asked(story, BORN)
    expect(story.locator(".asked-of")).to_have_text("Asked of: 1 article")
    with story.expect_request("**/v1/answer") as sent:
        story.get_by_role("button", name="Clear the filters and ask again").click()
    assert not body_of(sent.value)["filters"].get("article_ids")
    expect(story.locator(".turn")).to_have_count(1)
    expect(story.locator(".asked-of")).to_have_count(0)


def test_confidence_explains_itself_and_its_figure_is_in_the_receipt(story: Page) -> None:
    tell(story, ("answer", answer()))
    asked(story, "Anything?")
    story.get_by_role("button", name="Fair confidence").hover()
    expect(story.get_by_role("tooltip")).to_contain_text("The figure is 0.70")
    story.keyboard.press("Escape")
    story.get_by_text("Receipt").click()
    expect(story.locator(".receipt")).to_contain_text("Confidence0.70")


def test_asking_again_replaces_the_turn_where_it_stands(story: Page) -> None:
    asked(story, THANKS, INJURED)
    with story.expect_request("**/v1/answer") as sent:
        story.get_by_role("button", name="Ask again").first.click()
    assert body_of(sent.value)["history"] == []
    expect(story.get_by_label("Your question")).to_be_enabled()
    expect(story.locator(".question")).to_have_text([THANKS, INJURED])


def test_an_edited_question_takes_the_later_turns_with_it_and_says_so(story: Page) -> None:
    asked(story, THANKS, INJURED, BORN)
    story.get_by_role("button", name="Edit the question").nth(1).click()
    box = story.get_by_label("Edit the question").and_(story.locator("textarea"))
    expect(box).to_have_value(INJURED)
    expect(story.locator(".editing")).to_contain_text("1 later question and what was answered")
    box.press("Escape")
    expect(story.locator(".question:visible")).to_have_count(3)
    story.get_by_role("button", name="Edit the question").nth(1).click()
    box.fill(THANKS)
    box.press("Enter")
    expect(story.locator(".question")).to_have_text([THANKS, THANKS])
    expect(story.locator(".answer .sentence")).to_have_count(2)


def test_a_stopped_answer_can_be_asked_again(story: Page) -> None:
    ask(story, SLOW)
    story.get_by_role("button", name="Stop").click()
    story.get_by_role("button", name="Edit the question").click()
    story.get_by_role("button", name="Cancel").click()
    story.get_by_role("button", name="Ask again").click()
    expect(story.get_by_role("button", name="Stop")).to_be_visible()
    story.get_by_role("button", name="Stop").click()
    expect(story.locator(".turn")).to_have_count(1)


def test_nothing_is_lost_when_something_is_asked_meanwhile(story: Page) -> None:
    asked(story, THANKS)
    ask(story, SLOW)
    story.get_by_role("button", name="Ask again").first.click()
    expect(story.locator("#notice")).to_contain_text("An answer is on its way")
    story.get_by_role("button", name="Stop").click()
    expect(story.locator(".question")).to_have_text([THANKS, SLOW])


def test_an_answer_is_copied_as_markdown_with_footnotes(story: Page) -> None:
    asked(story, THANKS)
    story.get_by_label("Copy the answer with its citations").click()
    story.get_by_role("button", name="Copy as Markdown").click()
    expect(story.locator(".done")).to_have_text("Copied.")
    assert story.evaluate("navigator.clipboard.readText()") == (
        "**Who was thanked by Captain Marta Olsen?**\n\n"
        "Captain Marta Olsen thanked the 12th Rescue Unit.[^1][^2]\n\n"
        "2 articles, 2 independent origins[^1][^2]\n\n"
        "[^1]: “Captain Marta Olsen thanked the 12th Rescue Unit for its help.” "
        "Fire on the ferry Aurora, Harbour Post, 8 April 2025, <https://post.example/aurora>, "
        "characters 70–132\n"
        "[^2]: “Captain Marta Olsen thanked the 12th Rescue Unit and the people of Port Halven.” "
        "Aurora burns in port, Northern Wire, 9 April 2025, article wire, characters 62–141\n"
    )


def test_an_answer_is_copied_as_plain_text(story: Page) -> None:
    asked(story, BORN)
    story.get_by_label("Copy the answer with its citations").click()
    story.get_by_role("button", name="Copy as plain text").click()
    expect(story.locator(".done")).to_have_text("Copied.")
    assert story.evaluate("navigator.clipboard.readText()").startswith(
        f"{BORN}\n\nThe articles do not say when Captain Marta Olsen was born. [1]\n\n[1] “Captain"
    )


def test_the_conversation_is_exported_whole(story: Page, tmp_path: Path) -> None:
    asked(story, THANKS, BORN)
    for title, suffix in [("Conversation as Markdown", "md"), ("Conversation as JSON", "json")]:
        story.locator("#export summary").click()
        with story.expect_download() as download:
            story.get_by_role("button", name=title).click()
        assert download.value.suggested_filename.endswith(f".{suffix}")
        download.value.save_as(tmp_path / suffix)
    markdown = (tmp_path / "md").read_text(encoding="utf-8")
    assert "[^1-1]: " in markdown
    assert "[^2-1]: " in markdown
    exported = json.loads((tmp_path / "json").read_text(encoding="utf-8"))
    assert exported["format"] == "dateline-conversation/1"
    assert [turn["request"]["question"] for turn in exported["turns"]] == [THANKS, BORN]
    assert [turn["answer"]["status"] for turn in exported["turns"]] == ["answered", "refused"]


def test_the_page_stays_where_the_reader_scrolled_and_offers_the_latest(story: Page) -> None:
    story.emulate_media(reduced_motion="reduce")
    asked(story, THANKS, INJURED, THANKS)
    latest = story.get_by_role("button", name="To the latest answer")
    expect(latest).to_be_hidden()
    ask(story, SLOW)
    story.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    expect(latest).to_be_visible()
    story.get_by_role("button", name="Stop").click()
    expect(story.locator(".stopped")).to_have_count(1)
    assert story.evaluate("scrollY") == 0
    latest.click()
    expect(story.locator(".stopped")).to_be_in_viewport()
    expect(latest).to_be_hidden()
