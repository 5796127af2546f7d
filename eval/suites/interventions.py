"""The seed articles, edited by program: does the answer come from the articles at all?

`edited`: the number, name or date that answers a question is another one in every article; the
answer must follow. `deleted`: every sentence that answers it is gone; it must be refused.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eval.cases import Ask, Slot, Span
from eval.figures.answers import normalise, says_any, score_ask
from eval.replies import Reply
from eval.suites.protocol import Choice, Ratio, Score, Task
from eval.suites.seeds import Kind, SeedSuite
from index.articles import Article

KINDS = frozenset(k.value for k in (Kind.FACT, Kind.NUMBER, Kind.DATE, Kind.WHO_SAID, Kind.LIST))
SMALL = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_HALF = ("January", "February", "March", "April", "May", "June")
MONTHS = (*FIRST_HALF, "July", "August", "September", "October", "November", "December")
NAMES = ("Tessmark", "Olvena", "Brandhul", "Kesterly", "Morvane", "Quillon", "Zerpin", "Halbrecht")
TRIES = 12
STILL_ANSWERED = frozenset({"seeds-002", "seeds-013"})
"""What is left when their gold is gone answers them still, by another sentence."""

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NAME = re.compile(r"[A-Z][a-z]{3,}")


@dataclass(frozen=True, slots=True)
class Edit:
    """One value for another, everywhere."""

    old: str
    new: str

    def apply(self, text: str) -> str:
        """The text with every whole-word occurrence replaced."""
        return self._pattern.sub(self.new, text)

    def stands_in(self, text: str) -> bool:
        """Whether the old value occurs."""
        return bool(self._pattern.search(text))

    @property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w.,]){re.escape(self.old)}(?!\w|[.,]\d)")


class InterventionSuite:
    """Made from the answerable questions of the seeds suite that ask for one thing.

    Args:
        choice: Which of the made questions; the split is that of the question they are made from.
    """

    name = "interventions"
    task = Task.ANSWER

    def __init__(self, choice: Choice) -> None:
        seeds = SeedSuite(replace(choice, limit=None))
        originals = {a.id: a for a in seeds.corpus() if a.id in _asked_of(seeds.questions())}
        made = [pair for case in seeds.questions() for pair in _made_from(case, originals)]
        self._cases = choice.take(ask for ask, _ in made)
        chosen = {case.id for case in self._cases}
        self._articles = {a.id: a for ask, them in made if ask.id in chosen for a in them}

    def questions(self) -> Sequence[Ask]:
        """The chosen ones, by id."""
        return self._cases

    def corpus(self) -> Sequence[Article]:
        """The edited articles; each question is asked of its own."""
        return [self._articles[name] for name in sorted(self._articles)]

    def score(self, question: Ask, reply: Reply) -> Score:
        """As the seeds suite, and whether the answer followed the edit."""
        figures = score_ask(question, reply, self._articles)
        if question.must_refuse:
            return figures | {"refuses_deleted": Ratio(reply.refused)}
        return figures | {"follows_edit": figures["correctness"]}


def edit_of(case: Ask, texts: Sequence[str]) -> Edit | None:
    """The value that answers a question, and another one; None if it cannot be told by program.

    The value is the longest alias that stands, as written, in every gold sentence; it must be a
    number, a weekday, a month, or be one name. The other value is new to the articles, and once it
    is there, no gold sentence answers by another alias of the old one.

    Args:
        case: With one slot.
        texts: The articles.
    """
    quotes = [span.quote for group in case.gold for span in group]
    aliases = case.slots[0].aliases
    values = {value for alias in aliases for value in _values(alias)}
    for value in sorted(values, key=lambda v: (-len(v), v)):
        asked = normalise(value) in normalise(case.question).split()
        edit = _edit(value, case.id, texts)
        if edit is None or asked or not all(edit.stands_in(quote) for quote in quotes):
            continue
        if not any(says_any(edit.apply(quote), aliases) for quote in quotes):
            return edit
    return None


def _edit(value: str, case_id: str, texts: Sequence[str]) -> Edit | None:
    """The value and the first other one that no article has; the same on every machine."""
    digest = hashlib.sha256(f"{case_id}:{value}".encode()).digest()
    begin = int.from_bytes(digest[:4], "big")
    others = (_another(value, turn) for turn in range(begin, begin + TRIES))
    fresh = (new for new in others if not any(Edit(new, "").stands_in(text) for text in texts))
    return next((Edit(value, new) for new in fresh), None)


def _asked_of(cases: Sequence[Ask]) -> frozenset[str]:
    """The articles that every question may use: not those planted for one."""
    return frozenset.intersection(*(frozenset(case.articles) for case in cases))


def _made_from(
    case: Ask, originals: Mapping[str, Article]
) -> Iterator[tuple[Ask, Sequence[Article]]]:
    if case.kind not in KINDS or len(case.slots) != 1 or case.as_of or case.must_refuse:
        return
    edit = edit_of(case, [article.text for article in originals.values()])
    if edit is not None:
        yield _edited(case, edit, originals)
    if case.id not in STILL_ANSWERED:
        yield _deleted(case, originals)


def _edited(
    case: Ask, edit: Edit, originals: Mapping[str, Article]
) -> tuple[Ask, Sequence[Article]]:
    copies = [_copy(a, case, "edited", edit.apply(a.text)) for a in originals.values()]
    groups = (tuple(_moved(span, edit, originals, case) for span in group) for group in case.gold)
    slot = Slot(name=case.slots[0].name, aliases=(edit.new, f"{edit.new}'s"))
    right = {"slots": (slot,), "gold": tuple(groups), "forbidden": (edit.old,)}
    return _asked(case, "edited", copies, right), copies


def _deleted(case: Ask, originals: Mapping[str, Article]) -> tuple[Ask, Sequence[Article]]:
    spans = [span for group in case.gold for span in group]
    copies = [_copy(a, case, "deleted", _without(a, spans)) for a in originals.values()]
    return _asked(case, "deleted", copies, {"must_refuse": True}), copies


def _asked(case: Ask, kind: str, copies: Sequence[Article], right: Mapping[str, object]) -> Ask:
    """The same question of the copies alone, and what is right of them."""
    asked = {
        "id": f"{case.id}-{kind}",
        "kind": kind,
        "split": case.split,
        "cluster": case.id,
        "question": case.question,
        "articles": tuple(copy.id for copy in copies),
    }
    return Ask.model_validate({**asked, **right})


def _copy(article: Article, case: Ask, kind: str, text: str) -> Article:
    return replace(article, id=f"{article.id}.{case.id}-{kind}", text=text)


def _without(article: Article, spans: Sequence[Span]) -> str:
    text = article.text
    mine = [span for span in spans if span.article_id == article.id]
    for span in sorted(mine, key=lambda span: -span.start):
        text = text[: span.start] + text[span.end :].lstrip(" ")
    return text


def _moved(span: Span, edit: Edit, originals: Mapping[str, Article], case: Ask) -> Span:
    """The same sentence in the edited article."""
    before = edit.apply(originals[span.article_id].text[: span.start])
    quote = edit.apply(span.quote)
    return Span(
        article_id=f"{span.article_id}.{case.id}-edited",
        start=len(before),
        end=len(before) + len(quote),
        quote=quote,
    )


def _values(alias: str) -> list[str]:
    """What of an alias can be exchanged: a number in digits or words, a day, a month, a name."""
    words = [w for w in re.findall(r"[A-Za-z]+", alias) if w in DAYS + MONTHS or w.lower() in SMALL]
    names = [alias] if NAME.fullmatch(alias) else []
    return [*NUMBER.findall(alias), *words, *names]


def _another(value: str, turn: int) -> str:
    """Another value of the same kind; another turn, perhaps another one."""
    if NUMBER.fullmatch(value):
        return _another_number(value, turn)
    for family in (SMALL, tuple(w.capitalize() for w in SMALL), DAYS, MONTHS):
        if value in family:
            step = 2 + turn % (len(family) - 3)
            return family[(family.index(value) + step) % len(family)]
    return NAMES[turn % len(NAMES)]


def _another_number(value: str, turn: int) -> str:
    """As many digits, another first one; separators stay, a year stays a year."""
    digits = [c for c in value if c.isdigit()]
    if re.fullmatch(r"20\d\d", value):
        return f"20{10 + (int(value[2:]) - 10 + 2 + turn % 5) % 15:02d}"
    first = str((int(digits[0]) + 1 + turn % 4) % 9 + 1)
    changed = first if first != digits[0] else str(int(first) % 9 + 1)
    return changed + value[1:]
