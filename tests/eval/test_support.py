"""The support scorer: evidence, features, what training is made of, and the shipped weights."""

import math
import random
from pathlib import Path

import numpy as np
import pytest

from eval.cases import Claim
from eval.support import SupportScorer, load_scorer
from eval.support.card import CARD, FOLDER, WEIGHTS, read_card
from eval.support.evidence import MAX_PIECES, MAX_SENTENCES, Passage, passage_of, pieces_of
from eval.support.examples import Labelled, labelled_examples, weigh
from eval.support.features import NAMES, piece_features
from eval.support.judge import COLUMNS, Judge, claim_row
from eval.support.measure import Judged, balanced_accuracy, by_suite, interval, mean_of
from eval.support.negatives import EDITORS, Editor, Fault, corrupt, stock_of
from eval.support.positives import compress, restyle
from index.models import Catalogue
from index.models.files import locate
from rag.errors import ModelMissing, SuiteError
from rag.settings import Settings

STORY = (
    "Mayor Anna Berg opened the harbour bridge on Monday. "
    "The bridge cost 45 million crowns, officials said. "
    "Carl Lund, a fisherman, said the ferry was cheaper. "
    "Rain fell on the crowd in the afternoon."
)
BERG = "Mayor Anna Berg opened the harbour bridge on Monday."


def feature(claim: str, name: str, source: str = STORY) -> float:
    passage = passage_of(source)
    return piece_features(claim, passage, passage.select(claim))[NAMES.index(name)]


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # not secret


def labelled(number: int, supported: bool, suite: str = "begin", kind: str = "wow") -> Labelled:
    claim = Claim(
        id=str(number),
        kind=kind,
        cluster=f"s{number}",
        claim="The bridge cost 45 million crowns.",
        source=STORY,
        supported=supported,
    )
    return Labelled(suite, claim, passage_of(STORY))


def judged(number: int, supported: bool, probability: float, suite: str = "frank") -> Judged:
    return Judged(suite, labelled(number, supported).claim, probability)


# Evidence


def test_the_sentences_that_share_rare_words_are_chosen_in_document_order() -> None:
    passage = passage_of(STORY)
    chosen = passage.select("Carl Lund said it cost 45 million crowns.")
    assert chosen == (1, 2)


def test_a_claim_without_a_shared_word_still_gets_one_sentence() -> None:
    assert passage_of(STORY).select("Elephants!") == (0,)


def test_never_more_sentences_than_the_limit() -> None:
    passage = Passage(tuple(f"Number {n} is about bridges and boat{n}." for n in range(9)))
    claim = " ".join(f"boat{n}" for n in range(9))
    assert len(passage.select(claim)) == MAX_SENTENCES


def test_pieces_are_the_sentences_and_lose_no_word() -> None:
    claim = " ".join(f"The boat {n} left the harbour." for n in range(MAX_PIECES + 3))
    found = pieces_of(claim)
    assert len(found) == MAX_PIECES
    assert " ".join(found) == claim


# Features


def test_a_copied_sentence_is_fully_covered() -> None:
    for name in ("cover_best", "cover_evidence", "cover_source", "bigrams", "longest_run"):
        assert feature(BERG, name) == pytest.approx(1.0)
    for name in ("missing_numbers", "missing_names", "missing_words_source", "negation", "gap"):
        assert feature(BERG, name) == 0.0


@pytest.mark.parametrize(
    ("claim", "name", "value"),
    [
        ("The bridge cost 54 million crowns.", "missing_numbers", 1.0),
        ("The bridge cost 54 million crowns.", "missing_numbers_source", 1.0),
        ("Anna Holm opened the bridge.", "missing_names", 0.5),
        ("The bridge did not cost 45 million crowns.", "negation", 1.0),
        ("I think the ferry was cheaper.", "first_person", 1 / 6),
        ("Big purple elephants opened the bridge.", "gap", 0.5),
    ],
)
def test_what_is_missing_is_counted(claim: str, name: str, value: float) -> None:
    assert feature(claim, name) == pytest.approx(value)


def test_features_of_a_claim_without_content_words_are_finite() -> None:
    passage = passage_of("...")
    assert all(math.isfinite(value) for value in piece_features("It is.", passage, (0,)))


