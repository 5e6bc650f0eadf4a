"""Buildings: footprints from GeoJSON, with the standard address each is found under."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TextIO

import orjson
from peewee import fn

from backend.errors import BadBuildingCode, DatumUnknown
from backend.models import Address, AddressKey, Area, Building, Jurisdiction, keys
from backend.rules import addresses, datum, geometry
from backend.services.imports import bulk
from backend.services.imports.columns import Parse, Wrong, number, pattern, text, whole
from backend.services.imports.files import Unreadable, features
from backend.services.imports.findings import Tally
from backend.services.imports.footprints import crosses_itself, rings_of
from backend.services.imports.kind import BATCH, Classes, Kind, Known
from backend.services.imports.shifts import Shifts
from backend.services.places.cells import cell_of
from backend.services.places.keys_of import search_keys

PROPERTIES: dict[str, Parse] = {
    "code": lambda cell: _code(cell),
    "bid": whole(0, 99_999),
    "name": text(80),
    "area": pattern(r"[0-9]{4,15}", "the code of an area"),
    "address": text(200),
    "height_m": number(0, 1000),
    "floors": whole(1, 200),
    "house_class": text(20),
    "built_year": whole(1000, 2100),
}
COMPARED = (
    "name",
    "address",
    "area",
    "lat",
    "lon",
    "cell",
    "footprint",
    "height_m",
    "floors",
    "house_class",
    "built_year",
)


class Buildings(Kind):
    """Load buildings from GeoJSON footprints in a stated datum"""

    name = "buildings"
    tables = (Building, Address, AddressKey, Jurisdiction)
    takes = frozenset({"crs", "area", "community", "scheme", "trust_crs"})

    @classmethod
    def shape(cls) -> str:
        return (
            f"GeoJSON polygons with {', '.join(PROPERTIES)}. Without a code there must be a bid "
            "and --community, without an area --area."
        )

    def batches(self, file: TextIO) -> Iterator[Sequence[tuple[int, dict[str, Any]]]]:
        found = features(file)
        while batch := list(islice(found, BATCH // 10)):
            self.rows += len(batch)
            yield batch
        if not self.rows:
            raise Unreadable("has no features.")

    def prepare(self) -> None:
        if self.options.crs is None:
            raise Unreadable("needs --crs: say which datum its positions are in.")
        try:
            self.crs = datum.known_crs(self.options.crs)
        except DatumUnknown as refusal:
            raise Unreadable(f"needs another --crs. {refusal}") from refusal
        if self.options.area and not Area.select().where(Area.code == self.options.area).exists():
            raise Unreadable(f"names an unknown --area {self.options.area[:20]}.")
        community = self.options.community
        if community and not (len(community) == 12 and community.isascii() and community.isdigit()):
            raise Unreadable("needs a --community of 12 digits.")
        self.areas = Known(Area, "code", "name")
        self.classes = Classes("house", self.options.scheme)
        self.seen: dict[str, int] = {}
        self.shifts = Shifts()
        self.next_id = (Building.select(fn.MAX(Building.id)).scalar() or 0) + 1
        self.unused: set[str] = set()

    def take(self, batch: Sequence[tuple[int, dict[str, Any]]]) -> Tally:
        drawn = [(row, self._properties(row, feature)) for row, feature in batch]
        self.areas.learn([values["area"] for _, values in drawn if values])
        checked = []
        for (row, values), (_, feature) in zip(drawn, batch, strict=True):
            if values and self._fits(row, values):
                rings = self._rings(row, feature.get("geometry"))
                if rings:
                    checked.append((row, values["code"], self._row(values, rings)))
        return self._compare(checked)

    def _properties(self, row: int, feature: dict[str, Any]) -> dict[str, Any] | None:
        given = feature.get("properties")
        given = given if isinstance(given, dict) else {}
        self.unused |= given.keys() - PROPERTIES.keys()
        faults, values = self.findings.count, {}
        for name, parse in PROPERTIES.items():
            cell = given.get(name)
            cell = "" if cell is None else str(cell)
            try:
                values[name] = parse(cell)
            except Wrong as wrong:
                self.findings.add(row, name, str(wrong), cell)
        if self.findings.count > faults:
            return None
        values["area"] = values["area"] or self.options.area
        return values if self._coded(row, values) else None

    def _coded(self, row: int, values: dict[str, Any]) -> bool:
        """Its own code, or one made of --community and the serial `bid`."""
        if values["code"] is None:
            if self.options.community is None or values["bid"] is None:
                self.findings.add(
                    row, "code", "is required; or say --community and give each feature a bid"
                )
                return False
            values["code"] = f"{self.options.community}00{values['bid']:05d}"
        return True

    def _fits(self, row: int, values: dict[str, Any]) -> bool:
        complain = self.findings.add
        faults = self.findings.count
        code, area, house_class = values["code"], values["area"], values["house_class"]
        if self.seen.setdefault(code, row) != row:
            complain(row, "code", f"stands at feature {self.seen[code]} already", code)
        if area is None:
            complain(row, "area", "is required; or say --area for all")
        elif self.areas.get(area) is None:
            complain(row, "area", "is unknown; import areas first", area)
        if house_class is not None and house_class not in self.classes.codes:
            complain(row, "house_class", self.classes.complaint, house_class)
        return self.findings.count == faults

    def _rings(self, row: int, item: Any) -> list[list[list[float]]] | None:
        try:
            rings = rings_of(item, self.crs)
        except Wrong as wrong:
            self.findings.add(row, "geometry", str(wrong))
            return None
        if not self.writing and any(crosses_itself(ring) for ring in rings):
            self.findings.notice("A footprint crosses or touches itself; it is loaded as it is.")
        return rings

    def _row(self, values: dict[str, Any], rings: list[list[list[float]]]) -> tuple[Any, ...]:
        """The values of COMPARED."""
        code = values["code"]
        middle = geometry.centroid(rings)
        lat, lon = round(middle.lat, 7), round(middle.lon, 7)
        area = self.areas.get(values["area"])
        assert area is not None
        name = values["name"] or f"{code[-5:].lstrip('0')}号楼"
        return (
            name,
            values["address"] or f"{area[0]}{name}",
            values["area"],
            lat,
            lon,
            cell_of(lat, lon),
            orjson.dumps(rings).decode(),
            values["height_m"],
            values["floors"],
            values["house_class"],
            values["built_year"],
        )

    def _compare(self, checked: Sequence[tuple[int, str, tuple[Any, ...]]]) -> Tally:
        found = bulk.found(
            Building, ("code", "id", "version", *COMPARED), "code", [code for _, code, _ in checked]
        )
        before = {row[0]: row[1:] for row in found}
        tally = Tally()
        added, changed, moved, named, renamed = [], [], [], [], []
        for _, code, row in checked:
            known = before.get(code)
            if known is None:
                added.append((self.next_id, code, *row, 0.0, 1, self.now))
                named.append((self.next_id, row[1]))
                self.next_id += 1
                continue
            number, version, *values = known
            self.shifts.note((values[3], values[4]), (row[3], row[4]))
            if tuple(values) == row:
                tally.unchanged += 1
                continue
            changed.append((*row, version + 1, self.now, number))
            if values[1] != row[1]:
                renamed.append((number, row[1]))
            if values[2] != row[2]:
                moved.append((number, values[2], self.now, self.by.name, "import"))
        self.insert(
            Building, ("id", "code", *COMPARED, "learned_offset_m", "version", "updated_at"), added
        )
        self.update(Building, (*COMPARED, "version", "updated_at"), changed)
        self.insert(Jurisdiction, ("building_id", "area", "until", "moved_by", "reason"), moved)
        if self.writing:
            _add_standard(named)
            _change_standard(renamed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def finish(self) -> None:
        for name in sorted(self.unused)[:20]:
            self.findings.notice(f"The property {name[:40]!r} is not read here.")
        complaint = self.shifts.complaint("buildings", self.crs)
        if complaint and not self.options.trust_crs:
            self.findings.add(None, "geometry", complaint)


def _code(cell: str) -> str | None:
    if not cell.strip():
        return None
    try:
        return addresses.check_building_code(cell)
    except BadBuildingCode:
        raise Wrong("must have 19 characters: 14 digits, a digit or T, 4 digits") from None


def _add_standard(named: Sequence[tuple[int, str]]) -> None:
    """The standard address of new buildings, with the keys it is found under."""
    rows = [(keys.first(building) + 1, "standard", text, None) for building, text in named]
    bulk.insert(Address, ("id", "kind", "text", "room_id"), rows)
    add_keys([(number, text) for number, _, text, _ in rows])


def _change_standard(renamed: Sequence[tuple[int, str]]) -> None:
    standing = {
        keys.building_of(row[0]): row[0]
        for row in bulk.children(Address, ("id", "kind"), [building for building, _ in renamed])
        if row[1] == "standard"
    }
    changed = [(text, standing[building]) for building, text in renamed]
    bulk.update(Address, ("text",), changed)
    AddressKey.delete().where(AddressKey.address_id.in_([row for _, row in changed])).execute()
    add_keys([(number, text) for text, number in changed])


def add_keys(named: Sequence[tuple[int, str]]) -> None:
    """Make addresses findable: (address id, text)."""
    bulk.insert(
        AddressKey,
        ("key", "address_id"),
        [(key, number) for number, text in named for key in search_keys(text)],
    )
