"""Rows that belong to a building, by the key of the system they come from: added, changed or
left alone.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from backend.db import Table
from backend.house import house
from backend.models import keys
from backend.services.imports import bulk
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Kind


class Record(NamedTuple):
    """One row, checked. `values` and `secrets` are in the order the Upsert was given."""

    row: int
    key: str
    building: int
    values: tuple[Any, ...]
    secrets: tuple[str | None, ...] = ()


class Upsert:
    """Compares records with the rows of `model` that have the same key.

    `sealed_as` names the rows of a table with sealed values: seal and row are bound together
    as `<sealed_as>:<id>`. Versions, times and names of changes are kept where the table has
    columns for them.
    """

    def __init__(
        self, work: Kind, model: type[Table], key: str, columns: Sequence[str], sealed_as: str = ""
    ) -> None:
        self.work, self.model, self.key, self.columns = work, model, key, columns
        self.sealed_as = sealed_as
        self.serials = bulk.Serials(model)
        self.seen: dict[str, int] = {}
        fields = model._meta.fields
        self.is_versioned = "version" in fields
        stamps = {"updated_at": work.now, "updated_by": work.by.name}
        self.stamps = {name: value for name, value in stamps.items() if name in fields}

    def __call__(self, records: Sequence[Record]) -> Tally:
        read = ("id", self.key, *self.columns)
        read += ("version",) if self.is_versioned else ()
        read += ("sealed",) if self.sealed_as else ()
        found = bulk.found(self.model, read, self.key, [record.key for record in records])
        before = {row[1]: row for row in found}
        self.serials.prepare(record.building for record in records)
        tally = Tally()
        added, changed = [], []
        for record in records:
            if not self._is_first(record):
                continue
            row = before.get(record.key)
            if row is None:
                added.append(self._new(record))
                continue
            if keys.building_of(row[0]) != record.building:
                self.work.findings.add(
                    record.row,
                    self.key,
                    "is recorded in another building; give it another key",
                    record.key,
                )
            elif self._is_same(record, row):
                tally.unchanged += 1
            else:
                changed.append(self._changed(record, row))
        sealed = ("sealed",) if self.sealed_as else ()
        versions = ("version",) if self.is_versioned else ()
        columns = (*self.columns, *sealed, *versions, *self.stamps)
        self.work.insert(self.model, ("id", self.key, *columns), added)
        self.work.update(self.model, columns, changed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def _is_first(self, record: Record) -> bool:
        first = self.seen.setdefault(record.key, record.row)
        if first != record.row:
            self.work.findings.add(
                record.row, self.key, f"stands in row {first} already", record.key
            )
        return first == record.row

    def _new(self, record: Record) -> tuple[Any, ...]:
        number = self.serials.next(record.building)
        versions = (1,) if self.is_versioned else ()
        return (
            number,
            record.key,
            *record.values,
            *self._sealed(number, record),
            *versions,
            *self.stamps.values(),
        )

    def _changed(self, record: Record, row: Sequence[Any]) -> tuple[Any, ...]:
        number, version = row[0], row[2 + len(self.columns)] if self.is_versioned else 0
        versions = (version + 1,) if self.is_versioned else ()
        return (
            *record.values,
            *self._sealed(number, record),
            *versions,
            *self.stamps.values(),
            number,
        )

    def _is_same(self, record: Record, row: Sequence[Any]) -> bool:
        if tuple(row[2 : 2 + len(self.columns)]) != record.values:
            return False
        if not self.sealed_as:
            return True
        opened = house().vault.open(f"{self.sealed_as}:{row[0]}".encode(), bytes(row[-1]))
        return tuple(opened) == record.secrets

    def _sealed(self, number: int, record: Record) -> tuple[bytes, ...]:
        if not self.sealed_as or not self.work.writing:
            return (b"",) if self.sealed_as else ()
        row = f"{self.sealed_as}:{number}".encode()
        return (house().vault.seal(row, *record.secrets),)
