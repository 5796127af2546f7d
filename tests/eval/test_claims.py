import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from eval.cases import Claim, Split
from eval.replies import Verdict
from eval.suites.claims import CLAIM_FILES, CLAIM_SUITES, DEV_SHARE, ClaimSuite
from eval.suites.protocol import Choice, Ratio, Task, split_by
from rag.errors import SuiteError, SuiteMissing

COMMON = {"source": "The ferry left at nine.", "claim": "A ferry left."}
EXTRA: dict[str, list[dict[str, Any]]] = {
    "frank": [{"score": 0.5, "subset": "bbc"}, {"score": 1.0, "subset": "cnndm"}],
    "summedits": [{"edit_types": ["antonym_swap"]}, {"edit_types": []}],
    "wice": [
        {"partial": True, "supporting": [[0]], "page": "Ferry", "context": ""},
        {"partial": False, "supporting": [[0, 1]], "page": "Ferry", "context": "Boats."},
    ],
    "feversym": [{}, {}],
    "begin": [
        {"question": "When?", "subset": "cmu", "model": "t5"},
        {"question": "When?", "subset": "wow", "model": "t5"},
    ],
}
KINDS = {
    "frank": ["bbc", "cnndm"],
    "summedits": ["edited", "original"],
    "wice": ["partial", "full"],
    "feversym": ["fact", "fact"],
    "begin": ["cmu", "wow"],
}
FILES = dict(zip(CLAIM_SUITES, CLAIM_FILES, strict=True))


def rows_of(name: str) -> list[dict[str, Any]]:
    """Two rows: the first is not supported, the second is."""
    return [
        COMMON | {"id": f"{name}-{at}", "source_id": f"s{at}", "label": at} | extra
        for at, extra in enumerate(EXTRA[name])
    ]


def choice(data: Path, name: str, *rows: Mapping[str, Any], split: Split | None = None) -> Choice:
    path = data / FILES[name]
    path.parent.mkdir(exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    return Choice(data, data, split)


@pytest.mark.parametrize("name", CLAIM_SUITES)
def test_rows_become_claims_of_their_kind(tmp_path: Path, name: str) -> None:
    suite = ClaimSuite(name, choice(tmp_path, name, *rows_of(name)))
    claims = suite.questions()
    assert suite.task is Task.SUPPORT
    assert suite.corpus() == ()
    assert [claim.kind for claim in claims] == KINDS[name]
    assert [claim.supported for claim in claims] == [False, True]
    assert [claim.unit for claim in claims] == ["s0", "s1"]
    assert claims[0].claim == "A ferry left."
    assert claims[0].source == "The ferry left at nine."


def test_a_wice_claim_without_any_support_is_of_the_kind_none(tmp_path: Path) -> None:
    row = rows_of("wice")[0] | {"partial": False}
    assert ClaimSuite("wice", choice(tmp_path, "wice", row)).questions()[0].kind == "none"


def test_claims_of_one_source_stand_in_one_split(tmp_path: Path) -> None:
    rows = [
        row
        | {
            "id": f"{row['id']}-{source}",
            "source_id": f"source{source}",
            "claim": f"{row['claim']} {source}",
        }
        for source in range(40)
        for row in rows_of("begin")
    ]
    sides = {
        split: {
            c.cluster
            for c in ClaimSuite("begin", choice(tmp_path, "begin", *rows, split=split)).questions()
        }
        for split in Split
    }
    assert not sides[Split.DEV] & sides[Split.TEST]
    assert len(sides[Split.DEV] | sides[Split.TEST]) == 40
    assert all(split_by(source, DEV_SHARE) is Split.DEV for source in sides[Split.DEV])


def test_a_claim_that_stands_in_dev_stands_nowhere_else(tmp_path: Path) -> None:
    """Feversym asks the same claim of two sources: one of them was in dev, the other in test."""
    rows = [
        row | {"id": f"{row['id']}-{source}", "source_id": f"source{source}"}
        for source in range(40)
        for row in rows_of("feversym")
    ]
    held = ClaimSuite("feversym", choice(tmp_path, "feversym", *rows, split=Split.TEST))
    assert held.questions() == []


@pytest.mark.parametrize(
    ("probability", "supported", "right"),
    [(0.5, True, 1.0), (0.4999, True, 0.0), (0.4999, False, 1.0), (0.5, False, 0.0)],
)
def test_half_and_above_says_that_a_claim_is_supported(
    tmp_path: Path, probability: float, supported: bool, right: float
) -> None:
    suite = ClaimSuite("feversym", choice(tmp_path, "feversym", *rows_of("feversym")))
    claim = Claim(id="x", kind="fact", claim="A ferry left.", source="No.", supported=supported)
    share = "sensitivity" if supported else "specificity"
    expected = {"accuracy": Ratio(right), share: Ratio(right)}
    assert suite.score(claim, Verdict(probability=probability)) == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": 2}, "line 1: label"),
        ({"more": 1}, "line 1: more: Extra inputs"),
        ({"subset": "other"}, "line 1: subset"),
    ],
)
def test_a_broken_row_is_an_error(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    row = rows_of("frank")[0] | change
    with pytest.raises(SuiteError, match=said):
        ClaimSuite("frank", choice(tmp_path, "frank", row))


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="is empty"):
        ClaimSuite("wice", choice(tmp_path, "wice"))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SuiteMissing, match="summedits_news_dev"):
        ClaimSuite("summedits", Choice(tmp_path, tmp_path))


def test_an_unknown_suite_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"known: frank, summedits"):
        ClaimSuite("trivia", Choice(tmp_path, tmp_path))
