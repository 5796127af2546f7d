"""Hostile text in every place that the page shows: it stays text, whoever sent or kept it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from index.articles import Article
from tests.rag.page.payloads import FAULTS, INDEXABLE, NUMBERED, PAYLOADS, SENDABLE
from tests.rag.page.site import Site, ask, serve
from tests.rag.page.told import answer, citation, events, refusal

pytestmark = pytest.mark.real

ID = "0123456789abcdef"


@dataclass
class Watched:
    """A page, and what it did that it must not."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def check(self) -> None:
        assert self.page.evaluate(FAULTS) == []
        assert self.faults == []


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service over an article for each payload: in its title, outlet, address and text."""
    articles = [
        Article(
            id=f"a{number:03}",
            title=text,
            outlet=text,
            url=text,
            text=f"The banner number {number} read {text} all night.\n\n{text}",
        )
        for number, text in enumerate(INDEXABLE)
    ]
    yield from serve(articles, tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def watched(browser: Browser, hostile: Site) -> Iterator[Watched]:
    """The page before that service; it may reach nothing else, and open no dialog."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    seen = Watched(page)

    def went(url: str) -> None:
        if not url.startswith((hostile.url, f"blob:{hostile.url}")):
            seen.faults.append(f"went to {url}")

    def asked(dialog: Any) -> None:  # noqa: ANN401  # playwright's own class
        seen.faults.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("request", lambda request: went(request.url))
    page.on("framenavigated", lambda frame: went(frame.url))
    page.on("popup", lambda popup: seen.faults.append("popup"))
    page.on("dialog", asked)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.emulate_media(reduced_motion="reduce")
    page.goto(hostile.url)
    expect(
        page.get_by_role("button", name=f"{len(INDEXABLE)} articles", exact=True)
    ).to_be_visible()
    yield seen
    page.close()


def told(page: Page, *bodies: str) -> None:
    """Have the questions answered with these streams, one after the other."""
    rest = iter(bodies)
    page.route(
        "**/v1/answer",
        lambda route: route.fulfill(content_type="text/event-stream", body=next(rest)),
    )


def everywhere(texts: list[str]) -> dict[str, Any]:
    """An answer that bears these texts wherever it can bear any."""
    numbered = list(enumerate(texts, start=1))
    citations = [
        citation(n, Article(id=text or "x", title=text, outlet=text, url=text, text=text), text)
        | {"published": text}
        for n, text in numbered
    ]
    nobody = [{"value": text, "citations": []} for text in texts]
    return answer(
        short="; ".join(texts),
        sentences=[{"text": text, "citations": [n], "support": 1.0} for n, text in numbered],
        citations=citations,
        agreement=[{"citations": [n for n, _ in numbered], "articles": 2, "independent": 1}],
        conflicts=[
            {"slot": text, "sides": [{"value": text, "citations": [n]}, nobody[n - 1]]}
            for n, text in numbered
        ],
        question_used=" ".join(texts),
        receipt={
            name: texts[0]
            for name in ("model_sha256", "index_generation", "prompt_sha256", "version")
        },
    )


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) >= 100
    assert sum("pwned" in text for text in PAYLOADS) >= 80


def test_hostile_articles_are_listed_and_read_as_text(watched: Watched) -> None:
    page = watched.page
    for number, text in enumerate(INDEXABLE):
        page.evaluate(
            """async (source) => {
                window.reader ??= new (await import("/static/reader/article.js")).ArticlePane();
                await window.reader.open(source, null);
            }""",
            {"article_id": f"a{number:03}", "title": text, "outlet": text, "url": text},
        )
        shown = page.locator("#pane-text").text_content() or ""
        assert f"The banner number {number} read {text.split(chr(10))[0]}"[:60] in shown
        watched.check()


