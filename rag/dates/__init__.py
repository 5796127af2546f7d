"""Relative dates in news ("late on Monday", "last month") → the days that they name.

`days` counts, `tense` tells whether a verb looks back or ahead, `phrases` holds the rules, one an
expression; `resolve` applies them to a text.
"""

from rag.dates.resolve import Resolved, date_line, relative_dates, spelled_out, written

__all__ = ["Resolved", "date_line", "relative_dates", "spelled_out", "written"]