# Pairs made by program


@pytest.mark.parametrize("editor", tuple(dict.fromkeys(EDITORS)))
def test_every_editor_marks_what_it_put_in(editor: Editor) -> None:
    claim = "Anna Berg said the bridge was opened before 45 officials left for Oslo."
    here = stock_of([*passage_of(STORY).sentences, "Per Holm was seen in 1999, in the old town."])
    other = stock_of(["Ida Moe was walking in 77 minutes, with a small dog, on the shore."])
    for seed in range(8):
        edit = editor(claim, here, other, seeded(seed))
        if edit is None:
            continue
        assert edit.fault is not None
        kept = set(range(len(edit.text))) - {n for a, b in edit.spans for n in range(a, b)}
        assert edit.text != claim
        left = min(a for a, _ in edit.spans)
        assert edit.text[:left] == claim[:left]
        assert all(0 <= a < b <= len(edit.text) for a, b in edit.spans)
        assert kept


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (Fault.NUMBER, "The bridge cost"),
        (Fault.NEGATION, "not"),
        (Fault.OPPOSITE, "after"),
        (Fault.EXCHANGE, "Oslo met Anna Berg"),
    ],
)
def test_faults_are_what_they_are_called(fault: Fault, found: str) -> None:
    claims = {
        Fault.NUMBER: "The bridge cost 45 crowns.",
        Fault.NEGATION: "The bridge was not opened.",
        Fault.OPPOSITE: "It sailed before noon.",
        Fault.EXCHANGE: "Anna Berg met Oslo.",
    }
    empty = stock_of(())
    edits = [corrupt(claims[fault], empty, empty, seeded(seed)) for seed in range(40)]
    texts = [edit.text for edit in edits if edit and edit.fault is fault]
    assert texts
    if fault is Fault.NEGATION:
        assert set(texts) == {"The bridge was opened."}
    else:
        assert all(found in text for text in texts)


def test_a_made_pair_is_the_same_for_the_same_seed() -> None:
    here, other = stock_of(passage_of(STORY).sentences), stock_of(())
    assert corrupt(BERG, here, other, seeded(3)) == corrupt(BERG, here, other, seeded(3))


def test_compressing_only_leaves_out() -> None:
    claim = "On Monday, Anna Berg (the mayor) finally opened the bridge, which officials praised."
    for seed in range(12):
        words = compress(claim, seeded(seed)).lower().strip(".").split()
        remaining = iter(claim.lower().replace(",", "").strip(".").split())
        assert all(word.strip(",") in remaining for word in words)


def test_lower_case_keeps_the_marked_spans() -> None:
    here = stock_of(passage_of(STORY).sentences)
    edit = corrupt(BERG, here, stock_of(()), seeded(1))
    assert edit is not None
    for seed in range(8):
        assert restyle(edit, seeded(seed)).spans == edit.spans


def test_labelled_rows_give_each_class_of_each_part_the_same_weight() -> None:
    rows = [labelled(0, True), labelled(1, False), labelled(2, False)]
    rows += [labelled(3, True, "frank", "bbc"), labelled(4, False, "frank", "bbc")]
    rows += [labelled(5, True, "frank", "cnndm"), labelled(6, False, "frank", "cnndm")]
    weights = weigh(rows)
    assert sum(weights) == pytest.approx(len(rows))
    assert weights[0] == pytest.approx(weights[1] + weights[2])
    assert weights[0] == pytest.approx(weights[3] + weights[5])


def test_a_supported_row_also_gives_a_false_version() -> None:
    found = list(labelled_examples([labelled(0, True), labelled(1, False)], seeded(0)))
    assert [example.target for example in found] == [1.0, 0.0, 0.0]
    assert found[1].origin == "begin, edited"


# The judge and the figures


def test_the_worst_piece_stands_for_the_claim() -> None:
    good = [1.0 if name in {"cover_best", "encoder_support"} else 0.0 for name in COLUMNS]
    bad = [1.0 - value for value in good]
    row = claim_row([good, bad])
    assert row[COLUMNS.index("cover_best")] == 0.0
    assert row[COLUMNS.index("missing_numbers")] == 1.0


