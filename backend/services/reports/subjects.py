"""What a report is about: a tag, a facility, a building, or a place that bears no tag."""

from collections.abc import Mapping
from typing import Any

from backend.errors import Invalid
from backend.models import Area, Building, Facility, Tag
from backend.rules import datum
from backend.rules.datum import Position
from backend.services import facilities, places, problems, tags, units
from backend.services.cases import About

REACH_M = 500.0
"""A building this near says in which area a place lies."""


def about(thing: Mapping[str, Any]) -> About:
    """What the form names by `tag`, `facility`, `building`, or by `place`. Refuses otherwise."""
    if thing.get("tag"):
        return _of_tag(str(thing["tag"]))
    if thing.get("facility"):
        return of_facility(facilities.find(str(thing["facility"])))
    if thing.get("building"):
        return of_building(places.find_building(str(thing["building"])))
    if thing.get("place"):
        return _of_place(thing["place"])
    raise Invalid(errors={"things": ["Name a tag, a facility, a building or a place."]})


def _of_tag(text: str) -> About:
    """What the tag hangs at; a room's tag speaks of its building."""
    row = Tag.get_or_none(Tag.code == tags.read(text))
    if row is not None and row.facility_id is not None:
        return of_facility(facilities.by_id(row.facility_id))
    if row is not None and row.building_id is not None:
        return of_building(places.by_id(row.building_id))
    raise Invalid(errors={"tag": ["This tag hangs at nothing yet. Say where you are."]})


def of_facility(row: Facility) -> About:
    if row.state != "in_use":
        raise Invalid(errors={"facility": ["It was taken out of use."]})
    kind = facilities.kinds()[row.kind]
    unit = units.named(row.owner_unit)
    return About(
        kind=row.kind,
        name=row.name or f"{kind.zh} {row.number}",
        area_path=row.area.path,
        address=row.address,
        lat=row.lat,
        lon=row.lon,
        cell=row.cell,
        thing=row.number,
        facility_id=row.id,
        unit=unit.code if unit else None,
    )


def of_building(row: Building) -> About:
    return About(
        kind=problems.BUILDING,
        name=row.name,
        area_path=row.area.path,
        address=row.address,
        lat=row.lat,
        lon=row.lon,
        cell=row.cell,
        thing=row.code,
        building_id=row.id,
    )


def _of_place(place: Mapping[str, Any]) -> About:
    """Somewhere in the street: a position, an address, or both."""
    address = (place.get("address") or "").strip()[:200] or None
    here = None
    if place.get("lat") is not None and place.get("lon") is not None:
        here = datum.to_wgs84(place["lat"], place["lon"], place.get("crs"))
    if here is None and address is None:
        raise Invalid(errors={"place": ["Say where: an address, or a position."]})
    area, near = _area_of(here)
    return About(
        kind=problems.STREET,
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
        building: Building = places.by_id(building_id)
        return str(building.area.path), str(building.address)
    top = Area.select(Area.path).where(Area.parent.is_null()).order_by(Area.code).first()
    return (str(top.path) if top else ""), None
