"""Draft sentence ↔ evidence: which exact sentences support it, and how well.

Deterministic. A sentence is supported by spans that, joined, contain every number, name and quoted
word of it, deny what it denies and nothing that it states, and share most of its content words.
Several spans hold it only if each of its clauses is held by one of them alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.asked import gives
from rag.atoms import atoms_of, contradicts, missing_atoms, stems_in
from rag.clauses import clauses_of
from rag.draft import DraftSentence
from rag.fidelity import distortions
from rag.overlap import carried, coverage
from rag.types import Evidence, texts_of

# Source: all chosen by hand, on the seeds' development questions.
MOST_SPANS = 3  # that one sentence cites, corroboration aside; three only if the model says so
PREFERENCE = 0.15  # of coverage, for spans that the model itself has numbered
CORROBORATION = 0.8  # of the cited spans' coverage, for another article to be cited as well
SECOND = 0.5  # of a draft's words that its best sentence lacks, for a second one to stand beside
ABOUT = 0.5  # of what the nearest sentence covers of a question, for one that stands in
RECOGNISED = 0.3  # coverage under which a span has nothing to do with a sentence


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence that may be shown, with what supports it.

    Attributes:
        evidence: Never empty; what carries it in rank order, then what other articles say.
        support: 0 to 1.
        as_drafted: False if it stands in for what was drafted, word for word.
    """

    text: str
    evidence: tuple[Evidence, ...]
    support: float
    as_drafted: bool = True

    @classmethod
    def quoting(cls, item: Evidence) -> "Verified":
        """A sentence that stands for itself, on one line, and its copies beside it."""
        copies = {one.article.id: one for one in reversed(item.copies)}
        evidence = (item, *reversed(copies.values()))
        return cls(" ".join(item.text.split()), evidence, 1.0, as_drafted=False)


