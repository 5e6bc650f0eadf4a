"""Where am I? Buildings around a position: how many live there, never who.

For a worker whose camera fails, and only for buildings that are theirs to look at.
"""

import json
from typing import Any

from peewee import fn

from backend.actor import Actor
from backend.errors import NotYourArea
from backend.models import Area, Building, Business, Event, Residence, Room, keys
from backend.prepared import Prepared
from backend.rules import datum, geometry
from backend.rules.datum import Position
from backend.rules.sight import bucket
from backend.services import allowances, scope
from backend.services.places.cells import ranges_around
from backend.verbs import verb

REACH_M = 150
# The index holds centres, but a long house is near when its nearest wall is.
LONGEST_HOUSE_M = 200
MOST = 20
MOST_MEASURED = 80  # Footprints looked at, nearest centres first.


_in_cells = Prepared(
    lambda first, last: Building.select(Building.id, Building.lat, Building.lon).where(
        Building.cell.between(first, last)
    )
)
_building = Prepared(
    lambda number: (
        Building.select(
            Building.code, Building.name, Building.address, Building.footprint, Area.path
        )
        .join(Area)
        .where(Building.id == number)
    )
)


_rooms = Prepared(
    lambda first, last: Room.select(fn.COUNT(Room.id)).where(Room.id.between(first, last))
)
_residents = Prepared(
    lambda first, last, today: (
        Residence.select(fn.COUNT(Residence.id))
        .where(Residence.id.between(first, last))
        .where(Residence.until.is_null() | (Residence.until > today))
    )
)
_businesses = Prepared(
    lambda first, last, today: (
        Business.select(fn.COUNT(Business.id))
        .where(Business.id.between(first, last))
        .where(Business.until.is_null() | (Business.until > today))
    )
)
_events = Prepared(
    lambda first, last: Event.select(fn.COUNT(Event.id)).where(Event.id.between(first, last))
)


def near(
    lat: float, lon: float, crs: str | None, *, accuracy_m: float = 0.0, by: Actor
) -> list[dict[str, Any]]:
    """`candidates`, so many an hour."""
    allowances.spend_look_up(by, "building.near")
    return candidates(lat, lon, crs, accuracy_m=accuracy_m, by=by)


@verb("building.near", reads=True)
def candidates(
    lat: float, lon: float, crs: str | None, *, accuracy_m: float = 0.0, by: Actor
) -> list[dict[str, Any]]:
    """The nearest of one's own buildings within 150 m, with counts in buckets"""
    # `accuracy_m` widens the search: that far the worker may be from where the phone says.
    here = datum.to_wgs84(lat, lon, crs)
    mine: list[dict[str, Any]] = []
    for metres, number in around(here, REACH_M + min(accuracy_m, REACH_M)):
        code, name, address, _, path = _building(number)[0]
        if len(mine) < MOST and _is_mine(by, number, path):
            mine.append(
                {
                    "code": code,
                    "name": name,
                    "address": address,
                    "distance_m": round(metres),
                    "counts": _counts(number),
                }
            )
    return mine


def around(here: Position, reach_m: float) -> list[tuple[float, int]]:
    """(metres from its walls, building) of all buildings within `reach_m`, nearest first."""
    found = []
    for number in _by_centre(here, reach_m + LONGEST_HOUSE_M)[:MOST_MEASURED]:
        metres = geometry.distance_to_footprint_m(here, json.loads(_building(number)[0][3]))
        if metres <= reach_m:
            found.append((metres, number))
    return sorted(found)


def _by_centre(here: Position, metres: float) -> list[int]:
    """Buildings whose centre may lie within `metres`, nearest first."""
    found = [
        (geometry.distance_m(here, Position(lat, lon)), number)
        for first, last in ranges_around(here.lat, here.lon, metres)
        for number, lat, lon in _in_cells(first, last)
    ]
    return [number for away, number in sorted(found) if away <= metres]


def _is_mine(by: Actor, number: int, path: str) -> bool:
    try:
        scope.check(by, "building.near", number, path)
    except NotYourArea:
        return False
    return True


def _counts(number: int) -> dict[str, str]:
    first, last, today = keys.first(number), keys.last(number), scope.today()
    return {
        "rooms": bucket(_rooms(first, last)[0][0]),
        "residents": bucket(_residents(first, last, today)[0][0]),
        "businesses": bucket(_businesses(first, last, today)[0][0]),
        "events": bucket(_events(first, last)[0][0]),
    }
