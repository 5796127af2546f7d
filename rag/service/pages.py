"""The pages that people open: the chat page, and the evaluation report when there is one."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

from rag.errors import RouteNotFound
from rag.service.parts import Shared
from rag.settings import Settings

WEB = Path(__file__).parent.parent / "web"
HIDDEN_LINK = '<a id="evaluation" href="eval" hidden>'
SHOWN_LINK = '<a id="evaluation" href="eval">'

REPORT_POLICY = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The report's own policy stands in the page: it names its style and its script by digest."""


def add_routes(app: FastAPI) -> None:
    """Add the routes of this module."""
    app.get("/", include_in_schema=False)(chat_page)
    app.get("/eval", include_in_schema=False)(report_page)
    app.mount("/static", StaticFiles(directory=WEB), name="static")


def chat_page(parts: Shared) -> HTMLResponse:
    """The chat page; it links to the evaluation report if there is one."""
    page = (WEB / "index.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace(HIDDEN_LINK, SHOWN_LINK) if _report(parts.settings) else page)


def report_page(parts: Shared) -> FileResponse:
    """The latest evaluation report.

    Raises:
        RouteNotFound: If none has been written.
    """
    path = _report(parts.settings)
    if path is None:
        raise RouteNotFound("there is no evaluation report; `dateline eval report` writes one")
    return FileResponse(path, headers={"content-security-policy": REPORT_POLICY})


def _report(settings: Settings) -> Path | None:
    path = settings.data_dir / "eval" / "report.html"
    return path if path.is_file() else None
