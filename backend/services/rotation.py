"""New keys for old: everything sealed is sealed again, everything indexed is indexed again.

How to rotate: put the new key in front of the old one in DATA_KEYS (and INDEX_KEYS), restart
the servers, so that they read both and write the new; run `python -m backend rotate-keys`; when
it finds nothing broken, remove the old key. Every chunk is a short transaction of its own, so
people read and write meanwhile, and a run that was interrupted is simply started again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from backend.actor import SYSTEM
from backend.db import Table, locked, writing
from backend.house import house
from backend.models import (
    Business,
    Device,
    Event,
    LearntWords,
    Lesson,
    OnceAnswer,
    Ownership,
    PhoneCode,
    Report,
    Resident,
    Session,
    Unit,
)
from backend.services import photos, trail
from backend.services.imports import bulk
from backend.vault import Broken

CHUNK = 2_000

Progress = Callable[[str, int, int], None]
"""Called with the table's name, its rows seen so far, and all its rows."""


@dataclass(frozen=True)
class Sealed:
    """A table with a sealed column, and how its rows are named in the seal.

    `indexes` maps a blind index to the place of its value among the sealed ones.
    """

    table: type[Table]
    name: str
    column: str = "sealed"
    indexes: dict[str, tuple[str, int]] = field(default_factory=dict)


SEALED = (
    Sealed(
        Resident,
        "resident",
        indexes={"id_index": ("id_number", 1), "phone_index": ("phone", 2)},
    ),
    Sealed(Business, "business"),
    Sealed(Event, "event"),
    Sealed(Device, "device"),
    Sealed(Session, "session", "sealed_reply"),
    Sealed(OnceAnswer, "answer"),
    Sealed(Unit, "unit"),
    Sealed(Report, "report", indexes={"phone_index": ("phone", 2)}),
    Sealed(
        Ownership,
        "ownership",
        indexes={"id_index": ("id_number", 1), "phone_index": ("phone", 2)},
    ),
    Sealed(PhoneCode, "phone-code", indexes={"phone_index": ("phone", 0)}),
    Sealed(Lesson, "lesson", indexes={"text_index": ("lesson", 0)}),
    Sealed(LearntWords, "learnt"),
)


@dataclass
class Outcome:
    """What became of one table. Broken rows did not open with any key and stay as they are."""

    rows: int = 0
    resealed: int = 0
    broken: int = 0


def rotate(progress: Progress = lambda name, done, rows: None) -> dict[str, Outcome]:
    """Bring every sealed value and blind index to the newest keys, table by table."""
    outcomes = {}
    for sealed in SEALED:
        outcomes[sealed.name] = _rotate(sealed, progress)
    outcomes["photo"] = Outcome(*photos.reseal(partial(progress, "photo")))
    trail.write(
        SYSTEM,
        "keys.rotate",
        facts={name: [each.resealed, each.broken] for name, each in outcomes.items()},
    )
    return outcomes


def _rotate(sealed: Sealed, progress: Progress) -> Outcome:
    outcome, after = Outcome(), None
    total = sealed.table.select().count()
    columns = (sealed.column, *sealed.indexes)
    while True:
        with writing():
            rows = _chunk(sealed, after)
            renewed = [new for row in rows if (new := _renewed(sealed, row, outcome))]
            bulk.update(sealed.table, columns, renewed)
        if not rows:
            return outcome
        after = rows[-1][0]
        outcome.rows += len(rows)
        progress(sealed.name, outcome.rows, total)


def _chunk(sealed: Sealed, after: Any) -> list[Sequence[Any]]:
    """Key, sealed value, blind indexes: the next rows by key, which nobody else changes."""
    table: Any = sealed.table
    key = table._meta.primary_key
    columns = [getattr(table, name) for name in (sealed.column, *sealed.indexes)]
    query = table.select(key, *columns).order_by(key).limit(CHUNK)
    if after is not None:
        query = query.where(key > after)
    return list(locked(query).tuples())


def _renewed(sealed: Sealed, row: Sequence[Any], outcome: Outcome) -> Sequence[Any] | None:
    """The row's columns under the newest keys, then its key; None if it is, or does not open."""
    key, value, *indexes = row
    vault = house().vault
    if value is None:
        return None
    number = vault.index_keys[0][0]
    stale = [index for index in indexes if index is not None and index[0] != number]
    if vault.is_current(bytes(value)) and not stale:
        return None
    name = f"{sealed.name}:{key}".encode()
    try:
        opened = vault.open(name, bytes(value))
    except Broken:
        outcome.broken += 1
        return None
    outcome.resealed += 1
    plain = [(kind, opened[place]) for kind, place in sealed.indexes.values()]
    return (
        vault.seal(name, *opened),
        *(vault.index(kind, text) if text else None for kind, text in plain),
        key,
    )
