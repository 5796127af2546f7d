"""Forms of a word: its base forms, and the forms of a verb.

All morphology is lemminflect's lexicon (no model, no network), read on first use.
"""

from functools import lru_cache

from index.lexical import stem


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> frozenset[str]:
    """The base forms that a lower-cased word can have; none if the lexicon does not know it."""
    from rag.wording.english import LEXICON  # here: that room reads `atoms`, which reads this

    with LEXICON:
        import lemminflect  # here: its lexicon takes half a second, and is not always needed

        found: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(word)
    return frozenset(lemma for forms in found.values() for lemma in forms)


@lru_cache(maxsize=20_000)
def folded(word: str) -> frozenset[str]:
    """What two forms of a lower-cased word share: its stem, and the stems of its base forms."""
    return frozenset(stem(one) for one in (word, *lemmas(word)))


def inflected(verb: str) -> frozenset[str]:
    """The third person, past, participle and gerund of a verb; its base form only if it is one."""
    from rag.wording.english import LEXICON  # here: as above

    with LEXICON:
        import lemminflect

        found: dict[str, tuple[str, ...]] = lemminflect.getAllInflections(verb, "VERB")
    return frozenset(
        form for tag, forms in found.items() if tag not in {"VB", "VBP"} for form in forms
    )
