"""Tables of other people: CSV (or a workbook unpacked to it) and GeoJSON points, columns mapped.

An inventory comes with columns of its own. Each is one of ours by name, is mapped to one of ours,
or is left out because the caller said so: nothing is dropped in silence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from backend.services.imports.files import Row, Unreadable, csv_rows, features
from backend.services.imports.findings import Findings

POSITION = ("lat", "lon")
MOST_NAMED = 30


@dataclass(frozen=True)
class Line:
    """One row: cells by the names of our columns; a column that the file lacks is not there."""

    row: int
    cells: Mapping[str, str]


@dataclass
class ColumnMap:
    """Which of our columns stands where: `wanted` ours -> theirs, as the caller said."""

    ours: Sequence[str]
    wanted: Mapping[str, str]
    skip_others: bool
    theirs: dict[str, str] = field(default_factory=dict)
    """Ours -> theirs, as it was found: how errors name a column."""

    def named(self, name: str) -> str:
        """The file's own name of one of our columns."""
        return self.theirs.get(name, name)

    def check(self) -> None:
        """Every mapped column must be one of ours. Raises Unreadable."""
        unknown = [name for name in self.wanted if name not in self.ours]
        if unknown:
            raise Unreadable(
                f"cannot be mapped to {_listed(unknown)}; there is {_listed(self.ours)}."
            )

    def places(self, header: Sequence[str], required: Sequence[str]) -> dict[str, int]:
        """Ours -> place in the row. Raises Unreadable for a header that does not fit."""
        twice = sorted({name for name in header if name and header.count(name) > 1})
        lost = [theirs for theirs in self.wanted.values() if theirs not in header]
        self.theirs = {
            name: self.wanted.get(name, name)
            for name in self.ours
            if self.wanted.get(name, name) in header
        }
        used = set(self.theirs.values())
        others = [name for name in header if name and name not in used]
        missing = [name for name in required if name not in self.theirs]
        faults = [
            f"{what}: {_listed(which)}"
            for what, which in (
                ("columns given twice", twice),
                ("no such column to map", lost),
                ("missing columns", missing),
                ("unknown columns", [] if self.skip_others else others),
            )
            if which
        ]
        if faults:
            hint = " Say --map OURS=THEIRS, or --skip-others to leave them out." if others else ""
            raise Unreadable(f"has {'; '.join(faults)}.{hint} Ours: {_listed(self.ours)}.")
        return {name: header.index(theirs) for name, theirs in self.theirs.items()}


def lines(file: TextIO, mapping: ColumnMap, findings: Findings) -> Iterator[Line]:
    """The rows of a file, whichever of the two it is. Raises Unreadable."""
    mapping.check()
    start = file.read(4_096).lstrip()
    file.seek(0)
    if start.startswith("{"):
        return _points(file, mapping, findings)
    return _table(csv_rows(file), mapping, findings)


def _table(rows: Iterator[Row], mapping: ColumnMap, findings: Findings) -> Iterator[Line]:
    _, header = next(rows, (1, []))
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    places = mapping.places(names, ("number", *POSITION))
    width = len(names)
    for number, cells in rows:
        if not any(cells):
            continue
        if len(cells) > width and any(cells[width:]):
            findings.add(number, None, f"has {len(cells)} cells, the header has {width}")
            continue
        cells = [*cells, *[""] * (width - len(cells))]
        yield Line(number, {name: cells[place] for name, place in places.items()})


def _points(file: TextIO, mapping: ColumnMap, findings: Findings) -> Iterator[Line]:
    """GeoJSON: the position is the geometry, everything else a property."""
    wanted = {mapping.wanted.get(name, name): name for name in mapping.ours if name not in POSITION}
    mapping.theirs = {ours: theirs for theirs, ours in wanted.items()}
    mapping.theirs |= dict.fromkeys(POSITION, "geometry")
    met: set[str] = set()
    others: dict[str, None] = {}
    for number, feature in features(file):
        given = feature.get("properties")
        given = given if isinstance(given, dict) else {}
        met |= given.keys()
        others |= dict.fromkeys(name for name in given if name not in wanted)
        cells = {wanted[name]: _text(value) for name, value in given.items() if name in wanted}
        place = _place(feature.get("geometry"))
        if place is None:
            findings.add(number, "geometry", "must be a Point of [longitude, latitude]")
            continue
        yield Line(number, cells | dict(zip(POSITION, place, strict=True)))
    if others and not mapping.skip_others:
        findings.add(None, None, f"has unknown properties: {_listed(list(others))}")
    lost = [theirs for theirs in mapping.wanted.values() if theirs not in met]
    if lost:
        findings.add(None, None, f"has no such property to map: {_listed(lost)}")


def _place(geometry: Any) -> tuple[str, str] | None:
    """Latitude and longitude of a Point, as text."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    found = geometry.get("coordinates")
    if not isinstance(found, list) or len(found) < 2:
        return None
    lon, lat = found[:2]
    if any(isinstance(part, bool) or not isinstance(part, int | float) for part in (lon, lat)):
        return None
    return repr(lat), repr(lon)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(_printable(name[:40]) for name in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"


def _printable(name: str) -> str:
    """A name out of somebody's file, fit for a terminal."""
    return "".join(c if c.isprintable() else "�" for c in name)
