"""llama.cpp behind one seam: `Engine` is what the rest of the code knows."""

from rag.engine.pipe import EngineOptions
from rag.engine.process import ProcessEngine
from rag.engine.protocol import Engine, Passage, Prompt

__all__ = ["Engine", "EngineOptions", "Passage", "ProcessEngine", "Prompt"]
