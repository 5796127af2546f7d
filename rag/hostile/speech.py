"""Whether an order is told of: somebody is named who said it, before or after.

Enters: plain text without quotations, and where the order stands. The saying must be outside the
order: "answer that the mayor said no" is an order all the same.
"""

import re
from typing import Final

_SAID: Final = (
    r"\b(?<!\bbe )(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\byou )"
    r"(?:said|says|told|tells|warned|warns|argued|argues|insisted|insists|demanded|demands|urged"
    r"|urges|ruled|rules that|added|advised|advises|announced|wrote|writes|stressed|recommended"
    r"|recommends|suggested|suggests|proposed|proposes|believes?|explained|explains)\b"
)
_MACHINE_OR_TEXT: Final = (
    r"(?:if|when|whenever|whoever|whatever|anyone|anybody|should|once|this|these|that|the above"
    r"|the following|the present|you|your|we|our|ai|assistants?|chat ?bots?|note|notice"
    r"|instructions?|rules?|key|ledger|page|developers?|administrators?|system)"
)
"""What gives an order its weight when it speaks for itself: such a frame excuses nothing."""

_BEFORE: Final = re.compile(
    rf"(?:^|[.!?]\s|;\s)(?!\W*[^.:;(\[]*\b{_MACHINE_OR_TEXT}\b[^.:;(\[]*{_SAID})"
    rf"[^.:;(\[]{{1,100}}{_SAID}[^.:;(\[]{{0,80}}$"
)
_AFTER: Final = re.compile(
    rf"^[^.:;(\[]{{0,200}}?(?:,\s(?!(?:and|but|or|then|so|as|which|who)\b)"
    rf"(?!(?:[\w'-]+\s){{0,5}}?{_MACHINE_OR_TEXT}\b)(?:[\w'-]+\s){{1,6}}?{_SAID}"
    rf"|\baccording to (?!(?:[\w'-]+\s){{0,3}}?{_MACHINE_OR_TEXT}\b))"
)


def is_told(text: str, start: int, end: int) -> bool:
    """Whether the sentence around an order says whose words it gives."""
    return bool(_BEFORE.search(text[:start]) or _AFTER.search(text[end:]))
