import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from eval.suite import Case, Kind, Split, load_suite
from index.articles import Article
from rag.errors import SuiteError

TEXTS = {"ferry": "The ferry left. It rained."}
SPAN = {"article_id": "ferry", "start": 0, "end": 15, "quote": "The ferry left."}
GOOD: dict[str, Any] = {
    "id": "one",
    "question": "What left?",
    "kind": "fact",
    "split": "dev",
    "slots": [{"name": "what", "aliases": ["ferry"]}],
    "gold": [[SPAN]],
    "required_articles": [],
}
REFUSE = GOOD | {"id": "two", "kind": "unanswerable", "slots": [], "gold": []}


def write(folder: Path, *rows: Mapping[str, Any]) -> Path:
    path = folder / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cases(seeds: tuple[Article, ...]) -> tuple[Case, ...]:
    return load_suite("seeds", {article.id: article.text for article in seeds})


def test_a_good_suite_is_read_in_order(tmp_path: Path) -> None:
    found = load_suite("own", TEXTS, write(tmp_path, GOOD, REFUSE))
    assert [(case.id, case.kind, case.kind.must_refuse) for case in found] == [
        ("one", Kind.FACT, False),
        ("two", Kind.UNANSWERABLE, True),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "own.jsonl is empty"),
        ([GOOD, {"id": "x"}], "line 2: question: Field required"),
        ([GOOD | {"kind": "riddle"}], "line 1: kind"),
        ([GOOD | {"more": 1}], "line 1: more: Extra inputs"),
        (
            [GOOD | {"gold": [[SPAN | {"start": 1}]]}],
            "a gold span is not the text of ferry",
        ),
        ([GOOD | {"gold": [[SPAN | {"article_id": "x"}]]}], "not the text of x"),
        ([GOOD | {"gold": [[]]}], "line 1: gold.0"),
        ([GOOD | {"slots": []}], "line 1: a question has slots and gold spans"),
        ([REFUSE | {"gold": [[SPAN]]}], "line 1: a question has slots and gold spans"),
        ([GOOD, GOOD], "the id one stands twice"),
    ],
)
def test_a_broken_row_is_an_error_and_never_a_smaller_suite(
    tmp_path: Path, rows: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(SuiteError, match=said):
        load_suite("own", TEXTS, write(tmp_path, *rows))


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text('{"id": \n')
    with pytest.raises(SuiteError, match=r"own\.jsonl, line 1"):
        load_suite("own", TEXTS, tmp_path)


@pytest.mark.parametrize("name", ["other", "../own", ""])
def test_a_suite_that_is_not_there_is_an_error_that_lists_the_known_ones(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(SuiteError, match="known: own"):
        load_suite(name, TEXTS, write(tmp_path, GOOD))


def test_the_seeds_suite_is_as_large_and_as_mixed_as_it_says(cases: tuple[Case, ...]) -> None:
    counts = Counter((case.kind, case.split) for case in cases)
    assert len(cases) == 185
    assert min(counts[kind, split] for kind in Kind for split in Split) >= 6


def test_no_evidence_stands_in_both_splits(cases: tuple[Case, ...]) -> None:
    spans: dict[Split, set[tuple[str, int]]] = {Split.DEV: set(), Split.TEST: set()}
    for case in cases:
        spans[case.split] |= {(s.article_id, s.start) for group in case.gold for s in group}
    assert not spans[Split.DEV] & spans[Split.TEST]
