"""Questions and what every system answered → what the page shows of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from eval.cases import Ask, Span
from eval.figures.losses import LOST, stage_of
from eval.replies import CitedSentence, Reply
from eval.report.failures import SUPPORTED, WEAK, Failure, failures_of
from eval.report.tables import Systems, written
from eval.results import Result

SHOWN_FIGURES = {"token_f1": "word overlap", "gold_recall": "evidence cited"}


@dataclass(frozen=True, slots=True)
class Quotation:
    """A citation, opened in place where it is first cited.

    Attributes:
        on_gold: Whether it overlaps annotated evidence; None if there is none to overlap.
        first: Whether this is where it opens; elsewhere it is a link to there.
    """

    anchor: str
    number: int
    span: Span
    on_gold: bool | None
    first: bool


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence; `support` is `supported`, `weak`, `unsupported` or empty if nobody judged it."""

    text: str
    support: str
    probability: str
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class Take:
    """What one system said to one question.

    Attributes:
        well: Whether it is what was wanted; None where nothing says.
        facts: Confidence, times and the like, in words.
        uncited: Citations that belong to no sentence.
    """

    system: str
    well: bool | None
    verdict: str
    failures: tuple[Failure, ...]
    sentences: tuple[ShownSentence, ...]
    uncited: tuple[Quotation, ...]
    refusal: str
    facts: tuple[str, ...]
    question_used: str


@dataclass(frozen=True, slots=True)
class AskItem:
    """One question, and every system's answer."""

    suite: str
    case: Ask
    takes: tuple[Take, ...]


def ask_items(suite: str, systems: Systems, number: int) -> tuple[AskItem, ...]:
    """The questions of a suite, by id, each with the answers of all systems.

    Args:
        suite: Its name.
        systems: System → results, in the order in which they are shown.
        number: The suite's place in the report; it makes anchors unique.
    """
    return tuple(
        AskItem(suite, results[0].case, _takes(results, f"c{number}-{place}"))
        for place, results in enumerate(by_case(systems))
        if isinstance(results[0].case, Ask)
    )


def by_case(systems: Systems) -> Iterator[tuple[Result, ...]]:
    """The results of each question, questions by id, systems in their order."""
    found: dict[str, list[Result]] = {}
    for results in systems.values():
        for result in results:
            found.setdefault(result.case.id, []).append(result)
    return (tuple(found[id_]) for id_ in sorted(found))


def _takes(results: Sequence[Result], anchor: str) -> tuple[Take, ...]:
    return tuple(
        _take(result, result.case, result.reply, f"{anchor}-{place}")
        for place, result in enumerate(results)
        if isinstance(result.case, Ask) and isinstance(result.reply, Reply)
    )


def _take(result: Result, case: Ask, reply: Reply, anchor: str) -> Take:
    failures = failures_of(result)
    well, verdict = _verdict(result, case, reply, failures)
    quotations = _Quotations(case, reply, anchor)
    sentences = tuple(
        _sentence(sentence, probability, quotations)
        for sentence, probability in zip_longest(
            reply.sentences, result.judged[: len(reply.sentences)]
        )
    )
    used = reply.question_used if reply.question_used != case.question else None
    return Take(
        system=result.system,
        well=well,
        verdict=verdict,
        failures=failures,
        sentences=sentences,
        uncited=quotations.uncited(),
        refusal=reply.refusal or "",
        facts=(*_lost(case, reply), *_facts(result, case, reply)),
        question_used=used or "",
    )


def _verdict(
    result: Result, case: Ask, reply: Reply, failures: Sequence[Failure]
) -> tuple[bool | None, str]:
    """Whether a reply is what was wanted, in a word."""
    if case.liked is not None:
        well = {Failure.NOT_KEPT, Failure.AS_BEFORE}.isdisjoint(failures)
        words = ("not kept", "kept") if case.liked else ("as before", "changed")
        return well, words[well]
    if reply.refused:
        return case.must_refuse, "refused, rightly" if case.must_refuse else "refused, wrongly"
    if case.must_refuse:
        return False, "should have refused"
    if Failure.WRONG in failures:
        return False, "wrong"
    told = {"correctness", "confidently_wrong"} & set(result.figures)
    return (True, "right") if told else (None, "answered")


class _Quotations:
    """The citations of one reply; knows which have been opened already."""

    def __init__(self, case: Ask, reply: Reply, anchor: str) -> None:
        self._gold = [span for group in case.gold for span in group]
        self._spans = reply.citations
        self._anchor = anchor
        self._seen: set[int] = set()

    def take(self, number: int) -> Quotation:
        """The citation of this number, counted from 1."""
        first = number not in self._seen
        self._seen.add(number)
        span = self._spans[number - 1]
        on_gold = any(span.overlaps(gold) for gold in self._gold) if self._gold else None
        return Quotation(f"{self._anchor}-{number}", number, span, on_gold, first)

    def uncited(self) -> tuple[Quotation, ...]:
        """Those that no sentence has taken."""
        numbers = range(1, len(self._spans) + 1)
        return tuple(self.take(number) for number in numbers if number not in self._seen)


def _sentence(
    sentence: CitedSentence, probability: float | None, quotations: _Quotations
) -> ShownSentence:
    return ShownSentence(
        text=sentence.text,
        support=support_class(probability),
        probability="" if probability is None else f"{probability:.2f}",
        quotations=tuple(quotations.take(number) for number in sentence.citations),
    )


def support_class(probability: float | None) -> str:
    """What a sentence is coloured by."""
    if probability is None:
        return ""
    if probability >= SUPPORTED:
        return "supported"
    return "weak" if probability >= WEAK else "unsupported"


def _lost(case: Ask, reply: Reply) -> tuple[str, ...]:
    stage = stage_of(case, reply) if case.liked is None else None
    return (f"lost: {stage}",) if stage in LOST else ()


def _facts(result: Result, case: Ask, reply: Reply) -> Iterator[str]:
    if reply.confidence is not None:
        yield f"confidence {reply.confidence:.2f}"
    if result.timing and result.timing.first_sentence is not None:
        yield f"first sentence {written('latency_total_p50', result.timing.first_sentence)}"
    if result.timing:
        yield f"{written('latency_total_p50', result.timing.total)} in all"
    for name, words in SHOWN_FIGURES.items():
        if name in result.figures and result.figures[name].whole:
            ratio = result.figures[name]
            yield f"{words} {ratio.part / ratio.whole:.2f}"
    if case.gold and reply.evidence:
        yield _gold_rank(case, reply)
    if reply.conflicts:
        yield "sets side by side: " + "; ".join(" / ".join(side) for side in reply.conflicts)


def _gold_rank(case: Ask, reply: Reply) -> str:
    gold = [span for group in case.gold for span in group]
    ranks = (
        rank
        for rank, span in enumerate(reply.evidence, start=1)
        if any(span.overlaps(one) for one in gold)
    )
    first, found = next(ranks, None), len(reply.evidence)
    return f"evidence first at {first} of {found}" if first else f"evidence not among {found}"
