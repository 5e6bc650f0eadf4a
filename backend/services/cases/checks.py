"""What waits for a checker: what others have put right, the nearest first if they say where."""

from typing import Any

from backend.actor import Actor
from backend.models import Case
from backend.rules import datum, geometry
from backend.rules.datum import Position
from backend.services.cases import lines
from backend.verbs import verb

BY_HANDLED = lines.Order(Case.handled_at, lambda case: case.handled_at)
WALK_DEG = 0.05
"""Half a side of the square that is looked at around a checker: five kilometres and more."""
MOST_AROUND = 500


@verb("case.checks", reads=True)
def checks(
    near: tuple[float, float] | None = None,
    crs: str | None = None,
    *,
    cursor: str | None = None,
    most: int = 30,
    by: Actor,
) -> dict[str, Any]:
    """What is to be checked and was not handled by oneself: the nearest, or what waits longest"""
    wanted = _wanted(by)
    if near is not None:
        here = datum.to_wgs84(*near, crs)
        return {"items": _nearest(wanted, here, most), "next": None}
    return BY_HANDLED.page(wanted, cursor, most, _line)


def waiting(by: Actor) -> int:
    """How many there are."""
    return int(Case.select().where(_wanted(by)).count())


def _wanted(by: Actor) -> Any:
    others = Case.account_id.is_null() | (Case.account_id != by.account_id)
    return (Case.state == "handled") & others & lines.mine(by, "case.close")


def _nearest(wanted: Any, here: Position, most: int) -> list[dict[str, Any]]:
    around = Case.lat.between(here.lat - WALK_DEG, here.lat + WALK_DEG)
    around &= Case.lon.between(here.lon - WALK_DEG, here.lon + WALK_DEG)
    rows = Case.select().where(wanted, around).order_by(Case.id).limit(MOST_AROUND)
    places = ((lines.position(case), case) for case in rows)
    found = [(geometry.distance_m(here, there), case) for there, case in places if there]
    found.sort(key=lambda pair: (pair[0], pair[1].id))
    return [{**_line(case), "distance_m": round(metres)} for metres, case in found[:most]]


def _line(case: Case) -> dict[str, Any]:
    return {**lines.waiting(case), "handled_at": case.handled_at, "distance_m": None}
