"""What an answer is worth, one question at a time. No model judges anything.

Source: the definitions in `eval/README.md`; every function here is one line of its table.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from eval.suite import Case, Span
from rag.atoms import atoms_of, missing_atoms
from rag.types import Answer, Citation, Status

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = re.compile(r"(?<!\d)[^\w\s]|[^\w\s](?!\d)|_")


@dataclass(frozen=True, slots=True)
class Score:
    """One question's figures; None where a figure has no meaning for it.

    Attributes:
        pointers: Citations whose quote is the text at their offsets, of `citations`.
        on_gold: Citations that overlap a gold span, of `citations`; None if it must be refused.
        recall: Share of gold groups that a citation overlaps; None if it must be refused.
        atoms_supported: Numbers, names and quotes that stand in their cited spans, of `atoms`.
    """

    refused: bool
    must_refuse: bool
    correct: bool
    citations: int
    pointers: int
    on_gold: int | None
    recall: float | None
    both_cited: bool | None
    atoms: int
    atoms_supported: int

    @property
    def confidently_wrong(self) -> bool:
        """Answered, and should not have been, or not so."""
        return not self.refused and not self.correct


def score(case: Case, answer: Answer, files: Mapping[str, str]) -> Score:
    """Measure one answer.

    Args:
        case: The question and what a right answer holds.
        answer: What the pipeline said.
        files: Article id → text as it stands on disk, read apart from the index.
    """
    refused = answer.status is Status.REFUSED
    must = case.kind.must_refuse
    cited = answer.citations
    atoms, supported = _atom_support(answer)
    return Score(
        refused=refused,
        must_refuse=must,
        correct=refused if must else not refused and is_correct(case, answer),
        citations=len(cited),
        pointers=sum(files.get(c.article.id, "")[c.start : c.end] == c.quote for c in cited),
        on_gold=None if must else sum(_on_gold(c, case) for c in cited),
        recall=None if must else _recall(cited, case),
        both_cited=(
            set(case.required_articles) <= {c.article.id for c in cited}
            if case.required_articles
            else None
        ),
        atoms=atoms,
        atoms_supported=supported,
    )


def is_correct(case: Case, answer: Answer) -> bool:
    """Whether every slot is filled by one of its aliases, as whole words, after normalisation."""
    text = f" {normalise(' '.join(sentence.text for sentence in answer.sentences))} "
    return all(
        any(f" {normalise(alias)} " in text for alias in slot.aliases) for slot in case.slots
    )


def normalise(text: str) -> str:
    """Lower case, no punctuation (a point or comma inside a number stays), no articles."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return " ".join(ARTICLES.sub(" ", PUNCTUATION.sub(" ", folded)).split())


def overlaps(citation: Citation, span: Span) -> bool:
    """Whether the two share at least one character."""
    same = citation.article.id == span.article_id
    return same and citation.start < span.end and span.start < citation.end


def _on_gold(citation: Citation, case: Case) -> bool:
    return any(overlaps(citation, span) for group in case.gold for span in group)


def _recall(cited: tuple[Citation, ...], case: Case) -> float:
    hit = [any(overlaps(c, span) for c in cited for span in group) for group in case.gold]
    return sum(hit) / len(hit)


def _atom_support(answer: Answer) -> tuple[int, int]:
    by_id = {citation.id: citation for citation in answer.citations}
    total = missing = 0
    for sentence in answer.sentences:
        source = "\n".join(by_id[number].quote for number in sentence.citations)
        total += len(atoms_of(sentence.text))
        missing += len(missing_atoms(sentence.text, source))
    return total, total - missing
