"""Conversations about the seed articles: every turn after the first is a question.

The history of a turn is the conversation as written, with right replies, so that one wrong answer
does not spoil the turns after it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from eval.cases import Ask, Row, Slot, Split, Turn
from eval.figures.answers import score_ask
from eval.replies import Reply
from eval.suites.protocol import Choice, Score, Task
from eval.suites.rows import read_rows
from eval.suites.seeds import HERE, Gold, check_gold, check_ids, check_size, seed_articles
from index.articles import Article


class FollowupTurn(Row):
    """One turn; without slots it must be refused.

    Attributes:
        reply: A right answer, for the history of the turns after it.
    """

    question: Annotated[str, Field(min_length=1)]
    reply: Annotated[str, Field(min_length=1)]
    slots: tuple[Slot, ...]
    gold: Gold
    required_articles: tuple[str, ...]


class ConversationRow(Row):
    """One line of `followups.jsonl`."""

    id: str
    split: Split
    turns: Annotated[tuple[FollowupTurn, ...], Field(min_length=2, max_length=4)]


class FollowupSuite:
    """Questions that lean on what was said.

    Args:
        choice: Which questions.
        folder: Where `followups.jsonl` lies.

    Raises:
        SuiteError: If a row or a span is broken.
    """

    name = "followups"
    task = Task.ANSWER

    def __init__(self, choice: Choice, folder: Path = HERE) -> None:
        self._seeds = {article.id: article for article in seed_articles(choice.seeds)}
        rows = list(read_rows(folder / "followups.jsonl", ConversationRow))
        check_size("followups", len(rows), folder)
        check_ids("followups", [row.id for row in rows])
        self._cases = choice.take(case for row in rows for case in self._turns(row))

    def questions(self) -> Sequence[Ask]:
        """The chosen turns, by conversation and place."""
        return self._cases

    def corpus(self) -> Sequence[Article]:
        """The seed articles."""
        return list(self._seeds.values())

    def score(self, question: Ask, reply: Reply) -> Score:
        """As the seeds suite."""
        return score_ask(question, reply, self._seeds)

    def _turns(self, row: ConversationRow) -> Iterator[Ask]:
        history: tuple[Turn, ...] = ()
        for place, turn in enumerate(row.turns, start=1):
            check_gold("followups", f"{row.id}, turn {place}", turn.slots, turn.gold, self._seeds)
            if place > 1:
                yield Ask(
                    id=f"{row.id}-{place}",
                    kind="answerable" if turn.slots else "unanswerable",
                    split=row.split,
                    cluster=row.id,
                    question=turn.question,
                    history=history,
                    must_refuse=not turn.slots,
                    slots=turn.slots,
                    gold=turn.gold,
                    required_articles=turn.required_articles,
                )
            said = (Turn(role="user", content=turn.question),)
            history += (*said, Turn(role="assistant", content=turn.reply))
