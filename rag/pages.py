"""The pages that people open: the chat page, and the evaluation report when there is one."""

from pathlib import Path

from fastapi.responses import FileResponse, HTMLResponse

from rag.errors import RouteNotFound
from rag.settings import Settings

WEB = Path(__file__).parent / "web"
HIDDEN_LINK = '<a id="evaluation" href="eval" hidden>'
SHOWN_LINK = '<a id="evaluation" href="eval">'

REPORT_POLICY = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The report's own policy stands in the page: it names its style and its script by digest."""


def chat_page(settings: Settings) -> HTMLResponse:
    """The chat page; it links to the evaluation report if there is one."""
    page = (WEB / "index.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace(HIDDEN_LINK, SHOWN_LINK) if _report(settings) else page)


def report_page(settings: Settings) -> FileResponse:
    """The latest evaluation report.

    Raises:
        RouteNotFound: If none has been written.
    """
    path = _report(settings)
    if path is None:
        raise RouteNotFound("there is no evaluation report; `dateline eval report` writes one")
    return FileResponse(path, headers={"content-security-policy": REPORT_POLICY})


def _report(settings: Settings) -> Path | None:
    path = settings.data_dir / "eval" / "report.html"
    return path if path.is_file() else None
