"""What a claim is about, in words that a question may repeat: "Israel", "the border wall"."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.articles import Article
from index.lexical import words
from rag.examples.names import Named, bare, is_day, named, runs
from rag.examples.vocabulary import MEDIA, NO_NAMES, VAGUE
from rag.wording.english import (
    AUXILIARIES,
    FINITE,
    PREPOSITIONS,
    Form,
    Word,
    words_of,
)

MOST_WORDS = 4
NO_HEADS = frozenset({Form.ADJECTIVE, Form.GERUND, Form.PAST})
LEADS = PREPOSITIONS | {"that"}

_OF_A_PEOPLE = re.compile(
    r"(?:aeli|aqi|audi|dutch|ean|eek|ench|ese|german|ian|ican|ish|stani|swiss)$"
)


def topics(found: Sequence[Word], article: Article) -> Iterator[str]:
    """Things and names of a claim that stand alone, no part of "Russian troops"; things first.

    Args:
        found: The words of what is claimed, from its first one.
        article: Where it stands.
    """
    yield from _things(found)
    for run in runs(found):
        name = named(found, run, article.text)
        if name is None or (name.is_person and " " not in name.text):
            continue
        if not MEDIA.isdisjoint(words(name.text)) or _is_outlet(name, article):
            continue
        owned = _owned(found, name) if found[name.end - 1].owns else None
        if owned:
            yield owned
        if _stands_free(found, name) and not _is_quality(name):
            yield name.text


def _things(found: Sequence[Word]) -> Iterator[str]:
    """Phrases such as "the border wall", of two nouns at least: "the wall" may be any."""
    for at, word in enumerate(found):
        if word.key == "the" and (at == 0 or found[at - 1].key in LEADS):
            inner = found[at + 1 : _phrase_end(found, at + 1)]
            told = any(one.is_name or Form.ADJECTIVE not in one.forms for one in inner[:-1])
            if told and _closes(found, at + 1 + len(inner)) and not _is_vague(inner):
                yield "the " + " ".join(map(bare, inner))


def _owned(found: Sequence[Word], owner: Named) -> str | None:
    """What follows a possessive: "Ukraine’s actions"; no "illegal actions", which judges."""
    inner = found[owner.end : _phrase_end(found, owner.end)]
    if not inner or not _closes(found, owner.end + len(inner)) or _is_vague(inner):
        return None
    if any(Form.ADJECTIVE in one.forms for one in inner):
        return None
    mark = "'" if found[owner.end - 1].text.endswith(("s'", "s’")) else "'s"
    return f"{owner.text}{mark} {' '.join(map(bare, inner))}"


def _phrase_end(found: Sequence[Word], at: int) -> int:
    """Behind the words that may be nouns and adjectives, up to a pause."""
    end = at
    while end < min(len(found), at + MOST_WORDS):
        word = found[end]
        is_part = word.is_name or bool(word.forms & {Form.NOUN, Form.ADJECTIVE})
        if word.owns or not is_part or word.key in NO_NAMES:
            break
        end += 1
        if word.pauses:
            break
    return end


def _closes(found: Sequence[Word], end: int) -> bool:
    """Whether a phrase surely ends before a place, with a noun."""
    last = found[end - 1]
    if last.is_name or Form.NOUN not in last.forms or last.forms & NO_HEADS:
        return False
    if end == len(found) or last.pauses:
        return True
    return found[end].key in (PREPOSITIONS - {"of"}) | AUXILIARIES


def _is_vague(inner: Sequence[Word]) -> bool:
    """Whether it says nothing alone: "the same thing", "the latest report"."""
    superlative = any(one.key.endswith("est") and Form.ADJECTIVE in one.forms for one in inner)
    keys = {one.key for one in inner}
    if any(_may_be_verb(*pair) for pair in pairwise(inner)):
        return True
    return superlative or not keys.isdisjoint(VAGUE) or any(map(is_day, inner))


def _may_be_verb(before: Word, word: Word) -> bool:
    """Whether a word may be the verb of the one before it: "Court rules", "tragedies hit"."""
    if before.key.endswith("s") and not before.is_name:
        return bool(word.forms & {Form.BASE, Form.PAST})
    return bool(word.forms & {Form.THIRD, Form.PAST})


def _is_quality(name: Named) -> bool:
    """Whether a name alone may be a word for a people or for what is theirs: "American"."""
    alone = words_of(name.text.lower())
    return len(alone) == 1 and (
        Form.ADJECTIVE in alone[0].forms or bool(_OF_A_PEOPLE.search(alone[0].key))
    )


def _stands_free(found: Sequence[Word], name: Named) -> bool:
    before = name.start - (2 if name.text.startswith("the ") else 1)
    opens = before < 0 or found[before].key in LEADS or found[before].pauses
    last = found[name.end - 1]
    if name.end == len(found) or last.pauses or last.owns:
        return opens
    behind = found[name.end]
    is_verb = bool(behind.forms & FINITE) and Form.NOUN not in behind.forms
    return opens and (is_verb or behind.key in (PREPOSITIONS - {"of"}) | AUXILIARIES)


def _is_outlet(name: Named, article: Article) -> bool:
    """Whether a name is that of the article's own outlet."""
    return article.outlet is not None and name.key in words(article.outlet)
