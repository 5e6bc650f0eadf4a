"""The fire map: houses and small places with their grades, open hazards and extinguishers.

For a page as one small drawing, for a map program as GeoJSON; the same rows make the list beside.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from backend.actor import Actor
from backend.errors import Invalid
from backend.models import Area, Building, Grade, Hazard, Tag
from backend.rules import drawings
from backend.rules.grading import GRADES
from backend.services import areas, scope
from backend.verbs import verb

MOST = 2_000


@dataclass(frozen=True)
class House:
    """A building of the map. `grade` null: it is not let; `places` counts by grade."""

    code: str
    name: str
    rings: list[Any]
    grade: str | None
    places: dict[str, int]
    hazards: int
    extinguishers: int

    @property
    def worst_place(self) -> str | None:
        return max(self.places, key=GRADES.index, default=None)

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "grade": self.grade,
            "places": self.places,
            "hazards": self.hazards,
            "extinguishers": self.extinguishers,
        }


@verb("fire-map.show", reads=True)
def show(area: str | None = None, *, by: Actor) -> dict[str, Any]:
    """The fire map of an area as a drawing, with its houses, the gravest first; without one, all
    of my areas
    """
    found = areas.find(area) if area else None
    if found is not None:
        scope.check_area(by, "fire-map.show", found.path)
    mine = scope.within(Area.path, scope.paths(by, "fire-map.show"))
    houses = _houses(_inside(found.path) if found else mine)
    listed = sorted(houses, key=_gravity, reverse=True)
    return {
        "area": {"code": found.code, "name": found.name} if found else None,
        "drawing": drawings.draw([_shape(one) for one in houses]),
        "counts": _counts(houses),
        "houses": [one.as_dict() for one in listed],
    }


@verb("fire-map.show", reads=True)
def around(box: Sequence[float], *, by: Actor) -> dict[str, Any]:
    """The houses of my areas inside a box (west, south, east, north in WGS-84), as GeoJSON"""
    west, south, east, north = box
    if not (west < east and south < north):
        raise Invalid(errors={"bbox": ["Send west,south,east,north in degrees, WGS-84."]})
    inside = Building.lat.between(south, north) & Building.lon.between(west, east)
    mine = scope.within(Area.path, scope.paths(by, "fire-map.show"))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": one.rings},
                "properties": one.as_dict(),
            }
            for one in _houses(inside & mine)
        ],
    }


def _inside(path: str) -> Any:
    return (Area.path == path) | Area.path.startswith(f"{path}/")


def _houses(which: Any) -> list[House]:
    """Refuses an area so large that nobody could read the map."""
    rows = list(
        Building.select(Building.id, Building.code, Building.name, Building.footprint)
        .join(Area)
        .where(which)
        .order_by(Building.code)
        .limit(MOST + 1)
    )
    if len(rows) > MOST:
        raise Invalid(errors={"area": [f"At most {MOST} houses: choose a smaller area."]})
    ids = [row.id for row in rows]
    grades, places = _grades(ids)
    hazards, gear = _hazards(ids), _extinguishers(ids)
    return [
        House(
            code=row.code,
            name=row.name,
            rings=json.loads(row.footprint),
            grade=grades.get(row.id),
            places=places.get(row.id, {}),
            hazards=hazards.get(row.id, 0),
            extinguishers=gear.get(row.id, 0),
        )
        for row in rows
    ]


def _grades(ids: list[int]) -> tuple[dict[int, str], dict[int, dict[str, int]]]:
    own: dict[int, str] = {}
    places: dict[int, dict[str, int]] = {}
    for part in _parts(ids):
        rows = Grade.select(Grade.subject, Grade.building_id, Grade.grade)
        for row in rows.where(Grade.building_id.in_(part)):
            if row.subject.startswith("building:"):
                own[row.building_id] = row.grade
            else:
                known = places.setdefault(row.building_id, {})
                known[row.grade] = known.get(row.grade, 0) + 1
    return own, places


def _hazards(ids: list[int]) -> dict[int, int]:
    """Open hazards by house: its own and those of its places."""
    found: dict[int, int] = {}
    for part in _parts(ids):
        rows: Any = (
            Grade.select(Grade.building_id, fn.COUNT(Hazard.id))
            .join(Hazard, on=(Hazard.subject == Grade.subject))
            .where(Grade.building_id.in_(part) & Hazard.state.in_(("open", "passed_on")))
            .group_by(Grade.building_id)
            .tuples()
        )
        found.update(rows)
    return found


def _extinguishers(ids: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in _parts(ids):
        rows: Any = (
            Tag.select(Tag.building_id, fn.COUNT(Tag.code))
            .where(Tag.building_id.in_(part) & (Tag.kind == "extinguisher"))
            .where(Tag.state == "bound")
            .group_by(Tag.building_id)
            .tuples()
        )
        found.update(rows)
    return found


def _parts(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def _shape(one: House) -> drawings.Shape:
    marks = []
    if one.hazards:
        marks.append("hazard")
    if one.extinguishers:
        marks.append("extinguisher")
    if one.worst_place is not None and one.worst_place != GRADES[0]:
        marks.append(f"place-{one.worst_place}")
    return drawings.Shape(one.rings[0], one.grade or "none", tuple(marks))


def _gravity(one: House) -> tuple[int, int, int]:
    own = GRADES.index(one.grade) if one.grade else -1
    worst = GRADES.index(one.worst_place) if one.worst_place else -1
    return one.hazards, max(own, worst), len(one.places)


def _counts(houses: Sequence[House]) -> dict[str, Any]:
    return {
        "houses": {grade: sum(one.grade == grade for one in houses) for grade in GRADES},
        "places": {grade: sum(one.places.get(grade, 0) for one in houses) for grade in GRADES},
        "hazards": sum(one.hazards for one in houses),
        "extinguishers": sum(one.extinguishers for one in houses),
    }
