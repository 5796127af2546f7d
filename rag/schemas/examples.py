"""Example questions on the wire."""

from pydantic import ConfigDict

from rag.examples import Example
from rag.schemas.wire import Wire


class ExampleOut(Wire):
    """A question to begin with; `note` says what is special about it."""

    question: str
    note: str | None

    @classmethod
    def of(cls, example: Example) -> "ExampleOut":
        """From the room's own type."""
        return cls(question=example.question, note=example.note)


class ExampleList(Wire):
    """At most four questions drawn from the articles of a generation; there may be none."""

    generation: str
    examples: list[ExampleOut]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "generation": "5f0c2d1e9a8b7c6d",
                    "examples": [
                        {"question": "Whom did Volodymyr Zelensky thank?", "note": None},
                        {
                            "question": "When was Volodymyr Zelensky born?",
                            "note": "not in these articles, so it should be refused",
                        },
                    ],
                }
            ]
        }
    )
