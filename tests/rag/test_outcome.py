"""What the log and the metrics say of a question's end."""

from dataclasses import replace

import pytest

from rag.errors import Busy, EngineDied
from rag.outcome import STAGES, code_of, stages_ms
from rag.types import Answer, Receipt, Refusal, RefusalCode, Status, Timings

REFUSED = Answer(
    status=Status.REFUSED,
    refusal=Refusal(RefusalCode.NOT_IN_ARTICLES, "The articles do not say it."),
    sentences=(),
    citations=(),
    agreement=(),
    confidence=0.1,
    question_used="Did it rain?",
    timings=Timings(retrieve=30, first_sentence=None, total=500),
    receipt=Receipt("0" * 64, "g", "1" * 64, "test"),
)


@pytest.mark.parametrize(
    ("timings", "lasted"),
    [
        (
            Timings(30, 900, 950, waited=10, judged=400, written=850),
            {"waited": 10, "retrieve": 20, "judge": 370, "write": 450}
            | {"first_sentence": 900, "total": 950},
        ),
        (
            Timings(30, None, 410, waited=0, judged=400),
            {"waited": 0, "retrieve": 30, "judge": 370, "total": 410},
        ),
        (Timings(30, None, 31), {"waited": 0, "retrieve": 30, "total": 31}),
    ],
)
def test_stages_are_the_times_between_their_ends(timings: Timings, lasted: dict[str, int]) -> None:
    found = stages_ms(replace(REFUSED, timings=timings))
    assert found == lasted
    assert list(found) == [stage for stage in STAGES if stage in found]


@pytest.mark.parametrize("code", [RefusalCode.UNSAFE, RefusalCode.AMBIGUOUS])
def test_what_is_refused_unread_was_not_searched_for(code: RefusalCode) -> None:
    timings = Timings(0, None, 1).later(50)
    unread = replace(REFUSED, refusal=Refusal(code, "No."), timings=timings)
    assert stages_ms(unread) == {"waited": 50, "total": 51}


def test_an_error_has_its_code_and_a_bug_has_one_too() -> None:
    codes = [code_of(error) for error in (Busy("", 1), EngineDied(""), ValueError("secret"))]
    assert codes == ["busy", "engine_died", "internal_error"]
