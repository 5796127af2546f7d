"""Some at once, the rest in the order in which they came, and no more than may wait."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from rag.admission import Admission, Places
from rag.errors import Busy, EngineCancelled, ShuttingDown

PATIENCE_S = 10.0
NEVER = threading.Event()


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(40) as pool:
        yield pool


def admission(at_once: int, waiting: int) -> Admission:
    return Admission(at_once, waiting, time.monotonic)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_so_many_are_inside_together_and_never_more(threads: ThreadPoolExecutor) -> None:
    desk, inside, most = admission(3, 40), 0, 0
    all_three = threading.Barrier(3)
    lock = threading.Lock()

    def ask() -> None:
        nonlocal inside, most
        with desk.take(NEVER):
            with lock:
                inside += 1
                most = max(most, inside)
            all_three.wait(PATIENCE_S)  # thirty come through by threes, or not at all
            with lock:
                inside -= 1

    for asked in [threads.submit(ask) for _ in range(30)]:
        asked.result(PATIENCE_S)
    assert (most, desk.taken) == (3, 0)


def test_who_comes_first_is_admitted_first(threads: ThreadPoolExecutor) -> None:
    desk, order = admission(1, 8), list[int]()

    def ask(number: int) -> None:
        with desk.take(NEVER):
            order.append(number)

    with desk.take(NEVER):
        for number in range(8):
            threads.submit(ask, number)
            until(lambda expected=number + 2: desk.taken == expected)  # type: ignore[misc]  # bound
        assert order == []
    until(lambda: desk.taken == 0)
    assert order == list(range(8))


def test_beyond_those_who_may_wait_nobody_is_admitted(threads: ThreadPoolExecutor) -> None:
    desk = admission(1, 1)
    with desk.take(NEVER):
        waits = threads.submit(_through, desk, NEVER)
        until(lambda: desk.taken == 2)
        with pytest.raises(Busy, match="2"), desk.take(NEVER):
            pass
        assert not waits.done()
    waits.result(PATIENCE_S)
    _through(desk, NEVER)


def test_if_none_may_wait_the_places_are_all(threads: ThreadPoolExecutor) -> None:
    desk = admission(2, 0)
    with desk.take(NEVER), desk.take(NEVER), pytest.raises(Busy), desk.take(NEVER):
        pass
    _through(desk, NEVER)


@pytest.mark.parametrize(
    ("lasted", "at_once", "waiting", "seconds"),
    [
        ([], 1, 0, 1),  # nothing is known yet
        ([0.01], 1, 0, 1),
        ([3.0], 1, 0, 3),
        ([2.0, 4.0], 1, 2, 9),  # three turns before it, of three seconds
        ([2.0, 4.0], 2, 2, 5),  # two at a time
        ([100.0, *[1.0] * 16], 1, 0, 1),  # what was long ago does not count
    ],
)
def test_a_retry_is_advised_by_what_turns_last_and_how_many_wait(
    threads: ThreadPoolExecutor, lasted: list[float], at_once: int, waiting: int, seconds: int
) -> None:
    clock, gone = Clock(), threading.Event()
    desk = Admission(at_once, waiting, clock)
    for duration in lasted:
        with desk.take(NEVER):
            clock.now += duration
    with ExitStack() as held:
        for _ in range(at_once):
            held.enter_context(desk.take(NEVER))
        asked = [threads.submit(_through, desk, gone) for _ in range(waiting)]
        until(lambda: desk.taken == at_once + waiting)
        with pytest.raises(Busy) as turned_away, desk.take(NEVER):
            pass
        gone.set()
        _all_cancelled(asked)
    assert turned_away.value.retry_after_s == seconds


def test_who_waits_can_go_away_and_leaves_a_place(threads: ThreadPoolExecutor) -> None:
    desk, gone = admission(1, 2), threading.Event()
    with desk.take(NEVER):
        leaves = threads.submit(_through, desk, gone)
        until(lambda: desk.taken == 2)
        stays = threads.submit(_through, desk, NEVER)
        until(lambda: desk.taken == 3)
        gone.set()
        _all_cancelled([leaves])
        assert (desk.taken, stays.done()) == (2, False)
    stays.result(PATIENCE_S)


def test_an_error_gives_the_place_back() -> None:
    desk = admission(1, 0)
    with pytest.raises(ValueError, match="inside"), desk.take(NEVER):
        raise ValueError("inside")
    _through(desk, NEVER)


def test_who_is_where_is_known(threads: ThreadPoolExecutor) -> None:
    desk, gone = admission(1, 3), threading.Event()
    assert desk.places() == Places(0, 0, 1, 3)
    with desk.take(NEVER):
        asked = [threads.submit(_through, desk, gone) for _ in range(2)]
        until(lambda: desk.places() == Places(1, 2, 1, 3))
        gone.set()
        _all_cancelled(asked)
        assert desk.places() == Places(1, 0, 1, 3)


def test_when_it_closes_those_who_wait_and_come_are_turned_away(
    threads: ThreadPoolExecutor,
) -> None:
    desk = admission(1, 3)
    desk.refuse_if_closed()
    with desk.take(cancel := threading.Event()):
        waits = threads.submit(_through, desk, NEVER)
        until(lambda: desk.taken == 2)
        desk.close()
        assert isinstance(waits.exception(PATIENCE_S), ShuttingDown)
        with pytest.raises(ShuttingDown), desk.take(NEVER):
            pass
        with pytest.raises(ShuttingDown):
            desk.refuse_if_closed()
        assert (desk.taken, cancel.is_set()) == (1, False)
    assert desk.taken == 0


def test_when_it_is_cut_those_inside_are_cancelled_and_told_why() -> None:
    desk = admission(1, 0)
    with pytest.raises(ShuttingDown):
        _ended_by_the_engine(desk, desk.cut, cancel := threading.Event())
    assert (desk.taken, cancel.is_set()) == (0, True)


def test_a_client_that_leaves_is_no_end_of_the_service() -> None:
    desk = admission(1, 0)
    with pytest.raises(EngineCancelled):
        _ended_by_the_engine(desk, desk.close, cancel := threading.Event())
    assert (desk.taken, cancel.is_set()) == (0, False)


def _ended_by_the_engine(
    desk: Admission, meanwhile: Callable[[], None], cancel: threading.Event
) -> None:
    with desk.take(cancel):
        meanwhile()
        raise EngineCancelled("the engine does not know why")


def _through(desk: Admission, cancel: threading.Event) -> None:
    with desk.take(cancel):
        pass


def _all_cancelled(asked: list[Future[None]]) -> None:
    for one in asked:
        assert isinstance(one.exception(PATIENCE_S), EngineCancelled)
