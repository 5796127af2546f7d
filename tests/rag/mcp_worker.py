"""`dateline mcp` with a scripted model: the transport is the real one, and the model talks."""

import os
import sys
from pathlib import Path

from index.generation import Reader
from index.store import Store
from rag.dialogue import Dialogue
from rag.mcp.stdio import serve_stdio
from rag.pipeline import Limits, Pipeline
from rag.prompt import Layout, PromptTemplate
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.verify import Verifier
from tests.fakes import FakeEmbedder, FakeEngine

NINE = "Nine children were killed. The attack on Kryvyi Rih killed 20 civilians."


def load(settings: Settings) -> Pipeline:
    """A pipeline; it prints what would break the protocol."""
    print("loading")  # noqa: T201  # as libraries do
    os.write(1, b"from below\n")  # as libraries in C do
    prompts = settings.prompts_dir
    engine = FakeEngine(lambda prompt: NINE, 0.999)
    return Pipeline(
        reader=Reader(Store(settings.index_dir)),
        dialogue=Dialogue(engine, PromptTemplate(prompts / "standalone.txt"), 6, 2000),
        retriever=Retriever(FakeEmbedder()),
        template=PromptTemplate(prompts / "answer.txt"),
        layout=Layout(joins=False),
        engine=engine,
        verifier=Verifier(settings.support_at_least),
        limits=Limits(6, 1200, 120, 0.5),
        version="test",
    )


if __name__ == "__main__":
    chosen = Settings(data_dir=Path(sys.argv[1]))
    serve_stdio(chosen, Reader(Store(chosen.index_dir)), lambda: load(chosen), "test")
