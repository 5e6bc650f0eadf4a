"""The trail as it stands in the database, in portions, whatever somebody may have put there."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import peewee

from backend.models import TrailBatch, TrailLine
from backend.prepared import Prepared
from backend.rules import seals
from backend.services.trail import COLUMNS

Row = tuple[Any, ...]

AT_ONCE = 10_000  # Lines held in memory, unless one batch has more.
LOWEST = -(2**63)
ENTRY_BYTES = 8 + seals.MAC_BYTES

_last_batch = Prepared(
    lambda: TrailBatch.select(TrailBatch.id).order_by(TrailBatch.id.desc()).limit(1)
)
_last_line = Prepared(lambda: TrailLine.select(TrailLine.id).order_by(TrailLine.id.desc()).limit(1))
_batches = Prepared(
    lambda after, until, most: (
        TrailBatch.select(
            TrailBatch.id,
            TrailBatch.first_line,
            TrailBatch.last_line,
            TrailBatch.entries,
            TrailBatch.seal,
        )
        .where((TrailBatch.id > after) & (TrailBatch.id <= until))
        .order_by(TrailBatch.id)
        .limit(most)
    )
)
_lines = Prepared(
    lambda after, until, most: (
        TrailLine.select(
            TrailLine.id, *(getattr(TrailLine, name) for name in COLUMNS), TrailLine.mac
        )
        .where((TrailLine.id > after) & (TrailLine.id <= until))
        .order_by(TrailLine.id)
        .limit(most)
    )
)
_numbers = Prepared(
    lambda after, until, most: (
        TrailLine.select(TrailLine.id)
        .where((TrailLine.id > after) & (TrailLine.id <= until))
        .order_by(TrailLine.id)
        .limit(most)
    )
)


def groups(until: int) -> Iterator[list[Row]]:
    """The batches in order, as many at once as have AT_ONCE lines: most are small."""
    group: list[Row] = []
    after, held = LOWEST, 0
    while rows := _batches(after, until, 25):
        for row in rows:
            if group and held + size(row) > AT_ONCE:
                yield group
                group, held = [], 0
            group.append(row)
            held += size(row)
        after = rows[-1][0]
    if group:
        yield group


def size(batch: Row) -> int:
    return len(batch[3]) // ENTRY_BYTES


# The second is what fetching from SQLite raises, beyond peewee's reach.
UNREADABLE = (peewee.DatabaseError, sqlite3.DatabaseError)


def lines(after: int, until: int, most: int) -> Sequence[Row]:
    """The next lines; one that the database cannot even read stands there with its number."""
    try:
        return _lines(after, until, most)
    except UNREADABLE:
        return [_line(line) for (line,) in _numbers(after, until, most)]


def _line(line: int) -> Row:
    try:
        return _lines(line - 1, line, 1)[0]
    except UNREADABLE:
        return (line, *([None] * len(COLUMNS)), b"")


def last_batch() -> int:
    """Its number."""
    return _number(_last_batch.first())


def last_line() -> int:
    """Its number."""
    return _number(_last_line.first())


def _number(row: Row | None) -> int:
    return row[0] if row else LOWEST
