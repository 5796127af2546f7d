"""The words before a question's auxiliary: what kind of thing is asked for.

Enters: the words of a question. Leaves: answers to small questions about its grammar.
"""

from rag.wording.clauses import joined, plain_auxiliary
from rag.wording.english import (
    BE,
    BREAKS,
    DO,
    FINITE,
    HAVE,
    MODALS,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    Form,
    Word,
)
from rag.wording.phrases import Words, base_at, is_base

ASKING = frozenset({"who", "whom", "whose", "what", "which", "when", "where", "why", "how"})
OF_CIRCUMSTANCE = frozenset({"when", "where", "why"})
TIMES = frozenset({"day", "date", "month", "year", "week", "hour", "time", "decade", "century"})
RANKS = frozenset({"most", "least", "first", "last", "only", "main"})


def asking_at(words: Words) -> int | None:
    """Where the question word stands: first, or after a preposition."""
    if words[0].key in ASKING:
        return 0
    is_second = words[0].key in PREPOSITIONS and words[1].key in ASKING
    return 1 if is_second else None


def auxiliary_at(words: Words) -> int | None:
    """Where the first auxiliary stands after the first word."""
    return next((i for i, w in enumerate(words) if i and plain_auxiliary(w.key)), None)


def asks_circumstance(lead: Words) -> bool:
    """Whether it is "why", "since when" or "on which day"; "from where in Russia" as well."""
    start = asking_at(lead) if len(lead) > 1 else 0
    if start is None or not lead:
        return False
    asking, after = lead[start].key, lead[start + 1 :]
    if asking in OF_CIRCUMSTANCE or (asking == "how" and not after):
        return not after or after[0].key in PREPOSITIONS | {"exactly", "else"}
    is_time = bool(after) and after[-1].key in TIMES and len(after) == 1
    return start == 1 and asking in {"which", "what"} and is_time


def is_noun_lead(lead: Words, start: int) -> bool:
    """Whether the words before the auxiliary are the question word and its noun, and no clause."""
    after = lead[start + 1 :]
    if lead[start].key in {"who", "whom", *OF_CIRCUMSTANCE}:
        return not after
    return not any(
        w.pauses
        or w.key in PRONOUNS | RELATIVES | BREAKS
        or (_is_verb_alone(w) and not (i == 0 and Form.PARTICIPLE in w.forms))
        for i, w in enumerate(after)
    )


def _is_verb_alone(word: Word) -> bool:
    return bool(word.forms) and word.forms <= FINITE | {Form.PARTICIPLE, Form.BASE}


def counts(lead: Words) -> bool:
    """Whether it is "how many" or "how much" with a noun."""
    return len(lead) > 2 and lead[0].key == "how" and lead[1].key in {"many", "much"}


def asks_degree(lead: Words) -> bool:
    """Whether it is "how old" or "how much"."""
    return lead[0].key == "how" and len(lead) == 2


def amount(words: Words) -> str | None:
    """The statement in "many people were hurt"; None for "many of them were hurt"."""
    is_counted = words[0].key in {"many", "much"} and words[1].key not in PREPOSITIONS
    return joined(words[1:]) if is_counted else None


def subject_is_asked(words: Words, at: int) -> bool:
    """Whether no subject follows the auxiliary at `at`: "who was hurt", "which ship has sunk"."""
    plain, _ = plain_auxiliary(words[at].key) or ("", False)
    after = words[at + 1 :]
    rest = after[next((i for i, w in enumerate(after) if not w.moves), len(after)) :]
    if plain in DO:
        return bool(rest) and after[0].key == "not" and is_base(rest[0])
    if not rest or rest[0].is_name or rest[0].key in PRONOUNS or _describes(rest):
        return False
    if plain in BE:
        return _is_predicate(words[0].key, rest)
    if plain in HAVE:
        return Form.PARTICIPLE in rest[0].forms
    is_sure = words[0].key == "who" or rest[0].forms == {Form.BASE} or base_at(rest) is None
    return plain in MODALS and is_base(rest[0]) and is_sure


def _describes(rest: Words) -> bool:
    """Whether an adjective and its noun come first, so that a subject starts."""
    is_noun_next = len(rest) > 1 and (Form.NOUN in rest[1].forms or rest[1].is_name)
    return is_noun_next and Form.ADJECTIVE in rest[0].forms


def _is_predicate(asking: str, rest: Words) -> bool:
    """Whether what follows "who was" is no subject: "hurt", "in Kyiv", "president"."""
    first = rest[0].forms
    if Form.GERUND in first:
        return not any(Form.PARTICIPLE in word.forms for word in rest[1:])
    kinds = {Form.PARTICIPLE, Form.ADJECTIVE, Form.ADVERB}
    is_bare = asking == "who" and first == {Form.NOUN}
    return bool(first & kinds) or rest[0].key in PREPOSITIONS or is_bare


def tells_apart(rest: Words) -> bool:
    """Whether words after "which ship was" describe it: "a gift", "the first to leave"."""
    is_known = all(not w.forms & {Form.PARTICIPLE, Form.GERUND} for w in rest)
    if rest[0].key in {"a", "an"}:
        return is_known
    is_top = len(rest) > 1 and (rest[1].key in RANKS or rest[1].key.endswith("est"))
    return is_known and rest[0].key == "the" and is_top
