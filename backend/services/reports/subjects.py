"""What a report is about: a tag, a facility, a building, or a place that bears no tag."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from peewee import JOIN

from backend.errors import Invalid, NotFound
from backend.models import Area, Bike, Building, Case, Facility, Tag, Unit
from backend.prepared import Prepared
from backend.rules import datum
from backend.rules.datum import Position
from backend.services import cases, facilities, places, problems, tags
from backend.services.cases import About
from backend.services.facilities import checks

REACH_M = 500.0
"""A building this near says in which area a place lies."""


def about(thing: Mapping[str, Any]) -> About:
    """What the form names by `tag`, `facility`, `building`, `case` (a public one that somebody else
    told of), or by `place`. A bike's tag needs a `place` too. Refuses otherwise.
    """
    if thing.get("tag"):
        return _of_tag(str(thing["tag"]), thing.get("place"))
    if thing.get("facility"):
        return _of_facility(_by_number.first(checks.number_in(str(thing["facility"])) or ""))
    if thing.get("building"):
        return _of_building(_by_code.first(str(thing["building"])))
    if thing.get("case"):
        return _of_case(cases.find(str(thing["case"])))
    if thing.get("place"):
        return _of_place(thing["place"])
    raise Invalid(errors={"things": ["Name a tag, a facility, a building or a place."]})


def of_facility(facility_id: int) -> About:
    """A facility of the register; refuses one that was taken out of use."""
    return _of_facility(_facility.first(facility_id))


def of_building(building_id: int) -> About:
    """A building of the register."""
    return _of_building(_building.first(building_id))


def _of_tag(text: str, place: Mapping[str, Any] | None) -> About:
    """What the tag hangs at; a room's tag speaks of its building."""
    row = _tag.first(tags.read(text))
    if row is not None and row[0] is not None:
        return of_facility(row[0])
    if row is not None and row[1] is not None:
        return of_building(row[1])
    if row is not None and row[2] is not None:
        return _of_bike(row[2], place or {})
    raise Invalid(errors={"tag": ["This tag hangs at nothing yet. Say where you are."]})


def _of_facility(row: tuple[Any, ...] | None) -> About:
    if row is None:
        raise NotFound(noun="facility")
    number, state, kind, name, area_path, address, lat, lon, cell, facility_id, owner = row
    if state != "in_use":
        raise Invalid(errors={"facility": ["It was taken out of use."]})
    called = name or f"{facilities.kinds()[kind].zh} {number}"
    thing = (number, facility_id, None)
    return About(kind, called, area_path, address, lat, lon, cell, *thing, owner)


def _of_building(row: tuple[Any, ...] | None) -> About:
    if row is None:
        raise NotFound(noun="building")
    code, name, area_path, address, lat, lon, cell, building_id = row
    kind = problems.BUILDING
    return About(kind, name, area_path, address, lat, lon, cell, code, building_id=building_id)


def _of_bike(bike_id: int, place: Mapping[str, Any]) -> About:
    """A bike in the way: an affair of the street where it stands, never of where it is kept."""
    [operator] = _bike.first(bike_id) or (None,)
    here = _of_place({**place, "kind": problems.STREET})
    return replace(here, bike_id=bike_id, owner=operator)


def _of_case(case: Case) -> About:
    """The place of an open case; should it be closed by then, a new one opens there."""
    if not cases.is_public(case):
        raise NotFound(noun="case")
    return About(
        kind=case.kind,
        name=case.name,
        area_path=case.area_path,
        address=case.address,
        lat=case.lat,
        lon=case.lon,
        cell=case.cell,
        thing=case.thing,
        facility_id=case.facility_id,
        building_id=case.building_id,
        bike_id=case.bike_id,
        owner=case.owner,
        joins=case.id,
    )


def _of_place(place: Mapping[str, Any]) -> About:
    """Somewhere: a position, an address, or both. `kind` says whose problem it is if not the
    street's own: a lamp there of which nobody has read the tag.
    """
    kind = problems.subject(place.get("kind") or problems.STREET).code
    address = (place.get("address") or "").strip()[:200] or None
    here = None
    if place.get("lat") is not None and place.get("lon") is not None:
        here = datum.to_wgs84(place["lat"], place["lon"], place.get("crs"))
    if here is None and address is None:
        raise Invalid(errors={"place": ["Say where: an address, or a position."]})
    area, near = _area_of(here)
    return About(
        kind=kind,
        name=address or near or "?",
        area_path=area,
        address=address or near,
        lat=round(here.lat, 7) if here else None,
        lon=round(here.lon, 7) if here else None,
        cell=places.cell_of(here.lat, here.lon) if here else None,
    )


def _area_of(here: Position | None) -> tuple[str, str | None]:
    """Who answers there, and the nearest address; the whole city where nothing is near."""
    for _, building_id in places.around(here, REACH_M)[:1] if here else ():
        near = of_building(building_id)
        return near.area_path, near.address
    top = Area.select(Area.path).where(Area.parent.is_null()).order_by(Area.code).first()
    return (str(top.path) if top else ""), None


def _facilities(which: Any) -> Any:
    """With the unit whose name the inventory gives as the owner's."""
    columns = (
        Facility.number,
        Facility.state,
        Facility.kind,
        Facility.name,
        Area.path,
        Facility.address,
        Facility.lat,
        Facility.lon,
        Facility.cell,
        Facility.id,
        Unit.code,
    )
    rows = Facility.select(*columns).join(Area)
    rows = rows.join(Unit, JOIN.LEFT_OUTER, on=(Unit.name == Facility.owner_unit))
    return rows.where(which).order_by(Unit.code).limit(1)


def _buildings(which: Any) -> Any:
    columns = (
        Building.code,
        Building.name,
        Area.path,
        Building.address,
        Building.lat,
        Building.lon,
        Building.cell,
        Building.id,
    )
    return Building.select(*columns).join(Area).where(which)


_tag = Prepared(
    lambda code: Tag.select(Tag.facility_id, Tag.building_id, Tag.bike_id).where(Tag.code == code)
)
_bike = Prepared(lambda number: Bike.select(Bike.operator).where(Bike.id == number))
_facility = Prepared(lambda number: _facilities(Facility.id == number))
_by_number = Prepared(lambda number: _facilities(Facility.number == number))
_building = Prepared(lambda number: _buildings(Building.id == number))
_by_code = Prepared(lambda code: _buildings(Building.code == code))
