"""The duty list: which unit handles which problem where, from one day to another."""

from collections.abc import Sequence
from typing import Any

from backend.models import Area, Remit, Unit
from backend.rules.dispatch import GRADES
from backend.services import problems, standards
from backend.services.imports import bulk
from backend.services.imports.columns import Column, choice, day, pattern, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Known, Parsed, check_days

_KEPT = (
    "key", "kind", "problem", "area_path", "unit", "since", "until", "condition", "grade", "owner",
)  # fmt: skip


class Remits(Csv):
    """Load the duty list: which unit handles which problem where"""

    name = "remits"
    tables = (Remit,)
    columns = (
        Column("key", pattern(r"[0-9A-Za-z.-]{1,40}", "letters, digits, dots"), required=True),
        Column("kind", text(16), required=True),
        Column("problem", text(40)),
        Column("area", pattern("[0-9]{4,15}", "the code of an area"), required=True),
        Column("unit", text(20), required=True),
        Column("since", day),
        Column("until", day),
        Column("condition", pattern(r"[0-9a-z-]{1,24}", "a code of the standard"), later=True),
        Column("grade", choice(*GRADES), later=True),
        Column("owner", text(20), later=True),
    )

    def prepare(self) -> None:
        self.areas = Known(Area, "code", "path")
        self.units = Known(Unit, "code", "name")
        self.seen: dict[str, int] = {}

    def take(self, batch: Sequence[Parsed]) -> Tally:
        tally = Tally()
        self.areas.learn([values[3] for _, values in batch])
        self.units.learn([code for _, values in batch for code in (values[4], values[9]) if code])
        keys = [values[0] for _, values in batch]
        before = {row[0]: tuple(row) for row in bulk.found(Remit, _KEPT, "key", keys)}
        added, changed = [], []
        for number, values in batch:
            if not self._fits(number, values):
                continue
            key, kind, problem, area, *rest = values
            known = self.areas.get(area)
            row = (key, kind, problem, known[0] if known else "", *rest)
            if key not in before:
                added.append(row)
            elif before[key] != row:
                changed.append((*row[1:], key))
            else:
                tally.unchanged += 1
        self.insert(Remit, _KEPT, added)
        self.update(Remit, _KEPT[1:], changed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def _fits(self, number: int, values: Sequence[Any]) -> bool:
        key, kind, problem, area, unit, since, until, condition, _, owner = values
        complain, faults = self.findings.add, self.findings.count
        if key in self.seen:
            complain(number, "key", f"stands in row {self.seen[key]} already", key)
        self.seen.setdefault(key, number)
        known = problems.subjects().get(kind)
        if known is None:
            complain(number, "kind", "is none of a facility, building or street", kind)
        elif problem is not None and problem not in {one.code for one in known.problems}:
            complain(number, "problem", f"is no problem of a {kind}", problem)
        if self.areas.get(area) is None:
            complain(number, "area", "is unknown", area)
        if self.units.get(unit) is None:
            complain(number, "unit", "is unknown; import units first", unit)
        if owner is not None and self.units.get(owner) is None:
            complain(number, "owner", "is unknown; import units first", owner)
        if condition is not None and not standards.is_known(condition):
            complain(number, "condition", "is none of the standard, and no class of it", condition)
        check_days(self.findings, number, since, until)
        return self.findings.count == faults
