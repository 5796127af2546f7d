"""txtai's RAG pipeline over the same passages, with its own search and its llama.cpp adapter."""

import threading
from collections.abc import Iterable
from typing import cast

from txtai import RAG, Embeddings

from eval.bench.machine import versions
from eval.bench.wire import Json, Watch, serve

TEMPLATE = """Answer the following question using only the context below. Only include information
specifically discussed.

question: {question}
context: {context}"""
"""Source: the template of txtai's own RAG examples."""


class TxtaiRag:
    """Search and generation in one call; one question at a time.

    Args:
        options: `passages`, `embedder` (a folder), `count` of passages a question, `model`,
            `llama`, `max_tokens`.
    """

    def __init__(self, options: Json) -> None:
        self.facts: Json = {"versions": versions("txtai", "llama-cpp-python", "transformers")}
        self._max_tokens: int = options["max_tokens"]
        self._turn = threading.Lock()
        embeddings = Embeddings(path=options["embedder"], content=True, gpu=False)
        embeddings.index(list(enumerate(options["passages"])))
        self._rag = RAG(
            embeddings,
            options["model"],
            context=options["count"],
            template=TEMPLATE,
            separator="\n",
            gpu=False,
            **options["llama"],
        )

    def ask(self, request: Json, watch: Watch) -> Json:
        """A question, streamed."""
        with self._turn:
            pieces = self._rag(
                request["question"], stream=True, maxlength=self._max_tokens, temperature=0.0
            )
            watch.pieces(cast("Iterable[str]", pieces))
        return watch.report()

    def close(self) -> None:
        """Nothing is left behind."""


if __name__ == "__main__":
    serve(TxtaiRag)
