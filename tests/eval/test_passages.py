"""Suites of given passages, over rows invented here; and, marked real, over the public files."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from eval.cases import Ask, Split
from eval.figures.answers import score_ask
from eval.replies import Reply
from eval.suites.mtrag import MtragSuite
from eval.suites.passages import PASSAGE_SUITES, ClapnqSuite, NomiraclSuite
from eval.suites.protocol import Choice, Task, split_by
from eval.suites.public import PassageSuite, is_readable, sources_of
from eval.suites.ramdocs import RamdocsSuite, variants
from eval.suites.squad2 import SquadSuite
from rag.errors import SuiteError, SuiteMissing

Rows = list[dict[str, Any]]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

HARBOUR = "The harbour opened in 1901 . It froze in 1907 . It froze in 1907 . Ice is cold ."


def clapnq(number: int, title: str = "Harbour", **changes: object) -> dict[str, Any]:
    passage = {"id": f"clapnq-{number}-p0", "title": title, "text": HARBOUR}
    row = {
        "id": f"clapnq-{number}",
        "question": "when did the harbour freeze",
        "passages": [passage],
        "answers": ["In 1907 .\r"],
        "evidence": ["It froze in 1907 .", "Ice is cold ."],
        "answerable": True,
    }
    return row | changes


def nomiracl(number: int, *pages: str, answerable: bool = True) -> dict[str, Any]:
    passages = [{"id": page, "text": f"Page {page}: some words about {page}."} for page in pages]
    return {
        "id": f"nomiracl-{number}",
        "question": "Who?",
        "passages": passages,
        "answerable": answerable,
    }


def document(number: int, text: str, kind: str, answer: str) -> dict[str, Any]:
    return {"id": f"ramdocs-1-d{number}", "text": text, "type": kind, "answer": answer}


def ramdocs(**changes: object) -> dict[str, Any]:
    row = {
        "id": "ramdocs-1",
        "question": "When was Oda Ruud born?",
        "documents": [
            document(
                0, "Oda Ruud, a judge born May 3, 1850; on 3 may 1850.", "correct", "3 May 1850"
            ),
            document(1, "Oda Ruud, painter, was born in 1901.", "correct", "1901"),
            document(2, "Oda Ruud was born in 1777.", "misinfo", "1777"),
            document(3, "Oda Ruud likes 1901 boats.", "noise", "unknown"),
            document(4, "Oda\x00\ufffd\ufffd", "noise", "unknown"),
        ],
        "gold_answers": ["3 May 1850", "1901"],
        "wrong_answers": ["1777", "1777", "May 1850"],
        "entities": ["Oda Ruud (judge)", "Oda Ruud (painter)"],
    }
    return row | changes


def squad2(number: int, title: str = "Boats", **changes: object) -> dict[str, Any]:
    row = {
        "id": f"squad2-{number}",
        "title": title,
        "question": "How many boats?",
        "context": "Seven old boats lie there.",
        "answers": [
            {"text": "Seven", "start": 0},
            {"text": "Seven", "start": 0},
            {"text": "Seven old boats", "start": 0},
        ],
        "answerable": True,
    }
    return row | changes


def mtrag(number: int, **changes: object) -> dict[str, Any]:
    row = {
        "id": f"mtrag-{number:032x}-t01",
        "turns": [{"role": "user", "text": f"Question {number}?"}],
        "contexts": [{"id": f"{number}-0-9", "title": None, "text": f"Words of number {number}."}],
        "reference": "An answer.",
        "answerability": "ANSWERABLE",
        "collection": "fleet",
        "subset": "mtrag-un",
    }
    return row | changes


FEW: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "clapnq": lambda n: clapnq(n, title=f"Title {n}"),
    "mtrag": mtrag,
    "nomiracl": lambda n: nomiracl(n, f"{n}#1"),
    "ramdocs": lambda n: ramdocs(
        id=f"ramdocs-{n}",
        documents=[document(n, "Born in 1850.", "correct", "1850")],
        gold_answers=["1850"],
        wrong_answers=[],
    ),
    "squad2": lambda n: squad2(n, title=f"Title {n}", context=f"Seven old boats lie at {n}."),
}
"""For every suite: the row of a number, which shares its source with no other."""

Opened = Callable[..., PassageSuite]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Write rows as the suite's file, and open it; by default with both splits."""

    def open_rows(
        name: str,
        rows: Rows,
        split: Split | None = None,
        limit: int | None = None,
        seed: int = 0,
    ) -> PassageSuite:
        suite = PASSAGE_SUITES[name]
        assert isinstance(suite, type)
        assert issubclass(suite, PassageSuite)
        path = tmp_path / suite.file
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        path.write_bytes(gzip.compress(lines.encode(), mtime=0))
        return suite(Choice(tmp_path, tmp_path, split, limit, seed))

    return open_rows


