"""What a question asks for: its parts, the kind of thing, and whether a text holds one.

"How many were hurt?" asks for a quantity, "When was that?" for a time. A text without any cannot
be the answer, however many words it shares with the question. What no rule knows asks for
anything.
"""

import re
from enum import StrEnum

from index.lexical import stem, words
from rag.atoms import NUMBER, numbers_in, stems_in

MAX_CHARS = 2_000
"""More of a question is not read: the service takes no longer one."""

_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)"
_SUBJECT = (
    r"(?:he|she|it|they|there|the|an?|his|her|its|their|this|that|these|those|any|(?-i:[A-Z]))"
)
PART = re.compile(
    r"(?:[,;?.]\s+|\s+)(?:and|but)\s+(?="
    r"(?:(?:in|at|on|for|to|by|with|from|since|until)\s+)?"
    r"(?:who|whom|whose|what|which|when|where|why|how)\b"
    rf"|{_AUXILIARY}\s+{_SUBJECT})"
    r"|\?\s+(?=\S)",
    re.IGNORECASE,
)


class Wanted(StrEnum):
    """The kind of thing that is asked for."""

    TIME = "time"
    QUANTITY = "quantity"
    MEASURE = "measure"
    ANYTHING = "anything"


_ASKS = (
    (
        Wanted.TIME,
        rf"(?:^\W*|[,;?]\s*|\b(?:and|but|or|since|until|till|by|from|of|exactly)\s+)when"
        rf"(?:\s+exactly|\s+(?:on|in|at|last|this)\s+\w+)?(?:\s+{_AUXILIARY}\b|\W*$|\s+and\b)"
        r"|\b(?:what|which) (?:day|date|month|year|week|weekday|morning|evening|decade)\b"
        r"|\bhow (?:recent|recently|long ago|soon)\b|\bwhat time\b",
    ),
    (
        Wanted.QUANTITY,
        r"\bhow (?:many|much)\b"
        r"|\b(?:what|which) (?:share|percentage|percent|proportion|number|fraction|sum)\b",
    ),
    (
        Wanted.MEASURE,
        r"\bhow (?:far|old|tall|large|big|long|wide|deep|fast|heavy|often)\b(?! ago)"
        r"|\b(?:what|which) distance\b",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ASKS)

_QUANTITIES = frozenset(
    words(
        "all both couple dozen dozens few half handful hundreds majority many millions minority"
        " most much no nobody none nothing number only part quarter several single some thousands"
        " third twice"
    )
)
_TIMES = frozenset(
    words(
        "monday tuesday wednesday thursday friday saturday sunday january february march april may"
        " june july august september october november december spring summer autumn winter"
        " today tonight yesterday tomorrow last ago week weeks month months year years day days"
        " hour hours minute minutes morning afternoon evening night noon midnight dawn dusk never"
        " decade decades century daily weekly monthly after before until since during while"
    )
)
_SIZES = frozenset(
    words(
        "always broad brief briefly close deep fast giant huge large larger largest limited long"
        " longer narrow near often rarely repeatedly short shorter slow small smaller tiny vast"
        " wide young"
    )
)
_NAMED = {
    Wanted.TIME: _TIMES,
    Wanted.QUANTITY: _QUANTITIES,
    Wanted.MEASURE: _QUANTITIES | _TIMES | _SIZES,
}
_STATES = tuple(
    frozenset(words(state))
    for state in (
        "kill kills killed killing dead die died dies dying death deaths fatality fatalities toll"
        " murdered lives buried funeral funerals",
        "injure injured injuries injury wounded wound wounds hurt treated hospital casualties",
        "missing disappeared lost",
        "arrest arrested arrests detain detained charged custody",
        "evacuated displaced fled evacuations refugees",
        "infected ill sick cases",
        "rescued saved survived survivors freed released",
    )
)
"""What becomes of people in the news: numbers of the one say nothing of the other."""

_ALIKE = tuple(
    frozenset(words(group))
    for group in (
        "people person persons civilians residents citizens individuals men women adults dead"
        " victims passengers",
        "children child kids kid minors youngsters boys girls",
        "troops soldiers servicemen fighters forces men personnel recruits",
        "times once twice",
        "kilometres kilometers km miles metres meters",
        "cities city towns town villages village settlements settlement",
        "dollars euros pounds",
    )
)
"""Nouns that are counted and may stand for one another: a question rarely has the article's own."""

_NOBODY = frozenset({"nobody", "none", "no"})
_COUNTED = re.compile(
    r"\bhow many (?!of\b)(?:[\w’'-]+ ){0,3}?([a-z]{2,}s|people|children|men|women|personnel)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b(?:[12]\d{3}s?|\d{1,2}[:.]\d{2}|\d{1,2} ?(?:[ap]\.?m\b|o['’]clock)|\d{1,2}/\d{1,2})",
    re.IGNORECASE,
)
_NOT_SO = re.compile(r"\b(?:not|rather than|instead of|other than|besides)\s+\w+", re.IGNORECASE)
_SPELT = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty)"
_DAY = r"(?!\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b)"
_COUNT = rf"(?!(?:1[1-9]|20)\d\d\b)\d[\d,]*\b{_DAY}"
_WANTED_COUNT = re.compile(
    rf"(?:(?:^|[,;.?!]\s*|\b(?:and|please|can you|could you|would you)\s+)"
    r"(?:name|list|give|tell|show|mention|find|identify|state|describe|quote|cite|summari[sz]e)"
    rf"(?:\s+(?:me|us|the|any|all|at least|up to|exactly|only|of|top|main)){{0,3}}"
    r"|\b(?:which|what)(?:\s+(?:are|were|is|was))?(?:\s+(?:the|other|first|last))?)"
    rf"\s+{_COUNT}(?=(?:\s+[\w-]+){{0,2}}?\s+(?:\w+s|people|men|women|children)\b)"
    rf"|\bin\s+(?:(?:about|under|at most|exactly|less than|fewer than)\s+)?{_COUNT}"
    r"\s+(?:short\s+)?(?:sentences?|words?|lines?|points?)\b",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(
    rf"\b(?:\d[\d,.]*,\s+)*(?:\d[\d,.]*|{_SPELT})(?:\s+[a-z]+)?,?\s+or\s+"
    rf"(?:[a-z]+\s+){{0,2}}?(?:\d[\d,.]*|{_SPELT})\b",
    re.IGNORECASE,
)
_ISO_DAY = re.compile(r"\b(\d{4})-\d\d-(\d\d)\b")  # articles have the month in words
_BESIDES = re.compile(
    r"\b(?:besides|other than|apart from|not|except)\s+(?:the\s+)?\S+", re.IGNORECASE
)
_HEAD = re.compile(rf"\b(?:which|what|whose)\s+(?!{_AUXILIARY}\b)\w+", re.IGNORECASE)
_NO_MONTH = re.compile(r"\b(?:may|march)\b")  # a verb; the month is capitalised


def parts_of(question: str) -> list[str]:
    """The things that are asked, in order; the question alone if it asks one."""
    parts = [part.strip() for part in PART.split(_short(question))]
    return [part for part in parts if part]


def wanted(question: str) -> Wanted:
    """What is asked for; of several things, a time before a quantity."""
    question = _short(question)
    found = (kind for kind, pattern in _PATTERNS if pattern.search(question))
    return next(found, Wanted.ANYTHING)


def topic_of(question: str) -> str:
    """A question without the words that say what kind of thing it asks for."""
    question = _short(question)
    for _, pattern in _PATTERNS:
        question = pattern.sub(" ", question)
    return _HEAD.sub(" ", question)


def gives(text: str, question: str) -> bool:
    """Whether a text holds a thing of a kind that is asked for and that the question has not.

    Of a question of several parts, one is enough.
    """
    kinds = dict.fromkeys(wanted(part) for part in parts_of(question) or [question])
    return any(_gives(text, _short(question), kind) for kind in kinds)


def pinned_numbers(question: str) -> list[frozenset[str]]:
    """The numbers in digits that a question is about, of each group of which an answer has one.

    Years, days, ordinals and what is taken for granted ("the 20 dead") pin the subject. How many
    things are wanted ("name 3 regions"), how long the answer shall be and what is left out do not.
    "12 or 15" is one group. A number in words ("two things") is none.
    """
    text = _ISO_DAY.sub(r"\1 \2", _short(question))
    text = _WANTED_COUNT.sub(" ", _BESIDES.sub(" ", text))
    either = [numbers_in(match.group()) for match in _ALTERNATIVE.finditer(text)]
    alone = NUMBER.findall(_ALTERNATIVE.sub(" ", text))
    return [*either, *(numbers_in(number) for number in alone)]


def _short(question: str) -> str:
    """A question as the patterns read it: on one line, not longer than a question can be."""
    return " ".join(question[:MAX_CHARS].split())


def _gives(text: str, question: str, kind: Wanted) -> bool:
    if kind is Wanted.QUANTITY and _counts_others(text, question):
        return False
    if kind is Wanted.ANYTHING or _figures(text, kind) - _figures(question, kind):
        return True
    told, asked = (set(words(_NO_MONTH.sub("", one))) for one in (text, question))
    return bool(_NAMED[kind] & told - asked)


def _counts_others(text: str, question: str) -> bool:
    """Whether a text names nothing that can be what a question counts."""
    asked, told = set(words(_NOT_SO.sub(" ", question))), set(words(text))
    if told & _NOBODY:
        return False
    if any(asked & state and not told & state for state in _STATES):
        return True
    match = _COUNTED.search(question)
    noun = match.group(1).lower() if match else ""
    named = {noun}.union(*(group for group in _ALIKE + _STATES if noun in group))
    return bool(noun) and not {stem(word) for word in named} & stems_in(text)


def _figures(text: str, kind: Wanted) -> frozenset[str]:
    """The numbers of a text that can be the answer: of a time, a year or an hour."""
    return frozenset(_CLOCK.findall(text)) if kind is Wanted.TIME else numbers_in(text)
