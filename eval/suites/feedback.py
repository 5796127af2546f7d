"""What a reader has judged in the chat page, asked again of the index that the reader has now.

Thumbs up say what an answer cited must stay; thumbs down, only that it must become another one.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.cases import Ask, Narrowing, Span, Turn
from eval.figures.answers import is_exact, score_citations
from eval.figures.losses import ERROR
from eval.figures.retrieval import score_evidence
from eval.replies import Reply
from eval.suites.judged import JudgedRow, ShownAnswer, read_judged
from eval.suites.protocol import Choice, Ratio, Score, Task
from index.articles import Article
from index.generation import load_generation
from index.store import Store
from rag.errors import SuiteError, SuiteMissing
from rag.types import Status


class FeedbackSuite:
    """The questions of a feedback file; all of them belong to the split `test`.

    Args:
        choice: With the file, and the folder of the index.

    Raises:
        SuiteMissing: If no file is given, or it is not there.
        SuiteError: Naming the line that is broken, or that likes an answer from an article that the
            index does not have as it was.
        IndexMissing, IndexCorrupt: If there is no index to ask.
    """

    name = "feedback"
    task = Task.ANSWER

    def __init__(self, choice: Choice) -> None:
        if choice.feedback is None or choice.index is None:
            raise SuiteMissing("give the file that the chat page exports with --feedback")
        self._store = Store(choice.index)
        rows = read_judged(choice.feedback)
        self._articles = load_generation(self._store).articles
        self._by_id = {article.id: article for article in self._articles}
        for number, row in enumerate(rows, start=1):
            _check(f"{choice.feedback.name}, line {number}", row, self._by_id)
        self._before = {row.id: row.answer for row in rows}
        self._cases = choice.take([_case(row) for row in rows])

    def questions(self) -> Sequence[Ask]:
        """The chosen questions, by id."""
        return self._cases

    def corpus(self) -> Sequence[Article]:
        """Every article of the index, as it was when the suite was opened."""
        return self._articles

    def place(self, folder: Path) -> None:
        """Copy the index, which the reader may change meanwhile."""
        shutil.rmtree(folder, ignore_errors=True)
        with self._store.hold() as published:
            shutil.copytree(published.folder, folder / published.folder.name)

    def score(self, question: Ask, reply: Reply) -> Score:
        """Whether what was liked is kept, and what was not has changed."""
        before = self._before[question.id]
        told = not (reply.refusal or "").startswith(ERROR)
        figures = score_citations(reply, self._by_id) | score_evidence(question, reply)
        if question.liked:
            return figures | {"kept": Ratio(told and is_kept(before, reply))}
        return figures | {"changed": Ratio(told and is_changed(before, reply))}


def is_kept(before: ShownAnswer, reply: Reply) -> bool:
    """Whether a reply ends as before, and cites at least what was cited before.

    A span counts as cited again if one that overlaps it is.
    """
    if reply.refused != (before.status is Status.REFUSED):
        return False
    return reply.refused or all(
        any(citation.span.overlaps(span) for span in reply.cited) for citation in before.citations
    )


def is_changed(before: ShownAnswer, reply: Reply) -> bool:
    """Whether a reply ends otherwise than before, or says it in other sentences."""
    if reply.refused != (before.status is Status.REFUSED):
        return True
    return tuple(" ".join(one.text.split()) for one in reply.sentences) != before.texts


def _case(row: JudgedRow) -> Ask:
    asked, liked = row.request, row.verdict == "up"
    filters = asked.filters
    narrowing = Narrowing(**filters.model_dump(exclude={"article_ids"}))
    return Ask(
        id=row.id,
        kind=row.verdict,
        cluster=" ".join(asked.question.casefold().split()),
        question=" ".join(asked.question.split()),
        history=tuple(Turn(**turn.model_dump()) for turn in asked.history),
        as_of=asked.as_of,
        articles=filters.article_ids,
        narrowing=narrowing if narrowing != Narrowing() else None,
        gold=_gold(row.answer) if liked else (),
        liked=liked,
    )


def _gold(answer: ShownAnswer) -> tuple[tuple[Span], ...]:
    """What was cited, each a group of its own; a refusal cites what does not answer."""
    if answer.status is Status.REFUSED:
        return ()
    return tuple((citation.span,) for citation in answer.citations)


def _check(where: str, row: JudgedRow, articles: Mapping[str, Article]) -> None:
    """Raises SuiteError if an answer that was liked cites what the articles do not say (any more).

    Of an answer that was not liked, nothing is looked for in them.
    """
    for (span,) in _gold(row.answer) if row.verdict == "up" else ():
        if not is_exact(span, articles):
            known = span.article_id in articles
            wrong = "does not say that there" if known else "is not in the index"
            raise SuiteError(
                f"{where}: the answer cites {span.article_id!r}, which {wrong};"
                " put the article back, or leave the line out"
            )
