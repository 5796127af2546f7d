"""LlamaIndex's CitationQueryEngine over the same passages, its model through a thin adapter.

The engine is made as its documentation makes it, with its own prompts, and streams.
"""

import threading
from collections.abc import Iterator
from typing import Any

import llama_cpp
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from llama_index.core.llms.callbacks import llm_completion_callback
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from pydantic import PrivateAttr

from eval.bench.machine import versions
from eval.bench.wire import Json, Watch, serve
from eval.bench.workers.plain import chat, llama_of


class Adapter(CustomLLM):  # type: ignore[misc]  # llama-index is in the bench's environment alone
    """A `llama_cpp.Llama` as LlamaIndex wants a model: its prompt is one user's message."""

    context_window: int
    num_output: int
    _llama: llama_cpp.Llama = PrivateAttr()

    def use(self, llama: llama_cpp.Llama) -> None:
        """The model that completes."""
        self._llama = llama

    @property
    def metadata(self) -> LLMMetadata:
        """Sizes, by which LlamaIndex cuts the sources."""
        return LLMMetadata(context_window=self.context_window, num_output=self.num_output)

    @llm_completion_callback()  # type: ignore[untyped-decorator]  # as above
    def complete(
        self,
        prompt: str,
        formatted: bool = False,
        **kwargs: Any,  # noqa: ANN401  # LlamaIndex's signature
    ) -> CompletionResponse:
        """The whole reply."""
        return CompletionResponse(text="".join(self._pieces(prompt)))

    @llm_completion_callback()  # type: ignore[untyped-decorator]  # as above
    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,
        **kwargs: Any,  # noqa: ANN401  # LlamaIndex's signature
    ) -> Iterator[CompletionResponse]:
        """The reply as it grows."""
        text = ""
        for piece in self._pieces(prompt):
            text += piece
            yield CompletionResponse(text=text, delta=piece)

    def _pieces(self, prompt: str) -> Iterator[str]:
        return chat(self._llama, [{"role": "user", "content": prompt}], self.num_output)


class Citations:
    """Retrieval, sources and generation in one call; one question at a time.

    Args:
        options: As for txtai.
    """

    def __init__(self, options: Json) -> None:
        self.facts: Json = {"versions": versions("llama-index-core", "llama-cpp-python")}
        self._turn = threading.Lock()
        model = Adapter(context_window=options["llama"]["n_ctx"], num_output=options["max_tokens"])
        model.use(llama_of(options))
        embedder = HuggingFaceEmbedding(model_name=options["embedder"], device="cpu")
        nodes = [TextNode(text=passage) for passage in options["passages"]]
        index = VectorStoreIndex(nodes, embed_model=embedder)
        self._engine = CitationQueryEngine.from_args(
            index, llm=model, similarity_top_k=options["count"], streaming=True
        )

    def ask(self, request: Json, watch: Watch) -> Json:
        """A question, streamed."""
        with self._turn:
            watch.pieces(self._engine.query(request["question"]).response_gen)
        return watch.report()

    def close(self) -> None:
        """Nothing is left behind."""


if __name__ == "__main__":
    serve(Citations)
