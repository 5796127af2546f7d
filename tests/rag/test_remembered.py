"""What was told is known for as long as there is room for it."""

from rag.remembered import Remembered, Told
from rag.types import Answer, Receipt, Refusal, RefusalCode, Status, Timings


def told(question: str) -> Told:
    return Told(
        (),
        Answer(
            status=Status.REFUSED,
            refusal=Refusal(RefusalCode.OFF_TOPIC, "Nothing."),
            sentences=(),
            citations=(),
            agreement=(),
            confidence=0.0,
            question_used=question,
            timings=Timings(0, None, 0),
            receipt=Receipt("", "", "", ""),
        ),
    )


def test_what_was_told_is_found_by_an_equal_key() -> None:
    known = Remembered(2)
    known.keep(("a", frozenset({1, 2})), told("a"))
    assert known.find(("a", frozenset({2, 1}))) == told("a")
    assert known.find(("a", frozenset({1}))) is None


def test_what_was_not_asked_for_the_longest_is_forgotten() -> None:
    known = Remembered(2)
    for name in "ab":
        known.keep(name, told(name))
    known.find("a")
    known.keep("c", told("c"))
    assert [known.find(name) for name in "abc"] == [told("a"), None, told("c")]


def test_with_no_room_nothing_is_kept() -> None:
    known = Remembered(0)
    known.keep("a", told("a"))
    assert known.find("a") is None
