"""Writes of several threads in one durable commit: whoever comes first commits for all.

A disk that syncs 400 times a second would take 400 reports a second and nobody else's write. So
those who wait for the lock, or for the disk, hand over what they want done; it is done by the one
who has the lock, each in a savepoint of its own, and nobody is answered before the commit.
"""

import contextvars
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import peewee

from backend import db, turns
from backend.db import database
from backend.errors import StorageFull, Unavailable

T = TypeVar("T")


def write(act: Callable[[], T]) -> T:
    """What `act` returns, once it is durable. Inside a transaction it joins that.

    PostgreSQL gathers commits by itself.
    """
    if database.in_transaction() or not db.is_sqlite():
        with db.writing():
            return act()
    return _here.write(act)  # type: ignore[no-any-return]


class _Wish:
    """What one thread wants done, and what became of it."""

    __slots__ = ("act", "context", "done", "error", "result")

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act
        self.context = contextvars.copy_context()  # Another thread may do it: in our name.
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None

    def fulfil(self) -> None:
        """Do it, or undo it alone. Raises what undoes the whole transaction."""
        try:
            with db.undone_alone():
                self.result = self.context.run(self.act)
        except _SPOILS_ALL:
            raise
        except BaseException as error:  # noqa: BLE001 - its own thread raises it.
            self.error = error


_SPOILS_ALL = (peewee.PeeweeException, sqlite3.Error, OSError, StorageFull, Unavailable)


class _Gathering:
    """The wishes of this process's threads."""

    def __init__(self) -> None:
        self.gathering = threading.Lock()
        self.turn = threading.Lock()
        self.waiting: list[_Wish] = []

    def write(self, act: Callable[[], Any]) -> Any:
        wish = _Wish(act)
        with self.gathering:
            self.waiting.append(wish)
        with turns.aside(), self.turn:
            if not wish.done:
                self._commit()
        if wish.error is not None:
            raise wish.error
        return wish.result

    def _commit(self) -> None:
        wishes: list[_Wish] = []
        # Until the commit is through, nothing is kept: an interrupt must not look like success.
        error: BaseException | None = Unavailable(retry_after_s=1)
        try:
            with db.writing():
                wishes = self._gathered()  # With those who came while we waited for the lock.
                for wish in wishes:
                    wish.fulfil()
            error = None
        except Exception as caught:  # noqa: BLE001 - all of them must hear of it.
            error = caught
        finally:
            for wish in wishes or self._gathered():
                wish.error, wish.done = error or wish.error, True

    def _gathered(self) -> list[_Wish]:
        with self.gathering:
            wishes, self.waiting = self.waiting, []
        return wishes


_here = _Gathering()
