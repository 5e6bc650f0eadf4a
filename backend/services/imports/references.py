"""Columns that name a building or a room, and what they are found to be."""

from collections.abc import Sequence
from typing import Any

from backend.errors import BadBuildingCode, BadHouseCode
from backend.models import Building, Room, keys
from backend.rules import addresses
from backend.services.imports.columns import Column, Wrong, remembered
from backend.services.imports.findings import Findings
from backend.services.imports.kind import Known


def _building_code(cell: str) -> str | None:
    try:
        return addresses.check_building_code(cell) if cell.strip() else None
    except BadBuildingCode:
        raise Wrong("must be a building code of 19 characters") from None


def _house_code(cell: str) -> str | None:
    try:
        return addresses.check_house_code(cell) if cell.strip() else None
    except BadHouseCode:
        raise Wrong("must be a house code of 25 characters") from None


building_code = remembered(_building_code)
house_code = remembered(_house_code)

BUILDING = Column("building", building_code, required=True)
ROOM = Column("room", house_code)


class Places:
    """The buildings and rooms of one file, by their codes."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.buildings = Known(Building, "code", "id")
        self.rooms = Known(Room, "code", "id")
        self.met: dict[tuple[str, str | None], tuple[int, int | None]] = {}

    def learn(self, batch: Sequence[tuple[int, Sequence[Any]]], building: int, room: int) -> None:
        """Look up what a batch names; `building` and `room` are the places of the columns."""
        self.met.clear()
        self.buildings.learn({values[building] for _, values in batch})
        self.rooms.learn({values[room] for _, values in batch})

    def find(self, row: int, codes: tuple[str, str | None]) -> tuple[int, int | None] | None:
        """The ids of a building and a room (or none), or None with an error said."""
        return self.met.get(codes) or self._look_up(row, *codes)

    def _look_up(self, row: int, building: str, room: str | None) -> tuple[int, int | None] | None:
        known = self.buildings.get(building)
        if known is None:
            self.findings.add(row, "building", "is unknown; import buildings first", building)
            return None
        if room is None:
            self.met[building, None] = known[0], None
            return known[0], None
        found = self.rooms.get(room)
        if found is None:
            self.findings.add(row, "room", "is unknown; import rooms first", room)
            return None
        if keys.building_of(found[0]) != known[0]:
            self.findings.add(
                row, "room", f"is a room of another building, not of {building}", room
            )
            return None
        self.met[building, room] = known[0], found[0]
        return known[0], found[0]
