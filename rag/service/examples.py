"""`GET /v1/examples`: questions to begin with, drawn from the articles."""

from fastapi import FastAPI

from rag.examples import LatestExamples
from rag.schemas import ExampleList, ExampleOut
from rag.service.description import Tag
from rag.service.parts import Shared
from rag.service.statuses import OF_THE_INDEX, documented


def add_routes(app: FastAPI) -> None:
    """Add the route of this module."""
    latest = LatestExamples()

    def list_examples(parts: Shared) -> ExampleList:
        """Questions that the articles answer, at most four; a `note` says if one is not answered.

        They are the same for the same generation, and are worked out once for each.
        """
        generation = parts.pipeline.reader.current()
        return ExampleList(
            generation=generation.id,
            examples=[ExampleOut.of(one) for one in latest.of(generation)],
        )

    app.get("/v1/examples", responses=documented(*OF_THE_INDEX), tags=[Tag.QUESTIONS])(
        list_examples
    )