def check_spans(suite: PassageSuite) -> int:
    """Every gold span is its article's text; how many there are."""
    texts = {article.id: article.text for article in suite.corpus()}
    spans = [(ask, span) for ask in suite.questions() for group in ask.gold for span in group]
    for ask, span in spans:
        assert texts[span.article_id][span.start : span.end] == span.quote
        assert span.article_id in ask.articles
    return len(spans)


# what every suite does


@pytest.mark.parametrize("name", sorted(PASSAGE_SUITES))
def test_an_absent_file_is_said_to_be_absent(name: str, tmp_path: Path) -> None:
    with pytest.raises(SuiteMissing, match=rf"{name}_dev\.jsonl\.gz is not in"):
        PASSAGE_SUITES[name](Choice(data=tmp_path, seeds=tmp_path))


@pytest.mark.parametrize("name", sorted(PASSAGE_SUITES))
@pytest.mark.parametrize("broken", [{"more": 1}, {"question": "", "turns": []}])
def test_a_bad_row_is_named_by_file_and_line(
    name: str, broken: dict[str, Any], opened: Opened
) -> None:
    with pytest.raises(SuiteError, match=rf"{name}_dev\.jsonl\.gz, line 2: "):
        opened(name, [FEW[name](1), FEW[name](2) | broken])


@pytest.mark.parametrize("name", sorted(PASSAGE_SUITES))
def test_two_rows_of_one_id_are_refused(name: str, opened: Opened) -> None:
    with pytest.raises(SuiteError, match="two rows have the same id"):
        opened(name, [FEW[name](1), FEW[name](1)])


@pytest.mark.parametrize("name", sorted(PASSAGE_SUITES))
def test_the_same_choice_gives_the_same_questions(name: str, opened: Opened) -> None:
    rows = [FEW[name](number) for number in range(10, 30)]
    one = opened(name, rows, limit=5, seed=3)
    other = opened(name, rows[::-1], limit=5, seed=3)
    assert one.questions() == other.questions()
    assert one.corpus() == other.corpus()
    assert [ask.id for ask in one.questions()] == sorted(ask.id for ask in one.questions())
    assert len(one.questions()) == 5
    assert one.questions() != opened(name, rows, limit=5, seed=4).questions()


@pytest.mark.parametrize("name", sorted(PASSAGE_SUITES))
def test_the_corpus_holds_what_the_chosen_questions_need(name: str, opened: Opened) -> None:
    suite = opened(name, [FEW[name](number) for number in range(10, 30)], limit=4)
    needed = {article for ask in suite.questions() for article in ask.articles}
    assert [article.id for article in suite.corpus()] == sorted(needed)
    assert suite.name == name
    assert suite.task is Task.ANSWER


@pytest.mark.parametrize("name", sorted(PASSAGE_SUITES))
def test_the_two_splits_are_the_whole_and_share_no_source(name: str, opened: Opened) -> None:
    rows = [FEW[name](number) for number in range(10, 30)]
    sides = {side: opened(name, rows, split=side).questions() for side in Split}
    assert all(ask.split is side for side, asks in sides.items() for ask in asks)
    assert {ask.unit for ask in sides[Split.DEV]} & {ask.unit for ask in sides[Split.TEST]} == set()
    whole = opened(name, rows).questions()
    assert sorted(ask.id for asks in sides.values() for ask in asks) == [ask.id for ask in whole]


