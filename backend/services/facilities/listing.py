"""Facilities in lists: of an area, of a kind, around a position, by number or words."""

from typing import Any

from peewee import Expression

from backend.actor import Actor
from backend.models import Area, Facility
from backend.rules import datum, geometry
from backend.rules.datum import Position
from backend.services import areas, scope
from backend.services.facilities.checks import number_in
from backend.services.facilities.kinds import find_kind
from backend.services.facilities.rows import find, view
from backend.services.places.cells import ranges_around
from backend.verbs import verb

MOST = 200
REACH_M = 150.0


@verb("facility.show", reads=True)
def show(number: str, *, by: Actor) -> dict[str, Any]:
    """Everything recorded of a facility"""
    return view(find(number))


@verb("facility.list", reads=True)
def listed(
    *,
    area: str | None = None,
    kind: str | None = None,
    q: str | None = None,
    near: tuple[float, float] | None = None,
    crs: str | None = None,
    after: int | None = None,
    most: int = 100,
    by: Actor,
) -> dict[str, Any]:
    """Facilities in use: of an area and all below it, of a kind, by words, or around a position"""
    wanted = _wanted(area, kind, q)
    most = max(1, min(most, MOST))
    if near is not None:
        here = datum.to_wgs84(*near, crs)
        return {"items": _around(here, wanted)[:most], "next": None}
    # The row's number is the cursor: rows are never deleted, and new ones come last.
    rows = list(
        _select().where(*wanted, Facility.id > (after or 0)).order_by(Facility.id).limit(most + 1)
    )
    following = str(rows[most - 1].id) if len(rows) > most else None
    return {"items": [view(row) for row in rows[:most]], "next": following}


def _wanted(area: str | None, kind: str | None, q: str | None) -> list[Expression]:
    wanted = [Facility.state == "in_use"]
    if area is not None:
        path = areas.find(area).path
        wanted.append(scope.within(Area.path, [path]))
    if kind is not None:
        wanted.append(Facility.kind == find_kind(kind).code)
    if q is not None:
        words = q.strip()
        wanted.append(
            Facility.number.startswith(number_in(words) or words)
            | Facility.name.contains(words)
            | Facility.address.contains(words)
        )
    return wanted


def _around(here: Position, wanted: list[Expression]) -> list[dict[str, Any]]:
    """Views of those within reach, nearest first, each with `distance_m`."""
    return [
        {**view(row), "distance_m": round(metres)} for metres, row in _near(here, REACH_M, wanted)
    ]


def around(here: Position, reach_m: float) -> list[tuple[float, Facility]]:
    """(metres, facility) of those in use within reach, nearest first; for other services."""
    return _near(here, reach_m, [Facility.state == "in_use"])


def called(text: str, most: int) -> list[Facility]:
    """Those in use whose number begins so, or whose name or address has these words."""
    return list(_select().where(*_wanted(None, None, text)).order_by(Facility.number).limit(most))


def _near(here: Position, reach_m: float, wanted: list[Expression]) -> list[tuple[float, Facility]]:
    found = []
    for first, last in ranges_around(here.lat, here.lon, reach_m):
        for row in _select().where(*wanted, Facility.cell.between(first, last)):
            metres = geometry.distance_m(here, Position(row.lat, row.lon))
            if metres <= reach_m:
                found.append((metres, row.id, row))
    return [(metres, row) for metres, _, row in sorted(found)]


def _select() -> Any:
    return Facility.select(Facility, Area).join(Area)
