"""Fleets: the e-bikes of a sharing company, each with a code of its own from the same moment.

A fleet's bike has no owner to look up, only its company: a unit. A frame that is gone from a
company's streets is said to be scrapped; what a file does not name stays as it is.
"""

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from backend import clock
from backend.errors import BadFrame
from backend.house import house
from backend.models import Area, Bike, BikeStep, Tag, Unit, keys
from backend.rules import bikes, frames
from backend.rules.deadlines import CHINA
from backend.services.imports import bulk
from backend.services.imports.columns import Column, Wrong, flag, pattern, remembered, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Known, Parsed
from qr import codes

_BIKE = (
    "id", "state", "frame", "frame_key", "frame_form", "brand", "colour", "area_path",
    "operator", "code", "asked_at", "registered_at", "updated_at", "version",
)  # fmt: skip
_STEP = ("bike_id", "at", "action", "state", "facts")
_TAG = ("code", "bike_id", "kind", "state", "minted_at", "bound_at")
_KNOWN = ("id", "frame_key", "operator", "state", "brand", "colour", "area_path", "code", "version")


class _Standing(NamedTuple):
    """A frame's living registration, in the order of _KNOWN."""

    id: int
    frame: str
    operator: str | None
    state: str
    brand: str
    colour: str
    area_path: str
    code: str | None
    version: int


class _Wanted(NamedTuple):
    """A row that is right in itself."""

    row: int
    operator: str
    frame: frames.Frame
    brand: str
    colour: str
    area_path: str
    is_scrapped: bool


def _frame(cell: str) -> frames.Frame | None:
    if not cell.strip():
        return None
    try:
        return frames.read_frame(cell, clock.now().astimezone(CHINA).year)
    except BadFrame:
        raise Wrong("is no frame number: 6 to 20 letters and digits, as on the frame") from None


def _colour(cell: str) -> str | None:
    if not cell.strip():
        return None
    colour = bikes.colour_of(cell)
    if colour is None:
        raise Wrong(f"must be one of {', '.join(bikes.COLOURS)}, or its Chinese name")
    return colour


class Bikes(Csv):
    """Load a fleet of e-bikes, each with a code of its own"""

    name = "bikes"
    tables = (Bike, BikeStep, Tag)
    columns = (
        Column("operator", pattern(r"[0-9A-Za-z-]{1,20}", "the code of a unit"), required=True),
        Column("frame", _frame, required=True),
        Column("brand", text(40), required=True),
        Column("colour", remembered(_colour), required=True),
        Column("area", pattern("[0-9]{4,15}", "the code of an area"), required=True),
        Column("scrapped", flag, later=True),
    )

    def prepare(self) -> None:
        self.units = Known(Unit, "code", "name")
        self.areas = Known(Area, "code", "path")
        self.seen: dict[str, int] = {}
        self.numbers: set[int] = set()
        self.keys = house().tag_keys

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.units.learn([values[0] for _, values in batch])
        self.areas.learn([values[4] for _, values in batch])
        rows = [wanted for row, values in batch if (wanted := self._wanted(row, values))]
        standing = self._standing([wanted.frame.number for wanted in rows])
        tally, added, changed, gone = Tally(), [], [], []
        for wanted in rows:
            before = standing.get(wanted.frame.number)
            if before is None and wanted.is_scrapped:
                tally.unchanged += 1  # It was, at the latest in the last import of this file.
            elif before is None:
                added.append(wanted)
            elif not self._is_theirs(wanted, before):
                continue
            elif wanted.is_scrapped:
                gone.append(before)
            elif (before.brand, before.colour, before.area_path) == wanted[3:6]:
                tally.unchanged += 1
            else:
                changed.append((*wanted[3:6], self.now, before.version + 1, before.id))
        self._add(added)
        self.update(Bike, ("brand", "colour", "area_path", "updated_at", "version"), changed)
        self._scrap(gone)
        tally.added, tally.changed = len(added), len(changed) + len(gone)
        return tally

    def _wanted(self, row: int, values: Sequence[Any]) -> _Wanted | None:
        operator, frame, brand, colour, area, is_scrapped = values
        faults, known = self.findings.count, self.areas.get(area)
        if self.seen.setdefault(frame.number, row) != row:
            first = self.seen[frame.number]
            self.findings.add(row, "frame", f"stands in row {first} already", frame.number)
        if frame.sort == "bicycle":
            self.findings.add(row, "frame", "is a bicycle's, by its fifth digit", frame.number)
        if self.units.get(operator) is None:
            self.findings.add(row, "operator", "is unknown; import units first", operator)
        if known is None:
            self.findings.add(row, "area", "is unknown", area)
        if known is None or self.findings.count > faults:
            return None
        return _Wanted(row, operator, frame, brand, colour, known[0], is_scrapped)

    def _standing(self, numbers: Sequence[str]) -> dict[str, _Standing]:
        found = bulk.found(Bike, _KNOWN, "frame_key", numbers)
        return {row.frame: row for row in map(_Standing._make, found)}

    def _is_theirs(self, wanted: _Wanted, before: _Standing) -> bool:
        faults = self.findings.count
        if before.operator != wanted.operator:
            # Not by whom: that is told to officers alone.
            self.findings.add(
                wanted.row, "frame", "is registered by somebody else", wanted.frame.number
            )
        elif wanted.is_scrapped and before.state != "registered":
            self.findings.add(wanted.row, "scrapped", f"is not possible while {before.state}")
        return self.findings.count == faults

    def _add(self, rows: Sequence[_Wanted]) -> None:
        if not self.writing or not rows:
            return
        made = list(zip(rows, self._ids(len(rows)), self._codes(len(rows)), strict=True))
        now = self.now
        self.insert(
            Bike,
            _BIKE,
            [
                (
                    bike, "registered", one.frame.number, one.frame.number, one.frame.form,
                    one.brand, one.colour, one.area_path, one.operator, code, now, now, now, 1,
                )
                for one, bike, code in made
            ],
        )  # fmt: skip
        tags = [(code, bike, "ebike", "bound", now, now) for _, bike, code in made]
        self.insert(Tag, _TAG, tags)
        steps = [
            (bike, now, "register", "registered", orjson.dumps({"operator": one.operator}).decode())
            for one, bike, _ in made
        ]
        self.insert(BikeStep, _STEP, steps)

    def _scrap(self, rows: Sequence[_Standing]) -> None:
        now = self.now
        self.update(
            Bike,
            ("state", "frame_key", "code", "updated_at", "version"),
            [("scrapped", None, None, now, row.version + 1, row.id) for row in rows],
        )
        ended = [("revoked", now, "scrapped", row.code) for row in rows if row.code]
        self.update(Tag, ("state", "ended_at", "end_reason"), ended)
        self.insert(BikeStep, _STEP, [(row.id, now, "scrap", "scrapped", "{}") for row in rows])

    def _ids(self, count: int) -> list[int]:
        """Fresh keys: of the many that one millisecond draws, some would be alike."""
        first = len(self.numbers)
        found: list[int] = []
        while len(self.numbers) < first + count:
            one = keys.of_the_moment()
            if one not in self.numbers:
                self.numbers.add(one)
                found.append(one)
        return found

    def _codes(self, count: int) -> list[str]:
        """Fresh codes that no tag has."""
        found: set[str] = set()
        while len(found) < count:
            more = {codes.mint(self.keys, secrets.token_bytes) for _ in range(count - len(found))}
            found |= more - {row[0] for row in bulk.found(Tag, ("code",), "code", list(more))}
        return list(found)