@pytest.mark.parametrize("name", sorted(PASSAGE_SUITES))
def test_a_reply_is_scored_by_the_figures_of_answers(name: str, opened: Opened) -> None:
    suite = opened(name, [FEW[name](1)])
    ask = suite.questions()[0]
    reply = Reply(refused=True, refusal="not_in_articles")
    corpus = {article.id: article for article in suite.corpus()}
    assert suite.score(ask, reply) == score_ask(ask, reply, corpus)


def test_rows_are_linked_over_any_number_of_steps() -> None:
    shared = {"d": ["x"], "b": ["x", "y"], "a": ["y"], "c": ["z"], "e": []}
    assert sources_of(shared) == {"a": "a", "b": "a", "d": "a", "c": "c", "e": "e"}
    assert sources_of(dict(reversed(shared.items()))) == sources_of(shared)


@pytest.mark.parametrize(
    ("text", "fit"),
    [("Words\r\n\tand words\x85", True), ("a\ufffd", True), (" \n", False), ("a\x00b", False)],
)
def test_binary_rubbish_is_no_article(text: str, fit: bool) -> None:
    assert is_readable(text) is fit


# ClapNQ


def test_clapnq_every_place_of_an_evidence_sentence_is_gold(opened: Opened) -> None:
    ask = opened("clapnq", [clapnq(1)]).questions()[0]
    assert [[span.start for span in group] for group in ask.gold] == [[29, 48], [67]]
    assert {span.quote for span in ask.gold[0]} == {"It froze in 1907 ."}
    assert ask.references == ("In 1907 .\r",)
    assert (ask.kind, ask.cluster, ask.articles) == ("answerable", "Harbour", ("clapnq-1-p0",))
    assert ask.split is split_by("Harbour")


def test_clapnq_offsets_count_carriage_returns(opened: Opened) -> None:
    """A reader that turned CR LF into LF would move every offset after it."""
    passage = {"id": "clapnq-1-p0", "title": "T", "text": "One .\r\nTwo .\rThree ."}
    suite = opened("clapnq", [clapnq(1, passages=[passage], evidence=["Three ."])])
    assert suite.corpus()[0].text == "One .\r\nTwo .\rThree ."
    assert suite.questions()[0].gold[0][0].start == 13
    assert check_spans(suite) == 1


def test_clapnq_without_evidence_there_is_no_gold(opened: Opened) -> None:
    unanswered = clapnq(2, answers=[], evidence=[], answerable=False)
    known, unknown = opened("clapnq", [clapnq(1, evidence=[]), unanswered]).questions()
    assert (known.gold, known.must_refuse, len(known.references)) == ((), False, 1)
    assert (unknown.kind, unknown.must_refuse, unknown.references) == ("unanswerable", True, ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"evidence": ["Not there."]}, "an evidence sentence is not in the passage"),
        ({"answers": []}, "answerable exactly if it has answers"),
        ({"passages": []}, "passages"),
        ({"passages": [{"id": "p", "title": "T", "text": " "}]}, "no text that can be read"),
    ],
)
def test_clapnq_a_row_that_contradicts_itself(
    changes: dict[str, Any], said: str, opened: Opened
) -> None:
    with pytest.raises(SuiteError, match=f"clapnq_dev.jsonl.gz, line 1: .*{said}"):
        opened("clapnq", [clapnq(1, **changes)])


def test_clapnq_one_id_for_two_passages_is_refused(opened: Opened) -> None:
    passage = {"id": "clapnq-1-p0", "title": "Other", "text": "Other words ."}
    other = clapnq(2, passages=[passage], evidence=[])
    with pytest.raises(SuiteError, match="two different passages have the id 'clapnq-1-p0'"):
        opened("clapnq", [clapnq(1), other])


# NoMIRACL


def test_nomiracl_only_refusal_is_known(opened: Opened) -> None:
    rows = [nomiracl(1, "7#2", "8#1"), nomiracl(2, "9#1", answerable=False)]
    suite = opened("nomiracl", rows)
    known, unknown = suite.questions()
    assert known.articles == ("nomiracl-7-2", "nomiracl-8-1")
    assert (known.slots, known.gold, known.references, known.must_refuse) == ((), (), (), False)
    assert (unknown.kind, unknown.must_refuse) == ("unanswerable", True)
    assert suite.corpus()[0].title == "Page 7#2"
    assert suite.corpus()[0].text == "Page 7#2: some words about 7#2."


