"""Facilities: an inventory of street lights, covers, bins or newsstands, from whoever keeps one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TextIO

import orjson

from backend.actor import SYSTEM
from backend.errors import DatumUnknown, FixImplausible, OutsideChina
from backend.models import Area, Facility
from backend.rules import datum
from backend.services import scope
from backend.services.facilities import checks, kinds
from backend.services.facilities.kinds import FacilityKind, WrongFact
from backend.services.imports import bulk, footprints
from backend.services.imports.columns import Parse, Wrong, day, pattern, text
from backend.services.imports.files import Unreadable
from backend.services.imports.findings import Tally
from backend.services.imports.kind import BATCH, Kind, Known
from backend.services.imports.shifts import Shifts
from backend.services.imports.tables import ColumnMap, Line, lines
from backend.services.places.cells import cell_of

DIGITS = 7  # A centimetre; more would be noise.
VERB = "import.facilities"
WORDS: dict[str, Parse] = {name: text(most) for name, most in checks.TEXTS.items()}
PLAIN: dict[str, Parse] = {
    **WORDS,
    "area": pattern(r"[0-9]{4,15}", "the code of an area"),
    "class_scheme": text(40),
    "class_code": text(20),
    "inspected_on": day,
}
COLUMNS = ("number", "kind", *PLAIN, "lat", "lon")
KEPT = (
    "kind",
    "name",
    "owner_unit",
    "responsible_post",
    "address",
    "area",
    "class_scheme",
    "class_code",
    "lat",
    "lon",
    "cell",
    "facts",
    "inspected_on",
)


@dataclass(frozen=True)
class Wanted:
    """A row that is right in itself. `values` are by field; what the file lacks is not in them."""

    row: int
    number: str
    values: dict[str, Any]
    facts: dict[str, Any]


class Facilities(Kind):
    """Load an inventory of facilities from CSV, GeoJSON points or a workbook"""

    name = "facilities"
    tables = (Facility,)
    takes = frozenset({"crs", "area", "scheme", "of_kind", "columns", "skip_others", "trust_crs"})
    is_citywide = False
    takes_workbooks = True

    @classmethod
    def shape(cls) -> str:
        facts = dict.fromkeys(code for kind in kinds().values() for code in kind.by_code)
        return (
            "CSV, GeoJSON points or .xlsx with number*, lat*, lon*, kind (or --kind), "
            f"{', '.join(PLAIN)}, and the facts of the kind: {', '.join(facts)}. Other columns: "
            "--map OURS=THEIRS or --skip-others; without an area --area."
        )

    def prepare(self) -> None:
        self.crs = self._known_crs()
        self.kind = self._known_kind()
        if self.options.area and not Area.select().where(Area.code == self.options.area).exists():
            raise Unreadable(f"names an unknown --area {self.options.area[:20]}.")
        facts = dict.fromkeys(code for kind in self._kinds() for code in kind.by_code)
        columns = [*COLUMNS, *facts]
        if self.kind:
            columns.remove("kind")
        self.mapping = ColumnMap(columns, dict(self.options.columns), self.options.skip_others)
        self.areas = Known(Area, "code", "path")
        self.seen: dict[str, int] = {}
        self.abroad = self.removed = 0
        self.shifts = Shifts()

    def batches(self, file: TextIO) -> Iterator[Sequence[Line]]:
        found = lines(file, self.mapping, self.findings)
        while batch := list(islice(found, BATCH)):
            self.rows += len(batch)
            yield batch
        if not self.rows and not self.findings.count:
            raise Unreadable("has no rows.")

    def take(self, batch: Sequence[Line]) -> Tally:
        wanted = [found for line in batch if (found := self._parsed(line))]
        before = self._before([one.number for one in wanted])
        named = {one.values.get("area", self.options.area) for one in wanted}
        self.areas.learn(named | {row["area"] for row in before.values()})
        tally = Tally()
        added: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        for one in wanted:
            known = before.get(one.number)
            if known is None:
                self._add(one, added)
            elif self._fits(one, known):
                tally.unchanged += not self._change(one, known, changed)
        stamps = ("state", "version", "updated_at")
        self.insert(Facility, ("number", *KEPT, *stamps), added)
        self.update(Facility, (*KEPT, "version", "updated_at"), changed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def finish(self) -> None:
        if self.abroad:
            self.findings.notice(f"{self.abroad:,} lie outside Shenzhen; loaded as they are.")
        if self.removed:
            self.findings.notice(f"{self.removed:,} were taken out of use here and stay so.")

        complaint = self.shifts.complaint("facilities", self.crs)
        if complaint and not self.options.trust_crs:
            self.findings.add(None, self.mapping.named("lat"), complaint)

    def _known_crs(self) -> str:
        if self.options.crs is None:
            raise Unreadable("needs --crs: say which datum its positions are in.")
        try:
            return datum.known_crs(self.options.crs)
        except DatumUnknown as refusal:
            raise Unreadable(f"needs another --crs. {refusal}") from refusal

    def _known_kind(self) -> FacilityKind | None:
        code = self.options.of_kind
        if code is not None and code not in kinds():
            raise Unreadable(f"needs another --kind: {', '.join(kinds())}.")
        return kinds()[code] if code else None

    def _kinds(self) -> Sequence[FacilityKind]:
        return [self.kind] if self.kind else list(kinds().values())

    # --- One row ------------------------------------------------------------------------------

    def _parsed(self, line: Line) -> Wanted | None:
        """The row's values, or None with its faults said."""
        faults = self.findings.count
        kind = self._kind_of(line)
        number = self._number(line)
        values: dict[str, Any] = {}
        for name, parse in PLAIN.items():
            if name in line.cells:
                values[name] = self._cell(line, name, parse)
        values |= self._position(line)
        if kind is None or number is None or self.findings.count > faults:
            return None
        values["kind"] = kind.code
        self._settle_class(line, kind, values)
        if not values.get("area"):
            values.pop("area", None)
        facts = self._facts(line, kind)
        return Wanted(line.row, number, values, facts) if self.findings.count == faults else None

    def _complain(self, line: Line, name: str, message: str, value: object = "") -> None:
        self.findings.add(line.row, self.mapping.named(name), message, value)

    def _cell(self, line: Line, name: str, parse: Parse) -> Any:
        cell = line.cells[name]
        try:
            return parse(cell)
        except Wrong as wrong:
            self._complain(line, name, str(wrong), cell.strip())
            return None

    def _kind_of(self, line: Line) -> FacilityKind | None:
        if self.kind:
            return self.kind
        code = line.cells.get("kind", "").strip()
        if not code:
            self._complain(line, "kind", "is required; or say --kind for all")
        elif code not in kinds():
            self._complain(line, "kind", f"must be one of {', '.join(kinds())}", code)
        return kinds().get(code)

    def _number(self, line: Line) -> str | None:
        cell = line.cells.get("number", "").strip()
        number = checks.number_in(cell)
        if not cell:
            self._complain(line, "number", "is required")
        elif number is None:
            message = "must be 1 to 40 letters, digits, dots and dashes"
            self._complain(line, "number", message, cell)
        elif self.seen.setdefault(number, line.row) != line.row:
            message = f"stands in row {self.seen[number]} already"
            self._complain(line, "number", message, number)
        return number

    def _position(self, line: Line) -> dict[str, Any]:
        lat = self._cell(line, "lat", _degrees(90))
        lon = self._cell(line, "lon", _degrees(180))
        if lat is None or lon is None:
            return {}
        try:
            here = datum.to_wgs84(lat, lon, self.crs)
        except OutsideChina:
            self._complain(line, "lat", f"lies outside China, where {self.crs} is not defined")
            return {}
        except FixImplausible:
            self._complain(line, "lat", "is no position", f"{lat}, {lon}")
            return {}
        self.abroad += not (
            footprints.SOUTH <= here.lat <= footprints.NORTH
            and footprints.WEST <= here.lon <= footprints.EAST
        )
        lat, lon = round(here.lat, DIGITS), round(here.lon, DIGITS)
        return {"lat": lat, "lon": lon, "cell": cell_of(lat, lon)}

    def _settle_class(self, line: Line, kind: FacilityKind, values: dict[str, Any]) -> None:
        """Scheme and code together, or neither: a file without a code says nothing of it."""
        scheme, code = values.pop("class_scheme", None), values.pop("class_code", None)
        if "class_code" not in line.cells:
            return
        errors: dict[str, list[str]] = {}
        if code is not None:
            scheme = scheme or self.options.scheme
        found = checks.class_of(kind, scheme, code, errors)
        for name, said in errors.items():
            self._complain(line, name, said[0], f"{scheme or '-'} {code or '-'}")
        values["class_scheme"], values["class_code"] = found

    def _facts(self, line: Line, kind: FacilityKind) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, cell in line.cells.items():
            fact = kind.by_code.get(name)
            if fact is None:
                if name not in COLUMNS and cell.strip():
                    self._complain(line, name, f"is not recorded of a {kind.en}", cell)
                continue
            try:
                found[name] = fact.parsed(_WORDS_OF_FACTS(cell) or "")
            except (Wrong, WrongFact) as wrong:
                said = str(wrong).rstrip(".")
                self._complain(line, name, said[:1].lower() + said[1:], cell.strip())
        return found

    # --- Against what is registered -----------------------------------------------------------

    def _before(self, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
        columns = ("number", "id", "state", "version", *KEPT)
        found = bulk.found(Facility, columns, "number", numbers)
        return {row[0]: dict(zip(columns, row, strict=True)) for row in found}

    def _add(self, one: Wanted, added: list[tuple[Any, ...]]) -> None:
        area = one.values.setdefault("area", self.options.area)
        if not self._may(one, area):
            return
        kind = kinds()[one.values["kind"]]
        scheme, code = kind.default_class or (None, None)
        values = {"class_scheme": scheme, "class_code": code, **one.values}
        values["facts"] = _json({}, one.facts)
        row = (values.get(name) for name in KEPT)
        added.append((one.number, *row, "in_use", 1, self.now))

    def _fits(self, one: Wanted, known: Mapping[str, Any]) -> bool:
        if known["kind"] != one.values["kind"]:
            kind = kinds()[known["kind"]].en
            self._say(one, "number", f"is the number of a {kind} already", one.number)
            return False
        return self._may(one, known["area"]) and (
            "area" not in one.values or self._may(one, one.values["area"])
        )

    def _change(
        self, one: Wanted, known: Mapping[str, Any], changed: list[tuple[Any, ...]]
    ) -> bool:
        """Whether anything differs; what the file does not say stays as it is."""
        if known["state"] != "in_use":
            self.removed += 1
            return False
        values = {**known, **one.values}
        self.shifts.note((known["lat"], known["lon"]), (values["lat"], values["lon"]))
        values["facts"] = _json(orjson.loads(known["facts"]), one.facts)
        row = tuple(values[name] for name in KEPT)
        if row == tuple(known[name] for name in KEPT):
            return False
        changed.append((*row, known["version"] + 1, self.now, known["id"]))
        return True

    def _may(self, one: Wanted, area: str | None) -> bool:
        """Whether the area is there, and within what was given to whoever brings the file."""
        path = self.areas.get(area) if area else None
        if area is None:
            self._say(one, "area", "is required; or say --area for all")
        elif path is None:
            self._say(one, "area", "is unknown; import areas first", area)
        elif self.by.account_id != SYSTEM.account_id and not scope.holds_area(
            self.by, VERB, path[0]
        ):
            self._say(one, "area", "lies outside the areas given to you", area)
        else:
            return True
        return False

    def _say(self, one: Wanted, name: str, message: str, value: str = "") -> None:
        self.findings.add(one.row, self.mapping.named(name), message, value)


_WORDS_OF_FACTS = text(200)


def _degrees(most: int) -> Parse:
    def parse(cell: str) -> float:
        cell = cell.strip()
        if not cell:
            raise Wrong("is required")
        if not re.fullmatch(r"[+-]?[0-9]{1,12}([.][0-9]{1,20})?(e-[0-9]{1,2})?", cell):
            raise Wrong("must be a number of degrees with a decimal point")
        value = float(cell)
        if abs(value) > most:
            raise Wrong(f"must lie between -{most} and {most} degrees")
        return value

    return parse


def _json(before: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    known = {code: value for code, value in {**before, **facts}.items() if value is not None}
    return orjson.dumps(known, option=orjson.OPT_SORT_KEYS).decode()
