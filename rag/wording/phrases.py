"""Where the predicate of a turned clause starts: after the whole subject, or nowhere for certain.

Enters: the words after an auxiliary, the subject first. Leaves: an index, or None. Nothing is
guessed: a word that may be the verb or a part of the subject ends the reading unless the words
around it decide.
"""

from collections.abc import Callable, Sequence
from enum import Enum, auto

from rag.atoms import numbers_in
from rag.wording.english import (
    AUXILIARIES,
    BE,
    BREAKS,
    DO,
    FINITE,
    FUNCTION_WORDS,
    HAVE,
    MODALS,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    Form,
    Word,
)

Words = Sequence[Word]

VERBAL = frozenset({Form.PARTICIPLE, Form.GERUND})
TAKES_BASE = frozenset({"help", "let", "make", "go", "come", "dare", "need"})
"""Verbs that a base form may follow: "help build"."""

ALWAYS_PREDICATES = frozenset({"doing", "called", "named"})


class Gap(Enum):
    """What the question word stands for: what cannot follow the subject in the question."""

    NOTHING = auto()
    PLACE = auto()
    COMPLEMENT = auto()


def predicate_at(plain: str, rest: Words, gap: Gap) -> int | None:
    """Where the predicate starts in the words after an auxiliary; None if not certain."""
    if plain in BE and len(rest) > 1 and rest[0].key in PRONOUNS:
        return 1
    if plain in DO or plain in MODALS:
        return base_at(rest)
    if plain in HAVE:
        return _verb_at(rest, _is_participle, lambda word: not word.forms & {Form.NOUN, Form.BASE})
    return _after_be(rest, gap)


def _after_be(rest: Words, gap: Gap) -> int | None:
    is_stranded = bool(rest) and rest[-1].key in PREPOSITIONS
    names = _leading_names(rest)
    if names and names < len(rest) and _starts_predicate(rest, names):
        is_part = gap is Gap.COMPLEMENT and rest[names].key in PREPOSITIONS and not is_stranded
        return None if is_part else names
    at = _verb_at(rest, is_verbal, lambda word: False)
    if at is not None and not _is_attributive(rest, at):
        return _participle_of(rest, at, gap)
    if gap is Gap.COMPLEMENT or any(is_verbal(word) and i for i, word in enumerate(rest)):
        return None
    return _quality_at(rest, gap)


def _participle_of(rest: Words, at: int, gap: Gap) -> int | None:
    """The participle, or the adjective before it that it hangs on: "angry after losing"."""
    is_stranded = at == len(rest) - 2 and rest[-1].key in PREPOSITIONS
    is_wanted = is_stranded or gap is not Gap.COMPLEMENT
    if _may_be_clause(rest, at):
        return None
    qualities = [i for i in range(1, at) if _subject_ends(rest, i) and _is_pure_quality(rest, i)]
    if qualities:
        return qualities[0] if is_wanted and qualities[0] + 1 < at else None
    is_sure = is_wanted or rest[at].key in ALWAYS_PREDICATES or _closes(rest, at)
    return at if is_sure else None


def _may_be_clause(rest: Words, at: int) -> bool:
    """Whether a subject may hold a clause of its own: "the last time Putin visited Kursk"."""
    before = rest[at - 1]
    has_object = at + 1 < len(rest) and rest[at + 1].opens_phrase
    ends_in_name = before.key in PRONOUNS or (before.is_name and has_object)
    return at > 1 and ends_in_name and not _is_simple(rest[:at]) and Form.PAST in rest[at].forms


def _is_pure_quality(words: Words, i: int) -> bool:
    forms = words[i].forms
    is_adjective = Form.ADJECTIVE in forms and not forms & {Form.NOUN, *VERBAL}
    return is_adjective and (words[i - 1].moves or not _is_attributive(words, i))


def _closes(rest: Words, at: int) -> bool:
    """Whether a participle ends the question and is no part of a name: "packet switching"."""
    return at == len(rest) - 1 and rest[0].opens_phrase and Form.NOUN not in rest[at].forms


def _quality_at(rest: Words, gap: Gap) -> int | None:
    """Where an adjective, "a …" or the only preposition follows the subject."""
    for i in range(1, len(rest)):
        if not _subject_ends(rest, i):
            continue
        is_noun = Form.NOUN in rest[i].forms and gap is Gap.PLACE
        if _is_adjective(rest[i]) and not is_noun and not _is_attributive(rest, i):
            return i
        if rest[i].key in {"a", "an", "the"}:
            return i
    places = [i for i, w in enumerate(rest) if w.key in PREPOSITIONS and w.key != "of"]
    is_sure = gap is Gap.NOTHING and len(places) == 1 and _subject_ends(rest, places[0])
    return places[0] if is_sure else None


