"""Firms as the commercial register knows them: 商事登记, held against our addresses every night."""

from collections.abc import Sequence

from backend.models import Area, Registration
from backend.services.imports import bulk
from backend.services.imports.columns import Column, day, pattern, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Known, Parsed
from backend.services.imports.numbers import credit_code

_KEPT = ("key", "name", "credit_code", "address", "area_path", "until")


class Registrations(Csv):
    """Load registered firms: where they say they are"""

    name = "registrations"
    tables = (Registration,)
    columns = (
        Column("key", text(40), required=True),
        Column("name", text(120), required=True),
        Column("credit_code", credit_code),
        Column("address", text(200), required=True),
        Column("area", pattern("[0-9]{4,15}", "the code of an area"), required=True),
        Column("until", day),
    )

    def prepare(self) -> None:
        self.areas = Known(Area, "code", "path")
        self.seen: dict[str, int] = {}

    def take(self, batch: Sequence[Parsed]) -> Tally:
        tally = Tally()
        self.areas.learn([values[4] for _, values in batch])
        keys = [values[0] for _, values in batch]
        before = {row[0]: tuple(row) for row in bulk.found(Registration, _KEPT, "key", keys)}
        added, changed = [], []
        for number, (key, name, credit, address, area, until) in batch:
            path = self._path(number, key, area)
            if path is None:
                continue
            row = (key, name, credit, address, path, until)
            if key not in before:
                added.append(row)
            elif before[key] != row:
                changed.append((*row[1:], key))
            else:
                tally.unchanged += 1
        self.insert(Registration, _KEPT, added)
        self.update(Registration, _KEPT[1:], changed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def _path(self, number: int, key: str, area: str) -> str | None:
        """The path of its area; None if the row does not fit."""
        if key in self.seen:
            self.findings.add(number, "key", f"stands in row {self.seen[key]} already", key)
            return None
        self.seen[key] = number
        known = self.areas.get(area)
        if known is None:
            self.findings.add(number, "area", "is unknown", area)
            return None
        return str(known[0])
