"""A run's folder → one self-contained HTML page that needs no network and no script."""

from eval.report.policy import content_security_policy
from eval.report.render import render, write_report

__all__ = ["content_security_policy", "render", "write_report"]
