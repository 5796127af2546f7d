"""A single name that stands in the same place of two statements, and differs."""

from difflib import SequenceMatcher

from index.lexical import words
from rag.atoms import numbers_in, stems_in
from rag.conflicts.dates import MONTHS, WEEKDAYS
from rag.conflicts.statements import Statement, alike
from rag.conflicts.words import Kind, Token, Value, tokens_of
from rag.types import Evidence

LEAST_ALIKE = 0.5  # of the shorter statement's words, names included
NEARLY_THE_SAME = 0.75  # of all words of both besides the names
LEAST_SHARED = 2  # words
SAME_SPELLING = 0.6  # of the letters of two names: "Kyiv" and "Kiev" are one


def swapped_name(
    one: Statement, other: Statement, here: Evidence, there: Evidence
) -> tuple[Value, Value] | None:
    """The name that differs between two nearly identical sentences of two articles, or None.

    None too if the names share a word or most letters, if one of the articles has the other's
    name anywhere, since then they may be two names of one thing, or if a number differs.
    """
    if alike(one, other) < LEAST_ALIKE:
        return None
    found = _only_swap(one, other)
    if found is None or not found[0].anchors & found[1].anchors:
        return None
    left, right = (
        text[v.start : v.end] for text, v in zip((one.text, other.text), found, strict=True)
    )
    spelling = SequenceMatcher(None, left.lower(), right.lower(), autojunk=False).ratio()
    rest = (one.stems - stems_in(left)) ^ (other.stems - stems_in(right))
    shared = one.stems & other.stems
    mentioned = left in there.article.text or right in here.article.text
    known = set(words(left)) & set(words(right)) or mentioned or spelling >= SAME_SPELLING
    same = len(shared) >= LEAST_SHARED and len(shared) >= NEARLY_THE_SAME * (
        len(shared) + len(rest)
    )
    return found if same and not known and numbers_in(one.text) == numbers_in(other.text) else None


def _only_swap(one: Statement, other: Statement) -> tuple[Value, Value] | None:
    """The one name that stands in the same place of two statements and differs, or None.

    Besides the two names, a word before or after them must be the same, and no other name may
    differ; a name that shares a word with the other, or is spelt much like it, is the same name.
    """
    left, right = tokens_of(one.text), tokens_of(other.text)
    matcher = SequenceMatcher(None, [t.stem for t in left], [t.stem for t in right], autojunk=False)
    found: list[tuple[Value, Value]] = []
    for code, i, j, k, m in matcher.get_opcodes():
        if code == "equal":
            continue
        here, there = _name(left, i, j), _name(right, k, m)
        if code == "replace" and here and there and i and k:
            found.append((here, there))
        elif any(t.is_capital for t in (*left[max(i, 1) : j], *right[max(k, 1) : m])):
            return None
    return found[0] if len(found) == 1 else None


def _name(tokens: tuple[Token, ...], start: int, end: int) -> Value | None:
    """The run of capitalised words that fills a stretch, with those that touch it."""
    run = tokens[start:end]
    if not run or not all(t.is_capital and t.plain not in (*MONTHS, *WEEKDAYS) for t in run):
        return None
    while start > 1 and tokens[start - 1].is_capital and tokens[start].gap == " ":
        start -= 1
    while end < len(tokens) and tokens[end].is_capital and tokens[end].gap == " ":
        end += 1
    names = frozenset((t.plain, 0) for t in tokens[start:end])
    before = tokens[max(0, start - 3) : start]
    near = frozenset(t.stem for t in before if t.is_content and not t.is_capital)
    return Value(Kind.NAME, tokens[start].start, tokens[end - 1].end, anchors=near, parts=names)
