"""English words: what forms a word can be, and the past of a verb.

Enters: one word as written. Leaves: its possible forms; a word of several kinds has several. All
morphology is lemminflect's lexicon (no model, no network), read on first use; the tables below hold
only words whose job is grammar.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import lru_cache
from threading import Lock


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _set(
    "a an the this that these those his her its their every each all both some any no another"
    " such either neither several many few most"
)
PRONOUNS = _set(
    "he she it they there everyone everybody someone somebody anyone anybody nobody"
    " everything something anything nothing"
)
READER_AND_WRITER = _set("i me my we us our ours you your yours myself ourselves")
PREPOSITIONS = _set(
    "about above across after against along amid among around as at before behind below"
    " beneath beside besides between beyond by concerning despite during except for from in"
    " inside into like near of off on onto out outside over past per regarding since than"
    " through throughout to toward towards under until unlike up upon via with within without"
)
RELATIVES = frozenset({"that", "who", "whom", "whose", "which", "where"})
JOINERS = frozenset({"and", "or", "but", "nor", "then"})
BREAKS = _set("because if when while whereas although though unless whether why how what so that")
BE = frozenset({"is", "are", "was", "were", "am"})
HAVE = frozenset({"has", "have", "had"})
DO = frozenset({"do", "does", "did"})
MODALS = frozenset({"will", "would", "can", "could", "shall", "should", "must", "may", "might"})
AUXILIARIES = BE | HAVE | DO | MODALS
MOVABLE = _set(
    "not never also even still already just ever really only so too very first again now"
)
FUNCTION_WORDS = DETERMINERS | PREPOSITIONS | RELATIVES | JOINERS | BREAKS | AUXILIARIES | MOVABLE

TWO_PASTS = frozenset({"lie", "hang", "bid", "bide", "shine"})
"""Verbs whose past depends on what is meant: lay or lied, hung or hanged."""

LEXICON = Lock()
"""Held while lemminflect is asked: two first questions at once would read its files twice."""

_PIECE = re.compile(r"“[^”]*”\S*|\"[^\"]*\"\S*|\S+")
_EDGES = "“”\"'’‘()[]{},;:!?….«»"


class Form(StrEnum):
    """What a word can be."""

    BASE = auto()
    THIRD = auto()
    PAST = auto()
    PARTICIPLE = auto()
    GERUND = auto()
    NOUN = auto()
    ADJECTIVE = auto()
    ADVERB = auto()


FINITE = frozenset({Form.THIRD, Form.PAST})
_TAGS = {"VBZ": Form.THIRD, "VBD": Form.PAST, "VBN": Form.PARTICIPLE, "VBG": Form.GERUND}
_KINDS = {"NOUN": Form.NOUN, "ADJ": Form.ADJECTIVE, "ADV": Form.ADVERB}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question.

    Attributes:
        text: As written, punctuation included.
        key: Lower case, straight apostrophes, no punctuation at the edges.
        is_name: Capitalised, a number or quoted: never read as a verb, never changed.
        forms: What it can be; empty for a name, a function word and an unknown word.
    """

    text: str
    key: str
    is_name: bool
    forms: frozenset[Form]

    @property
    def pauses(self) -> bool:
        """Whether a comma or the like follows."""
        return self.text.rstrip("”\"'’)").endswith((",", ";", ":")) or self.key == ""

    @property
    def owns(self) -> bool:
        """Whether it is a possessive: "Zelensky's", "the soldiers'"."""
        return self.key.endswith("'s") or self.text.endswith(("s'", "s’"))

    @property
    def is_known(self) -> bool:
        """Whether it is a name, a function word or a word of the lexicon."""
        return self.is_name or bool(self.forms) or self.key in FUNCTION_WORDS | PRONOUNS

    @property
    def moves(self) -> bool:
        """Whether it is an adverb that stands beside a verb."""
        return self.key in MOVABLE or (not self.is_name and self.forms == {Form.ADVERB})

    @property
    def opens_phrase(self) -> bool:
        """Whether a noun phrase plainly starts here."""
        return self.is_name or self.key in DETERMINERS | PRONOUNS or self.owns

    @property
    def ends_phrase(self) -> bool:
        """Whether a noun phrase can end here."""
        if self.owns or self.pauses or self.key in FUNCTION_WORDS:
            return False
        return self.is_name or self.key in PRONOUNS or not self.forms or Form.NOUN in self.forms


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a sentence in order; a quotation is one word."""
    return tuple(_word(piece) for piece in _PIECE.findall(text))


def past_of(verb: str) -> str | None:
    """The past of a base form; None if the lexicon has none or it depends on the meaning."""
    return None if verb in TWO_PASTS else _inflected(verb, "VBD")


def third_of(verb: str) -> str | None:
    """The form that goes with "it": "owns" of "own"; None if the lexicon has none."""
    return _inflected(verb, "VBZ")


def _word(text: str) -> Word:
    key = text.strip(_EDGES).lower().replace("’", "'")
    first = text.lstrip(_EDGES)[:1]
    is_name = text[0] in '“"' or not first.isalpha() or first.isupper()
    is_name = is_name and bool(key)
    forms = frozenset[Form]() if is_name or key in FUNCTION_WORDS - DO - HAVE else _forms(key)
    return Word(text, key, is_name, forms)


@lru_cache(maxsize=4096)
def _forms(key: str) -> frozenset[Form]:
    last = key.removesuffix("'s").rpartition("-")[2]
    with LEXICON:
        import lemminflect  # here: its lexicon takes a moment, and most questions are answered

        lemmas: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(last)
    forms = {form for kind, form in _KINDS.items() if kind in lemmas}
    for lemma in (*lemmas.get("VERB", ()), *lemmas.get("AUX", ())):
        forms |= {Form.BASE} if lemma == last else set()
        forms |= {form for tag, form in _TAGS.items() if last in _all_inflected(lemma, tag)}
    return frozenset(forms)


def _inflected(verb: str, tag: str) -> str | None:
    plain = [form for form in _all_inflected(verb, tag) if " " not in form and "-" not in form]
    return plain[0] if plain else None


def _all_inflected(verb: str, tag: str) -> tuple[str, ...]:
    with LEXICON:
        import lemminflect

        found: tuple[str, ...] = lemminflect.getInflection(verb, tag, inflect_oov=False)
    return found
