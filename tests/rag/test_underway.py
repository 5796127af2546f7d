"""A question in a thread, and its reader: late, gone, or in time."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from rag.admission import Admission
from rag.desk import Desk, desk_of
from rag.engine.protocol import Engine, Prompt
from rag.errors import EngineCancelled, EngineDied
from rag.pipeline import EvidenceFound, Finished, Pipeline, SentenceVerified
from rag.settings import Settings
from rag.types import Answer, Question, Status
from rag.underway import Underway
from tests.fakes import FakeEngine

MakeDesk = Callable[[FakeEngine], Desk]
PATIENCE_S = 10.0
CHILDREN = Question("How many children were killed in the attack on Kryvyi Rih?")
CIVILIANS = Question("How many civilians were killed in the attack on Kryvyi Rih?")
NINE = "Nine children were killed. The attack on Kryvyi Rih killed 20 civilians."


class EndlessEngine(FakeEngine):
    """Writes nothing until it is cancelled."""

    def __init__(self) -> None:
        super().__init__(chance=0.999)
        self.began = threading.Event()
        self.ended = threading.Event()

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        self.began.set()
        if cancel.wait(PATIENCE_S):
            self.ended.set()
        raise EngineCancelled("the question was cancelled")
        yield ""


@pytest.fixture
def make_desk(
    make_pipeline: Callable[[Engine], Pipeline], settings: Settings
) -> Callable[[FakeEngine], Desk]:
    """A desk for one question at a time; another one may wait."""

    def make(engine: FakeEngine) -> Desk:
        desk = desk_of(make_pipeline(engine), settings)
        return replace(desk, admission=Admission(1, 1, lambda: 0.0))

    return make


def test_events_come_in_order(make_desk: MakeDesk) -> None:
    desk = make_desk(FakeEngine(lambda prompt: NINE, 0.999))

    async def read(threads: ThreadPoolExecutor) -> list[type]:
        underway = Underway(desk, CHILDREN, threads)
        return [type(await underway.next()) for _ in range(4)]

    with ThreadPoolExecutor(1) as threads:
        kinds = asyncio.run(read(threads))
    assert kinds == [EvidenceFound, SentenceVerified, SentenceVerified, Finished]


def test_who_does_not_read_holds_no_place(make_desk: MakeDesk) -> None:
    desk = make_desk(FakeEngine(lambda prompt: NINE, 0.999))

    async def ask(threads: ThreadPoolExecutor) -> tuple[Answer, Answer]:
        unread = Underway(desk, CHILDREN, threads)
        other = await asyncio.wait_for(Underway(desk, CIVILIANS, threads).answer(), PATIENCE_S)
        return other, await unread.answer()

    with ThreadPoolExecutor(2) as threads:
        other, late = asyncio.run(ask(threads))
    assert (other.question_used, late.question_used) == (CIVILIANS.text, CHILDREN.text)
    assert late.status is Status.ANSWERED


@pytest.mark.parametrize("error", [EngineDied("gone"), ValueError("a bug")])
def test_an_error_reaches_the_reader(make_desk: MakeDesk, error: Exception) -> None:
    desk = make_desk(FakeEngine(lambda prompt: error, 0.999))

    async def read(threads: ThreadPoolExecutor) -> None:
        await Underway(desk, CHILDREN, threads).answer()

    with ThreadPoolExecutor(1) as threads, pytest.raises(type(error), match=str(error)):
        asyncio.run(read(threads))


def test_a_question_that_is_stopped_ends(make_desk: MakeDesk) -> None:
    engine = EndlessEngine()
    desk = make_desk(engine)

    async def read(threads: ThreadPoolExecutor) -> None:
        underway = Underway(desk, CHILDREN, threads)
        assert isinstance(await underway.next(), EvidenceFound)
        assert await asyncio.to_thread(engine.began.wait, PATIENCE_S)
        underway.stop()
        with pytest.raises(EngineCancelled):
            await underway.next()

    with ThreadPoolExecutor(1) as threads:
        asyncio.run(read(threads))
    assert (engine.ended.is_set(), desk.admission.taken) == (True, 0)


def test_a_loop_that_is_gone_leaves_no_place_taken(make_desk: MakeDesk) -> None:
    go = threading.Event()

    def script(prompt: str) -> str:
        go.wait(PATIENCE_S)
        return NINE

    desk = make_desk(FakeEngine(script, 0.999))

    async def leave(threads: ThreadPoolExecutor) -> None:
        await Underway(desk, CHILDREN, threads).next()

    with ThreadPoolExecutor(1) as threads:
        asyncio.run(leave(threads))
        assert desk.admission.taken == 1
        go.set()
    assert desk.admission.taken == 0
