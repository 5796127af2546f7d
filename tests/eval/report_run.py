"""A small made-up run on disk: three suites, three systems, every failure, and hostile text."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from eval.cases import Ask, Claim, Search, Slot, Span, Split, Turn
from eval.records import RunFolder
from eval.replies import CitedSentence, Ranking, Reply, Timing, Verdict
from eval.results import Result
from eval.suites.protocol import Ratio, Score, Task

SCRIPT = "</script><script>window.pwned=1</script>"
STYLE = "</style><style>body{display:none}</style>"
IMAGE = '<img src=x onerror="window.pwned=1">'
BREAKOUT = f"\"'>{IMAGE}"
HOSTILE = f"harbour-{BREAKOUT}"
JINJA = "{{ 7 * 191 }}{% raw %}"

SYSTEMS = ("dateline", "chunks", "copy")
SHARPNESS: Mapping[str, float] = {"dateline": 0.86, "chunks": 0.66, "copy": 0.5}
KINDS = ("fact", "number", "who_said", "unanswerable", "attack")
SHIPS = ("Aurora", "Borealis", "Celeste", "Dorothea", "Estrella")
TEXT = (
    "The ferry {ship} left Port Halven on Tuesday with {n} passengers. Captain Marta Olsen said "
    "the fire began in the galley. The harbour master closed the port for two days."
)


MANIFEST = {
    "made_with": {
        "version": "0.1.0",
        "code_sha256": "c9b0" * 16,
        "settings": {"model": "/opt/m/small.gguf", "embedder": "minilm", "refuse_below": 0.45},
    },
    "choice": {"split": "test", "limit": None, "seed": 7},
}


def build_run(folder: Path, questions: int = 40, claims: int = 36, searches: int = 8) -> Path:
    """Publish a run: the same bytes for the same numbers.

    Args:
        questions: Of the answer suite, at least 6; the first carries the hostile text.
        claims: Of the support suite; with few of them, no interval of balanced accuracy exists.
        searches: Of the search suite.
    """
    run = RunFolder(folder)
    suites: dict[str, Sequence[Ask | Claim | Search]] = {
        "ferries": [ask(number) for number in range(questions)],
        "ferry_claims": [claim(number) for number in range(claims)],
        "ferry_searches": [search(number) for number in range(searches)],
    }
    pairs = [[suite, system] for suite in suites for system in SYSTEMS]
    run.begin({**MANIFEST, "pairs": pairs})
    for suite, cases in suites.items():
        for system in SYSTEMS if cases else ():
            run.publish(list(results(suite, system, cases)))
    return folder


def results(suite: str, system: str, cases: Sequence[Ask | Claim | Search]) -> Iterator[Result]:
    """What a system says to each case, drawn by its sharpness."""
    chance = random.Random(f"{suite}/{system}")  # noqa: S311  # not secret
    for case in cases:
        if isinstance(case, Ask):
            yield answered(suite, system, case, chance)
        elif isinstance(case, Claim):
            yield judged(suite, system, case, chance)
        else:
            yield ranked(suite, system, case, chance)


def ask(number: int) -> Ask:
    """The first is hostile, the second has a history and a date, the third only references."""
    kind = KINDS[number % len(KINDS)]
    ship, count = SHIPS[number % len(SHIPS)], 200 + number
    must = kind in {"unanswerable", "attack"}
    article = HOSTILE if number == 0 else f"ferry-{number:03}"
    slot = Slot(name="passengers", aliases=(str(count), "many"))
    quote = TEXT.format(ship=ship, n=count).split(". ")[0] + "."
    words = f"How many passengers did the ferry {ship} carry when it left Port Halven?"
    history = (
        Turn(role="user", content=f"Which ferry burned? {IMAGE}"),
        Turn(role="assistant", content=f"The {ship} did."),
    )
    return Ask(
        id=f"ferries-{number:04}",
        kind=kind,
        split=Split.TEST,
        cluster=f"source-{number // 2}",
        question=f"{words} {SCRIPT}{STYLE}{IMAGE}{JINJA}" if number == 0 else words,
        history=history if number == 1 else (),
        as_of=date(2025, 4, 8) if number == 1 else None,
        must_refuse=must,
        slots=() if must or number == 2 else (slot,),
        references=(f"{count} passengers",) if number == 2 else (),
        gold=() if must else ((Span(article_id=article, start=0, end=len(quote), quote=quote),),),
        forbidden=("PWNED",) if kind == "attack" else (),
    )


def claim(number: int) -> Claim:
    """Every third is not supported."""
    source = TEXT.format(ship=SHIPS[number % 5], n=200 + number)
    return Claim(
        id=f"claim-{number:04}",
        kind=("quote", "number")[number % 2],
        claim=f"The ferry {SHIPS[number % 5]} carried {200 + number} people. {IMAGE}",
        source=source * (1 + 4 * (number % 3)) + SCRIPT,
        supported=number % 3 != 0,
    )


def search(number: int) -> Search:
    """Two articles are relevant to each."""
    return Search(
        id=f"search-{number:04}",
        kind="event",
        query=f"fire on the ferry {SHIPS[number % 5]}, day {number}",
        relevant=(f"ferry-{number:03}", f"ferry-{number + 100:03}"),
    )


def answered(suite: str, system: str, case: Ask, chance: random.Random) -> Result:
    """An answer of two sentences, or a refusal."""
    sharp = chance.random() < SHARPNESS[system]
    refused = sharp if case.must_refuse else chance.random() < 0.1 and system == "dateline"
    reply = refusal(case) if refused else written(system, case, sharp, chance)
    probabilities = [0.97 if sharp else 0.18, 0.41 if case.id.endswith("3") else 0.88]
    total = int(chance.lognormvariate(8.2 if system != "copy" else 3.5, 0.5))
    first = None if refused else total * 2 // 3
    return Result(
        suite=suite,
        task=Task.ANSWER,
        system=system,
        case=case,
        reply=reply,
        figures=answer_figures(case, reply, sharp),
        judged=() if refused else tuple(probabilities[: len(reply.sentences)]),
        timing=Timing(retrieve=4 + total % 5, first_sentence=first, total=total),
    )


def refusal(case: Ask) -> Reply:
    """A code, and the evidence if there is any; every other one fell at the check."""
    return Reply(
        refused=True,
        refusal="not_in_articles",
        evidence=tuple(group[0] for group in case.gold),
        confidence=0.2,
        dropped=int(case.id[-4:]) % 2 == 1,
        receipt=RECEIPT,
    )


def written(system: str, case: Ask, sharp: bool, chance: random.Random) -> Reply:
    """Two sentences; the first citation is cited twice, the third by none."""
    number = int(case.id[-4:])
    article = HOSTILE if number == 0 else f"ferry-{number:03}"
    text = TEXT.format(ship=SHIPS[number % 5], n=200 + number)
    first, second, third = text.split(". ")
    spans = [
        Span(article_id=article, start=0, end=len(first) + 1, quote=f"{first}."),
        Span(article_id=article, start=90, end=90 + len(second), quote=f"{second}. {SCRIPT}"),
        Span(article_id=article, start=190, end=190 + len(third), quote=third),
    ]
    said = str(200 + number if sharp else 12)
    tail = f" {IMAGE}{JINJA}" if number == 0 else ""
    sure = min(1.0, max(0.05, chance.gauss(0.86 if sharp else 0.62, 0.12)))
    return Reply(
        refused=False,
        sentences=(
            CitedSentence(text=f"The ferry carried {said} passengers.{tail}", citations=(1,)),
            CitedSentence(text="Captain Marta Olsen said so.", citations=(2, 1)),
        ),
        citations=tuple(spans if number % 4 == 0 else spans[:2]),
        evidence=tuple(reversed(spans)),
        confidence=None if system == "copy" else round(sure, 4),
        question_used=f"{case.question} (alone)" if case.history else case.question,
        receipt=RECEIPT if system == "dateline" else {},
    )


RECEIPT = {
    "model_sha256": "3c9f" * 16,
    "index_generation": "00000001-ab12",
    "prompt_sha256": "77aa" * 16,
    "version": "0.1.0",
}


def answer_figures(case: Ask, reply: Reply, sharp: bool) -> Score:
    """As a suite would give them."""
    right = reply.refused if case.must_refuse else sharp and not reply.refused
    found = {
        "confidently_wrong": Ratio(float(not reply.refused and not right)),
        "refusal_recall" if case.must_refuse else "correctness": Ratio(float(right)),
    }
    if not case.must_refuse:
        found["false_refusal"] = Ratio(float(reply.refused))
        found["gold_recall"] = Ratio(float(not reply.refused))
        if reply.citations:
            found["gold_precision"] = Ratio(1, len(reply.citations))
    if case.references and not reply.refused:
        found["token_f1"] = Ratio(0.63)
    if case.kind == "attack":
        found["obeyed_attack"] = Ratio(float(not reply.refused))
    if reply.citations:
        broken = case.id == "ferries-0005"
        found["pointer_validity"] = Ratio(len(reply.citations) - broken, len(reply.citations))
    if reply.sentences:
        found["groundedness"] = Ratio(1 + sharp, 2)
    return found


def judged(suite: str, system: str, case: Claim, chance: random.Random) -> Result:
    """A verdict."""
    sharp = chance.random() < SHARPNESS[system]
    yes = case.supported if sharp else not case.supported
    figure = Ratio(float(sharp))
    return Result(
        suite=suite,
        task=Task.SUPPORT,
        system=system,
        case=case,
        reply=Verdict(probability=round(0.5 + (0.45 if yes else -0.45) * chance.random(), 3)),
        figures={"accuracy": figure, "sensitivity" if case.supported else "specificity": figure},
        timing=Timing(total=chance.randint(3, 40)),
    )


def ranked(suite: str, system: str, case: Search, chance: random.Random) -> Result:
    """A ranking of twelve articles."""
    others = [f"other-{place}" for place in range(12)]
    place = 0 if chance.random() < SHARPNESS[system] else chance.randint(1, 12)
    order = [*others[:place], case.relevant[0], *others[place:]]
    rank = place + 1
    return Result(
        suite=suite,
        task=Task.SEARCH,
        system=system,
        case=case,
        reply=Ranking(articles=tuple(order)),
        figures={
            "hits_at_1": Ratio(float(rank == 1)),
            "mrr_at_10": Ratio(1 / rank if rank <= 10 else 0.0),
            "recall_at_10": Ratio(float(rank <= 10), 2),
        },
        timing=Timing(retrieve=chance.randint(2, 9), total=chance.randint(10, 19)),
    )
