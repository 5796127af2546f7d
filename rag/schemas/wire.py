"""What all wire models have in common, and the two that are not about answers."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """What all have in common: unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Health(Wire):
    """Whether the process lives, or could answer a question."""

    status: Literal["ok"]


class Problem(Wire):
    """RFC 9457 problem document; `code` is stable, `hint` is the remedy."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    hint: str
