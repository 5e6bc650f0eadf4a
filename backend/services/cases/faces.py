"""Cases by their number, and what anybody may read of them: no reporter, no worker."""

from typing import Any

from backend import clock
from backend.errors import NotFound
from backend.models import Bike, Case, CaseStep
from backend.rules import case_numbers, geometry, workflow
from backend.rules.datum import Position
from backend.services import photos, places, problems, units
from backend.services.cases import clocks, parts

WITHIN = frozenset(
    {
        "absorb", "let-go", "ask-extension", "ask-shelving", "ask-void", "refuse",
        "urge", "pass-on", "ask-confirmation", "unanswered", "join-in", "acknowledge",
        "report-done", "rate", "remind",
    }
)  # fmt: skip
"""Steps among staff, of which nobody outside learns anything."""


def number_of(case: Case) -> str:
    """What people call a case."""
    return case_numbers.number(case.id, case.opened_at)


def find(number: str) -> Case:
    """The case, or a refusal."""
    case_id = case_numbers.case_id(number)
    case: Case | None = Case.get_or_none(Case.id == case_id) if case_id else None
    if case is None or number_of(case) != number:
        raise NotFound(noun="case")
    return case


def heir_of(case_id: int) -> Case:
    """The case itself, or the one that it was merged into, however often."""
    case: Case = Case.get_by_id(case_id)
    while case.state == "merged" and case.merged_into is not None:
        case = Case.get_by_id(case.merged_into)
    return case


def public(case: Case) -> dict[str, Any]:
    """A case with its steps, for everybody."""
    problem = problems.find(case.kind, case.problem)
    mine = (CaseStep.case_id == case.id) & CaseStep.action.not_in(sorted(WITHIN))
    steps = CaseStep.select().where(mine).order_by(CaseStep.id)
    return {
        **line(case),
        "kind": case.kind,
        "problem": problem.as_dict(),
        "thing": case.thing,
        "name": case.name,
        "address": case.address,
        "lat": case.lat,
        "lon": case.lon,
        "unit": units.public(units.of(case.unit)),
        "words": case.words,
        "round": case.round,
        "merged_into": _number(case.merged_into),
        "split_from": _number(case.parent_id),
        "parts": [{"number": number_of(one), "state": one.state} for one in parts.of_case(case)],
        "closed_at": case.closed_at,
        "photos": photos.of_case(case.id, public=True),
        "steps": [
            {"at": step.at, "action": step.action, "state": step.state, "note": step.note}
            for step in steps
        ],
    }


def open_at(
    *, facility_id: int | None = None, building_id: int | None = None
) -> list[dict[str, Any]]:
    """What has been told of a thing and is not done yet, oldest first."""
    thing = (
        Case.facility_id == facility_id
        if facility_id is not None
        else Case.building_id == building_id
    )
    rows = Case.select().where(thing & Case.state.in_(workflow.OPEN)).order_by(Case.id)
    return [
        {**line(case), "problem": problems.find(case.kind, case.problem).as_dict()} for case in rows
    ]


def thing(case: Case) -> str | None:
    """What staff know the thing by. Of a bike only they learn that it stood here."""
    if case.bike_id is None:
        return case.thing
    bike = Bike.get_or_none(Bike.id == case.bike_id)
    return bike.code if bike else None


def _number(case_id: int | None) -> str | None:
    return None if case_id is None else number_of(Case.get_by_id(case_id))


def open_around(here: Position, reach_m: float) -> list[tuple[float, Case]]:
    """(metres, case) of what is open in the street there and bears no tag, nearest first."""
    found = []
    for first, last in places.ranges_around(here.lat, here.lon, reach_m):
        rows = Case.select().where(Case.cell.between(first, last), Case.thing.is_null())
        for case in rows.where(Case.state.in_(sorted(workflow.OPEN))):
            assert case.lat is not None  # Else it would have no cell.
            assert case.lon is not None
            metres = geometry.distance_m(here, Position(case.lat, case.lon))
            if metres <= reach_m:
                found.append((metres, case))
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def line(case: Case) -> dict[str, Any]:
    """What every list says of a case."""
    return {
        "number": number_of(case),
        "state": case.state,
        "reports": case.reports,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "due_at": clocks.dispatch_due(case) or case.due_at,
        "is_late": clocks.is_late(case, clock.now()),
    }
