"""Businesses and small places."""

from collections.abc import Sequence
from typing import Any

from backend.models import Business, SmallPlace, keys
from backend.services.imports.columns import Column, choice, day, number, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Classes, Csv, Known, Parsed, check_days
from backend.services.imports.numbers import credit_code, phone
from backend.services.imports.references import BUILDING, ROOM, Places
from backend.services.imports.upsert import Record, Upsert

SOURCES = ("visit", "self", "police", "landlord", "manager")


class Businesses(Csv):
    """Load businesses; who stands for them is sealed"""

    name = "businesses"
    tables = (Business,)
    takes = frozenset({"scheme"})
    columns = (
        Column("key", text(40), required=True),
        Column("name", text(120), required=True),
        Column("credit_code", credit_code),
        Column("business_class", text(20)),
        Column("legal_name", text(60), personal=True),
        Column("legal_phone", phone, personal=True),
        BUILDING,
        ROOM,
        Column("since", day),
        Column("until", day),
        Column("source", choice(*SOURCES), required=True),
        Column("verified_at", day),
    )

    def prepare(self) -> None:
        self.places = Places(self.findings)
        self.classes = Classes("legal_person", self.options.scheme)
        columns = (
            "name",
            "credit_code",
            "business_class",
            "room_id",
            "since",
            "until",
            "source",
            "verified_at",
        )
        self.upsert = Upsert(self, Business, "key", columns, sealed_as="business")

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.places.learn(batch, 6, 7)
        found = [self._record(row, values) for row, values in batch]
        return self.upsert([record for record in found if record])

    def _record(self, row: int, values: Sequence[Any]) -> Record | None:
        key, name, credit, kind, legal_name, legal_phone, building, room, *rest = values
        place = self.places.find(row, (building, room))
        fits = check_days(self.findings, row, rest[0], rest[1])
        if kind is not None and kind not in self.classes.codes:
            self.findings.add(row, "business_class", self.classes.complaint, kind)
            fits = False
        if place is None or not fits:
            return None
        plain = (name, credit, kind, place[1], *rest)
        return Record(row, key, place[0], plain, (legal_name, legal_phone))


class SmallPlaces(Csv):
    """Load small places: shops, workshops, places of entertainment"""

    name = "small-places"
    tables = (SmallPlace,)
    columns = (
        Column("key", text(40), required=True),
        Column("name", text(120), required=True),
        Column("kind", choice("shop", "workshop", "entertainment"), required=True),
        BUILDING,
        ROOM,
        Column("area_m2", number(0, 100_000)),
        Column("business", text(40)),
    )

    def prepare(self) -> None:
        self.places = Places(self.findings)
        self.businesses = Known(Business, "key", "id")
        columns = ("name", "kind", "room_id", "area_m2", "business_id")
        self.upsert = Upsert(self, SmallPlace, "key", columns)

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.places.learn(batch, 3, 4)
        self.businesses.learn({values[6] for _, values in batch})
        found = [self._record(row, *values) for row, values in batch]
        return self.upsert([record for record in found if record])

    def _record(
        self,
        row: int,
        key: str,
        name: str,
        kind: str,
        building: str,
        room: str | None,
        area_m2: float | None,
        business: str | None,
    ) -> Record | None:
        place = self.places.find(row, (building, room))
        known = self.businesses.get(business) if business is not None else None
        if business is not None and known is None:
            self.findings.add(row, "business", "is unknown; import businesses first", business)
            return None
        if place is None:
            return None
        if known is not None and keys.building_of(known[0]) != place[0]:
            self.findings.add(row, "business", "is recorded in another building", business)
            return None
        return Record(row, key, place[0], (name, kind, place[1], area_m2, known and known[0]))
