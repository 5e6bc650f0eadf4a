"""The database handle, the common parent of all tables, and the two kinds of transaction.

One file of SQLite (WAL, synchronous=FULL) or a PostgreSQL server, chosen by DATABASE_URL.
Every thread keeps its connection: opening one costs more than a whole scan.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import peewee
from playhouse.db_url import connect as connect_by_url

from backend import turns
from backend.errors import Refused, StorageFull, Unavailable

database: Any = peewee.DatabaseProxy()

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged line survives a power cut.
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "cache_size": -65_536,
    "mmap_size": 8 * 1024**3,
    "temp_store": 2,
    "wal_autocheckpoint": 4_000,
}


class Table(peewee.Model):
    """What every table shares."""

    class Meta:
        database = database
        legacy_table_names = False


class InstantField(peewee.BigIntegerField):
    """An aware instant, kept as whole milliseconds since 1970: the same on both databases."""

    def db_value(self, value: datetime | int | None) -> int | None:
        if value is None or isinstance(value, int):
            return value
        return to_ms(value)

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else from_ms(value)


def to_ms(instant: datetime) -> int:
    """Whole milliseconds, the rest cut off; in whole numbers, so that what is read is written."""
    return (instant - EPOCH) // MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class _Here(threading.local):
    """What one thread holds: its lock file, and what to do after its transaction."""

    lock_file: int | None = None
    writes: bool = False
    after: list[Callable[[], None]] | None = None


_here = _Here()
_lock_path: str | None = None


def open_database(url: str) -> None:
    """Bind the handle to `url`. Connections are opened by the threads that use them."""
    global _lock_path
    if database.obj is not None and not database.is_closed():
        database.close()
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # SQLite gives the -wal and -shm beside it the same.
        database.initialize(peewee.SqliteDatabase(str(path), pragmas=PRAGMAS, autoconnect=True))
        _lock_path = f"{path}.lock"
    else:
        database.initialize(connect_by_url(url, prefer_psycopg3=True))
        _lock_path = None
    _forget_lock_file()


def is_sqlite() -> bool:
    return isinstance(database.obj, peewee.SqliteDatabase)


@contextmanager
def writing() -> Iterator[None]:
    """One write transaction; a second one inside joins it.

    SQLite writers wait in line on a lock file before BEGIN IMMEDIATE: its own busy handler
    sleeps in growing steps, so that late comers overtake (p99 5-9 times worse, measured).
    """
    if database.in_transaction():
        yield
        return
    waiting: list[Callable[[], None]] = []
    _here.after = waiting
    _here.writes = True
    try:
        with turns.aside(), _refusing_in_our_words(), _lock(), _transaction("IMMEDIATE"):
            yield
    finally:
        _here.after, _here.writes = None, False
    for act in waiting:
        act()


@contextmanager
def undone_alone() -> Iterator[None]:
    """A part of a transaction: what it raises undoes it, and not what else has been done."""
    after = _here.after
    before = len(after or ())
    try:
        with database.atomic():
            yield
    except BaseException:
        del (after or [])[before:]
        raise


@contextmanager
def reading() -> Iterator[None]:
    """One consistent view for several queries."""
    if database.in_transaction():
        yield
        return
    waiting: list[Callable[[], None]] = []
    _here.after = waiting
    try:
        with _refusing_in_our_words(), _transaction("DEFERRED"):
            yield
    finally:
        _here.after = None
    for act in waiting:
        act()


def is_writing() -> bool:
    """Whether this thread is inside `writing()`."""
    return _here.writes


def locked(rows: Any) -> Any:
    """A query's rows, held until the transaction ends: whoever else wants them takes turns.

    On SQLite the write lock has them already.
    """
    return rows.for_update() if is_writing() and not is_sqlite() else rows


def after_commit(act: Callable[[], None]) -> None:
    """Do something once the running transaction has ended well; at once if there is none.

    The caller of the transaction gets its answer only when all of these are done.
    """
    if _here.after is None:
        act()
    else:
        _here.after.append(act)


@contextmanager
def _transaction(kind: str) -> Iterator[None]:
    if is_sqlite():
        with database.atomic(kind):
            yield
    else:
        with database.atomic():
            yield


@contextmanager
def _lock() -> Iterator[None]:
    if _lock_path is None:
        yield
        return
    if _here.lock_file is None:
        _here.lock_file = os.open(_lock_path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    handle = _here.lock_file
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _forget_lock_file() -> None:
    if _here.lock_file is not None:
        os.close(_here.lock_file)
        _here.lock_file = None


@contextmanager
def _refusing_in_our_words() -> Iterator[None]:
    try:
        yield
    except (peewee.OperationalError, peewee.InterfaceError) as error:
        raise translated(error) from error


def translated(error: BaseException) -> Exception:
    """A full disk and a lost server in the words of the house; anything else unchanged.

    Peewee's rollback after SQLITE_FULL fails in turn and hides it, so the whole chain is read.
    """
    chain = list(_chain(error))
    if any(_is_full(link) for link in chain):
        return StorageFull()
    if any(_is_away(link) for link in chain):
        if not is_sqlite():
            _hang_up()
        return Unavailable(retry_after_s=1)
    return error if isinstance(error, Exception) else Refused()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it was raised from or during, and so on; a chain may bite its own tail."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_full(error: BaseException) -> bool:
    text = str(error).lower()
    is_said = "disk is full" in text or "no space left" in text
    return is_said or getattr(error, "sqlstate", None) == DISK_FULL


def _is_away(error: BaseException) -> bool:
    if is_sqlite():
        text = str(error).lower()
        return isinstance(error, sqlite3.OperationalError) and any(sign in text for sign in AWAY)
    return isinstance(error, peewee.OperationalError | peewee.InterfaceError)


DISK_FULL = "53100"  # PostgreSQL's number for it; its words depend on its language.
# What SQLite says when another holds it for too long, or its disk has gone.
AWAY = ("locked", "disk i/o error", "unable to open database file")


def _hang_up() -> None:
    """Drop this thread's connection, so that the next request dials again."""
    try:
        database.close()
    except peewee.PeeweeException:
        database.obj._state.reset()