def test_nomiracl_rows_that_share_a_page_are_one_source(opened: Opened) -> None:
    rows = [nomiracl(3, "7#2", "8#1"), nomiracl(1, "8#5", "9#1"), nomiracl(2, "6#1", "6#2")]
    suite = opened("nomiracl", rows)
    assert [ask.cluster for ask in suite.questions()] == ["nomiracl-1", "nomiracl-2", "nomiracl-1"]
    assert len({ask.split for ask in suite.questions() if ask.cluster == "nomiracl-1"}) == 1


def test_nomiracl_a_passage_of_two_rows_is_one_article(opened: Opened) -> None:
    suite = opened("nomiracl", [nomiracl(1, "7#2"), nomiracl(2, "7#2")])
    assert [article.id for article in suite.corpus()] == ["nomiracl-7-2"]


# RAMDocs


def test_ramdocs_slots_gold_and_sides(opened: Opened) -> None:
    suite = opened("ramdocs", [ramdocs()])
    ask = suite.questions()[0]
    assert [slot.aliases for slot in ask.slots] == [("3 May 1850", "May 3, 1850"), ("1901",)]
    quotes = [[(span.article_id[-2:], span.quote) for span in group] for group in ask.gold]
    assert quotes == [[("d0", "May 3, 1850"), ("d0", "3 may 1850")], [("d1", "1901")]]
    assert ask.sides == (("ramdocs-1-d0",), ("ramdocs-1-d1",), ("ramdocs-1-d2",))
    assert ask.wrong == ("1777",), "each once, and none that is part of a right answer"
    assert ask.kind == "conflict"
    assert check_spans(suite) == 3


def test_ramdocs_binary_documents_are_no_articles(opened: Opened) -> None:
    suite = opened("ramdocs", [ramdocs()])
    assert [article.id[-2:] for article in suite.corpus()] == ["d0", "d1", "d2", "d3"]
    assert suite.corpus()[3].title == "Oda Ruud likes 1901 boats."
    with pytest.raises(SuiteError, match=r"line 1: documents: .*no document that can be read"):
        opened("ramdocs", [ramdocs(documents=[document(4, "\x00", "noise", "unknown")])])


def test_ramdocs_kinds(opened: Opened) -> None:
    true = [
        document(0, "Born in 1850.", "correct", "1850"),
        document(1, "1901.", "correct", "1901"),
    ]
    rows = [
        ramdocs(id="ramdocs-1", documents=true, gold_answers=["1850", "1901"], wrong_answers=[]),
        ramdocs(id="ramdocs-2", documents=true[:1], gold_answers=["1850"], wrong_answers=["1"]),
    ]
    several, one = opened("ramdocs", rows).questions()
    assert (several.kind, len(several.sides)) == ("ambiguous", 2)
    assert (one.kind, one.sides) == ("plain", ()), "one side is no conflict"


def test_ramdocs_a_row_whose_answer_is_right_and_wrong_is_left_out(opened: Opened) -> None:
    rows = [ramdocs(), ramdocs(id="ramdocs-2", gold_answers=["Judge"], wrong_answers=["judge"])]
    assert [ask.id for ask in opened("ramdocs", rows).questions()] == ["ramdocs-1"]


def test_ramdocs_an_answer_that_no_document_gives_is_not_asked_for(opened: Opened) -> None:
    rows = [ramdocs(gold_answers=["3 May 1850", "1999"]), ramdocs(id="none", gold_answers=["1999"])]
    (ask,) = opened("ramdocs", rows).questions()
    assert [slot.aliases[0] for slot in ask.slots] == ["3 May 1850"]
    assert len(ask.gold) == 1


