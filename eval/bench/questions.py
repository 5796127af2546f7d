"""Which questions are asked, in which order, and what a reply is worth."""

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from eval.bench.wire import Json
from eval.cases import Ask, Split
from eval.figures.answers import is_correct
from eval.suites.protocol import Choice
from eval.suites.seeds import Kind, SeedSuite
from eval.systems.baselines import REFUSES
from rag.prompt import PromptTemplate
from rag.settings import Settings

KINDS = (Kind.FACT, Kind.WHO_SAID, Kind.NUMBER, Kind.QUOTE, Kind.DATE, Kind.LIST)
QUOTING = (Kind.QUOTE, Kind.WHO_SAID)

TokenCount = Callable[[str], int]


def answerable(seeds: Path) -> list[Ask]:
    """Questions of the dev split that have an answer, the kinds taking turns, each by id."""
    suite = SeedSuite(Choice(seeds, seeds, Split.DEV))
    fit = [ask for ask in suite.questions() if ask.slots and ask.as_of is None]
    by_kind = ([ask for ask in fit if ask.kind == kind.value] for kind in KINDS)
    return [ask for row in zip_longest(*by_kind) for ask in row if ask is not None]


def quoting(asks: Iterable[Ask]) -> list[Ask]:
    """Those whose answers are somebody's words."""
    return [ask for ask in asks if ask.kind in {kind.value for kind in QUOTING}]


def measured(ask: Ask, reply: Json, count_tokens: TokenCount) -> dict[str, Any]:
    """What is kept of one reply; a system that cannot refuse may say that it does not know."""
    text: str = reply["text"]
    said_so = text.replace("’", "'").lower().startswith(REFUSES)
    refused = bool(reply.get("refused", said_so))
    return {
        "id": ask.id,
        "first_token_s": reply["first_token_s"],
        "first_sentence_s": reply["first_sentence_s"],
        "total_s": reply["total_s"],
        "tokens": count_tokens(reply["written"]),
        "right": not refused and is_correct(ask, text),
        "refused": refused,
        "text": text,
    }


class Prompts:
    """The plain prompts that contenders without one of their own get.

    Args:
        settings: Say where the template of the evaluation's own baseline lies.
    """

    def __init__(self, settings: Settings) -> None:
        self._template = PromptTemplate(settings.prompts_dir / "baseline_chunks.txt")

    def messages(self, passages: Sequence[str], question: str) -> list[Json]:
        """A chat about numbered passages."""
        prompt = self._template.fill(evidence=numbered(passages), question=question)
        return [{"role": one.role.value, "content": one.content} for one in prompt.messages]

    def system(self, articles: Sequence[str]) -> str:
        """The same instructions, with whole articles behind them."""
        first = self._template.fill(evidence="", question="").messages[0].content
        return f"{first}\nPassages:\n{numbered(articles)}"


def numbered(texts: Sequence[str]) -> str:
    """One line a text, from 1."""
    return "\n".join(f"[{n}] {' '.join(text.split())}" for n, text in enumerate(texts, start=1))
