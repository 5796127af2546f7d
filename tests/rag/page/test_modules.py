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
            const { utf16Offset } = await import("/static/reader/spans.js");
            return text.slice(utf16Offset(text, start), utf16Offset(text, end));
        }""",
        [text, start, end],
    )
    assert cut == text[start:end]


def test_paragraphs_hold_every_word_and_never_cut_a_quotation(modules: Page) -> None:
    cut = """async ([text, kept]) => {
        const { paragraphs } = await import("/static/reader/spans.js");
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


def test_marks_are_cut_where_quotations_meet_and_the_current_one_is_whole(modules: Page) -> None:
    nodes = """async ([text, current, others]) => {
        const { paragraphNodes } = await import("/static/reader/spans.js");
        return paragraphNodes(text, current, others).map((node) => node.outerHTML);
    }"""
    current, other = {"start": 4, "end": 9}, {"start": 0, "end": 6}
    assert modules.evaluate(
        nodes, ["abcd efgh ij", current, [other, {"start": 10, "end": 12}]]
    ) == ['<p><mark class="faint">abcd</mark><mark> efgh</mark> <mark class="faint">ij</mark></p>']
    assert modules.evaluate(nodes, ["a\nb", None, []]) == ["<p>a</p>", "<p>b</p>"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a  plain\nline", "a plain line"),
        ("*b* _i_ `c` ~s~", r"\*b\* \_i\_ \`c\` \~s\~"),
        ("[go](javascript:x)", r"\[go\]\(javascript\:x\)"),
        ("<img src=x onerror=y>", r"\<img src=x onerror=y\>"),
        ("see https://evil.example/", r"see https\://evil.example/"),
        ("www.evil.example", r"www\.evil.example"),
        ("&lt; $x$ | y", r"\&lt; \$x\$ \| y"),
        ("- one", r"\- one"),
        ("1. one", r"1\. one"),
        ("# one", r"\# one"),
        ("---", r"\---"),
    ],
)
def test_exported_markdown_shows_any_text_as_it_is(modules: Page, text: str, written: str) -> None:
    exported = """async (text) => (await import("/static/talk/exports.js")).escaped(text)"""
    assert modules.evaluate(exported, text) == written


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://a.example/b", "<https://a.example/b>"),
        ("https://a.example/)[x](y>z", "<https://a.example/%29%5bx%5d%28y%3Ez>"),
        ("javascript:alert(1)", "article i"),
        ("//a.example", "article i"),
        ("no address", "article i"),
        (None, "article i"),
    ],
)
def test_only_web_addresses_are_exported_as_links(
    modules: Page, url: str | None, where: str
) -> None:
    cite = """async (source) => {
        const { escaped, reference } = await import("/static/talk/exports.js");
        return reference(source, escaped);
    }"""
    source = {"article_id": "i", "title": "T", "url": url, "start": 1, "end": 2}
    assert modules.evaluate(cite, source) == f"T, undated, {where}, characters 1–2"


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
        const { readEvents } = await import("/static/wire/wire.js");
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


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("news.txt", 1, None),
        ("NEWS.PDF", 19_900_000, None),
        ("news.txt", 19_900_001, "it is larger than 19.9 MB"),
        ("news.txt", 0, "it is empty"),
        ("news", 1, "not a kind of file that can be read"),
        ("news.exe", 1, "not a kind of file that can be read"),
        (".txt", 1, "not a kind of file that can be read"),
        ("n" * 197 + ".txt", 1, "its name is longer than 200 characters"),
    ],
)
def test_files_are_looked_at_before_they_are_sent(
    modules: Page, name: str, size: int, why: str | None
) -> None:
    sift = """async (files) => {
        const { sifted } = await import("/static/sources/files.js");
        return sifted(files);
    }"""
    file = {"name": name, "size": size}
    found = modules.evaluate(sift, [file])
    assert found["good"] == ([] if why else [file])
    assert found["bad"] == ([{"name": name, "why": why}] if why else [])


def test_two_files_of_one_name_are_one_too_many(modules: Page) -> None:
    sift = """async (names) => {
        const { sifted } = await import("/static/sources/files.js");
        const { bad } = sifted(names.map((name) => ({ name, size: 1 })));
        return bad.map(({ name }) => name);
    }"""
    names = ["a.txt", "b.txt", "a.md", "a.json", "a.jsonl", "a.txt"]
    assert modules.evaluate(sift, names) == ["a.md", "a.txt"]


def test_portions_hold_every_file_once_and_none_is_too_large(modules: Page) -> None:
    divide = """async (sizes) => {
        const { portions } = await import("/static/sources/files.js");
        const lists = portions(sizes.map((size) => ({ size })));
        return lists.map((list) => list.map(({ size }) => size));
    }"""
    sizes = [12_000_000, 7_900_000, 1, 19_900_000, *range(1, 120)]
    cut = modules.evaluate(divide, sizes)
    assert [size for portion in cut for size in portion] == sizes
    assert [len(portion) for portion in cut] == [2, 1, 1, 50, 50, 19]
    assert max(map(sum, cut)) <= 19_900_000
