"""Functions of the page's modules, called in a real browser."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("text", "phrases", "shown"),
    [
        ("Nine ships; nine boats.", ["nine"], "[Nine] ships; nine boats."),
        ("Ninety ships, nine boats.", ["nine"], "Ninety ships, [nine] boats."),
        ("It was “a\nshow” again.", ["a show"], "It was “[a\nshow]” again."),
        ("Kyiv, then Łódź.", ["łódź", "KYIV"], "[Kyiv], then [Łódź]."),
        ("the 12th Rescue Unit", ["12th Rescue", "Rescue Unit"], "the [12th Rescue] Unit"),
        ("1.2 miles (1)", ["(1)"], "[1].2 miles (1)"),
        ("<b>a.c</b> abc", ["a.c"], "<b>[a.c]</b> abc"),
        ("anything", ["", "…", ".*", "thing"], "anything"),
        ("", ["x"], ""),
    ],
)
def test_phrases_are_marked_once_and_no_letter_is_lost(
    modules: Page, text: str, phrases: list[str], shown: str
) -> None:
    nodes = modules.evaluate(
        """async ([text, phrases]) => {
            const { marked } = await import("/static/dom.js");
            return marked(text, phrases).map((node) =>
                typeof node === "string" ? node : `[${node.textContent}]`);
        }""",
        [text, phrases],
    )
    assert "".join(nodes) == shown


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("plain", 0, 5),
        ("🚢a🔥b", 1, 2),
        ("🚢a🔥b", 2, 4),
        ("e\u0301🏽‍\u200d👩🏽‍🚒 tail", 5, 12),  # combining marks and joiners are code points
        ("", 0, 0),
        ("🚢", 1, 9),  # past the end
    ],
)
def test_code_points_become_utf_16_units(modules: Page, text: str, start: int, end: int) -> None:
    cut = modules.evaluate(
        """async ([text, start, end]) => {
            const { utf16Offset } = await import("/static/spans.js");
            return text.slice(utf16Offset(text, start), utf16Offset(text, end));
        }""",
        [text, start, end],
    )
    assert cut == text[start:end]


def test_paragraphs_hold_every_word_and_never_cut_a_quotation(modules: Page) -> None:
    cut = """async ([text, kept]) => {
        const { paragraphs } = await import("/static/spans.js");
        return paragraphs(text, kept).map(({ start, end }) => text.slice(start, end));
    }"""
    wrapped = "One line\nand its end.\n\nA second\nparagraph.\n"
    assert modules.evaluate(cut, [wrapped, []]) == [
        "One line\nand its end.",
        "A second\nparagraph.\n",
    ]
    assert modules.evaluate(cut, ["One.\nTwo.\nThree.", []]) == ["One.", "Two.", "Three."]
    kept = {"start": 2, "end": 7}
    assert modules.evaluate(cut, ["One.\nTwo.\nThree.", [kept]]) == ["One.\nTwo.", "Three."]


STREAM = (
    "\ufeff: comment\r\nevent: sentence\r\ndata: {\r\ndata:  é🚢\r\ndata:}\r\n\r\n"
    "data: lone\r\rid: 7\nevent: answer\ndata:\n\nevent: nothing\n\ndata: never ended\n"
)
EVENTS = [
    {"type": "sentence", "data": "{\n é🚢\n}"},
    {"type": "message", "data": "lone"},
    {"type": "answer", "data": ""},
]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_events_survive_any_cut_of_their_bytes(modules: Page, size: int) -> None:
    read = """async ([bytes, size]) => {
        const { readEvents } = await import("/static/wire.js");
        const pieces = [];
        for (let i = 0; i < bytes.length; i += size) {
            pieces.push(new Uint8Array(bytes.slice(i, i + size)));
        }
        const body = new ReadableStream({
            pull(to) { pieces.length ? to.enqueue(pieces.shift()) : to.close(); },
        });
        const events = [];
        for await (const event of readEvents(body)) events.push(event);
        return events;
    }"""
    assert modules.evaluate(read, [list(STREAM.encode()), size]) == EVENTS
