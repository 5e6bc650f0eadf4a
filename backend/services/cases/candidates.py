"""Cases that may be one and the same: the same problem near by, or anything of the same thing."""

from typing import Any

from backend.actor import Actor
from backend.models import Case
from backend.rules import geometry, workflow
from backend.services import places, scope
from backend.services.cases import faces, lines
from backend.verbs import verb

REACH_M = 150
MOST = 20


@verb("case.candidates", reads=True)
def candidates(number: str, *, by: Actor) -> list[dict[str, Any]]:
    """Open cases that a case may be put with, the nearest first"""
    case = faces.find(number)
    scope.check_area(by, "case.candidates", case.area_path)
    here = _is_open() & (Case.id != case.id) & lines.mine(by, "case.candidates")
    found = {one.id: (_metres(case, one), one) for one in [*_near(case, here), *_at(case, here)]}
    nearest = sorted(found.values(), key=lambda pair: (pair[0], pair[1].id))[:MOST]
    return [{**lines.waiting(one), "distance_m": round(metres)} for metres, one in nearest]


def _is_open() -> Any:
    return Case.state.in_(sorted(workflow.OPEN))


def _near(case: Case, here: Any) -> list[Case]:
    if case.lat is None or case.lon is None:
        return []
    same = (Case.kind == case.kind) & (Case.problem == case.problem)
    found: list[Case] = []
    for first, last in places.ranges_around(case.lat, case.lon, REACH_M):
        found.extend(Case.select().where(Case.cell.between(first, last), same, here))
    return [one for one in found if _metres(case, one) <= REACH_M]


def _at(case: Case, here: Any) -> list[Case]:
    """Of the same thing, whatever is wrong with it."""
    for column, value in (
        (Case.facility_id, case.facility_id),
        (Case.building_id, case.building_id),
    ):
        if value is not None:
            return list(Case.select().where(column == value, here))
    return []


def _metres(one: Case, other: Case) -> float:
    """0 for the same thing, wherever it is."""
    here, there = lines.position(one), lines.position(other)
    return geometry.distance_m(here, there) if here and there else 0.0
