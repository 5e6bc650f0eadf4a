"""Rooms and flats, each known by its house code."""

from collections.abc import Sequence

from backend.models import Building, Room
from backend.services.imports.columns import Column, number, text, whole
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Classes, Csv, Known, Parsed
from backend.services.imports.references import BUILDING, house_code
from backend.services.imports.upsert import Record, Upsert


class Rooms(Csv):
    """Load rooms of buildings"""

    name = "rooms"
    tables = (Room,)
    takes = frozenset({"scheme"})
    columns = (
        BUILDING,
        Column("code", house_code, required=True),
        Column("number", text(40), required=True),
        Column("floor", whole(-9, 200)),
        Column("house_class", text(20)),
        Column("area_m2", number(0, 100_000)),
    )

    def prepare(self) -> None:
        self.buildings = Known(Building, "code", "id")
        self.classes = Classes("house", self.options.scheme)
        columns = ("number", "floor", "house_class", "area_m2")
        self.upsert = Upsert(self, Room, "code", columns)

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.buildings.learn({values[0] for _, values in batch})
        found = [self._record(row, *values) for row, values in batch]
        return self.upsert([record for record in found if record])

    def _record(
        self,
        row: int,
        building: str,
        code: str,
        name: str,
        floor: int | None,
        house_class: str | None,
        area_m2: float | None,
    ) -> Record | None:
        complain, faults = self.findings.add, self.findings.count
        known = self.buildings.get(building)
        if known is None:
            complain(row, "building", "is unknown; import buildings first", building)
        if not code.startswith(building):
            complain(row, "code", f"does not begin with its building's, {building}", code)
        if house_class is not None and house_class not in self.classes.codes:
            complain(row, "house_class", self.classes.complaint, house_class)
        if known is None or self.findings.count > faults:
            return None
        return Record(row, code, known[0], (name, floor, house_class, area_m2))
