"""The houses of the fire map, with what is in them: grades, hazards, extinguishers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from backend.models import Area, Building, Grade, Hazard, Tag
from backend.prepared import Prepared
from backend.rules.drawings import Shape
from backend.rules.grading import GRADES
from backend.services.fire_maps.boxes import Box, portions

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

    def feature(self, box: Box) -> dict[str, Any]:
        """As map programs want it."""
        rings = [[box.told(*point[:2]) for point in ring] for ring in self.rings]
        outline = {"type": "Polygon", "coordinates": rings}
        return {"type": "Feature", "geometry": outline, "properties": self.as_dict()}

    def shape(self) -> Shape:
        """As it is drawn: the larger dot below the smaller one."""
        marks = []
        if self.hazards:
            marks.append("hazard")
        if self.worst_place is not None and self.worst_place != GRADES[0]:
            marks.append(f"place-{self.worst_place}")
        if self.extinguishers:
            marks.append("extinguisher")
        return Shape(self.rings[0], self.grade or "none", tuple(marks))


def standing(where: Any) -> list[House] | None:
    """Those of some areas; None: so many that nobody could read the map."""
    rows = Building.select(Building.id).join(Area).where(where).limit(MOST + 1)
    ids = [row.id for row in rows]
    return _told(ids) if len(ids) <= MOST else None


def inside(box: Box, where: Any) -> list[House]:
    """Those of some areas inside a box."""
    return _told(box.inside(_in_cells, MOST), where)


def gravity(one: House) -> tuple[int, int, int]:
    """How soon somebody should look: what is listed first."""
    own = GRADES.index(one.grade) if one.grade else -1
    worst = GRADES.index(one.worst_place) if one.worst_place else -1
    return one.hazards, max(own, worst), len(one.places)


def counts(houses: Sequence[House]) -> dict[str, Any]:
    """What stands under the map."""
    return {
        "houses": {grade: sum(one.grade == grade for one in houses) for grade in GRADES},
        "ungraded": sum(one.grade is None for one in houses),
        "places": {grade: sum(one.places.get(grade, 0) for one in houses) for grade in GRADES},
        "hazards": sum(one.hazards for one in houses),
        "extinguishers": sum(one.extinguishers for one in houses),
    }


def _told(ids: Sequence[int], where: Any = None) -> list[House]:
    found: list[House] = []
    for part in portions(ids):
        columns = (Building.id, Building.code, Building.name, Building.footprint)
        rows = Building.select(*columns).join(Area).where(Building.id.in_(part))
        rows = rows.where(where) if where else rows
        grades, places = _grades(part)
        hazards, gear = _hazards(part), _extinguishers(part)
        found += [
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
    return sorted(found, key=lambda one: one.code)


def _grades(ids: Sequence[int]) -> tuple[dict[int, str], dict[int, dict[str, int]]]:
    own: dict[int, str] = {}
    places: dict[int, dict[str, int]] = {}
    rows = Grade.select(Grade.subject, Grade.building_id, Grade.grade)
    for row in rows.where(Grade.building_id.in_(ids)):
        if row.subject.startswith("building:"):
            own[row.building_id] = row.grade
        else:
            known = places.setdefault(row.building_id, {})
            known[row.grade] = known.get(row.grade, 0) + 1
    return own, places


def _hazards(ids: Sequence[int]) -> dict[int, int]:
    """Open hazards by house: its own and those of its places."""
    rows: Any = (
        Grade.select(Grade.building_id, fn.COUNT(Hazard.id))
        .join(Hazard, on=(Hazard.subject == Grade.subject))
        .where(Grade.building_id.in_(ids) & Hazard.state.in_(("open", "passed_on")))
        .group_by(Grade.building_id)
        .tuples()
    )
    return dict(rows)


def _extinguishers(ids: Sequence[int]) -> dict[int, int]:
    rows: Any = (
        Tag.select(Tag.building_id, fn.COUNT(Tag.code))
        .where(Tag.building_id.in_(ids) & (Tag.kind == "extinguisher") & (Tag.state == "bound"))
        .group_by(Tag.building_id)
        .tuples()
    )
    return dict(rows)


_in_cells = Prepared(
    lambda first, last: Building.select(Building.id, Building.lat, Building.lon).where(
        Building.cell.between(first, last)
    )
)
