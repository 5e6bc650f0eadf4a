"""What is inspected: a small place, a building or a facility, named alike wherever it occurs.

People and programs say `place:P0001`, `building:4403…`, `facility:SW-L001`; rows say `place:12`,
so that a thing that gets another number keeps its past.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from peewee import fn

from backend.actor import SYSTEM, Actor
from backend.errors import Invalid, NotFound
from backend.models import Area, Building, Facility, SmallPlace, Unit, keys
from backend.prepared import Prepared
from backend.rules.datum import Position
from backend.rules.geometry import distance_m, distance_to_footprint_m
from backend.services import facilities, places, problems, scope
from backend.services.cases import About

PLACE, BUILDING, AREA = "small_place", "building", "area"


@dataclass(frozen=True)
class Subject:
    """`key` is for rows, `code` for people and programs, `sort` what its forms are asked of."""

    key: str
    code: str
    sort: str
    name: str
    address: str | None
    area_path: str
    lat: float  # WGS-84 degrees.
    lon: float
    building_id: int | None = None
    facility_id: int | None = None
    room_id: int | None = None
    thing: str = ""  # The number by which a case names it.
    owner: str | None = None
    footprint: str | None = None

    @property
    def is_graded(self) -> bool:
        """Places and buildings have grades; facilities are only looked at."""
        return self.building_id is not None

    def metres(self, here: Position) -> float:
        """How far away it is."""
        if self.footprint is not None:
            return distance_to_footprint_m(here, orjson.loads(self.footprint))
        return distance_m(here, Position(self.lat, self.lon))

    def check(self, by: Actor, verb: str) -> None:
        """Refuses whoever may not do this here. The house itself may."""
        if by.account_id == SYSTEM.account_id:
            return
        if self.building_id is None:
            scope.check_area(by, verb, self.area_path)
        else:
            scope.check(by, verb, self.building_id, self.area_path)

    def about(self) -> About:
        """What a case about it is about: the building in which a small place is."""
        return About(
            kind=problems.BUILDING if self.is_graded else self.sort,
            name=self.name,
            area_path=self.area_path,
            address=self.address,
            lat=self.lat,
            lon=self.lon,
            cell=places.cell_of(self.lat, self.lon),
            thing=self.thing,
            facility_id=self.facility_id,
            building_id=self.building_id,
            owner=self.owner,
        )

    def as_dict(self) -> dict[str, Any]:
        """What staff see of it in lists."""
        return {
            "code": self.code,
            "sort": self.sort,
            "name": self.name,
            "address": self.address,
            "lat": self.lat,
            "lon": self.lon,
        }


def named(code: str) -> Subject:
    """The thing that somebody names, or a refusal."""
    sort, _, number = code.partition(":")
    if sort not in _BY_CODE or not number:
        raise Invalid(errors={"subject": ["Name a place:, a building: or a facility:."]})
    return _BY_CODE[sort](number)


def of(key: str) -> Subject:
    """The thing of a row."""
    sort, _, number = key.partition(":")
    return area_by_path(number) if sort == AREA else _BY_ID[sort](int(number))


def place_by_id(place_id: int) -> Subject:
    return _place(_place_by_id.first(place_id))


def building_by_id(building_id: int) -> Subject:
    return _building(_building_by_id.first(building_id))


def area_by_path(path: str) -> Subject:
    """A grid or community itself: where something is to be looked for that has no house yet."""
    row = _area.first(path)
    if row is None:
        raise NotFound(noun="area")
    code, name, lat, lon = row
    return Subject(f"area:{path}", f"area:{code}", AREA, name, None, path, lat or 0.0, lon or 0.0)


def places_in(building_id: int) -> list[Subject]:
    """The small places of a building."""
    building = building_by_id(building_id)
    rows = _places_within(keys.first(building_id), keys.last(building_id))
    return [_small(row, building) for row in rows]


def _place(row: tuple[Any, ...] | None) -> Subject:
    if row is None:
        raise NotFound(noun="small place")
    return _small(row, building_by_id(keys.building_of(row[0])))


def _small(row: tuple[Any, ...], building: Subject) -> Subject:
    place_id, key, name, room_id = row
    return Subject(
        key=f"place:{place_id}",
        code=f"place:{key}",
        sort=PLACE,
        name=name,
        address=building.address,
        area_path=building.area_path,
        lat=building.lat,
        lon=building.lon,
        building_id=building.building_id,
        room_id=room_id,
        thing=building.thing,
        footprint=building.footprint,
    )


def _building(row: tuple[Any, ...] | None) -> Subject:
    if row is None:
        raise NotFound(noun="building")
    building_id, code, name, address, path, lat, lon, footprint = row
    return Subject(
        key=f"building:{building_id}",
        code=f"building:{code}",
        sort=BUILDING,
        name=name,
        address=address,
        area_path=path,
        lat=lat,
        lon=lon,
        building_id=building_id,
        thing=code,
        footprint=footprint,
    )


def _in_use(row: tuple[Any, ...] | None) -> Subject:
    """What somebody names must stand there; rows still tell of what was taken away."""
    if row is not None and row[8] != "in_use":
        raise Invalid(errors={"subject": ["It was taken out of use."]})
    return _facility(row)


def _facility(row: tuple[Any, ...] | None) -> Subject:
    if row is None:
        raise NotFound(noun="facility")
    facility_id, number, kind, name, address, path, lat, lon, _, owner = row
    return Subject(
        key=f"facility:{facility_id}",
        code=f"facility:{number}",
        sort=kind,
        name=name or f"{facilities.kinds()[kind].zh} {number}",
        address=address,
        area_path=path,
        lat=lat,
        lon=lon,
        facility_id=facility_id,
        thing=number,
        owner=owner,
    )


def _places(which: Any) -> Any:
    columns = (SmallPlace.id, SmallPlace.key, SmallPlace.name, SmallPlace.room_id)
    return SmallPlace.select(*columns).where(which)


def _buildings(which: Any) -> Any:
    columns = (
        Building.id,
        Building.code,
        Building.name,
        Building.address,
        Area.path,
        Building.lat,
        Building.lon,
        Building.footprint,
    )
    return Building.select(*columns).join(Area).where(which)


def _facilities(which: Any) -> Any:
    columns = (
        Facility.id,
        Facility.number,
        Facility.kind,
        Facility.name,
        Facility.address,
        Area.path,
        Facility.lat,
        Facility.lon,
        Facility.state,
    )
    owner = Unit.select(Unit.code).where(Unit.name == Facility.owner_unit).limit(1)
    return Facility.select(*columns, owner).join(Area).where(which)


_place_by_id = Prepared(lambda number: _places(SmallPlace.id == number))
_place_by_key = Prepared(lambda key: _places(SmallPlace.key == key))
_places_within = Prepared(
    lambda first, last: _places(SmallPlace.id.between(first, last)).order_by(SmallPlace.id)
)
_building_by_id = Prepared(lambda number: _buildings(Building.id == number))
_building_by_code = Prepared(lambda code: _buildings(Building.code == code))
_facility_by_id = Prepared(lambda number: _facilities(Facility.id == number))
_facility_by_number = Prepared(lambda number: _facilities(Facility.number == number))
_area = Prepared(
    lambda path: Area.select(
        Area.code,
        Area.name,
        Building.select(fn.AVG(Building.lat)).where(Building.area == Area.code),
        Building.select(fn.AVG(Building.lon)).where(Building.area == Area.code),
    ).where(Area.path == path)
)

_BY_CODE: dict[str, Callable[[str], Subject]] = {
    "place": lambda key: _place(_place_by_key.first(key)),
    "building": lambda code: _building(_building_by_code.first(code)),
    "facility": lambda number: _in_use(_facility_by_number.first(number.strip().upper())),
}
_BY_ID: dict[str, Callable[[int], Subject]] = {
    "place": place_by_id,
    "building": building_by_id,
    "facility": lambda number: _facility(_facility_by_id.first(number)),
}
