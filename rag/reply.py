"""The model's reply → the answer in a few words, and its sentences as one text.

Enters: what the model writes after "Short:", namely one line of few words, then "Answer:" and one
line of sentences. A reply without that second line has no sentence but its few words.
"""

import re
from dataclasses import dataclass

LABEL = "\nAnswer:"
BLANKS = re.compile(r"[^\S\n]+")
MARK = re.compile(r" ?\[\d{1,3}(?: ?, ?\d{1,3})*\]")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote.

    Attributes:
        short: The few words, part by part as ";" parts them.
        answer: The sentences, with their markers.
        whole: All of it, as it was written.
    """

    short: tuple[str, ...]
    answer: str
    whole: str


def read_reply(text: str) -> Reply:
    """Tell the two lines apart; what stands behind them is left out, and white space is folded."""
    folded = BLANKS.sub(" ", text).lstrip()
    few, _, rest = f"\n{folded}".partition(LABEL)
    short = MARK.sub("", few).strip().split("\n")[0].strip()
    answer = rest.strip().split("\n")[0].strip() or short
    parts = (part.strip() for part in short.split(";"))
    return Reply(tuple(part for part in parts if part), answer, text)
