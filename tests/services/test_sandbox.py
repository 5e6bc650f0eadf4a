"""Whatever a stranger's picture makes of its decoder: the server goes on, and nothing gets out."""

import os
import signal
import socket
import threading
import time

import pytest

from backend import sandbox
from backend.errors import Unavailable
from backend.sandbox import Failed, Limits
from tests.services import escapes

QUICK = Limits(cpu_s=1, wall_s=1.5)


def why(task: sandbox.Task, content: bytes = b"x", limits: Limits = QUICK) -> str:
    with pytest.raises(Failed) as failure:
        sandbox.run(task, content, limits)
    return failure.value.why


def test_a_task_is_done() -> None:
    assert sandbox.run(escapes.says, b"abc") == b"cba"
    much = os.urandom(9 << 20)
    assert sandbox.run(escapes.says, much) == much[::-1]


def test_what_it_refuses_and_what_kills_it_are_told_apart() -> None:
    assert why(escapes.fails) == "refused"
    assert why(escapes.crashes) == "died"
    assert why(escapes.leaves) == "died"
    assert why(escapes.eats) in ("refused", "died"), "no memory is no picture"
    assert why(escapes.floods) == "died"


def test_it_ends_by_its_own_time_or_by_ours() -> None:
    started = time.monotonic()
    assert why(escapes.lasts, limits=Limits(cpu_s=1, wall_s=10)) == "died"
    assert time.monotonic() - started < 5
    started = time.monotonic()
    assert why(escapes.sleeps, limits=Limits(cpu_s=1, wall_s=0.5)) == "late"
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "task",
    [
        escapes.reads_a_file,
        escapes.starts_a_shell,
        escapes.becomes_a_shell,
        escapes.forks,
        escapes.lifts_its_limits,
    ],
)
def test_nothing_can_be_reached_from_inside(task: sandbox.Task) -> None:
    assert why(task) == "refused"


def test_nobody_is_called() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert why(escapes.calls_home, b"%d" % server.getsockname()[1]) == "refused"
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_nobody_is_killed() -> None:
    assert why(escapes.kills, b"%d" % os.getpid()) == "refused"


def test_it_knows_none_of_our_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 64)
    sandbox._forget()
    assert b"SECRET_KEY" not in sandbox.run(escapes.looks_around, b"")


def test_its_parent_is_replaced_when_it_dies() -> None:
    assert sandbox.run(escapes.says, b"ab") == b"ba"
    assert sandbox._parent is not None
    os.kill(sandbox._parent[2].pid, signal.SIGKILL)
    sandbox._parent[2].wait()
    assert sandbox.run(escapes.says, b"ab") == b"ba"


def test_who_cannot_be_served_in_time_is_told_to_come_again() -> None:
    slow = Limits(cpu_s=3, wall_s=2)
    busy = [
        threading.Thread(target=why, args=(escapes.sleeps, b"", slow))
        for _ in range(sandbox.AT_ONCE)
    ]
    for thread in busy:
        thread.start()
    time.sleep(0.3)
    with pytest.raises(Unavailable):
        sandbox.run(escapes.says, b"ab", Limits(wall_s=0.3))
    for thread in busy:
        thread.join()
    assert sandbox.run(escapes.says, b"ab") == b"ba"
