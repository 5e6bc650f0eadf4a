"""The queries of a sheet: written in peewee, compiled once, answered in plain tuples.

Each reads one range of keys, since keys begin with their building.
"""

from typing import Any

from peewee import fn

from backend.models import Area, Building, Business, Event, Residence, Resident, Room, Visit
from backend.prepared import Prepared

MOST = 1_000  # Rows of one kind in a sheet; longer lists have their own pages.

Row = tuple[Any, ...]

building_of = Prepared(
    lambda code: (
        Building.select(
            Building.id,
            Building.code,
            Building.name,
            Building.address,
            Building.lat,
            Building.lon,
            Building.floors,
            Building.height_m,
            Building.house_class,
            Building.built_year,
            Building.version,
            Area.code,
            Area.name,
            Area.path,
        )
        .join(Area)
        .where(Building.code == code)
    )
)
rooms_of = Prepared(
    lambda first, last, most: (
        Room.select(
            Room.id,
            Room.code,
            Room.number,
            Room.floor,
            Room.house_class,
            Room.area_m2,
            Room.version,
        )
        .where(Room.id.between(first, last))
        .order_by(Room.id)
        .limit(most)
    )
)
residents_of = Prepared(
    lambda first, last, today, most: (
        Residence.select(
            Residence.id,
            Residence.room_id,
            Residence.kind,
            Residence.since,
            Residence.until,
            Residence.source,
            Residence.verified_at,
            Residence.version,
            Resident.id,
            Resident.sealed,
            Resident.sex,
            Resident.people_class,
            Resident.version,
        )
        .join(Resident, on=(Residence.resident_id == Resident.id))
        .where(Residence.id.between(first, last))
        .where(Residence.until.is_null() | (Residence.until > today))
        .order_by(Residence.id)
        .limit(most)
    )
)
_occupants = Prepared(
    lambda first, last, today: (
        Residence.select(Residence.room_id, fn.COUNT(Residence.id))
        .where(Residence.id.between(first, last))
        .where(Residence.until.is_null() | (Residence.until > today))
        .group_by(Residence.room_id)
    )
)
businesses_of = Prepared(
    lambda first, last, today, most: (
        Business.select(
            Business.id,
            Business.room_id,
            Business.name,
            Business.credit_code,
            Business.business_class,
            Business.sealed,
            Business.since,
            Business.version,
        )
        .where(Business.id.between(first, last))
        .where(Business.until.is_null() | (Business.until > today))
        .order_by(Business.id)
        .limit(most)
    )
)
events_of = Prepared(
    lambda first, last, most: (
        Event.select(
            Event.id,
            Event.room_id,
            Event.event_class,
            Event.at,
            Event.status,
            Event.sealed,
            Event.version,
        )
        .where(Event.id.between(first, last))
        .order_by(Event.id)
        .limit(most)
    )
)
_business_count = Prepared(
    lambda first, last, today: (
        Business.select(fn.COUNT(Business.id))
        .where(Business.id.between(first, last))
        .where(Business.until.is_null() | (Business.until > today))
    )
)
_event_count = Prepared(
    lambda first, last: Event.select(fn.COUNT(Event.id)).where(Event.id.between(first, last))
)
last_visit_of = Prepared(
    lambda account, building: (
        Visit.select(Visit.opened_at)
        .where((Visit.account_id == account) & (Visit.building_id == building))
        .order_by(Visit.opened_at.desc())
        .limit(1)
    )
)


def occupants_of(first: int, last: int, today: str) -> dict[int, int]:
    """Room key -> how many people are tied to it today."""
    return dict(_occupants(first, last, today))


def business_count(first: int, last: int, today: str) -> int:
    return int(_business_count(first, last, today)[0][0])


def event_count(first: int, last: int) -> int:
    return int(_event_count(first, last)[0][0])
