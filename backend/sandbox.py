"""Work on what strangers sent, in a process that may die of it.

A decoder is a large program in C that reads what an attacker wrote. Here it runs in a child that
has nothing to steal (no key, no database, no variable of ours), nothing to reach (not one file or
socket can be opened) and little to spend (processor, memory, time). Whatever becomes of it, the
server gets bytes or `Failed`.

The children are forked by a parent of their own, `python -m backend.sandbox`: small, with one
thread, started when first needed and again when it dies. It is never asked for anything but a
child; a job and its answer go through a socket between the child and the one who asked.
"""

import atexit
import contextlib
import importlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

from backend.confinement import confine
from backend.errors import Unavailable

Task = Callable[[bytes], bytes]
"""Takes what was sent, gives bytes. It is called by its name in a process that has its module."""

GIBIBYTE = 1 << 30
MOST_ANSWER = 64 << 20
AT_ONCE = 2
"""Children of one process at a time: strangers' pictures must not crowd out the workers."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may spend."""

    cpu_s: int = 4
    wall_s: float = 4.5  # With the wait for a turn; who sent a bad picture waits no longer.
    memory: int = GIBIBYTE
    nice: int = 10


class Failed(Exception):
    """The task could not be done with these bytes.

    `why` is refused (the task itself said so), died (by a limit or a fault) or late.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def run(task: Task, content: bytes, limits: Limits | None = None) -> bytes:
    """The task's answer. Raises Failed; Unavailable if too many others are at it."""
    limits = limits or Limits()
    end = time.monotonic() + limits.wall_s
    if not _turns.acquire(timeout=limits.wall_s):
        raise Unavailable(retry_after_s=5)
    try:
        with _child(task, limits) as (line, kill):
            try:
                return _exchange(line, content, end)
            finally:
                kill()
    finally:
        _turns.release()


_turns = threading.BoundedSemaphore(AT_ONCE)

# --- In our own process ------------------------------------------------------------------

# Who started it, its line, and itself: let go of, it would be said to be still running.
_parent: tuple[int, socket.socket, subprocess.Popen[bytes]] | None = None
_starting = threading.Lock()
HEAD = struct.Struct(">cQ")
DONE, REFUSED = b"+", b"-"


@contextmanager
def _child(task: Task, limits: Limits) -> Iterator[tuple[socket.socket, Callable[[], None]]]:
    """A fresh child's line, and what ends it."""
    order = {"module": task.__module__, "task": task.__qualname__, **asdict(limits)}
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _order(json.dumps(order).encode(), theirs)
        ours.settimeout(max(0.1, limits.wall_s))
        pidfd = _handed_over(ours)
        try:
            yield ours, lambda: _kill(pidfd)
        finally:
            os.close(pidfd)


def _order(order: bytes, theirs: socket.socket) -> None:
    """Hand the child's end of the line to the parent of the children; a dead one is replaced."""
    for is_last in (False, True):
        try:
            socket.send_fds(_line(), [order], [theirs.fileno()])
        except OSError:
            if is_last:
                raise Unavailable(retry_after_s=5) from None
            _forget()
        else:
            return


def _handed_over(ours: socket.socket) -> int:
    """A handle of the child: unlike its number it can never mean another process."""
    try:
        _, handles, _, _ = socket.recv_fds(ours, 1, 1)
    except OSError:
        handles = []
    if not handles:
        _forget()
        raise Unavailable(retry_after_s=5)
    return handles[0]


def _kill(pidfd: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def _exchange(line: socket.socket, content: bytes, end: float) -> bytes:
    try:
        line.settimeout(_left(end))
        line.sendall(HEAD.pack(DONE, len(content)) + content)
        verdict, size = HEAD.unpack(_received(line, HEAD.size, end))
        if verdict != DONE:
            raise Failed("refused")
        if size > MOST_ANSWER:
            raise Failed("died")
        return _received(line, size, end)
    except TimeoutError:
        raise Failed("late") from None
    except OSError:
        raise Failed("died") from None


def _received(line: socket.socket, size: int, end: float | None = None) -> bytes:
    content = bytearray(size)
    rest = memoryview(content)
    while rest:
        if end is not None:
            line.settimeout(_left(end))
        count = line.recv_into(rest)
        if not count:
            raise ConnectionResetError
        rest = rest[count:]
    return bytes(content)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _line() -> socket.socket:
    """The line to the parent of the children, which is started if there is none of ours."""
    global _parent
    with _starting:
        if _parent is None or _parent[0] != os.getpid():
            _parent = os.getpid(), *_start()
            atexit.register(_forget)
        return _parent[1]


def _forget() -> None:
    global _parent
    with _starting:
        if _parent is not None and _parent[0] == os.getpid():
            _parent[1].close()
            _parent[2].kill()
            _parent[2].wait()
        _parent = None


def _start() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        # With none of our variables: the keys of the house are among them.
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.sandbox"],
            cwd=Path(__file__).parent.parent,
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )
    return ours, process


# --- In the parent of the children -------------------------------------------------------


def main() -> None:
    """Fork a child for every order, until nobody can order any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Children need not be waited for.
    orders = socket.socket(fileno=0)
    silence = os.open(os.devnull, os.O_WRONLY)
    while True:
        order, handles, _, _ = socket.recv_fds(orders, 4096, 1)
        if not order:
            return
        line = socket.socket(fileno=handles[0])
        wanted = json.loads(order)
        task = getattr(importlib.import_module(wanted.pop("module")), wanted.pop("task"))
        child = os.fork()
        if not child:
            orders.detach()
            os.dup2(silence, 0)
            os.dup2(silence, 2)
            _live(line, task, Limits(**wanted))
        with line, contextlib.suppress(OSError):
            pidfd = os.pidfd_open(child)
            socket.send_fds(line, [b"!"], [pidfd])
            os.close(pidfd)


# --- In a child ----------------------------------------------------------------------------


def _live(line: socket.socket, task: Task, limits: Limits) -> NoReturn:
    """Do one task and end; nothing here returns into the parent's loop."""
    try:
        # Only what comes after the head has been read is a stranger's.
        _, size = HEAD.unpack(_received(line, HEAD.size))
        content = _received(line, size)
        # Should nobody be left to kill it, it ends all the same.
        confine(limits.cpu_s, 2 * limits.wall_s, limits.memory, limits.nice)
        try:
            answer = HEAD.pack(DONE, len(found := task(content))) + found
        except Exception:  # noqa: BLE001 - whatever a decoder raises, it is no picture.
            answer = HEAD.pack(REFUSED, 0)
        line.sendall(answer)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
