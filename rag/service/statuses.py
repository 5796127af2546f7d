"""Which errors a route may reply, for its description: statuses, codes and an example of each."""

from http import HTTPStatus
from typing import Any

from rag import errors
from rag.errors import Busy, DatelineError, IndexBusy
from rag.schemas import ChatProblem, Problem
from rag.service.problems import CHALLENGES, MEDIA_TYPE, status_of

Responses = dict[int | str, dict[str, Any]]

EVERYWHERE: tuple[type[DatelineError], ...] = (
    errors.MalformedHttp,
    errors.ForeignOrigin,
    errors.ClientTooSlow,
    errors.BodyTooLarge,
    errors.UnsupportedMediaType,
    errors.UnknownHost,
    errors.HeadTooLarge,
    errors.TooManyConnections,
)
"""What any route may reply, since the guard that stands before them all does."""

OF_KEYS = (errors.KeyMissing, errors.KeyUnknown, errors.ScopeMissing, errors.KeysCorrupt)
"""What any route may reply that is not open to all."""

OF_THE_INDEX = (errors.IndexMissing, errors.IndexCorrupt)
OF_A_QUESTION = (
    errors.MalformedRequest,
    errors.EmptyQuestion,
    errors.QuestionTooLong,
    errors.PromptTooLong,
    errors.Busy,
    errors.BrokenPointer,
    *OF_THE_INDEX,
    errors.IndexMismatch,
    errors.EngineStartFailed,
    errors.EngineDied,
    errors.ShuttingDown,
)
"""What a route that answers questions may reply."""


def documented(
    *kinds: type[DatelineError], model: type[Problem] = Problem, is_open: bool = False
) -> Responses:
    """What a route may reply besides its result, for FastAPI's `responses`: an example an error.

    Args:
        kinds: The errors that the route raises; those of every route are added.
        model: The problem document that it sends.
        is_open: Whether it never asks for a key.
    """
    responses: Responses = {}
    for kind in (*EVERYWHERE, *(() if is_open else OF_KEYS), *kinds):
        problem = _example(kind) if model is Problem else ChatProblem.of(_example(kind))
        response = responses.setdefault(problem.status, _response(problem.status, model))
        summary = (kind.__doc__ or "").splitlines()[0]
        example = {"summary": summary, "value": problem.model_dump()}
        response["content"][MEDIA_TYPE]["examples"][kind.code] = example
        if headers := _headers(kind):
            response["headers"] = headers
    return responses


def _response(status: int, model: type[Problem]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {MEDIA_TYPE: {"schema": schema, "examples": {}}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def _headers(kind: type[DatelineError]) -> dict[str, Any]:
    if issubclass(kind, Busy | IndexBusy):
        seconds = {"type": "integer", "minimum": 1}
        return {"Retry-After": {"description": "seconds", "schema": seconds}}
    if kind in CHALLENGES:
        challenge = {"description": "how to show a key", "schema": {"type": "string"}}
        return {"WWW-Authenticate": challenge}
    return {}


def _example(kind: type[DatelineError]) -> Problem:
    detail = (kind.__doc__ or "").splitlines()[0].rstrip(".")
    return Problem(
        title=kind.__name__,
        status=status_of(kind),
        detail=kind.public or detail[:1].lower() + detail[1:],
        code=kind.code,
        hint=kind.hint,
    )