class Verifier:
    """Attaches evidence to draft sentences.

    Args:
        at_least: Support under which a sentence is not shown as it is.
    """

    def __init__(self, at_least: float) -> None:
        self._at_least = at_least

    def verify(
        self, question: str, draft: DraftSentence, evidence: Sequence[Evidence]
    ) -> tuple[Verified, ...]:
        """Check a sentence against the evidence that the model was shown.

        As few spans as possible are cited, each of which carries a share of the sentence; of those,
        the ones that share most words with the question and the sentence, with a preference for the
        model's own numbers. If none holds, or what is asked for is not in the draft, the sentences
        that it seems to copy stand in for it, word for word.

        Args:
            question: What the sentence answers.
            draft: The sentence, and the ranks of the evidence that the model gave it.
            evidence: Best first: rank 1, 2 and so on.

        Returns:
            The sentence with its evidence; or one or two that stand in for it; or nothing: it must
            not be shown.
        """
        marked = [evidence[n - 1] for n in draft.numbers if 1 <= n <= len(evidence)]
        about = f"{question}\n{draft.text}"
        written = None
        if not is_echo(question, draft.text) and gives(draft.text, question):
            written = self._as_written(question, draft.text, about, marked, evidence)
        return (written,) if written else self._verbatim(question, draft.text, marked, evidence)

    def verify_all(
        self, question: str, drafts: Iterable[DraftSentence], evidence: Sequence[Evidence]
    ) -> tuple[Verified, ...]:
        """What may be shown of a draft, in its order, nothing twice; see `verify`."""
        found: dict[str, Verified] = {}
        for draft in drafts:
            for one in self.verify(question, draft, evidence):
                found.setdefault(one.text, one)
        return tuple(found.values())

    def _as_written(
        self,
        question: str,
        text: str,
        about: str,
        marked: Sequence[Evidence],
        evidence: Sequence[Evidence],
    ) -> Verified | None:
        for size in range(1, min(MOST_SPANS, len(clauses_of(text))) + 1):
            sets = combinations(evidence if size < MOST_SPANS else marked, size)
            holding = [spans for spans in sets if self._holds(question, text, spans)]
            if holding:
                best = max(holding, key=lambda spans: _relevance(about, spans, marked))
                found = self._corroborated(question, text, about, best, evidence)
                return Verified(text, found, support(text, texts_of(best)))
        return None

    def _holds(self, question: str, text: str, spans: Sequence[Evidence]) -> bool:
        texts = texts_of(spans)
        return (
            support(text, texts) >= self._at_least
            and _each_carries(text, spans)
            and not distortions(text, texts, question)
            and (len(spans) == 1 or self._composed(question, text, spans))
        )

    def _composed(self, question: str, text: str, spans: Sequence[Evidence]) -> bool:
        """Whether a sentence is made of clauses, each of which one of the spans holds."""
        return all(
            any(self._holds(question, clause, [span]) for span in spans)
            for clause in clauses_of(text)
        )

    def _corroborated(
        self,
        question: str,
        text: str,
        about: str,
        spans: Sequence[Evidence],
        evidence: Sequence[Evidence],
    ) -> tuple[Evidence, ...]:
        """Add, for each article not cited yet, the sentence that says the same alone."""
        found = list(spans)
        wanted = CORROBORATION * coverage(about, "\n".join(texts_of(spans)))
        others = [one for item in evidence for one in (item, *item.copies)]
        for other in sorted(others, key=lambda item: -coverage(about, item.text)):
            is_new = all(other.article.id != span.article.id for span in found)
            near = is_new and coverage(about, other.text) >= wanted
            if near and self._holds(question, text, [other]):
                found.append(other)
        return tuple(found)

    def _verbatim(
        self,
        question: str,
        text: str,
        marked: Sequence[Evidence],
        evidence: Sequence[Evidence],
    ) -> tuple[Verified, ...]:
        """The sentence that a draft seems to copy, and a second one if it copies two."""
        about = f"{question}\n{text}"
        known = [item for item in evidence if self._seems_copied(text, item.text)]
        near = ABOUT * max(coverage(question, item.text) for item in evidence) if known else 0.0
        telling = [
            item
            for item in known
            if gives(item.text, question) and coverage(question, item.text) >= near
        ]
        if not telling:
            return ()
        best = max(telling, key=lambda item: _relevance(about, [item], marked))
        found = [best]
        rest = [word for word in carried(text) if word not in stems_in(best.text)]
        if len(rest) >= SECOND * len(carried(text)):
            more = [item for item in known if item is not best and _share(rest, item) >= SECOND]
            found += sorted(more, key=lambda item: -_share(rest, item))[:1]
        return tuple(Verified.quoting(item) for item in found)

    def _seems_copied(self, text: str, source: str) -> bool:
        """Whether a draft is a bad copy of a sentence.

        One that invents must share what it says of the names, not the names alone.
        """
        if len(missing_atoms(text, source)):
            return coverage(text, source, atoms_of(text).names) >= self._at_least
        return coverage(text, source) >= RECOGNISED


def support(text: str, spans: Sequence[str]) -> float:
    """How well spans, joined, support a sentence: 0 to 1.

    0 if a number, name or quoted word is missing from them, or if one side denies what the other
    states; otherwise the share of the sentence's content words that they contain.
    """
    source = "\n".join(spans)
    if len(missing_atoms(text, source)) or contradicts(text, source):
        return 0.0
    return coverage(text, source)


def is_echo(question: str, text: str) -> bool:
    """Whether a sentence has no content word that the question has not."""
    return coverage(text, question) == 1.0


def _share(stems: Sequence[str], item: Evidence) -> float:
    known = stems_in(item.text)
    return sum(stem in known for stem in stems) / len(stems)


def _each_carries(text: str, spans: Sequence[Evidence]) -> bool:
    """Whether none of several spans is there for a stray word alone."""
    return len(spans) == 1 or all(coverage(text, span.text) >= RECOGNISED for span in spans)


def _relevance(about: str, spans: Sequence[Evidence], marked: Sequence[Evidence]) -> float:
    chosen = sum(span in marked for span in spans) / len(spans)
    return coverage(about, "\n".join(span.text for span in spans)) + PREFERENCE * chosen
