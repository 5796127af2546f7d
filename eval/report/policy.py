"""A report's content security policy: its own style and script, named by digest, and no more."""

import base64
import hashlib
import re

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def content_security_policy(html: str) -> str:
    """The policy under which exactly this file works: nothing is fetched, nothing else runs.

    Text from articles cannot stand in a style or script element, since it is escaped.

    Source: W3C, Content Security Policy Level 3, sections 2.3.1 and 8.5 (hash sources).
    """
    styles, scripts = STYLE.findall(html), SCRIPT.findall(html)
    return policy_of(styles, scripts)


def policy_of(styles: list[str], scripts: list[str]) -> str:
    """The policy for inline elements of these texts, each as it stands between its tags."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_sources(styles)}",
            f"script-src {_sources(scripts)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _sources(texts: list[str]) -> str:
    return " ".join(_source(text) for text in texts) or "'none'"


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