def test_a_stored_judge_says_the_same() -> None:
    judge = Judge(np.array([0.5, 0.25]), np.array([2.0, -1.0]), 0.125)
    row = np.array([1.0, 1.0])
    assert Judge.of(judge.tables()).probability(row) == judge.probability(row)
    assert judge.probability(row) == pytest.approx(1 / (1 + math.exp(-0.375)), abs=1e-4)


def test_balanced_accuracy_is_the_mean_of_both_classes() -> None:
    rows = [judged(0, True, 0.9), judged(1, True, 0.1), judged(2, False, 0.2)]
    measured = balanced_accuracy(rows, seed=0)
    assert measured.value == 0.75
    low, high = interval(measured)
    assert low <= 0.75 <= high


def test_claims_of_one_source_are_resampled_together() -> None:
    rows = [judged(0, True, 0.9), judged(0, False, 0.9)] * 5
    assert interval(balanced_accuracy(rows, seed=0)) == (0.5, 0.5)


def test_one_class_alone_has_no_balanced_accuracy() -> None:
    with pytest.raises(ValueError, match="both classes"):
        balanced_accuracy([judged(0, True, 0.9)], seed=0)


def test_the_mean_leaves_feversym_out() -> None:
    right = [judged(0, True, 0.9), judged(1, False, 0.1)]
    rows = [
        Judged(suite, one.claim, one.probability)
        for suite in ("frank", "summedits", "wice", "begin")
        for one in right
    ]
    wrong = [Judged("feversym", one.claim, 1 - one.probability) for one in right]
    found = by_suite([*rows, *wrong], seed=0)
    assert found["feversym"].value == 0.0
    assert found["mean"].value == 1.0
    assert mean_of([found["feversym"], found["mean"]]).value == 0.5


# What is shipped


def test_the_card_names_the_weights_that_are_shipped() -> None:
    from hashlib import sha256

    card = read_card(FOLDER)
    weights = (FOLDER / WEIGHTS).read_bytes()
    assert sha256(weights).hexdigest() == card.adapter_sha256
    assert len(weights) < 1_100_000
    entry = Catalogue.load().get("minilm")
    assert card.base_sha256 in {file.sha256 for file in entry.files}


def test_other_weights_than_the_card_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / CARD).write_bytes((FOLDER / CARD).read_bytes())
    (tmp_path / WEIGHTS).write_bytes(b"other")
    with pytest.raises(SuiteError, match="not the file that its card describes"):
        load_scorer(tmp_path, tmp_path)


@pytest.mark.parametrize("text", [None, "{}"])
def test_a_missing_or_broken_card_is_an_error(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / CARD).write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError, match=r"card\.json cannot be read"):
        load_scorer(tmp_path, tmp_path)


@pytest.fixture(scope="module")
def scorer() -> SupportScorer:
    try:
        return load_scorer(locate(Catalogue.load().get("minilm"), Settings().cache_dir))
    except ModelMissing as error:
        pytest.skip(f"MiniLM is not in the cache: {error}")


@pytest.mark.real
def test_the_same_pair_gets_the_same_figure_alone_and_in_a_batch(scorer: SupportScorer) -> None:
    claims = [BERG, "The bridge cost 54 million crowns.", "Rain fell. Carl Lund swam home.", "No."]
    pairs = [(claim, STORY) for claim in claims]
    together = scorer.probabilities(pairs)
    assert together == scorer.probabilities(pairs)
    assert together == [scorer.probabilities([pair])[0] for pair in pairs]


@pytest.mark.real
def test_a_copied_sentence_is_supported_and_a_changed_one_less(scorer: SupportScorer) -> None:
    false = "Mayor Carl Lund closed the harbour school on Friday."
    copied, changed = scorer.probabilities([(BERG, STORY), (false, STORY)])
    assert copied >= 0.5 > changed


@pytest.mark.real
def test_nothing_is_supported_by_nothing(scorer: SupportScorer) -> None:
    assert scorer.probabilities([("…", STORY), (BERG, " ")]) == [0.0, 0.0]
    assert scorer.probabilities([]) == []


@pytest.mark.real
def test_receipts_name_the_weights(scorer: SupportScorer) -> None:
    assert scorer.digest == read_card(FOLDER).adapter_sha256
    assert scorer.name == f"support-{scorer.digest[:8]}"
