"""Cases as open data: found by number, problem, state and time, without anybody in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.errors import NotFound
from backend.models import Case, CaseStep, Unit
from backend.rules import case_numbers, workflow
from backend.services import photos, problems, units
from backend.services.cases import faces

MOST = 1_000
LETTERS = frozenset({(problems.BUILDING, "message")})
"""Kind and problem of what is a letter to the grid and no problem: nobody else's business."""
UNSEEN = "received"
"""Nobody of the city has looked at it: it may say anything, so nobody else sees it either."""

Plain = dict[str, Any]


@dataclass(frozen=True)
class Search:
    """Empty fields leave nothing out. With `numbers` nothing else counts."""

    numbers: Sequence[str] | None = None
    problems: Sequence[tuple[str, str]] = ()  # kind, problem
    is_open: bool | None = None
    made: tuple[datetime, datetime] | None = None  # From, until: both are within.
    changed: tuple[datetime, datetime] | None = None
    page: int = 1
    most: int = MOST
    all_steps: bool = False  # Else only those with a note.


def is_public(case: Case) -> bool:
    """Whether anybody may know of it."""
    return case.state != UNSEEN and (case.kind, case.problem) not in LETTERS


def is_readable(case: Case) -> bool:
    """Whether whoever has its number may read it: also what nobody has looked at, if it is of a
    thing of the register and so says no word of a stranger's.
    """
    is_letter = (case.kind, case.problem) in LETTERS
    return not is_letter and (case.state != UNSEEN or case.thing is not None)


def read(number: str) -> Plain:
    """A case for everybody, by its number. Refuses what is not for everybody as unknown."""
    case = faces.find(number)
    if not is_readable(case):
        raise NotFound(noun="case")
    where = _place(case)
    return {**faces.public(case), **where, "name": where["name"] or ""}


def search(wanted: Search) -> list[Plain]:
    """The cases, the latest first: told last, or changed last if only that was asked for."""
    rows = Case.select().where(*_public(), *_conditions(wanted)).order_by(*_order(wanted))
    found = list(rows.limit(wanted.most).offset((wanted.page - 1) * wanted.most))
    if wanted.numbers is not None:
        asked = set(wanted.numbers)
        found = [case for case in found if faces.number_of(case) in asked]
    return _faces(found, wanted)


def steps_between(
    since: datetime, until: datetime, *, number: str | None = None, page: int = 1, most: int = MOST
) -> list[Plain]:
    """What happened to public cases, the earliest first; that a report came in is not told."""
    mine = Case.id == faces.find(number).id if number else Case.id.is_null(False)
    rows = (
        CaseStep.select(CaseStep, Case)
        .join(Case, on=(Case.id == CaseStep.case_id), attr="told")
        .where(*_public(), mine)
        .where(CaseStep.at.between(since, until), CaseStep.action.not_in(sorted(SILENT)))
        .order_by(CaseStep.at, CaseStep.id)
        .limit(most)
        .offset((page - 1) * most)
    )
    found: Any = rows
    return [{**_step(row), "id": row.id, "number": faces.number_of(row.told)} for row in found]


SILENT = faces.WITHIN | {"receive"}
"""Of these no program outside learns anything."""


def _public() -> list[Any]:
    return [
        Case.state != UNSEEN,
        *(~((Case.kind == kind) & (Case.problem == problem)) for kind, problem in LETTERS),
    ]


def _conditions(wanted: Search) -> Iterable[Any]:
    if wanted.numbers is not None:
        said = [case_numbers.case_id(number) for number in wanted.numbers]
        yield Case.id.in_([case_id for case_id in said if case_id is not None])
        return
    if wanted.problems:
        either = [(Case.kind == kind) & (Case.problem == code) for kind, code in wanted.problems]
        condition = either[0]
        for one in either[1:]:
            condition |= one
        yield condition
    if wanted.is_open is not None:
        is_open = Case.state.in_(sorted(workflow.OPEN))
        yield is_open if wanted.is_open else ~is_open
    for column, between in ((Case.opened_at, wanted.made), (Case.updated_at, wanted.changed)):
        if between is not None:
            yield column.between(*between)


def _place(case: Case) -> Plain:
    """Where it is. A place whose report was turned away is as a stranger wrote it: not told."""
    is_known = case.facility_id is not None or case.building_id is not None
    if not is_known and case.state in ("declined", "merged"):
        return {"name": None, "address": None, "lat": None, "lon": None}
    return {"name": case.name, "address": case.address, "lat": case.lat, "lon": case.lon}


def _order(wanted: Search) -> tuple[Any, Any]:
    """By the column that the window is of: its index then gives the page without sorting."""
    is_by_change = wanted.changed is not None and wanted.made is None
    return (Case.updated_at if is_by_change else Case.opened_at).desc(), Case.id.desc()


def _faces(found: Sequence[Case], wanted: Search) -> list[Plain]:
    """Plain data of many cases, with as few questions as of one."""
    steps = _steps(found, wanted)
    pictures = photos.released_of([case.id for case in found])
    known = {row.code: row for row in Unit.select().where(Unit.code.in_(_units(found)))}
    parents = {case.id: case for case in Case.select().where(Case.id.in_(_parents(found)))}
    return [
        {
            "number": faces.number_of(case),
            "state": case.state,
            "is_open": case.state in workflow.OPEN,
            "kind": case.kind,
            "problem": problems.find(case.kind, case.problem).as_dict(),
            "thing": case.thing,
            "is_facility": case.facility_id is not None,
            **_place(case),
            "area": case.area_path.rpartition("/")[2],
            "unit": units.public(known.get(case.unit or "")),
            "words": case.words,
            "reports": case.reports,
            "round": case.round,
            "merged_into": _number(parents.get(case.merged_into or 0)),
            "due_at": case.due_at,
            "opened_at": case.opened_at,
            "updated_at": case.updated_at,
            "closed_at": case.closed_at,
            "steps": steps.get(case.id, []),
            "photos": pictures.get(case.id, []),
        }
        for case in found
    ]


def _steps(found: Sequence[Case], wanted: Search) -> Mapping[int, list[Plain]]:
    mine = CaseStep.case_id.in_([case.id for case in found])
    which = CaseStep.action.not_in(sorted(SILENT))
    if not wanted.all_steps:
        which &= CaseStep.note.is_null(False)
    rows: Any = CaseStep.select(
        CaseStep.case_id, CaseStep.at, CaseStep.action, CaseStep.state, CaseStep.note
    ).where(mine, which)
    grouped: dict[int, list[Plain]] = {}
    for case_id, *step in rows.order_by(CaseStep.id).tuples():
        grouped.setdefault(case_id, []).append(dict(zip(STEP, step, strict=True)))
    return grouped


STEP = ("at", "action", "state", "note")


def _step(row: CaseStep) -> Plain:
    return {name: getattr(row, name) for name in STEP}


def _units(found: Sequence[Case]) -> list[str]:
    return sorted({case.unit for case in found if case.unit})


def _parents(found: Sequence[Case]) -> list[int]:
    return sorted({case.merged_into for case in found if case.merged_into})


def _number(case: Case | None) -> str | None:
    return None if case is None else faces.number_of(case)
