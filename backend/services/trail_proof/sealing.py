"""Sealing: the macs of new lines are gathered into a batch that is chained to the one before."""

import peewee

from backend import clock, db
from backend.db import database, writing
from backend.models import TrailBatch, TrailLine
from backend.prepared import Prepared
from backend.rules import seals

MOST = 10_000
"""Lines in one batch: 400 kB of entries, and some 30 ms of the writers' time."""

LOCK_WAIT_MS = 250
"""How long PostgreSQL's writers may be held up, once a second, by one slow among them."""

_waiting = Prepared(
    lambda after, most: (
        TrailLine.select(TrailLine.id, TrailLine.mac)
        .where(TrailLine.id > after)
        .order_by(TrailLine.id)
        .limit(most)
    )
)
_last = Prepared(
    lambda: (
        TrailBatch.select(TrailBatch.id, TrailBatch.last_line, TrailBatch.seal)
        .order_by(TrailBatch.id.desc())
        .limit(1)
    )
)


def seal() -> int:
    """Seal every line kept since the last batch; how many these were.

    May run anywhere, at any time and twice at once: a line is sealed once.
    """
    total = 0
    while lines := _seal_batch():
        total += lines
    return total


def _seal_batch() -> int:
    if not _waiting(_last_batch()[1], 1):
        return 0  # A quiet trail costs nobody a lock.
    with writing():
        if not all_smaller_numbers_are_in("trail_line"):
            return 0
        number, last_line, previous = _last_batch()
        entries = [(line, _mac(kept)) for line, kept in _waiting(last_line, MOST)]
        if not entries:
            return 0
        TrailBatch.insert(
            # Counted here, not by the database: a number that is missing was taken away.
            id=number + 1,
            first_line=entries[0][0],
            last_line=entries[-1][0],
            entries=seals.pack_entries(entries),
            seal=seals.batch_seal(previous, entries),
            sealed_at=clock.now(),
        ).execute()
    return len(entries)


def _mac(kept: object) -> bytes:
    """The mac as it is kept. A spoilt one must not stop the sealing: the check will name it."""
    mac = bytes(kept) if isinstance(kept, bytes | memoryview) else b""
    return mac if len(mac) == seals.MAC_BYTES else bytes(seals.MAC_BYTES)


def _last_batch() -> tuple[int, int, bytes]:
    """Its number, its last line, its seal."""
    number, last_line, sealed = _last.first() or (0, 0, seals.GENESIS)
    return number, last_line, bytes(sealed)


def all_smaller_numbers_are_in(table: str) -> bool:
    """Whether no row can appear any more below those that can be seen now.

    SQLite has one writer at a time, which is us. PostgreSQL hands out numbers before the commit:
    its lock waits for whoever holds one, and keeps a second keeper out until our commit. If a
    long transaction does not let us in soon, the next round seals what this one left.
    """
    if db.is_sqlite():
        return True
    try:
        with database.atomic():
            database.execute_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")
            database.execute_sql(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    except peewee.OperationalError:
        return False
    return True