def base_at(words: Words) -> int | None:
    """Where the base form stands that follows a subject; None if that is not certain."""
    return _verb_at(words, is_base, lambda word: word.forms == {Form.BASE})


def _verb_at(
    words: Words, fits: Callable[[Word], bool], sure: Callable[[Word], bool]
) -> int | None:
    """The first word that fits after a whole noun phrase, if no later word could be meant."""
    end = next((i for i, w in enumerate(words) if _breaks(words, i)), len(words))
    found = [i for i in range(1, end) if fits(words[i]) and _subject_ends(words, i)]
    if not found:
        return None
    first = found[0]
    rivals = [i for i in range(first + 1, end) if fits(words[i]) and _may_be_verb(words, i)]
    if any(w.key in RELATIVES for w in words[1:first]):
        return first if not rivals and _has_finite(words[:first]) else None
    if not rivals or sure(words[first]):
        return first
    return _of_rivals(words, first, rivals, [i for i in rivals if i in found and sure(words[i])])


def _of_rivals(words: Words, first: int, rivals: list[int], certain: list[int]) -> int | None:
    """The verb among words that may be verbs: the first, a later one, or none for certain."""
    following = words[first + 1]
    is_name_alone = _is_simple(words[:first])
    if rivals[0] == first + 1:
        is_object_next = first + 2 < len(words) and _is_object(words[first + 2])
        is_noun = not is_name_alone and words[first].key not in TAKES_BASE
        return first + 1 if is_object_next and is_noun and len(rivals) == 1 else None
    if following.opens_phrase and following.key not in RELATIVES:
        return first if is_name_alone or not following.is_name else None
    if following.key == "that" or (is_name_alone and following.key in FUNCTION_WORDS):
        return first if not any(_subject_ends(words, i) for i in rivals) else None
    return certain[0] if len(certain) == 1 and following.key in PREPOSITIONS else None


def _is_object(word: Word) -> bool:
    return word.opens_phrase or bool(numbers_in(word.key))


def _breaks(words: Words, i: int) -> bool:
    """Whether the clause of the subject has ended before a word."""
    if i == 0:
        return False
    return words[i - 1].pauses or words[i].key in BREAKS - RELATIVES


def _subject_ends(words: Words, i: int) -> bool:
    """Whether a noun phrase can end just before a word; adverbs in between do not count."""
    while i > 1 and words[i - 1].moves:
        i -= 1
    return words[i - 1].ends_phrase


def _may_be_verb(words: Words, i: int) -> bool:
    before = words[i - 1]
    return not (before.key in FUNCTION_WORDS or before.owns or before.forms == {Form.ADJECTIVE})


def _has_finite(words: Words) -> bool:
    """Whether a relative clause in the subject has its verb."""
    start = next(i for i, w in enumerate(words) if i and w.key in RELATIVES)
    after = words[start + 1 :]
    is_next = bool(after) and bool(after[0].forms & FINITE)
    return is_next or any(
        w.key in AUXILIARIES or (w.forms & FINITE and Form.NOUN not in w.forms) for w in after
    )


def _is_simple(subject: Words) -> bool:
    """Whether a subject is names alone, or a pronoun."""
    names = [w for w in subject if w.key not in {"and"}]
    return all(w.is_name for w in names) or (len(subject) == 1 and subject[0].key in PRONOUNS)


def _leading_names(words: Words) -> int:
    count = 0
    while count < len(words) and words[count].is_name and not words[count].pauses:
        count += 1
    return count if count and words[count - 1].ends_phrase else 0


def _starts_predicate(words: Words, i: int) -> bool:
    word = words[i]
    if word.owns or word.key in {"of", "and", "or"}:
        return False
    is_quality = (is_verbal(word) or _is_adjective(word)) and not _is_attributive(words, i)
    return is_quality or word.moves or word.key in PREPOSITIONS | {"a", "an", "the", "no"}


def is_base(word: Word) -> bool:
    """Whether a word can be the base form of a verb."""
    is_verb = Form.BASE in word.forms and word.key not in FUNCTION_WORDS - DO - HAVE
    return is_verb and not word.is_name


def _is_participle(word: Word) -> bool:
    return Form.PARTICIPLE in word.forms


def is_verbal(word: Word) -> bool:
    """Whether a word can be a participle."""
    return bool(word.forms & VERBAL)


def _is_adjective(word: Word) -> bool:
    return Form.ADJECTIVE in word.forms


def _is_attributive(words: Words, i: int) -> bool:
    """Whether a word belongs to the noun after it."""
    following = words[i + 1].forms if i + 1 < len(words) else frozenset()
    return Form.NOUN in following and Form.ADVERB not in following
