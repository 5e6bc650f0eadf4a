"""The threads of a server process serve in order, survive a failure, and end when told."""

import threading
import time
from collections.abc import Iterator

import pytest

from backend import turns
from backend.house import House
from mobile_api.threads import Turntaking
from tests import databases


class Task:
    """Like a channel of Waitress: it is served once."""

    def __init__(self, number: int, served: list[int], *, fails: bool = False) -> None:
        self.number, self.served, self.fails = number, served, fails

    def service(self) -> None:
        self.served.append(self.number)
        if self.fails:
            raise RuntimeError("a broken request")


@pytest.fixture
def threads(opened: House) -> Iterator[Turntaking]:
    made = Turntaking(3)
    yield made
    made.shutdown()


def until(count: int, served: list[int]) -> None:
    end = time.monotonic() + 5
    while len(served) < count:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_requests_are_served_in_the_order_in_which_they_came(threads: Turntaking) -> None:
    served: list[int] = []
    with turns.mine():  # So that all of them wait.
        for number in range(20):
            threads.add_task(Task(number, served))
    until(20, served)
    if not databases.is_postgresql_run():
        assert served == list(range(20))
    assert sorted(served) == list(range(20))


def test_a_request_that_fails_takes_nobody_along(
    threads: Turntaking, caplog: pytest.LogCaptureFixture
) -> None:
    served: list[int] = []
    for number in range(9):
        threads.add_task(Task(number, served, fails=number % 2 == 0))
    until(9, served)
    assert "could not be served" in caplog.text


def test_all_threads_end_when_the_server_does(opened: House) -> None:
    before = threading.active_count()
    made = Turntaking(4)
    served: list[int] = []
    made.add_task(Task(1, served))
    until(1, served)
    made.shutdown()
    end = time.monotonic() + 5
    while threading.active_count() > before:
        assert time.monotonic() < end
        time.sleep(0.001)
    assert made.threads == set()