def test_hostile_articles_are_quoted_as_text_by_the_real_service(watched: Watched) -> None:
    page = watched.page
    for number in range(0, len(INDEXABLE), 12):
        ask(page, f"What did the banner number {number} read {INDEXABLE[number]}"[:2000])
        expect(page.get_by_label("Your question")).to_be_enabled()
    assert page.locator(".card").count() > 10
    watched.check()


def test_hostile_answers_are_text(watched: Watched) -> None:
    page = watched.page
    evidence = [{**one, "text": one["quote"]} for one in everywhere(SENDABLE)["citations"]]
    told(page, events(("evidence", {"evidence": evidence}), ("answer", everywhere(SENDABLE))))
    ask(page, "Anything?")
    expect(page.get_by_label("Your question")).to_be_enabled()
    said = page.locator(".sentence").all_text_contents()
    assert [text.removesuffix(f"[{n}]") for n, text in enumerate(said, start=1)] == SENDABLE
    page.evaluate("""() => {
        for (const fold of document.querySelectorAll("details")) fold.open = true;
        for (const chip of document.querySelectorAll(".answer .chip")) {
            chip.dispatchEvent(new PointerEvent("pointerenter", { pointerType: "mouse" }));
        }
    }""")
    watched.check()
    page.locator(".answer .chip").last.click()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    watched.check()


def test_hostile_refusals_and_errors_are_text(watched: Watched) -> None:
    page = watched.page
    told(page, *(refused(text) if number % 2 else failed(text) for number, text in NUMBERED))
    for number, text in NUMBERED:
        ask(page, text[:100] if any(map(str.isalnum, text)) else f"Anything {number}?")
        expect(page.get_by_label("Your question")).to_be_enabled()
        if number % 30 == 29:  # what is kept of a long conversation takes a while to write
            watched.check()
            page.get_by_role("button", name="New conversation").click()
    watched.check()


def refused(text: str) -> str:
    whole = refusal("unsafe", (1,))
    whole["refusal"].update(message=text, code=text)
    return events(("answer", whole))


def failed(text: str) -> str:
    return events(
        ("error", {"title": text, "status": 500, "detail": text, "hint": text, "code": text})
    )


def test_a_hostile_kept_conversation_is_text(watched: Watched) -> None:
    page = watched.page
    for start in range(0, len(SENDABLE), 45):
        turns = [kept(text, n) for n, text in enumerate(SENDABLE[start : start + 45])]
        conversation = {
            "id": ID,
            "version": ID,
            "saved_at": turns[0]["asked_at"],
            "turns": turns,
        }
        page.evaluate(
            """([id, text]) => {
                sessionStorage.setItem("dateline/1/talking", id);
                localStorage.setItem(`dateline/1/talk/${id}`, text);
                localStorage.setItem("dateline/1/talk/fedcba9876543210", text);
            }""",
            [ID, json.dumps(conversation)],
        )
        page.reload()
        expect(page.locator(".question")).to_have_count(len(turns))
        assert page.locator(".question").all_text_contents() == [
            turn["request"]["question"] for turn in turns
        ]
        watched.check()
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator("#earlier-list li")).to_have_count(2)
        watched.check()


def kept(text: str, number: int) -> dict[str, Any]:
    """A turn as the page keeps it, with this text wherever it may stand."""
    state = ("done", "failed", "stopped", "asking")[number % 4]
    evidence = [{**one, "text": text} for one in everywhere([text])["citations"]]
    said = {"text": text, "citations": [1], "support": 1.0}
    return {
        "id": f"{number:016x}",
        "asked_at": text,
        "request": {
            "question": text,
            "history": [{"role": "user", "content": text}],
            "as_of": text,
            "filters": {"article_ids": [text], "outlets": [text], "published_from": text},
        },
        "state": state,
        "evidence": evidence,
        "drafted": [{"sentence": said, "citations": everywhere([text])["citations"]}],
        "answer": everywhere([text]) if state == "done" else None,
        "problem": {"title": text, "detail": text, "hint": text, "code": text, "status": 500},
    }
