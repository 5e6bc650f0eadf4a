"""How often words came in the weeks before: counters by place and week, kept as they grow older.

A gram adds one to a counter that it shares with others, chosen by its checksum. So a million
different words take the same room as none, a rare word cannot be told from its neighbours, and
what shares a counter only looks a little more usual than it is.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zlib import compress, crc32, decompress

from backend.db import from_ms, locked, to_ms, writing
from backend.models import WordMark, WordWeek
from backend.rules import topics
from backend.rules.topics import Said
from backend.services.topics import telling

COUNTERS = 1 << 17
FULL = 0xFFFF
WEEK_MS = 7 * 24 * 3_600_000
WINDOW = timedelta(hours=topics.WINDOW_HOURS)
BASE = timedelta(weeks=topics.BASE_WEEKS)
SLICE = timedelta(days=1)
"""Counted in one transaction; of a city that never counted before, 56 follow each other."""


def count_older(now: datetime) -> int:
    """Count what has grown older than the window since the last time; how many reports."""
    total, last = 0, from_ms(to_ms(now - WINDOW))  # As the mark keeps it: else it is never reached.
    while True:
        with writing():
            until = _mark(now)
            if until >= last:
                break
            end = min(until + SLICE, last)
            told = list(telling.between(until, end))
            _add(told)
            WordMark.update(until=end).where(WordMark.id == 1).execute()
        total += len(told)
    with writing():
        oldest = to_ms(now - WINDOW - BASE) // WEEK_MS
        WordWeek.delete().where(WordWeek.week < oldest).execute()
    return total


class Base:
    """The weeks as `rules.topics` asks for them; read once, for one look."""

    def __init__(self) -> None:
        self.places: dict[str, list[array[int]]] = defaultdict(list)
        self.sizes: dict[str, int] = defaultdict(int)
        for row in WordWeek.select():
            counts = _unpacked(row.counts)
            for place in {"", *_around(row.area_path)}:
                self.places[place].append(counts)
                self.sizes[place] += row.reports

    def reports(self, place: str) -> int:
        return self.sizes[place]

    def count(self, place: str, gram: str) -> int:
        at = _counter(gram)
        return sum(counts[at] for counts in self.places[place])


def _around(path: str) -> Iterable[str]:
    found = (topics.place_of(path, level) for level in topics.DEPTHS)
    return [one for one in found if one is not None]


def _mark(now: datetime) -> datetime:
    """Until when it is counted; nobody else counts until the transaction ends."""
    rows: list[Any] = list(locked(WordMark.select().where(WordMark.id == 1)))
    if rows:
        until: datetime = rows[0].until
        return until
    until = now - WINDOW - BASE
    WordMark.insert(id=1, until=until).on_conflict_ignore().execute()
    return until


def _add(told: Iterable[Said]) -> None:
    """Add to the weeks; of each, the row is read and written once."""
    by_row: dict[tuple[int, str], list[Said]] = defaultdict(list)
    for one in told:
        place = topics.place_of(one.area_path, "community") or one.area_path
        by_row[int(one.at * 3_600_000) // WEEK_MS, place].append(one)
    for (week, place), mine in by_row.items():
        key = f"{week}:{place}"
        row = WordWeek.get_or_none(WordWeek.key == key)
        counts = _unpacked(row.counts) if row else array("H", bytes(2 * COUNTERS))
        for one in mine:
            for gram in one.grams:
                at = _counter(gram)
                counts[at] = min(FULL, counts[at] + 1)
        reports = len(mine) + (row.reports if row else 0)
        WordWeek.insert(
            key=key, week=week, area_path=place, reports=reports, counts=_packed(counts)
        ).on_conflict(
            conflict_target=[WordWeek.key], preserve=[WordWeek.reports, WordWeek.counts]
        ).execute()


def _counter(gram: str) -> int:
    return crc32(gram.encode()) % COUNTERS


def _packed(counts: "array[int]") -> bytes:
    return compress(counts.tobytes(), 1)


def _unpacked(counts: Any) -> "array[int]":
    return array("H", decompress(bytes(counts)))
