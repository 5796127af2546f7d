"""Small articles, questions, replies and results that the tests of this room share."""

from collections.abc import Mapping

from eval.cases import Ask, Claim, Slot, Span, Split
from eval.replies import CitedSentence, Reply, Timing, Verdict
from eval.results import Result
from eval.suites.protocol import Ratio, Task
from index.articles import Article

FERRY = Article("ferry", "The ferry left at 9. It rained.", "Ferry")
COPY = Article("copy", "At 9 the ferry left.", "Copy")
CORPUS = {"ferry": FERRY, "copy": COPY}

LEFT = Span(article_id="ferry", start=0, end=20, quote="The ferry left at 9.")
LEFT_TOO = Span(article_id="copy", start=0, end=20, quote="At 9 the ferry left.")
RAINED = Span(article_id="ferry", start=21, end=31, quote="It rained.")

ASK = Ask(
    id="one",
    kind="fact",
    split=Split.DEV,
    question="What left, and when?",
    slots=(Slot(name="what", aliases=("ferry", "the ship")), Slot(name="when", aliases=("9",))),
    gold=((LEFT, LEFT_TOO), (RAINED,)),
    required_articles=("copy", "ferry"),
)
TRAP = Ask(id="trap", kind="false_premise", question="Why did it sink?", must_refuse=True)
REFUSED = Reply(refused=True, refusal="not_in_articles", confidence=0.1, searched=False)


def answered(text: str, *spans: Span, confidence: float | None = None) -> Reply:
    """One sentence that cites every span."""
    numbers = tuple(range(1, len(spans) + 1))
    sentence = CitedSentence(text=text, citations=numbers)
    return Reply(
        refused=False, searched=False, sentences=(sentence,), citations=spans, confidence=confidence
    )


def result(
    name: str,
    figures: Mapping[str, Ratio],
    kind: str = "fact",
    cluster: str = "",
    reply: Reply = REFUSED,
    timing: Timing | None = None,
) -> Result:
    """One question of a made-up suite, with these figures."""
    case = Ask(id=name, kind=kind, cluster=cluster, question="What?")
    return Result("made", Task.ANSWER, "dateline", case, reply, figures, timing=timing)


def sure(name: str, confidence: float, right: bool, kind: str = "fact") -> Result:
    """An answer of some confidence that is right or wrong."""
    reply = answered("It rained.", RAINED, confidence=confidence)
    return result(name, {"confidently_wrong": Ratio(not right)}, kind, reply=reply)


def judged(name: str, supported: bool, right: bool) -> Result:
    """A verdict on a claim."""
    figure = "sensitivity" if supported else "specificity"
    case = Claim(id=name, kind="made", claim="c", source="s", supported=supported)
    verdict = Verdict(probability=0.9 if supported == right else 0.1)
    return Result("made", Task.SUPPORT, "dateline", case, verdict, {figure: Ratio(right)})
