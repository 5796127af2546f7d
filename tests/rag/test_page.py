"""The chat page in a real browser, before the real service; only the two models are fakes."""

import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from index.articles import Article
from index.build import sync
from index.generation import Reader
from index.store import Store
from rag.dialogue import Dialogue
from rag.engine.protocol import Prompt
from rag.errors import EngineCancelled, EngineDied
from rag.pipeline import Limits, Pipeline
from rag.prompt import Layout, PromptTemplate
from rag.retrieve import Retriever
from rag.service import create_app
from rag.settings import load_settings
from rag.verify import Verifier
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder, FakeEngine

CHROMIUM = shutil.which("chromium")
LAUNCH = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000

pytestmark = pytest.mark.real

IMAGE = '<img src=x onerror="window.pwned=1">'
SCRIPT = "<script>window.pwned=1</script>"
ANCHOVY = Article(
    id="anchovy",
    title=f"Anchovy {IMAGE}{SCRIPT}",
    text=f"The banner of the anchovy market read {IMAGE} all night.\n\n{SCRIPT}\n\nIt was red.",
    outlet=f"{SCRIPT}",
    url="javascript:window.pwned=1",
)
FERRY = Article(
    id="ferry",
    title="The ferry Aurora",
    text=(
        "🚢🔥 Smoke 👩🏽‍🚒 hung over Port Halven. 𝔄urora was late.\r\n\r\n"  # astral
        + "The weather was calm and nobody on the quay expected any trouble at all. " * 40
        + "\n\nCaptain Marta Olsen thanked the 12th Rescue Unit. She then went home.\n"
    ),
)
THANKED = "Whom did Captain Marta Olsen thank?"
FEW = "Which unit did Captain Marta Olsen thank?"
REPLIES = {
    THANKED: "Captain Marta Olsen thanked the 12th Rescue Unit [1].",
    FEW: (
        "12TH “rescue unit”; fourteen boats\n"
        "Answer: Captain Marta Olsen thanked the 12th Rescue Unit [1]."
    ),
    "of the anchovy market read?": (
        f"The banner of the anchovy market read {IMAGE} all night [1]."
    ),
}
SLOW = "What does Captain Marta Olsen do so slowly?"
REFUSED = "When was Captain Marta Olsen born?"
DYING = "Does Captain Marta Olsen kill the model?"


class ScriptedEngine(FakeEngine):
    """Replies by the question that stands in the prompt; can refuse, dawdle and die."""

    def __init__(self) -> None:
        super().__init__(self._reply)
        self.cancelled = threading.Event()
        self.deaths_left = 0

    def choose(
        self, prompt: Prompt, options: Sequence[str], cancel: threading.Event
    ) -> tuple[float, ...]:
        asked = prompt.messages[-1].content
        if DYING in asked and self.deaths_left:
            self.deaths_left -= 1
            raise EngineDied("the model's process ended with status -9")
        return (0.01, 0.99) if REFUSED in asked else super().choose(prompt, options, cancel)

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        yield from super().stream(prompt, max_tokens, stop, cancel)
        if SLOW in prompt.messages[-1].content:
            yield "She then went home [1]. More"
            cancel.wait(PATIENCE_MS / 1000)
            self.cancelled.set()
            raise EngineCancelled("stopped")

    def _reply(self, asked: str) -> str:
        said = (reply for question, reply in REPLIES.items() if question in asked)
        return next(said, REPLIES[THANKED])


@dataclass(frozen=True)
class Site:
    """A running service."""

    url: str
    engine: ScriptedEngine


