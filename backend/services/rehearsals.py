"""A duty list tried on last month's cases before it counts: who would get what, and what breaks.

Nothing is kept. A list comes into force by its lines' `since`: load it early, it waits.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from peewee import fn

from backend import clock
from backend.actor import Actor
from backend.db import Table, reading
from backend.errors import Invalid
from backend.models import Case, Unit
from backend.rules.dispatch import Fault, Line
from backend.services import imports, scope
from backend.services.cases import duty_list, rule_faults
from backend.services.cases.duty_list import DutyList
from backend.services.imports import Options, Report
from backend.verbs import verb

MOST_DAYS = 366
NOBODY = None


@dataclass(frozen=True)
class Way:
    """So many cases of a problem that would go to another unit; None: nobody, the desk."""

    kind: str
    problem: str
    before: str | None
    after: str | None
    cases: int


@dataclass(frozen=True)
class Rehearsal:
    """What the list of a file would change. With errors in the file nothing was tried."""

    file: Report
    day: str
    cases: int = 0
    same: int = 0
    elsewhere: int = 0
    to_nobody: int = 0
    from_nobody: int = 0
    ways: list[Way] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    new_faults: list[Fault] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Nothing breaks, and nobody loses the unit that answered until now."""
        return not (self.file.errors or self.to_nobody or self.new_faults)

    def as_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "is_well": self.is_well,
            "file": self.file.as_dict(),
            "faults": [fault._asdict() for fault in self.faults],
            "new_faults": [fault._asdict() for fault in self.new_faults],
        }

    def lines(self) -> Iterator[str]:
        """For a person at a terminal."""
        yield from self.file.lines()
        if self.file.errors:
            return
        yield from (f"new fault: {one.rule}: {one.reason}" for one in self.new_faults)
        yield f"{self.cases} cases by the list of {self.day}: {self.same} as now, "
        yield f"{self.elsewhere} elsewhere, {self.to_nobody} to nobody any more, "
        yield f"{self.from_nobody} to somebody at last; {len(self.faults)} lines are broken."
        for way in self.ways:
            yield (
                f"{way.cases:>7}  {way.kind}.{way.problem}: "
                f"{way.before or 'nobody'} -> {way.after or 'nobody'}"
            )


def rehearse(path: Path, *, days: int = 30, day: str | None = None, by: Actor) -> Rehearsal:
    """Try the list that loading this file would make, as of a day: the last that a line begins.

    Takes the permit of loading it. Cases are those of the last so many days; what was struck out
    or put with another one is not asked about.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(errors={"days": [f"From 1 to {MOST_DAYS}."]})
    read: list[Line] = []
    report = imports.run(_reading_into(read), path, Options(), dry_run=True, by=by)
    with reading():
        before = duty_list.current()
        after = list(
            ({line.key: line for line in before} | {line.key: line for line in read}).values()
        )
        day = day or max([scope.today(), *(line.since for line in read if line.since)])
        if report.errors:
            return Rehearsal(report, day)
        return _compared(report, day, before, after, days)


def _reading_into(lines: list[Line]) -> type[imports.Remits]:
    """The import of remits, which hands over what it would write."""

    class Read(imports.Remits):
        """Read the duty list"""

        def insert(self, model: type[Table], columns: Sequence[str], values: Any) -> None:
            lines.extend(Line(*row) for row in values)

        def update(self, model: type[Table], columns: Sequence[str], values: Any) -> None:
            lines.extend(Line(row[-1], *row[:-1]) for row in values)

    return Read


def _compared(
    report: Report, day: str, before: list[Line], after: list[Line], days: int
) -> Rehearsal:
    units = [row.code for row in Unit.select(Unit.code)]
    now = duty_list.made_of(before, units, {}, scope.today())
    then = duty_list.made_of(after, units, {}, day)
    ways: Counter[tuple[str, str, str | None, str | None]] = Counter()
    for kind, problem, unit_now, unit_then, cases in _asked(now, then, days):
        ways[kind, problem, unit_now, unit_then] += cases
    moved = [Way(*way, cases) for way, cases in ways.most_common() if way[2] != way[3]]
    known = set(duty_list.faults(before))
    faults = duty_list.faults(after)
    return Rehearsal(
        file=report,
        day=day,
        cases=ways.total(),
        same=ways.total() - sum(way.cases for way in moved),
        elsewhere=sum(way.cases for way in moved if way.before and way.after),
        to_nobody=sum(way.cases for way in moved if way.after is NOBODY),
        from_nobody=sum(way.cases for way in moved if way.before is NOBODY),
        ways=moved,
        faults=faults,
        new_faults=[fault for fault in faults if fault not in known],
    )


def _asked(
    now: DutyList, then: DutyList, days: int
) -> Iterator[tuple[str, str, str | None, str | None, int]]:
    """Cases that are alike are asked about once."""
    alike = (Case.kind, Case.problem, Case.area_path, Case.owner, Case.condition)
    rows: Any = (
        Case.select(*alike, fn.COUNT(Case.id))
        .where(Case.opened_at >= clock.now() - timedelta(days=days))
        .where(Case.voided_at.is_null() & Case.merged_into.is_null())
        .group_by(*alike)
        .tuples()
    )
    for kind, problem, area_path, owner, condition, cases in rows:
        asked = duty_list.asked(kind, problem, area_path, owner, condition)
        yield kind, problem, now.choose(asked).unit, then.choose(asked).unit, cases


@verb("duty-list.faults", reads=True)
def faults(*, by: Actor) -> dict[str, Any]:
    """What is broken in the duty list, and what has failed today with how many cases met it"""
    broken = [fault._asdict() for fault in duty_list.faults()]
    return {"broken": broken, "today": rule_faults.today()}
