"""Draft sentence ↔ evidence: which exact sentences support it, and how well.

Deterministic. A sentence is supported by spans that, joined, contain every number, name and quoted
word of it, deny what it denies and nothing that it states, and share most of its content words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from index.lexical import content_stems
from rag.atoms import contradicts, missing_atoms, stems_in
from rag.draft import DraftSentence
from rag.types import Evidence

CORROBORATION = 0.8  # support that a further article must give alone to be cited as well
RECOGNISED = 0.3  # support under which a sentence is not taken for a bad copy of its evidence


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence that may be shown, with what supports it.

    Attributes:
        evidence: Never empty; what carries most first.
        support: 0 to 1.
    """

    text: str
    evidence: tuple[Evidence, ...]
    support: float


class Verifier:
    """Attaches evidence to draft sentences.

    Args:
        at_least: Support under which a sentence is not shown as it is.
    """

    def __init__(self, at_least: float) -> None:
        self._at_least = at_least

    def verify(self, draft: DraftSentence, evidence: Sequence[Evidence]) -> Verified | None:
        """Check a sentence against the evidence that the model was shown.

        The model's own numbers are tried first; if they do not hold, other evidence is tried; if
        none holds, the sentence that it seems to copy stands in for it, word for word.

        Args:
            draft: The sentence, and the numbers that the model gave it.
            evidence: In the order in which it was numbered, from 1.

        Returns:
            The sentence with its evidence, or None: it must not be shown.
        """
        marked = [evidence[n - 1] for n in draft.numbers if 1 <= n <= len(evidence)]
        for spans in _attempts(marked, evidence):
            value = support(draft.text, [span.text for span in spans])
            if value >= self._at_least:
                return self._corroborated(draft.text, spans, value, evidence)
        return self._verbatim(draft, marked, evidence)

    def _corroborated(
        self, text: str, spans: Sequence[Evidence], value: float, evidence: Sequence[Evidence]
    ) -> Verified:
        """Add, for each article that is not cited yet, its sentence that says the same alone."""
        cited = {span.article.id for span in spans}
        found = list(spans)
        floor = max(self._at_least, CORROBORATION)
        for other in sorted(evidence, key=lambda e: -support(text, [e.text])):
            if other.article.id not in cited and support(text, [other.text]) >= floor:
                cited.add(other.article.id)
                found.append(other)
        return Verified(text, tuple(found), value)

    def _verbatim(
        self, draft: DraftSentence, marked: Sequence[Evidence], evidence: Sequence[Evidence]
    ) -> Verified | None:
        candidates = list(marked or evidence)
        best = max(candidates, key=lambda e: coverage(draft.text, e.text), default=None)
        if best is None or coverage(draft.text, best.text) < RECOGNISED:
            return None
        return Verified(" ".join(best.text.split()), (best,), 1.0)


def support(text: str, spans: Sequence[str]) -> float:
    """How well spans, joined, support a sentence: 0 to 1.

    0 if a number, name or quoted word is missing from them, or if one side denies what the other
    states; otherwise the share of the sentence's content words that they contain.
    """
    source = "\n".join(spans)
    if len(missing_atoms(text, source)) or contradicts(text, source):
        return 0.0
    return coverage(text, source)


def coverage(text: str, source: str) -> float:
    """Share of the content words of `text` whose stem stands in `source`; 0 if it has none."""
    stems = content_stems(text)
    known = stems_in(source)
    return sum(stem in known for stem in stems) / len(stems) if stems else 0.0


def _attempts(
    marked: Sequence[Evidence], evidence: Sequence[Evidence]
) -> Iterator[Sequence[Evidence]]:
    """Sets of spans to try: few before many, the model's own before others, best rank first."""
    others = [e for e in evidence if e not in marked]
    for size in (1, 2, 3):
        yield from combinations(marked, size)
        if size < 3:
            rest = combinations([*marked, *others], size)
            yield from (spans for spans in rest if not all(s in marked for s in spans))
