"""Errors → HTTP: the one table of statuses, and RFC 9457 problem documents."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from rag import errors
from rag.errors import Busy, DatelineError, IndexBusy, MalformedRequest, RouteNotFound
from rag.schemas import Problem

LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
INDEX_BUSY_S = "5"  # after which another change of the index may well have ended

DOCUMENTED: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "content": {MEDIA_TYPE: {}}} for status in (404, 413, 422, 503)
}
"""What every route may reply, for its description."""

BUSY: dict[int | str, dict[str, object]] = {
    429: DOCUMENTED[503]
    | {"headers": {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}}
}
"""What a route that answers questions may reply as well."""

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


def reply(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The problem as a response."""
    return JSONResponse(problem.model_dump(), problem.status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document; none shows a traceback."""
    app.add_exception_handler(DatelineError, _dateline)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _dateline(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DatelineError)  # noqa: S101  # as registered
    return reply(problem_of(error), _retry_after(error))


def _retry_after(error: DatelineError) -> dict[str, str] | None:
    if isinstance(error, Busy):
        return {"retry-after": str(error.retry_after_s)}
    return {"retry-after": INDEX_BUSY_S} if isinstance(error, IndexBusy) else None


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as registered
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body") or "the body"
    return reply(problem_of(MalformedRequest(f"{place}: {first['msg']}")))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  # as registered
    if (
        error.status_code == HTTPStatus.BAD_REQUEST
    ):  # a body that is not UTF-8, or nested too deeply
        return reply(problem_of(MalformedRequest(f"the body: {error.detail}")))
    problem = problem_of(RouteNotFound(f"{request.method} {request.url.path} does not exist"))
    return reply(problem.model_copy(update={"status": error.status_code}), error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
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
