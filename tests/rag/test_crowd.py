"""Many who ask and many who leave, before the real service with a small real model."""

import json
import random
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from rag.settings import load_settings
from tests.rag.live import PATIENCE_S, Live, live, worked_s

pytestmark = pytest.mark.real

CROWD = 50
ROUNDS = 3
LEAVERS = 200
IDLE_WITHIN_S = 0.3
STILL_S = 0.04  # without a tick of the processor's clock, a process is idle
MEGABYTE = 1 << 20
TOPICS = ("Belgorod", "Kursk", "Zelensky", "Kryvyi Rih", "Russia", "Sumy", "Kharkiv", "Putin")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("live")) as running:
        yield running


def question(number: int) -> str:
    return f"What do the articles say about {TOPICS[number % len(TOPICS)]}, question {number}?"


def post(service: Live, number: int) -> httpx.Response:
    asked = {"question": question(number), "stream": bool(number % 2)}
    return httpx.post(f"{service.url}/v1/answer", json=asked, timeout=PATIENCE_S)


def is_whole(reply: httpx.Response) -> bool:
    if reply.headers["content-type"].startswith("text/event-stream"):
        return "\nevent: answer\n" in reply.text and "event: error" not in reply.text
    return reply.json()["status"] in {"answered", "refused"}


def test_fifty_at_once_are_all_answered_or_told_when_to_come_again(service: Live) -> None:
    places = load_settings().questions_at_once + load_settings().questions_waiting
    memory = []
    with ThreadPoolExecutor(CROWD) as clients:
        for turn in range(ROUNDS):
            numbers = range(turn * CROWD, (turn + 1) * CROWD)
            replies = list(clients.map(lambda number: post(service, number), numbers))
            answered = [reply for reply in replies if reply.status_code == 200]
            away = [reply for reply in replies if reply.status_code == 429]
            assert len(answered) + len(away) == CROWD
            assert len(answered) >= places
            assert all(map(is_whole, answered))
            assert all(int(reply.headers["retry-after"]) >= 1 for reply in away)
            assert {reply.json()["code"] for reply in away} <= {"busy"}
            memory.append(service.memory_bytes())
    assert memory[-1] - memory[0] < 64 * MEGABYTE, memory


def leave(service: Live, number: int, after_s: float) -> None:
    """Ask, and go away without a word after so many seconds."""
    place = urlsplit(service.url)
    body = json.dumps({"question": question(1000 + number), "stream": bool(number % 2)}).encode()
    head = (
        f"POST /v1/answer HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((str(place.hostname), place.port or 0)) as connection:
        connection.sendall(head.encode() + body)
        time.sleep(after_s)


def idle_after_s(pid: int, patience_s: float = 5.0) -> float:
    """How long from now a process goes on working."""
    began = time.monotonic()
    while (now := time.monotonic()) - began < patience_s:
        before = worked_s(pid)
        time.sleep(STILL_S)
        if worked_s(pid) == before:
            return now - began
    return patience_s


def test_the_engine_is_idle_soon_after_a_client_has_left(service: Live) -> None:
    chance = random.Random(6)  # noqa: S311  # moments, not secrets
    assert is_whole(post(service, 990))
    began = time.monotonic()
    assert is_whole(post(service, 992))
    lasts_s = time.monotonic() - began
    idle = []
    for number in range(LEAVERS):
        leave(service, number, chance.uniform(0, lasts_s))
        idle.append(idle_after_s(service.engine_pid))
        if number % 10 == 9:
            assert is_whole(post(service, 2000 + number))
    assert sorted(idle)[-1] <= IDLE_WITHIN_S, (lasts_s, sorted(idle)[-10:])
