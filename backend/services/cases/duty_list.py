"""The duty list as it stands in the tables, ready to be asked: one view for many cases."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backend.models import Area, Case, Remit, Unit
from backend.prepared import Prepared
from backend.rules import dispatch
from backend.rules.dispatch import Asked, Fault, Found, Line
from backend.services import problems, scope, standards

NO_DESK = Fault("desk", "no-desk")


@dataclass(frozen=True)
class DutyList:
    """All lines by kind and area, the units there are, and which of them are desks of where."""

    lines: Mapping[tuple[str, str], Sequence[Line]]
    units: frozenset[str]
    desks: Mapping[str, str]
    day: str
    version: str

    def choose(self, asked: Asked) -> Found:
        """What the lines in force on that day say."""
        near = [
            line
            for code in asked.area_path.split("/")
            for line in self.lines.get((asked.kind, code), ())
        ]
        return dispatch.choose(asked, near, self.units, self.day)

    def desk_of(self, area_path: str) -> str | None:
        """Who has a case that nothing places; None in a city without any desk."""
        return dispatch.desk_of(area_path, self.desks)


def read() -> DutyList:
    """As it is now, for today."""
    rows, units, day = _lines(), _units(), scope.today()
    found = _last[0] if _last else None
    # Thousands of rows are read quicker than they are made a list of; mostly nothing has changed.
    if found is None or (found.day, found.rows, found.offices) != (day, rows, units):
        lines = [Line(*row) for row in rows]
        desks = {path: code for code, path, is_desk in units if is_desk}
        made = made_of(lines, [code for code, _, _ in units], desks, day)
        found = _Read(rows, units, day, made)
        _last[:] = [found]
    return found.list


class _Read(NamedTuple):
    """A list with the rows that it was made of."""

    rows: Sequence[tuple[object, ...]]
    offices: Sequence[tuple[object, ...]]
    day: str
    list: DutyList


_last: list[_Read] = []


def current() -> list[Line]:
    """Every line that is kept, in force or not."""
    return [Line(*row) for row in _lines()]


def made_of(
    lines: Iterable[Line], units: Iterable[str], desks: Mapping[str, str], day: str
) -> DutyList:
    """A list of these lines. Its version changes when any of them does."""
    found: dict[tuple[str, str], list[Line]] = {}
    said = hashlib.sha256()
    for line in lines:
        said.update(repr(tuple(line)).encode())
        # A row that nobody could have imported must not keep the others from being read.
        found.setdefault((line.kind, str(line.area_path).rpartition("/")[2]), []).append(line)
    return DutyList(found, frozenset(units), desks, day, said.hexdigest()[:12])


def asked_of(case: Case) -> Asked:
    """What a case asks of the list."""
    return asked(case.kind, case.problem, case.area_path, case.owner, case.condition)


def asked(
    kind: str,
    problem: str,
    area_path: str,
    owner: str | None = None,
    condition: str | None = None,
) -> Asked:
    """With the condition that the problem is filed under, unless a person chose another one."""
    meant = standards.condition_of(kind, problem)
    meant = standards.standard().conditions.get(condition or "", meant)
    is_urgent = meant.limit.clock == "urgent"
    return Asked(kind, problem, area_path, owner, meant.code, is_urgent)


def desk_of(area_path: str) -> str | None:
    """The desk nearest above an area: a unit's code."""
    desks = {path: code for code, path, is_desk in _units() if is_desk}
    return dispatch.desk_of(area_path, desks)


def faults(lines: Iterable[Line] | None = None) -> list[Fault]:
    """What is broken in the list, or in another that somebody means to put in its place."""
    units = _units()
    found = dispatch.faults_of(
        current() if lines is None else lines,
        {code for code, _, _ in units},
        {path for (path,) in _areas()},
        {one.code: {word.code for word in one.problems} for one in problems.subjects().values()},
    )
    # Where no duty list was loaded nobody means to dispatch: there is nothing to complain of.
    is_meant = bool(units)
    nobody = [NO_DESK] if is_meant and not any(is_desk for _, _, is_desk in units) else []
    return [*nobody, *dict.fromkeys(found)]


_lines = Prepared(
    lambda: Remit.select(
        Remit.key,
        Remit.kind,
        Remit.problem,
        Remit.area_path,
        Remit.unit,
        Remit.since,
        Remit.until,
        Remit.condition,
        Remit.grade,
        Remit.owner,
    ).order_by(Remit.id)
)
_units = Prepared(
    lambda: Unit.select(Unit.code, Unit.area_path, Unit.is_desk).order_by(Unit.code.desc())
)
_areas = Prepared(lambda: Area.select(Area.path))
