"""The real service behind the page in these tests; only its two models are fakes."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

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
from rag.service import create_app, server_of
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
    server = server_of(create_app(pipeline, settings), settings)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}/", engine)
    server.should_exit = server.force_exit = True
    thread.join()
    listener.close()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