@pytest.mark.parametrize(
    ("answer", "others"),
    [
        ("Judge", []),
        ("3,559 people", ["3,559", "3559"]),
        ("About 50,000", ["50,000", "50000"]),
        ("175915", ["175,915"]),
        ("1901", []),
        ("October 1st, 1974", ["1 October 1974", "October 1, 1974"]),
        ('Rowing (boats) ."', ["Rowing"]),
        ('Ship "Ada"', []),
    ],
)
def test_ramdocs_variants_say_the_same(answer: str, others: list[str]) -> None:
    assert variants(answer) == (answer, *others)


# SQuAD 2.0


def test_squad2_answers_are_slot_references_and_gold(opened: Opened) -> None:
    suite = opened("squad2", [squad2(1)])
    ask = suite.questions()[0]
    assert ask.slots[0].aliases == ask.references == ("Seven", "Seven old boats")
    assert [(span.start, span.end) for span in ask.gold[0]] == [(0, 5), (0, 15)]
    assert check_spans(suite) == 2


def test_squad2_questions_of_one_context_share_one_article(opened: Opened) -> None:
    rows = [squad2(1), squad2(2, answers=[], answerable=False), squad2(3, title="Elsewhere")]
    suite = opened("squad2", rows)
    first, second, third = suite.questions()
    assert first.articles == second.articles != third.articles
    assert first.cluster == first.articles[0]
    assert (second.kind, second.must_refuse, second.slots) == ("unanswerable", True, ())
    assert [article.text for article in suite.corpus()] == ["Seven old boats lie there."] * 2


def test_squad2_a_page_stands_on_one_side(opened: Opened) -> None:
    rows = [squad2(n, context=f"Seven old boats at {n}.") for n in range(20)]
    assert {ask.split for ask in opened("squad2", rows).questions()} == {split_by("Boats")}


def test_squad2_an_answer_elsewhere_is_refused(opened: Opened) -> None:
    with pytest.raises(SuiteError, match=r"line 1: .*not the context at its offset"):
        opened("squad2", [squad2(1, answers=[{"text": "Seven", "start": 1}])])


# mtRAG

TALK = [
    {"role": "user", "text": "What floats?"},
    {"role": "agent", "text": "Boats do."},
    {"role": "user", "text": "Which ones?"},
]


def test_mtrag_the_last_turn_is_the_question(opened: Opened) -> None:
    ask = opened("mtrag", [mtrag(1, turns=TALK)]).questions()[0]
    assert ask.question == "Which ones?"
    assert [(turn.role, turn.content) for turn in ask.history] == [
        ("user", "What floats?"),
        ("assistant", "Boats do."),
    ]
    assert ask.references == ("An answer.",)


def test_mtrag_kinds_and_refusals(opened: Opened) -> None:
    kinds = ["ANSWERABLE", "PARTIAL", "UNANSWERABLE", "UNDERSPECIFIED", "CONVERSATIONAL"]
    rows = [mtrag(n, answerability=kind) for n, kind in enumerate(kinds)]
    found = [(ask.kind, ask.must_refuse) for ask in opened("mtrag", rows).questions()]
    assert found == [
        ("answerable", False),
        ("partial", False),
        ("unanswerable", True),
        ("underspecified", True),
    ]


def test_mtrag_is_asked_of_its_collection(opened: Opened) -> None:
    """A row without passages would be refused by anybody who looks whether there are any."""
    rows = [
        mtrag(1),
        mtrag(2),
        mtrag(3, answerability="UNANSWERABLE", contexts=[]),
        mtrag(4, collection="law"),
        mtrag(5, answerability="UNANSWERABLE", contexts=[], collection="empty"),
    ]
    asked = {ask.id[-5:-4]: ask.articles for ask in opened("mtrag", rows).questions()}
    assert asked["1"] == asked["2"] == asked["3"] == ("mtrag-1-0-9", "mtrag-2-0-9")
    assert asked["4"] == ("mtrag-4-0-9",)
    assert asked["5"] == ("mtrag-1-0-9", "mtrag-2-0-9", "mtrag-4-0-9")


