"""A page → HTML: the only module that knows the template, the style and the script."""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.records import RunFolder
from eval.report.metrics import metric_of
from eval.report.page import Page, page_of
from eval.report.policy import policy_of
from eval.report.scorer import standing_of
from eval.report.tables import CEILINGS

HERE = Path(__file__).resolve().parent
CARD = HERE.parent / "support" / "card.json"
ICON = HERE.parent.parent / "rag" / "web" / "icon.svg"


def write_report(folder: Path) -> Path:
    """Write `report.html` into a run's folder.

    Raises:
        SuiteMissing: If there is no run.
        SuiteError: If a file of it is broken.
    """
    page = page_of(RunFolder(folder).load(), standing_of(CARD))
    path = folder / "report.html"
    part = path.with_name(path.name + ".part")
    part.write_text(render(page), encoding="utf-8", newline="\n")
    part.replace(path)
    return path


def render(page: Page) -> str:
    """The page as HTML: whatever comes from a run is escaped."""
    style, script = _ours("style.css"), _ours("script.js")
    return (
        _environment()
        .get_template("template.html")
        .render(
            page=page,
            style=style,
            script=script,
            policy=policy_of([style], [script]),
            icon=base64.b64encode(ICON.read_bytes()).decode(),
            metric_of=metric_of,
            ceilings=CEILINGS,
        )
    )


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _ours(name: str) -> Markup:
    text = (HERE / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704  # a file of this package, nothing of a run
