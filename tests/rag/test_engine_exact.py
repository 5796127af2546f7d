"""What the engine does to be fast changes no byte; the real engine with a small model."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rag.engine import EngineOptions, Passage, ProcessEngine, Prompt
from rag.errors import EngineCancelled
from rag.types import Message, Role
from tests.rag.test_engine import PATIENCE_S, options_in

pytestmark = pytest.mark.real

OPTIONS = (" yes", " no")
CANCEL_S = 2.0  # the bound itself is a benchmark's: a test may share its cores
SYSTEM = Message(Role.SYSTEM, "Answer from the sentences, in their words. " * 3)
SENTENCES = (
    "The ferry Aurora left Port Halven on Tuesday evening with 212 passengers on board.",
    "Harbour police said 11 people had been taken to hospital.",
    "Minister Jon Abara announced the inquiry on 3 May and promised results within weeks.",
)
QUESTIONS = (
    "How many people were taken to hospital?",
    "When did the ferry leave Port Halven?",
    "Who announced the inquiry?",
)


def prompt(question: str, sentences: tuple[str, ...] = SENTENCES) -> Prompt:
    passages = tuple(Passage(f"[{n}]", f" {text}\n") for n, text in enumerate(sentences, start=1))
    lines = "".join(passage.mark + passage.text for passage in passages)
    content = f"Sentences:\n{lines}Question: {question}"
    return Prompt((SYSTEM, Message(Role.USER, content)), ("Answer:",), passages)


def plain(made: Prompt) -> Prompt:
    """The same text without passages."""
    return replace(made, passages=())


def pin(engine: ProcessEngine) -> None:
    one, other = (
        Prompt((SYSTEM, Message(Role.USER, f"Sentences:\n{letter}"))) for letter in ("a", "b")
    )
    engine.pin(one, other, threading.Event())


def asked(engine: ProcessEngine, made: Prompt) -> tuple[tuple[float, ...], str]:
    chances = engine.choose(made, OPTIONS, threading.Event())
    pieces = engine.stream(made.then(" The"), 24, (), threading.Event())
    return chances, "".join(pieces)


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> EngineOptions:
    return options_in(tmp_path_factory.mktemp("states"), at_once=3)


@pytest.fixture(scope="module")
def engine(options: EngineOptions) -> Iterator[ProcessEngine]:
    made = ProcessEngine(options)
    pin(made)
    yield made
    made.close()


def other_engine(options: EngineOptions, **changed: object) -> ProcessEngine:
    made = ProcessEngine(replace(options, **changed))  # type: ignore[arg-type]  # by name
    pin(made)
    return made


@pytest.fixture(scope="module")
def expected(engine: ProcessEngine) -> list[tuple[tuple[float, ...], str]]:
    return [asked(engine, prompt(question)) for question in QUESTIONS]


def test_guesses_change_no_byte(
    engine: ProcessEngine, options: EngineOptions, expected: list[object]
) -> None:
    slow = other_engine(options, guesses=False)
    try:
        assert [asked(slow, prompt(question)) for question in QUESTIONS] == expected
    finally:
        slow.close()


def test_the_order_of_questions_changes_no_byte(
    engine: ProcessEngine, expected: list[object]
) -> None:
    again = [asked(engine, prompt(question)) for question in reversed(QUESTIONS)]
    assert again == expected[::-1]


def test_states_from_disk_are_those_that_were_computed(
    options: EngineOptions, tmp_path: Path, expected: list[object]
) -> None:
    """Cold, then warm from files, then with damaged files, then with nothing kept at all."""
    found = []
    for number in range(3):
        other = other_engine(options, states_dir=tmp_path)
        found.append([asked(other, prompt(question)) for question in QUESTIONS])
        other.close()
        files = sorted(tmp_path.rglob("*.state"))
        assert len(files) == 1 + 2 * len(SENTENCES)  # the beginning; each mark and text
        if number == 1:
            for path in files:
                path.write_bytes(path.read_bytes()[:-1] + b"\0")
    nothing = other_engine(options, states_dir=tmp_path / "none", memory_bytes=0, disk_bytes=0)
    found.append([asked(nothing, prompt(question)) for question in QUESTIONS])
    nothing.close()
    assert found == [expected] * 4
    assert not list((tmp_path / "none" / "passages").glob("*"))


def test_passages_that_are_prepared_are_not_read_again(
    options: EngineOptions, tmp_path: Path, expected: list[object]
) -> None:
    made = other_engine(options, states_dir=tmp_path)
    made.prepare(prompt(""), threading.Event())
    files = {path.name for path in (tmp_path / "passages").iterdir()}
    assert len(files) == 2 * len(SENTENCES)
    assert [asked(made, prompt(question)) for question in QUESTIONS] == expected
    made.close()
    assert {path.name for path in (tmp_path / "passages").iterdir()} == files


def test_one_passage_is_what_it_is_without_joining(engine: ProcessEngine) -> None:
    """Put back behind the beginning, the first text is what it is when it is read there."""
    made = prompt(QUESTIONS[1], SENTENCES[:1])
    in_place_chances, in_place = asked(engine, plain(made))
    chances, text = asked(engine, made)
    assert text == in_place
    assert chances == pytest.approx(in_place_chances, abs=0.05)


def test_several_at_once_are_all_answered(engine: ProcessEngine, expected: list[object]) -> None:
    """Cells that lie in another order shape the last bits, so bytes are compared after it."""
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda question: asked(engine, prompt(question)), QUESTIONS * 2))
    assert all(text.strip() and sum(chances) == pytest.approx(1) for chances, text in found)
    assert [asked(engine, prompt(question)) for question in QUESTIONS] == expected


def test_a_question_does_not_wait_for_what_is_prepared(
    options: EngineOptions, tmp_path: Path
) -> None:
    """Preparing gives way, and ends when it is cancelled."""
    made = other_engine(options, states_dir=tmp_path)
    cancel, ended = threading.Event(), threading.Event()
    many = tuple(f"{sentence} Part {number}." for number in range(4) for sentence in SENTENCES)

    def prepare() -> None:
        try:
            while True:
                made.prepare(prompt("", (f"{time.monotonic()}", *many)), cancel)
        except EngineCancelled:
            ended.set()

    thread = threading.Thread(target=prepare)
    thread.start()
    assert len(asked(made, prompt(QUESTIONS[0]))[1]) > 0
    assert not ended.is_set()
    cancel.set()
    thread.join(PATIENCE_S)
    made.close()
    assert ended.is_set()


@pytest.mark.parametrize("others", [0, 2])
def test_prefill_and_writing_stop_when_they_are_cancelled(
    engine: ProcessEngine, expected: list[object], others: int
) -> None:
    """Also in the middle of a reading, and without harm to those that are read with it."""
    long = Prompt((Message(Role.USER, "rain " * 350),))
    with ThreadPoolExecutor(3) as pool:
        beside = [pool.submit(asked, engine, prompt(question)) for question in QUESTIONS[:others]]
        for made in (long, prompt(QUESTIONS[2])):
            cancel = threading.Event()
            job = pool.submit(list, engine.stream(made, 90, (), cancel))
            time.sleep(0.3)
            cancel.set()
            began = time.monotonic()
            with pytest.raises(EngineCancelled):
                job.result(PATIENCE_S)
            assert time.monotonic() - began < CANCEL_S
        assert all(job.result(PATIENCE_S)[1].strip() for job in beside)
    assert asked(engine, prompt(QUESTIONS[0])) == expected[0]
