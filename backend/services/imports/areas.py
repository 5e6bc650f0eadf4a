"""Areas: the tree of the city, parents above their children."""

from collections.abc import Sequence

from backend.models import Area
from backend.prepared import Prepared
from backend.services.areas import LEVELS, move_paths
from backend.services.imports.columns import Column, choice, flag, pattern, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Parsed

_all = Prepared(
    lambda: Area.select(
        Area.code, Area.name, Area.level, Area.parent, Area.path, Area.is_virtual, Area.version
    )
)
_ABOVE_GRID = "[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}"
_COLUMNS = ("code", "name", "level", "parent", "path", "is_virtual")


class Areas(Csv):
    """Load areas: district > street > community > grid"""

    name = "areas"
    tables = (Area,)
    columns = (
        Column("code", pattern(f"{_ABOVE_GRID}|[0-9]{{15}}", "an area code"), required=True),
        Column("name", text(60), required=True),
        Column("level", choice(*LEVELS), required=True),
        Column("parent", pattern(_ABOVE_GRID, "the code of an area")),
        Column("is_virtual", flag),
    )

    def prepare(self) -> None:
        # A city has some thousand areas: all are kept at hand.
        found = _all()
        self.known = {row[0]: tuple(row[:6]) for row in found}
        self.versions = {row[0]: row[6] for row in found}
        self.seen: dict[str, int] = {}

    def take(self, batch: Sequence[Parsed]) -> Tally:
        tally = Tally()
        added, changed = [], []
        for number, (code, name, level, parent, is_virtual) in batch:
            if not self._fits(number, code, level, parent):
                continue
            path = f"{self.known[parent][4]}/{code}" if parent else code
            before = self.known.get(code)
            row = (code, name, level, parent, path, is_virtual)
            if before is None:
                added.append(row)
            elif before != row:
                changed.append((name, level, parent, is_virtual, self.versions[code] + 1, code))
                if before[4] != path:
                    self._move(before[4], path)
            else:
                tally.unchanged += 1
            self.known[code] = row
        self.insert(Area, (*_COLUMNS, "version"), [(*row, 1) for row in added])
        self.update(Area, ("name", "level", "parent", "is_virtual", "version"), changed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def _fits(self, number: int, code: str, level: str, parent: str | None) -> bool:
        complain = self.findings.add
        faults = self.findings.count
        if code in self.seen:
            complain(number, "code", f"stands in row {self.seen[code]} already", code)
        self.seen.setdefault(code, number)
        if LEVELS[level] != len(code):
            complain(number, "level", f"has codes of {LEVELS[level]} digits", code)
        if parent is not None and parent not in self.known:
            complain(number, "parent", "is unknown; parents stand above their children", parent)
        elif parent is not None and LEVELS[self.known[parent][2]] >= LEVELS[level]:
            complain(number, "parent", f"is a {self.known[parent][2]}, not above a {level}", parent)
        elif parent is None and level not in ("city", "district"):
            complain(number, "parent", f"is required for a {level}")
        return self.findings.count == faults

    def _move(self, old: str, new: str) -> None:
        """A moved area takes along what stands below it."""
        for code, row in self.known.items():
            if row[4].startswith(old + "/"):
                self.known[code] = (*row[:4], new + row[4][len(old) :], row[5])
        if self.writing:
            move_paths(old, new)
