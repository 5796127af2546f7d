"""One question at a time, and none that waits for ever."""

import threading

import pytest

from rag.errors import EngineCancelled
from rag.turns import Turns

PATIENCE_S = 10


def test_a_turn_excludes_others_until_it_is_given_back() -> None:
    turns, never = Turns(), threading.Event()
    entered, done = threading.Event(), threading.Event()

    def second() -> None:
        with turns.take(never):
            entered.set()
        done.set()

    with turns.take(never):
        waiting = threading.Thread(target=second)
        waiting.start()
        assert not entered.wait(0.1)
    assert done.wait(PATIENCE_S)
    waiting.join()


def test_who_waits_can_go_away() -> None:
    turns, never, gone = Turns(), threading.Event(), threading.Event()
    gone.set()
    with turns.take(never), pytest.raises(EngineCancelled), turns.take(gone):
        pass


def test_an_error_gives_the_turn_back() -> None:
    turns, never = Turns(), threading.Event()
    with pytest.raises(ValueError, match="inside"), turns.take(never):
        raise ValueError("inside")
    with turns.take(never):
        pass
