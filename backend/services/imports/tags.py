"""Tags that already hang somewhere: genuine codes and the building or room each belongs to."""

from collections.abc import Sequence

from backend.house import house
from backend.models import Facility, Tag
from backend.services.facilities import checks
from backend.services.imports import bulk
from backend.services.imports.columns import Column, Wrong, choice
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Known, Parsed
from backend.services.imports.references import BUILDING, ROOM, Places
from qr import codes

_COLUMNS = ("code", "building_id", "room_id", "kind", "state", "minted_at", "bound_at")


def _code(cell: str) -> str | None:
    """Only what was made with our keys: an invented code would let strangers make more."""
    if not cell.strip():
        return None
    try:
        return codes.read(cell.strip(), house().tag_keys)
    except codes.Forged:
        raise Wrong("was not made with one of the keys in TAG_KEYS") from None
    except codes.Unreadable:
        raise Wrong("is not a code of 12 characters, or has a typing error") from None


class Tags(Csv):
    """Load the tags that hang at buildings and rooms"""

    name = "tags"
    tables = (Tag,)
    columns = (
        Column("tag", _code, required=True),
        BUILDING,
        ROOM,
        Column("kind", choice("building", "room", "extinguisher", "meter"), required=True),
    )

    def prepare(self) -> None:
        self.places = Places(self.findings)
        self.seen: dict[str, int] = {}

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.places.learn(batch, 1, 2)
        found = bulk.found(Tag, _COLUMNS[:4], "code", [values[0] for _, values in batch])
        before = {row[0]: row for row in found}
        tally, added = Tally(), []
        for row, (code, building, room, kind) in batch:
            place = self.places.find(row, (building, room))
            if self.seen.setdefault(code, row) != row:
                self.findings.add(row, "tag", f"stands in row {self.seen[code]} already", code)
            elif place is None:
                continue
            elif code not in before:
                added.append((code, *place, kind, "bound", self.now, self.now))
            elif before[code] == (code, *place, kind):
                tally.unchanged += 1
            else:
                # Codes are never given to another thing: whoever scans an old photo would land
                # in the wrong building.
                self.findings.add(row, "tag", "hangs at another place already", code)
        self.insert(Tag, _COLUMNS, added)
        tally.added = len(added)
        return tally


_FACILITY_COLUMNS = ("code", "facility_id", "kind", "state", "minted_at", "bound_at")


def _number(cell: str) -> str | None:
    number = checks.number_in(cell)
    if cell.strip() and number is None:
        raise Wrong("is no facility's number")
    return number


class FacilityTags(Csv):
    """Load the tags that hang at facilities"""

    name = "facility-tags"
    tables = (Tag,)
    columns = (
        Column("tag", _code, required=True),
        Column("facility", _number, required=True),
    )

    def prepare(self) -> None:
        self.facilities = Known(Facility, "number", "id", "kind")
        self.seen: dict[str, int] = {}

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.facilities.learn({number for _, (_, number) in batch})
        found = bulk.found(Tag, _FACILITY_COLUMNS[:3], "code", [values[0] for _, values in batch])
        before = {row[0]: row for row in found}
        tally, added = Tally(), []
        for row, (code, number) in batch:
            facility = self.facilities.get(number)
            if self.seen.setdefault(code, row) != row:
                self.findings.add(row, "tag", f"stands in row {self.seen[code]} already", code)
            elif facility is None:
                self.findings.add(row, "facility", "is unknown; import facilities first", number)
            elif code not in before:
                added.append((code, *facility, "bound", self.now, self.now))
            elif before[code] == (code, *facility):
                tally.unchanged += 1
            else:
                self.findings.add(row, "tag", "hangs at another place already", code)
        self.insert(Tag, _FACILITY_COLUMNS, added)
        tally.added = len(added)
        return tally
