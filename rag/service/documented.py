"""Which errors a route may reply, as FastAPI's `responses` take them: an example an error."""

from http import HTTPStatus
from typing import Any

from rag import errors
from rag.errors import Busy, DatelineError, IndexBusy
from rag.schemas import ChatProblem, Problem
from rag.service.problems import MEDIA_TYPE, status_of

EVERYWHERE: tuple[type[DatelineError], ...] = (
    errors.MalformedHttp,
    errors.UnknownHost,
    errors.ForeignOrigin,
    errors.HeadTooLarge,
    errors.ClientTooSlow,
    errors.BodyTooLarge,
    errors.UnsupportedMediaType,
    errors.TooManyConnections,
    errors.KeyMissing,
    errors.KeyUnknown,
    errors.ScopeMissing,
    errors.KeysCorrupt,
)
"""What any route may reply, since something that stands before them all does."""

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
    *kinds: type[DatelineError], model: type[Problem] = Problem
) -> dict[int | str, dict[str, Any]]:
    """What a route may reply besides its result, for FastAPI's `responses`: an example an error.

    Args:
        kinds: The errors that the route raises; those of every route are added.
        model: The problem document that it sends.
    """
    described: dict[int | str, dict[str, Any]] = {}
    for kind in (*EVERYWHERE, *kinds):
        problem = _example(kind) if model is Problem else ChatProblem.of(_example(kind))
        response = described.setdefault(problem.status, _response(problem.status, model))
        summary = (kind.__doc__ or "").splitlines()[0]
        example = {"summary": summary, "value": problem.model_dump()}
        response["content"][MEDIA_TYPE]["examples"][kind.code] = example
        if issubclass(kind, Busy | IndexBusy):
            seconds = {"description": "seconds", "schema": {"type": "integer", "minimum": 1}}
            response["headers"] = {"Retry-After": seconds}
    return described


def _response(status: int, model: type[Problem]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {MEDIA_TYPE: {"schema": schema, "examples": {}}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def _example(kind: type[DatelineError]) -> Problem:
    detail = (kind.__doc__ or "").splitlines()[0].rstrip(".")
    return Problem(
        title=kind.__name__,
        status=status_of(kind),
        detail=detail[:1].lower() + detail[1:],
        code=kind.code,
        hint=kind.hint,
    )
