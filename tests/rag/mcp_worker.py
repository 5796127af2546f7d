"""`dateline mcp` with a scripted model: the transport is the real one, and the model talks."""

import os
import sys
from pathlib import Path

from index.generation import Reader
from index.store import Store
from rag.mcp.stdio import serve_stdio
from rag.pipeline import Pipeline
from rag.settings import Settings
from tests.conftest import pipeline_around
from tests.fakes import FakeEngine

NINE = "Nine children were killed. The attack on Kryvyi Rih killed 20 civilians."


def load(store: Store, settings: Settings) -> Pipeline:
    """A pipeline; it prints what would break the protocol."""
    print("loading")  # noqa: T201  # as libraries do
    os.write(1, b"from below\n")  # as libraries in C do
    return pipeline_around(FakeEngine(lambda prompt: NINE, 0.999), store, settings)


if __name__ == "__main__":
    chosen = Settings(data_dir=Path(sys.argv[1]))
    index = Store(chosen.index_dir)
    serve_stdio(chosen, Reader(index), lambda: load(index, chosen), "test")
