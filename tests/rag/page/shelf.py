"""Articles to find, choose, add and remove, and what the tests of that share."""

import json
import threading
import urllib.request
from collections.abc import Sequence
from datetime import date
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Locator, Page, Route

from index.articles import Article
from index.embed import Progress, Vectors, ignore_progress
from tests.fakes import FakeEmbedder
from tests.rag.page.site import Site

THANKED_HERE = "Captain Marta Olsen thanked the 12th Rescue Unit."
FIRE = Article(
    id="fire",
    title="Ferry fire: all are safe",
    outlet="Halven Post",
    published=date(2025, 3, 4),
    url="https://post.example/fire",
    text=f"Smoke hung over the port. {THANKED_HERE} She then went home.\n",
)
STORM = Article(
    id="storm",
    title="Storm season",
    outlet="The Northern Ledger",
    published=date(2025, 4, 2),
    text="The wind will rise. The boats stay in. " * 100,
)
SHELF = [
    Article(
        id="fees",
        title="Harbour fees rise",
        outlet="Halven Post",
        published=date(2025, 2, 19),
        text="The fees rise by a fifth.",
    ),
    FIRE,
    STORM,
    Article(
        id="minutes",
        title="Minutes of the council",
        published=date(2025, 4, 6),
        text="The council met on Sunday.",
    ),
    Article(
        id="letters",
        title="Letters about the ferry",
        outlet="Halven Post",
        text="A reader writes about the smoke.",
    ),
    Article(id="aerzte", title="Ärzte an Bord", text="The doctors were on board."),
]
NEWEST_FIRST = [
    "Minutes of the council",
    "Storm season",
    "Ferry fire: all are safe",
    "Harbour fees rise",
    "Ärzte an Bord",
    "Letters about the ferry",
]
SCOPE = "#scope > [role=status]"
GATE = "the gate is closed"
PROBLEM = {"title": "T", "status": 500, "detail": "It broke.", "code": "broken", "hint": "Mend it."}
FLOOD = "date 2025-05-01 Flood in Halven. The river rose by two metres.\n"


class GatedEmbedder(FakeEmbedder):
    """Holds texts that speak of the gate until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Event()

    def embed(self, texts: Sequence[str], progress: Progress = ignore_progress) -> Vectors:
        if not any(GATE in text for text in texts):
            return super().embed(texts, progress)
        rows = super().embed(texts)
        progress(1)
        self.opened.wait(30)
        progress(len(texts) - 1)
        return rows


def titles(page: Page) -> list[str]:
    """Of the articles in the list, in order."""
    return page.locator("#sources-list .row-title").all_inner_texts()


def row(page: Page, title: str) -> Locator:
    """The row of the article with that title."""
    button = page.get_by_role("button", name=title, exact=True)
    return page.get_by_role("list", name="Articles").get_by_role("listitem").filter(has=button)


def paper(name: str, text: str | bytes) -> FilePayload:
    """A file to choose."""
    data = text if isinstance(text, bytes) else text.encode()
    return {"name": name, "mimeType": "", "buffer": data}


def choose_files(page: Page, *files: FilePayload) -> None:
    """Press the button and choose files."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add files").first.click()
    chooser.value.set_files(list(files))


def asked(page: Page, question: str) -> dict[str, Any]:
    """Ask, and return what the page sent."""
    with page.expect_request("**/v1/answer") as request:
        page.get_by_label("Your question").fill(question)
        page.keyboard.press("Enter")
    sent = request.value.post_data_json
    assert isinstance(sent, dict)
    return sent


def focused(page: Page) -> str:
    """The accessible name, or the text, of what has the keyboard."""
    said: str = page.evaluate(
        "document.activeElement.ariaLabel || document.activeElement.innerText"
        " || document.activeElement.id"
    )
    return said


def flaws(page: Page) -> list[str]:
    """What axe finds wrong, as rule and element."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def fetched(site: Site, article_id: str) -> dict[str, Any]:
    """An article as the service has it."""
    with urllib.request.urlopen(f"{site.url}v1/articles/{article_id}") as reply:  # noqa: S310  # our own
        found: dict[str, Any] = json.load(reply)
    return found


def refuse(page: Page, method: str, status: int, **changes: Any) -> None:  # noqa: ANN401  # of a problem
    """Have the service refuse requests of one method."""

    def handle(route: Route) -> None:
        if route.request.method != method:
            return route.continue_()
        body = json.dumps(PROBLEM | {"status": status} | changes)
        return route.fulfill(status=status, body=body, content_type="application/problem+json")

    page.route("**/v1/articles**", handle)
