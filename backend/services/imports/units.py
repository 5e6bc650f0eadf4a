"""Units: the offices and firms that own things and handle cases, with their duty phones."""

from collections.abc import Sequence

from backend.models import Area, Unit
from backend.services.imports import bulk
from backend.services.imports.columns import Column, choice, pattern, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Known, Parsed

LEVELS = ("district", "street", "community", "grid")
_KEPT = ("code", "name", "level", "area_path", "duty_phone", "email", "is_desk", "head")


class Units(Csv):
    """Load units: who owns and handles what, with a duty phone"""

    name = "units"
    tables = (Unit,)
    columns = (
        Column("code", pattern(r"[0-9A-Za-z-]{1,20}", "letters, digits, dashes"), required=True),
        Column("name", text(80), required=True),
        Column("level", choice(*LEVELS), required=True),
        Column("area", pattern("[0-9]{4,15}", "the code of an area"), required=True),
        Column("duty_phone", pattern(r"[0-9+ -]{3,20}", "a phone number")),
        Column("email", pattern(r"[^@\s]{1,64}@[^@\s]{1,190}", "a mail address")),
        Column("is_desk", choice("0", "1"), later=True),
        Column("head", pattern(r"[a-z][a-z0-9._-]{0,39}", "the name of an account"), later=True),
    )

    def prepare(self) -> None:
        self.areas = Known(Area, "code", "path")
        self.seen: dict[str, int] = {}

    def take(self, batch: Sequence[Parsed]) -> Tally:
        tally = Tally()
        self.areas.learn([values[3] for _, values in batch])
        codes = [values[0] for _, values in batch]
        before = {row[0]: tuple(row) for row in bulk.found(Unit, _KEPT, "code", codes)}
        added, changed = [], []
        for number, (code, name, level, area, phone, email, desk, head) in batch:
            known = self.areas.get(area)
            if not self._fits(number, code, area, known):
                continue
            row = (code, name, level, known[0] if known else "", phone, email, desk == "1", head)
            if code not in before:
                added.append(row)
            elif before[code] != row:
                changed.append((*row[1:], code))
            else:
                tally.unchanged += 1
        self.insert(Unit, _KEPT, added)
        self.update(Unit, _KEPT[1:], changed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def _fits(self, number: int, code: str, area: str, known: object) -> bool:
        faults = self.findings.count
        if code in self.seen:
            self.findings.add(number, "code", f"stands in row {self.seen[code]} already", code)
        self.seen.setdefault(code, number)
        if known is None:
            self.findings.add(number, "area", "is unknown", area)
        return self.findings.count == faults
