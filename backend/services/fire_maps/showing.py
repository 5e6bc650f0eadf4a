"""The map of an area as a drawing with its lists, and of a box as GeoJSON."""

from collections.abc import Sequence
from typing import Any

from backend.actor import Actor
from backend.errors import Invalid
from backend.models import Area
from backend.rules import datum, drawings
from backend.rules.datum import Position
from backend.services import areas, scope
from backend.services.fire_maps import houses, hydrants
from backend.services.fire_maps.boxes import box_of, collection
from backend.verbs import verb


@verb("fire-map.show", reads=True)
def show(area: str | None = None, *, crs: str = "wgs84", by: Actor) -> dict[str, Any]:
    """The fire map of an area as a drawing, with its houses, the gravest first; without one, all
    of my areas. `choices`: there are too many houses, and these are the areas to choose from.
    `box`: where a map program that draws in `crs` begins
    """
    found = areas.find(area) if area else None
    if found is not None:
        scope.check_area(by, "fire-map.show", found.path)
    mine = [found.path] if found else scope.paths(by, "fire-map.show")
    where = scope.within(Area.path, mine)
    buildings = houses.standing(where)
    choices = [] if buildings is not None else _below(mine)
    wells = [] if choices else hydrants.standing(where)
    known = buildings or []
    return {
        "area": {"code": found.code, "name": found.name} if found else None,
        "choices": choices,
        "drawing": drawings.draw([one.shape() for one in known], [one.spot() for one in wells]),
        "box": _box(known, crs),
        "counts": {**houses.counts(known), "hydrants": len(wells)},
        "houses": [one.as_dict() for one in sorted(known, key=houses.gravity, reverse=True)],
        "hydrants": [one.as_dict() for one in wells],
    }


@verb("fire-map.show", reads=True)
def around(box: Sequence[float], crs: str = "wgs84", *, by: Actor) -> dict[str, Any]:
    """The houses of my areas inside a box (west, south, east, north), as GeoJSON in its datum"""
    wanted = box_of(box, crs)
    mine = scope.within(Area.path, scope.paths(by, "fire-map.show"))
    return collection(wanted, (one.feature(wanted) for one in houses.inside(wanted, mine)))


@verb("fire-map.show", reads=True)
def hydrants_around(box: Sequence[float], crs: str = "wgs84", *, by: Actor) -> dict[str, Any]:
    """The hydrants of my areas inside a box (west, south, east, north), as GeoJSON in its datum"""
    wanted = box_of(box, crs)
    mine = scope.within(Area.path, scope.paths(by, "fire-map.show"))
    return collection(wanted, (one.feature(wanted) for one in hydrants.inside(wanted, mine)))


def _below(paths: Sequence[str]) -> list[dict[str, Any]]:
    """The areas right below these."""
    above = [path.rpartition("/")[2] for path in paths]
    rows = list(Area.select().where(Area.parent.in_(above)).order_by(Area.code))
    if not rows:
        raise Invalid(errors={"area": ["Too many houses stand here for one map."]})
    return [{"code": row.code, "name": row.name} for row in rows]


def _box(buildings: Sequence[houses.House], crs: str) -> list[float] | None:
    """West, south, east and north of all houses."""
    points = [point for one in buildings for point in one.rings[0]]
    if not points:
        return None
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    south, west = datum.from_wgs84(Position(min(lats), min(lons)), crs)
    north, east = datum.from_wgs84(Position(max(lats), max(lons)), crs)
    return [west, south, east, north]
