"""People and their ties to rooms: one row a person and room, the same key again the same person.

The longest files there are, so this is the one kind that is written for speed.
"""

from collections.abc import Sequence
from typing import Any

from backend.house import house
from backend.models import Residence, Resident
from backend.rules import identity
from backend.services.imports import bulk
from backend.services.imports.columns import Column, choice, day, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Classes, Csv, Parsed, check_days
from backend.services.imports.numbers import id_number, id_number_again, phone, phone_again
from backend.services.imports.references import BUILDING, Places, house_code

SOURCES = ("visit", "self", "police", "landlord", "manager")
PERSON = (
    "id",
    "key",
    "sealed",
    "id_index",
    "phone_index",
    "sex",
    "people_class",
    "version",
    "updated_at",
    "updated_by",
)
TIE = (
    "id",
    "resident_id",
    "room_id",
    "kind",
    "since",
    "until",
    "source",
    "verified_at",
    "version",
    "updated_at",
    "updated_by",
)

Placed = tuple[int, int | None, tuple[Any, ...], tuple[Any, ...]]
"""Building, room, (key, name, sex, id_number, phone, class), (kind, since, until, source,
verified_at)."""


class Residents(Csv):
    """Load people and their ties to rooms; names and numbers are sealed"""

    name = "residents"
    tables = (Resident, Residence)
    takes = frozenset({"scheme"})
    columns = (
        Column("key", text(40), required=True),
        Column("name", text(60), required=True, personal=True),
        Column("sex", choice("m", "f")),
        Column("id_number", id_number, personal=True, again=id_number_again),
        Column("phone", phone, personal=True, again=phone_again),
        Column("people_class", text(20)),
        BUILDING,
        Column("room", house_code, required=True),
        Column("kind", choice("registered", "living", "owning", "working"), required=True),
        Column("since", day),
        Column("until", day),
        Column("source", choice(*SOURCES), required=True),
        Column("verified_at", day),
    )

    def prepare(self) -> None:
        self.places = Places(self.findings)
        self.classes = Classes("people", self.options.scheme)
        self.people = bulk.Serials(Resident)
        self.ties = bulk.Serials(Residence)
        self.first_rows: dict[str, tuple[int, int]] = {}  # key -> its row, hash of the person
        self.tie_rows: dict[int, int] = {}  # hash of person, room, kind and first day -> its row
        self.new: dict[str, int] = {}  # key -> the id this import gives
        self.is_first = not Resident.select(Resident.id).limit(1).exists()
        self.indexes: list[str] = []
        if self.writing and self.is_first:
            for table in (Resident, Residence):
                self.indexes += bulk.set_aside_indexes(table)

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.places.learn(batch, 6, 7)
        find = self.places.find
        placed = []
        for row, values in batch:
            place = find(row, values[6:8])
            if (self.writing or self._fits(row, values)) and place is not None:
                placed.append((*place, values[:6], values[8:]))
        return self._compare(placed)

    def _fits(self, row: int, values: tuple[Any, ...]) -> bool:
        """What can be wrong with a row whose cells are right, whatever its building is."""
        complain, faults = self.findings.add, self.findings.count
        key, _, sex, number, _, kind, _, room, tie, since, until, _, _ = values
        if kind is not None and kind not in self.classes.codes:
            complain(row, "people_class", self.classes.complaint, kind)
        if number is not None and sex is not None and identity.sex_of(number) != sex:
            complain(row, "sex", "does not fit the ID number", sex)
        if until is not None:
            check_days(self.findings, row, since, until)
        digest = hash(values[:6])
        first = self.first_rows.setdefault(key, (row, digest))
        if digest != first[1]:
            complain(row, "key", f"is another person than in row {first[0]}", key)
        digest = hash((key, room, tie, since))
        if self.tie_rows.setdefault(digest, row) != row:
            complain(row, None, f"repeats row {self.tie_rows[digest]}")
        return self.findings.count == faults

    def _compare(self, placed: Sequence[Placed]) -> Tally:
        buildings = {building for building, _, _, _ in placed}
        self.people.prepare(buildings)
        self.ties.prepare(buildings)
        known = {} if self.is_first else self._known({person[0] for _, _, person, _ in placed})
        standing = self._standing([row[0] for row in known.values()])
        batch, tally = _Batch(), Tally()
        for building, room, person, tie in placed:
            number = self.new.get(person[0]) or batch.numbers.get(person[0])
            differs = False
            if number is None:
                number, differs = self._person(batch, building, person, known.get(person[0]))
            before = standing.get((number, room, tie[0], tie[1]))
            if before is None:
                tally.added += 1
                if self.writing:
                    key = self.ties.next(building)
                    batch.ties.append((key, number, room, *tie, 1, self.now, self.by.name))
            elif before[2:] != tie[2:]:
                tally.changed += 1
                batch.changed_ties.append(
                    (*tie[2:], before[1] + 1, self.now, self.by.name, before[0])
                )
            elif differs:
                tally.changed += 1
            else:
                tally.unchanged += 1
        self.insert(Resident, PERSON, batch.people)
        self.insert(Residence, TIE, batch.ties)
        self.update(Resident, PERSON[2:], batch.changed_people)
        self.update(Residence, TIE[5:], batch.changed_ties)
        return tally

    def finish(self) -> None:
        bulk.put_back_indexes(self.indexes)

    def _known(self, wanted: set[str]) -> dict[str, tuple[Any, ...]]:
        """Key -> id, version, sealed, sex, class."""
        columns = ("key", "id", "version", "sealed", "sex", "people_class")
        return {row[0]: row[1:] for row in bulk.found(Resident, columns, "key", wanted)}

    def _standing(self, people: Sequence[int]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """Person, room, kind and first day -> id, version, until, source, verified at."""
        columns = (
            "resident_id",
            "room_id",
            "kind",
            "since",
            "id",
            "version",
            "until",
            "source",
            "verified_at",
        )
        return {row[:4]: row[4:] for row in bulk.found(Residence, columns, "resident_id", people)}

    def _person(
        self,
        batch: "_Batch",
        building: int,
        person: tuple[Any, ...],
        before: tuple[Any, ...] | None,
    ) -> tuple[int, bool]:
        """The id of a person not met before, and whether this row changes what is recorded."""
        if before is None:
            number = self.new[person[0]] = self.people.next(building)
            if self.writing:
                batch.people.append(self._row(number, person, 1))
            return number, False
        number = batch.numbers[person[0]] = before[0]
        opened = house().vault.open(b"resident:%d" % number, bytes(before[2]))
        if opened == _secrets(person) and before[3:] == (_sex(person), person[5]):
            return number, False
        if self.writing:
            row = self._row(number, person, before[1] + 1)
            batch.changed_people.append((*row[2:], number))
        return number, True

    def _row(self, number: int, person: tuple[Any, ...], version: int) -> tuple[Any, ...]:
        """The values of PERSON."""
        key, _, _, id_number, phone, kind = person
        vault = house().vault
        return (
            number,
            key,
            vault.seal(b"resident:%d" % number, *_secrets(person)),
            vault.index("id_number", id_number) if id_number else None,
            vault.index("phone", phone) if phone else None,
            _sex(person),
            kind,
            version,
            self.now,
            self.by.name,
        )


class _Batch:
    """What one batch will write, and the ids of the people it has met."""

    def __init__(self) -> None:
        self.people: list[tuple[Any, ...]] = []
        self.ties: list[tuple[Any, ...]] = []
        self.changed_people: list[tuple[Any, ...]] = []
        self.changed_ties: list[tuple[Any, ...]] = []
        self.numbers: dict[str, int] = {}


def _secrets(person: tuple[Any, ...]) -> list[str | None]:
    """Name, ID number, phone, birthday: what is sealed of a person."""
    _, name, _, number, phone, _ = person
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}" if number else None
    return [name, number, phone, born]


def _sex(person: tuple[Any, ...]) -> str | None:
    """As recorded, else as the ID number says."""
    sex: str | None = person[2]
    return sex or (identity.sex_of(person[3]) if person[3] else None)
