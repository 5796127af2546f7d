import pytest

from eval.bench.cells import Part, Ratio, Run
from eval.bench.ratios import prefill_share, ratios_of
from eval.bench.tables import markdown_of, number
from tests.eval.bench_run import run_without

EXPECTED = {
    "first verified sentence / plain prefill of four passages": (0.1, True),  # 0.4 / 4
    "first verified sentence": (0.4, True),
    "total / plain prefill of four passages": (0.5, False),  # 2 / 4
    "total / plain total": (0.25, True),  # 2 / 8
    "total / total with cached whole articles": (0.8, True),  # 2 / 2.5
    "an identical question again": (10.0, True),
    "decoding / memory bandwidth": (0.8, True),  # 1 GB * 16/s of 20 GB/s
    "decoding of quotes, prompt lookup on / off": (1.2, False),  # 18 / 15
    "answers/s of 4 users / of 1": (2.5, True),
    "indexing / indexing in float32": (2.5, True),
    "retrieval among 100,000 sentences, 95th percentile": (12.0, True),
    "start to ready, warm": (4.0, True),
}


def test_every_target_is_computed_from_the_cells_and_compared_with_its_bound() -> None:
    found = {one.name: (one.value, one.reached) for one in ratios_of(run_without())}
    assert found == EXPECTED


def test_prefill_is_a_share_of_what_the_processor_multiplies() -> None:
    assert prefill_share(run_without()) == pytest.approx(0.5)  # 2 * 1e9 * 25/s of 100 GFLOP/s


def test_a_target_whose_section_was_not_run_says_so_and_is_not_reached() -> None:
    by_name = {one.name: one for one in ratios_of(run_without(Part.USERS, Part.PEERS))}
    users = by_name["answers/s of 4 users / of 1"]
    assert (users.value, users.reached) == (None, None)
    assert users.why == "not measured: users ours users=4"
    assert by_name["total / total with cached whole articles"].value is None
    assert by_name["total / plain total"].reached


def test_a_target_whose_cell_failed_repeats_why() -> None:
    run = run_without()
    failed = [
        section.model_copy(
            update={"cells": tuple(c.model_copy(update=FAILED) for c in section.cells)}
        )
        if section.part is Part.START
        else section
        for section in run.sections
    ]
    *_, start = ratios_of(Run(made=run.made, sections=tuple(failed)))
    assert start.why == "start ours start=warm: it did not start"


FAILED = {"figures": {}, "why": "it did not start"}


@pytest.mark.parametrize(
    ("value", "at_least", "reached"),
    [(2.0, False, True), (2.1, False, False), (2.0, True, True), (1.9, True, False)],
)
def test_a_bound_is_reached_by_what_equals_it(value: float, at_least: bool, reached: bool) -> None:
    assert Ratio(name="r", value=value, bound=2.0, at_least=at_least).reached is reached


def test_the_tables_show_what_failed_and_why() -> None:
    run = run_without()
    shown = markdown_of(run.model_copy(update={"ratios": ratios_of(run)}))
    assert "| total / plain prefill of four passages | 0.5 | ≤ 0.3 | **no** |" in shown
    assert "| start to ready, warm | 4 s | ≤ 5 s | yes |" in shown
    txtai = next(line for line in shown.splitlines() if line.startswith("| txtai RAG"))
    assert txtai.endswith("| the peers' environment is not there |")
    assert "- a note" in shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (0.01234, "0.0123"), (12.34, "12.3"), (1234.5, "1,234")]
)
def test_numbers_keep_the_digits_that_count(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_a_run_is_the_same_after_it_was_written_and_read() -> None:
    run = run_without()
    assert Run.model_validate_json(run.model_dump_json()) == run
