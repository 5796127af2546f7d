"""True sentence → another true one: shorter, or in another dress. Reads no file, knows no model."""

import random
import re

from eval.support.negatives import Edit

_BRACKETS = re.compile(r" ?\([^()]{1,80}\)")
_LEAD = re.compile(r"^(?:In|On|At|After|During|Meanwhile|However|But|And|Earlier)\b[^,]{0,40}, ")
_TAIL = re.compile(r", (?:who|which|where|when|while|although|according to|after|with)\b.*$")
_SPEAKER = re.compile(r",? (?:he|she|they|[A-Z]\w+(?: [A-Z]\w+)?) (?:said|says|added|told)\b.*$")
_ADVERB = re.compile(r" \w{3,}ly\b(?! \w+ly)")
_QUOTES = re.compile(r"[\"“”]")
_CUTS = (_BRACKETS, _LEAD, _TAIL, _SPEAKER, _ADVERB, _QUOTES)
_MIN_WORDS = 5


def compress(claim: str, rng: random.Random) -> str:
    """Leave out one or two things that a sentence stays true without."""
    for cut in rng.sample(_CUTS, 2):
        shorter = cut.sub("", claim, count=0 if cut is _QUOTES else 1).strip(" ,")
        if len(shorter.split()) >= _MIN_WORDS:
            claim = shorter[0].upper() + shorter[1:]
    return claim


def restyle(edit: Edit, rng: random.Random) -> Edit:
    """Sometimes put a claim in lower case, as summaries often are; its spans stay right."""
    lower = edit.text.lower()
    if rng.random() < 0.3 and len(lower) == len(edit.text):
        return Edit(lower, edit.spans, edit.fault)
    return edit
