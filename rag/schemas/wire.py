"""What all wire models have in common, and those that are not about answers."""

from http import HTTPStatus
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


class ErrorOut(Wire):
    """What clients of OpenAI's API read of an error.

    Attributes:
        param: The field of the request that is wrong, with dots: `messages.0.role`.
    """

    message: str
    type: Literal["invalid_request_error", "rate_limit_error", "server_error"]
    code: str
    param: str | None = None

    @classmethod
    def of(cls, problem: Problem, param: str | None = None) -> "ErrorOut":
        """From a problem document."""
        message = f"{problem.detail}. {problem.hint}"
        return cls(message=message, type=_type_of(problem.status), param=param, code=problem.code)


class FailureOut(Wire):
    """What OpenAI's API sends in a stream, in the place of a chunk, when it cannot go on."""

    error: ErrorOut


class ChatProblem(Problem):
    """A problem document that clients of OpenAI's API understand as well."""

    error: ErrorOut

    @classmethod
    def of(cls, problem: Problem, param: str | None = None) -> "ChatProblem":
        """From a problem document."""
        return cls(**problem.model_dump(), error=ErrorOut.of(problem, param))


def _type_of(
    status: int,
) -> Literal["invalid_request_error", "rate_limit_error", "server_error"]:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server_error"
    busy = status == HTTPStatus.TOO_MANY_REQUESTS
    return "rate_limit_error" if busy else "invalid_request_error"
