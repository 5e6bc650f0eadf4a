"""Threads take turns, step aside while they wait, and never wait for each other for long."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend import turns

SHORT_S = 0.02


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 20.0)  # A busy machine must not look impatient.


@pytest.fixture
def others() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def asked_for_its_turn(begun: threading.Event) -> None:
    with turns.mine():
        begun.set()


def test_the_next_begins_when_the_first_is_done(others: ThreadPoolExecutor) -> None:
    begun = threading.Event()
    with turns.mine():
        waiting = others.submit(asked_for_its_turn, begun)
        assert not begun.wait(SHORT_S)
    waiting.result(timeout=30)
    assert begun.is_set()


def test_who_steps_aside_lets_the_next_one_work(others: ThreadPoolExecutor) -> None:
    begun = threading.Event()
    with turns.mine():
        with turns.aside():
            others.submit(asked_for_its_turn, begun).result(timeout=30)
        second = threading.Event()
        others.submit(asked_for_its_turn, second)
        assert not second.wait(SHORT_S), "the turn was taken back"


def test_nobody_waits_for_a_long_answer(
    others: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", SHORT_S)
    with turns.mine():
        began = time.monotonic()
        others.submit(asked_for_its_turn, threading.Event()).result(timeout=5)
        assert time.monotonic() - began >= SHORT_S * 0.9


def test_a_failure_gives_the_turn_back(others: ThreadPoolExecutor) -> None:
    with pytest.raises(ZeroDivisionError), turns.mine():
        _ = 1 / 0
    assert is_free(others)


def test_stepping_aside_without_a_turn_takes_none(others: ThreadPoolExecutor) -> None:
    with turns.aside():
        pass
    assert is_free(others)


def is_free(others: ThreadPoolExecutor) -> bool:
    def asks() -> float:
        began = time.monotonic()
        with turns.mine():
            return time.monotonic() - began

    return others.submit(asks).result(timeout=30) < 10


def test_of_many_who_ask_one_works_at_a_time(others: ThreadPoolExecutor) -> None:
    inside, most = [0], [0]

    def works(_: int) -> None:
        with turns.mine():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.001)
            inside[0] -= 1

    list(others.map(works, range(16)))
    assert most == [1]