def serve(articles: Sequence[Article], folder: Path) -> Iterator[Site]:
    """The real service over these articles, on a free port, until the generator is closed."""
    engine, settings = ScriptedEngine(), load_settings(data_dir=folder)
    store = Store(settings.index_dir)
    sync(store, articles, FakeEmbedder, no_progress)
    pipeline = Pipeline(
        reader=Reader(store),
        dialogue=Dialogue(engine, PromptTemplate(settings.prompts_dir / "standalone.txt"), 6, 500),
        retriever=Retriever(FakeEmbedder()),
        template=PromptTemplate(settings.prompts_dir / "answer.txt"),
        layout=Layout(joins=False),
        engine=engine,
        verifier=Verifier(settings.support_at_least),
        limits=Limits(6, 1200, 120, 0.5),
        version="0.0.0",
    )
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(pipeline, settings), log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}/", engine)
    server.should_exit = server.force_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve([ANCHOVY, FERRY], tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        assert CHROMIUM, "these tests drive a real browser: make browser"
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The page, opened; no script may fail in it, and nothing may break its policy."""
    fresh = browser.new_page(viewport={"width": 1280, "height": 800})
    fresh.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    fresh.on("pageerror", lambda error: faults.append(str(error)))
    fresh.on("console", lambda message: faults.append(message.text) if _policy(message) else None)
    fresh.goto(site.url)
    expect(fresh.locator("#corpus summary")).to_have_text("2 articles")
    yield fresh
    fresh.close()
    assert faults == []


@pytest.fixture(scope="module")
def modules(browser: Browser, site: Site) -> Iterator[Page]:
    """One page for the tests that only call functions of its modules."""
    opened = browser.new_page()
    opened.goto(site.url)
    yield opened
    opened.close()


def _policy(message: Any) -> bool:  # noqa: ANN401  # playwright's own class, of two names
    return "Content Security Policy" in message.text


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


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
    page.locator("#corpus summary").click()
    page.get_by_role("button", name="The ferry Aurora").click()
    expect(page.locator("#pane-text p")).to_have_count(3)
    shown = page.locator("#pane-text").text_content() or ""
    assert shown.split() == re.sub(r"\s*\n\s*", "", FERRY.text).split()
    page.get_by_role("button", name="Close").click()
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
    expect(refusal.locator(".verdict")).to_have_text("No answer")
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
    page.locator("#corpus summary").click()
    expect(page.locator("#corpus-list .title").first).to_have_text(ANCHOVY.title)
    page.keyboard.press("Escape")
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
    assert body == {"question": THANKED, "history": turn * 3, "stream": True}


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


def test_examples_are_offered_only_for_the_articles_they_were_written_for(page: Page) -> None:
    expect(page.locator("#examples")).to_be_hidden()


def test_examples_of_the_seeds_ask_themselves(browser: Browser, tmp_path: Path) -> None:
    seeds = [
        Article(id=name, text=FERRY.text, title=FERRY.title)
        for name in ("000_cb2a3d9513a7cddf", "002_9c80ba997a9c7279")
    ]
    for seeded in serve(seeds, tmp_path):
        page = browser.new_page()
        page.goto(seeded.url)
        examples = page.locator("#examples button")
        expect(examples).to_have_count(3)
        expect(examples.last).to_contain_text("not in these articles")
        examples.first.click()
        expect(page.locator(".question")).to_have_text("Which regiment did Zelensky thank?")
        page.close()


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
            const { utf16Offset } = await import("/static/article.js");
            return text.slice(utf16Offset(text, start), utf16Offset(text, end));
        }""",
        [text, start, end],
    )
    assert cut == text[start:end]


def test_paragraphs_hold_every_word_and_never_cut_a_quotation(modules: Page) -> None:
    cut = """async ([text, kept]) => {
        const { paragraphs } = await import("/static/article.js");
        return paragraphs(text, kept).map(({ start, end }) => text.slice(start, end));
    }"""
    wrapped = "One line\nand its end.\n\nA second\nparagraph.\n"
    assert modules.evaluate(cut, [wrapped, None]) == [
        "One line\nand its end.",
        "A second\nparagraph.\n",
    ]
    assert modules.evaluate(cut, ["One.\nTwo.\nThree.", None]) == ["One.", "Two.", "Three."]
    kept = {"start": 2, "end": 7}
    assert modules.evaluate(cut, ["One.\nTwo.\nThree.", kept]) == ["One.\nTwo.", "Three."]


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