def test_mtrag_some_articles_are_there_even_if_no_chosen_row_has_any(opened: Opened) -> None:
    rows = [mtrag(n, answerability="UNANSWERABLE", contexts=[]) for n in range(2, 9)]
    suite = opened("mtrag", [mtrag(1), *rows], limit=1)
    assert suite.questions()[0].must_refuse
    assert suite.questions()[0].articles == ("mtrag-1-0-9",)
    assert [article.id for article in suite.corpus()] == ["mtrag-1-0-9"]


def test_mtrag_the_pool_is_of_the_chosen_rows(opened: Opened) -> None:
    suite = opened("mtrag", [mtrag(n) for n in range(9)], limit=3)
    assert len(suite.corpus()) == 3
    assert all(len(ask.articles) == 3 for ask in suite.questions())


def test_mtrag_a_conversation_or_a_shared_passage_is_one_source(opened: Opened) -> None:
    shared = [{"id": "1-0-9", "title": None, "text": "Words of number 1."}]
    rows = [mtrag(1, turns=TALK), mtrag(2, turns=TALK[:1]), mtrag(3, contexts=shared), mtrag(4)]
    clusters = [ask.cluster for ask in opened("mtrag", rows).questions()]
    assert clusters == [rows[0]["id"]] * 3 + [rows[3]["id"]]


def test_mtrag_the_last_turn_is_the_users(opened: Opened) -> None:
    with pytest.raises(SuiteError, match=r"line 1: turns: .*last turn is not the user's"):
        opened("mtrag", [mtrag(1, turns=TALK[:2])])


# the public files


def public(suite: type[PassageSuite], split: Split | None = None) -> PassageSuite:
    if not (SHARED / suite.file).is_file():
        pytest.skip(f"the public set {suite.file} is not in {SHARED}")
    return suite(Choice(data=SHARED, seeds=SHARED, split=split))


def kinds(asks: list[Ask]) -> dict[str, int]:
    return dict(Counter(ask.kind for ask in asks))


@pytest.mark.real
@pytest.mark.parametrize(
    ("suite", "articles", "expected"),
    [
        (ClapnqSuite, 300, {"answerable": 150, "unanswerable": 150}),
        (NomiraclSuite, 2423, {"answerable": 125, "unanswerable": 125}),
        (RamdocsSuite, 1364, {"conflict": 120, "ambiguous": 93, "plain": 31}),
        (SquadSuite, 326, {"answerable": 1000, "unanswerable": 1000}),
        (
            MtragSuite,
            736,
            {"answerable": 208, "partial": 31, "unanswerable": 52, "underspecified": 39},
        ),
    ],
)
def test_the_public_sets_are_whole(
    suite: type[PassageSuite], articles: int, expected: dict[str, int]
) -> None:
    opened = public(suite)
    assert kinds(list(opened.questions())) == expected
    assert len(opened.corpus()) == articles
    known = {article.id for article in opened.corpus()}
    assert all(ask.articles and set(ask.articles) <= known for ask in opened.questions())


@pytest.mark.real
@pytest.mark.parametrize(
    ("suite", "spans"), [(ClapnqSuite, 428), (RamdocsSuite, 1320), (SquadSuite, 1808)]
)
def test_every_public_gold_span_is_its_articles_text(suite: type[PassageSuite], spans: int) -> None:
    opened = public(suite)
    assert check_spans(opened) == spans
    if suite is not RamdocsSuite:  # some of its answers are in no document
        bare = [a.id for a in opened.questions() if not a.must_refuse and not a.gold]
        assert bare == (["clapnq-4371964269871290494"] if suite is ClapnqSuite else [])


@pytest.mark.real
@pytest.mark.parametrize(
    "suite", [ClapnqSuite, MtragSuite, NomiraclSuite, RamdocsSuite, SquadSuite]
)
def test_no_passage_of_a_public_set_is_on_both_sides(suite: type[PassageSuite]) -> None:
    ids = [{article.id for article in public(suite, side).corpus()} for side in Split]
    assert ids[0] & ids[1] == set()


@pytest.mark.real
def test_mtrag_shows_that_empty_contexts_give_nothing_away() -> None:
    asks = [ask for ask in public(MtragSuite).questions() if ask.kind == "unanswerable"]
    assert min(len(ask.articles) for ask in asks) > 70
