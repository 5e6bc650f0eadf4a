"""One thread of a server process computes; the others wait for a disk, a password or their turn.

Only one thread can run Python at a time, and SQLite lets go of the interpreter at every row: of
eight busy threads each takes it from the others a hundred times a scan, which doubles what a scan
costs (docs/decisions/0007-hot-path.md). So a thread of the server takes the turn for a request,
and steps aside wherever it waits or works for long.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 0.05
"""Whoever waited so long goes on without the turn: no long answer holds up the short ones."""

_turn = threading.Lock()


class _Here(threading.local):
    has_turn: bool = False


_here = _Here()


@contextmanager
def mine() -> Iterator[None]:
    """Work while no other thread does that also asked for its turn."""
    _take()
    try:
        yield
    finally:
        _give_back()


@contextmanager
def aside() -> Iterator[None]:
    """Let the others go on while this thread waits, or works for long."""
    had_turn = _here.has_turn
    _give_back()
    try:
        yield
    finally:
        if had_turn:
            _take()


def _take() -> None:
    _here.has_turn = _turn.acquire(timeout=PATIENCE_S)


def _give_back() -> None:
    if _here.has_turn:
        _here.has_turn = False
        _turn.release()
