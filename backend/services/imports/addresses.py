"""Other names of buildings and rooms: one code, many addresses."""

from collections.abc import Sequence
from typing import Any

from backend.models import Address, AddressKey, Building, Room, keys
from backend.rules.addresses import KINDS, is_building_code, is_house_code
from backend.services.imports import bulk
from backend.services.imports.buildings import add_keys
from backend.services.imports.columns import Column, Wrong, choice, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Known, Parsed


def _any_code(cell: str) -> str | None:
    code = cell.strip()
    if code and not is_building_code(code) and not is_house_code(code):
        raise Wrong("must be a building code of 19 or a house code of 25 characters")
    return code or None


class Addresses(Csv):
    """Load further addresses of buildings and rooms"""

    name = "addresses"
    tables = (Address, AddressKey)
    columns = (
        Column("code", _any_code, required=True),
        # The standard address comes with its building.
        Column("kind", choice(*(kind for kind in KINDS if kind != "standard")), required=True),
        Column("text", text(200), required=True),
    )

    def prepare(self) -> None:
        self.buildings = Known(Building, "code", "id")
        self.rooms = Known(Room, "code", "id")
        self.serials = bulk.Serials(Address)
        self.seen: dict[tuple[str, str, str], int] = {}

    def take(self, batch: Sequence[Parsed]) -> Tally:
        codes = {values[0] for _, values in batch}
        self.buildings.learn({code[:19] for code in codes})
        self.rooms.learn({code for code in codes if len(code) == 25})
        placed = [(row, *self._place(row, values[0]), *values) for row, values in batch]
        found = [(row, building, *rest) for row, building, *rest in placed if building]
        wanted = {building for _, building, *_ in found}
        self.serials.prepare(wanted)
        standing = {
            (keys.building_of(number), *rest)
            for number, *rest in bulk.children(Address, ("id", "room_id", "kind", "text"), wanted)
        }
        tally, added = Tally(), []
        for row, building, room, code, kind, words in found:
            if not self._is_first(row, code, kind, words):
                continue
            if (building, room, kind, words) in standing:
                tally.unchanged += 1
            else:
                added.append((self.serials.next(building), kind, words, room))
        self.insert(Address, ("id", "kind", "text", "room_id"), added)
        if self.writing:
            add_keys([(number, words) for number, _, words, _ in added])
        tally.added = len(added)
        return tally

    def _place(self, row: int, code: str) -> tuple[int | None, int | None]:
        """The building and room that a code names."""
        building = self.buildings.get(code[:19])
        room = self.rooms.get(code)
        if building is None or (len(code) == 25 and room is None):
            self.findings.add(row, "code", "names no known building or room", code)
            return None, None
        return building[0], room[0] if room else None

    def _is_first(self, row: int, *address: Any) -> bool:
        first = self.seen.setdefault(address, row)
        if first != row:
            self.findings.add(row, "text", f"stands in row {first} already", address[2])
        return first == row
