"""Errors → HTTP: the one table of statuses, and RFC 9457 problem documents."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from rag import errors
from rag.errors import (
    Busy,
    DatelineError,
    IndexBusy,
    MalformedRequest,
    MethodNotAllowed,
    RouteNotFound,
    UnsupportedParameter,
)
from rag.schemas import UNSUPPORTED, ChatProblem, Problem

LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
INDEX_BUSY_S = "5"  # after which another change of the index may well have ended

OPENAI_PATHS = ("/v1/chat/", "/v1/models")
"""Where a problem document has the member that clients of OpenAI's API read."""

EVERYWHERE: tuple[type[DatelineError], ...] = (errors.BodyTooLarge,)
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
)
"""What a route that answers questions may reply."""

HTTP_STATUS: Mapping[type[DatelineError], int] = {
    errors.ArticleError: 422,
    errors.ArticleTooLarge: 413,
    errors.DuplicateArticle: 409,
    errors.NoArticles: 422,
    errors.TooManyArticles: 409,
    errors.IndexMissing: 503,
    errors.IndexCorrupt: 503,
    errors.IndexBusy: 503,
    errors.IndexMismatch: 503,
    errors.IndexUnwritable: 507,
    errors.DiskFull: 507,
    errors.ModelError: 503,
    errors.RequestError: 400,
    errors.EmptyQuestion: 422,
    errors.QuestionTooLong: 413,
    errors.MalformedRequest: 422,
    errors.BodyTooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.ArticleNotFound: 404,
    errors.GenerationGone: 404,
    errors.RouteNotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.ModelNotFound: 404,
    errors.EngineError: 503,
    errors.PromptTooLong: 413,
    errors.Busy: 429,
    errors.BrokenPointer: 500,
    errors.SettingsError: 500,
    errors.PortInUse: 500,
    errors.SuiteError: 500,
}


def status_of(kind: type[DatelineError]) -> int:
    """The HTTP status of an error class: its own, or its nearest ancestor's."""
    return next(HTTP_STATUS[base] for base in kind.__mro__ if base in HTTP_STATUS)


def problem_of(error: DatelineError) -> Problem:
    """The problem document of an error."""
    return Problem(
        title=type(error).__name__,
        status=status_of(type(error)),
        detail=str(error),
        code=error.code,
        hint=error.hint,
    )


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


class ProblemResponse(Response):
    """A problem as a response; where clients of OpenAI's API ask, with their `error` as well.

    Args:
        param: The field of the request that is wrong.
    """

    def __init__(
        self, problem: Problem, headers: Mapping[str, str] | None = None, param: str | None = None
    ) -> None:
        super().__init__(problem.model_dump_json(), problem.status, headers, MEDIA_TYPE)
        self._problem = problem
        self._param = param

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        if scope["path"].startswith(OPENAI_PATHS):
            told = ChatProblem.of(self._problem, self._param)
            self.body = told.model_dump_json().encode()
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def reply(problem: Problem, headers: Mapping[str, str] | None = None) -> ProblemResponse:
    """The problem as a response."""
    return ProblemResponse(problem, headers)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document; none shows a traceback."""
    app.add_exception_handler(DatelineError, _dateline)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _dateline(request: Request, error: Exception) -> Response:
    assert isinstance(error, DatelineError)  # noqa: S101  # as registered
    return reply(problem_of(error), _retry_after(error))


def _retry_after(error: DatelineError) -> dict[str, str] | None:
    if isinstance(error, Busy):
        return {"retry-after": str(error.retry_after_s)}
    return {"retry-after": INDEX_BUSY_S} if isinstance(error, IndexBusy) else None


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as registered
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    kind = UnsupportedParameter if first["type"] == UNSUPPORTED else MalformedRequest
    problem = problem_of(kind(f"{place or 'the body'}: {first['msg']}"))
    return ProblemResponse(problem, param=place or None)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as registered
    if (
        error.status_code == HTTPStatus.BAD_REQUEST
    ):  # a body that is not UTF-8, or nested too deeply
        return reply(problem_of(MalformedRequest(f"the body: {error.detail}")))
    asked = f"{request.method} {request.url.path}"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem = problem_of(MethodNotAllowed(f"{asked} is not allowed"))
        return reply(problem, {"allow": ", ".join(_allowed(request))})
    problem = problem_of(RouteNotFound(f"{asked} does not exist"))
    return reply(problem.model_copy(update={"status": error.status_code}), error.headers)


def _allowed(request: Request) -> list[str]:
    """The methods of every route with the request's path; those of files if there is none."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    found = (route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in found for method in route.methods or ()}) or ["GET", "HEAD"]


async def _unexpected(request: Request, error: Exception) -> Response:
    return reply(unexpected_problem(error))


def unexpected_problem(error: Exception) -> Problem:
    """The problem document of a bug; what it was goes to the log alone."""
    LOG.error("unexpected error", exc_info=error)
    return Problem(
        title="InternalError",
        status=500,
        detail="something unexpected went wrong; the log of the service says what",
        code="internal_error",
        hint=DatelineError.hint,
    )
