"""Errors → HTTP: the one table of statuses, and RFC 9457 problem documents."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
from rag.outcome import INTERNAL_ERROR
from rag.schemas import UNSUPPORTED, ChatProblem, Problem
from rag.service.access import note_problem

LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
INDEX_BUSY_S = "5"  # after which another change of the index may well have ended

OPENAI_PATHS = ("/v1/chat/", "/v1/models")
"""Where a problem document has the member that clients of OpenAI's API read."""

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
    errors.AccessError: 403,
    errors.UnknownHost: 421,
    errors.MalformedHttp: 400,
    errors.HeadTooLarge: 431,
    errors.ClientTooSlow: 408,
    errors.TooManyConnections: 503,
    errors.KeyMissing: 401,
    errors.KeyUnknown: 401,
    errors.KeysError: 500,
    errors.KeysCorrupt: 503,
    errors.EngineError: 503,
    errors.PromptTooLong: 413,
    errors.Busy: 429,
    errors.ShuttingDown: 503,
    errors.BrokenPointer: 500,
    errors.SettingsError: 500,
    errors.PortInUse: 500,
    errors.SuiteError: 500,
}

CHALLENGES: Mapping[type[DatelineError], str] = {  # Source: RFC 6750, section 3
    errors.KeyMissing: 'Bearer realm="dateline"',
    errors.KeyUnknown: 'Bearer realm="dateline", error="invalid_token"',
    errors.ScopeMissing: 'Bearer realm="dateline", error="insufficient_scope"',
}


def status_of(kind: type[DatelineError]) -> int:
    """The HTTP status of an error class: its own, or its nearest ancestor's."""
    return next(HTTP_STATUS[base] for base in kind.__mro__ if base in HTTP_STATUS)


def problem_of(error: DatelineError) -> Problem:
    """The problem document of an error; no file of this machine is named in it."""
    return Problem(
        title=type(error).__name__,
        status=status_of(type(error)),
        detail=error.public or str(error),
        code=error.code,
        hint=error.hint,
    )


def headers_of(error: DatelineError) -> dict[str, str]:
    """The headers that go with the problem document of an error."""
    if isinstance(error, Busy):
        return {"retry-after": str(error.retry_after_s)}
    if isinstance(error, IndexBusy):
        return {"retry-after": INDEX_BUSY_S}
    challenge = CHALLENGES.get(type(error))
    return {} if challenge is None else {"www-authenticate": challenge}


class ProblemReply(JSONResponse):
    """A problem as a response, which the log and the metrics know by its code.

    Args:
        path: What was asked for: clients of OpenAI's API are told in their own way as well.
        param: The field of the request that is wrong.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        problem: Problem,
        headers: Mapping[str, str] | None = None,
        path: str = "",
        param: str | None = None,
    ) -> None:
        told = ChatProblem.of(problem, param) if path.startswith(OPENAI_PATHS) else problem
        super().__init__(told.model_dump(), problem.status, headers)
        self._code = problem.code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        note_problem(scope, self._code)
        await super().__call__(scope, receive, send)


def reply(
    problem: Problem, headers: Mapping[str, str] | None = None, path: str = ""
) -> ProblemReply:
    """The problem as a response."""
    return ProblemReply(problem, headers, path)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document; none shows a traceback."""
    app.add_exception_handler(DatelineError, _dateline)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Unexpected)


async def _dateline(request: Request, error: Exception) -> Response:
    assert isinstance(error, DatelineError)  # noqa: S101  # as registered
    if error.public is not None:
        LOG.warning("%s: %s", error.code, error)  # the client is told less
    return reply(problem_of(error), headers_of(error), request.url.path)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as registered
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    kind = UnsupportedParameter if first["type"] == UNSUPPORTED else MalformedRequest
    problem = problem_of(kind(f"{place or 'the body'}: {first['msg']}"))
    return ProblemReply(problem, path=request.url.path, param=place or None)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as registered
    path = request.url.path
    if (
        error.status_code == HTTPStatus.BAD_REQUEST
    ):  # a body that is not UTF-8, or nested too deeply
        return reply(problem_of(MalformedRequest(f"the body: {error.detail}")), path=path)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem = problem_of(MethodNotAllowed(f"{request.method} {path} is not allowed"))
        return reply(problem, {"allow": ", ".join(_allowed(request))}, path)
    problem = problem_of(RouteNotFound(f"{request.method} {path} does not exist"))
    return reply(problem.model_copy(update={"status": error.status_code}), error.headers, path)


def _allowed(request: Request) -> list[str]:
    """The methods of every route with the request's path; those of files if there is none."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    found = (route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in found for method in route.methods or ()}) or ["GET", "HEAD"]


class Unexpected:
    """ASGI middleware, the innermost, so that others see the reply: a bug is a problem as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; if its reply has begun already, the server breaks it off."""
        has_begun = False

        async def seen(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, seen)
        except Exception as error:
            if scope["type"] != "http":
                raise
            problem = unexpected_problem(error)
            if not has_begun:
                await reply(problem, path=scope["path"])(scope, receive, send)


def unexpected_problem(error: Exception) -> Problem:
    """The problem document of a bug; what it was goes to the log alone."""
    LOG.error("unexpected_error", exc_info=error)
    return Problem(
        title="InternalError",
        status=500,
        detail="something unexpected went wrong; the log of the service says what",
        code=INTERNAL_ERROR,
        hint=DatelineError.hint,
    )
