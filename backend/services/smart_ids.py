"""The smart ID of a rental building (出租屋智码): what anybody at its door may know of it.

Counts and duties, never a person: numbers of people below three are not told.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from backend import clock
from backend.db import to_ms
from backend.house import house
from backend.models import Address, Building, Case, Event, Facility, Residence, Room, Tag, keys
from backend.prepared import Prepared
from backend.rules import workflow
from backend.rules.datum import Position
from backend.services import facilities, inspections, places, scope, units

FEWEST = 3
"""Fewer people than this are not told: a count of one is a person."""
PUBLIC_NAMES = ("standard", "police_door", "nickname")
NEAR_M = 100.0
WALK_M = 250.0
YEAR = timedelta(days=365)
DUTIES: tuple[Mapping[str, str], ...] = (
    {"zh": "如实登记并报送入住人员", "en": "Register whoever moves in, and report it"},
    {"zh": "配齐并维护消防设施", "en": "Provide fire gear and keep it working"},
    {"zh": "保持安全出口、楼梯畅通", "en": "Keep exits and stairs free"},
    {"zh": "不让电动自行车进楼充电", "en": "Let no e-bike be charged inside"},
    {"zh": "按期整改隐患，配合检查", "en": "Put hazards right in time, and admit inspections"},
)
SERVICES = ("charging_point", "newsstand", "bin")
"""Kinds of facilities that people look for around their door."""


def show(code: str) -> dict[str, Any]:
    """The public face of a building: its names, counts, grade, hazards and what is near by."""
    building = places.find_building(code)
    key = f"building:{building.id}"
    here = Position(building.lat, building.lon)
    near = facilities.around(here, WALK_M)
    unit = units.of_area(building.area.path)
    return {
        "code": building.code,
        "name": building.name,
        "address": building.address,
        "names": _names(building.id),
        "area": {"code": building.area.code, "name": building.area.name},
        "rental_kind": _rental_kind(building, key),
        "floors": building.floors,
        "built_year": building.built_year,
        **_counts(building.id),
        "fire_gear": {
            "extinguishers": _extinguishers(building.id),
            "hydrant": next((_hydrant(*one) for one in near if one[1].kind == "hydrant"), None),
        },
        "grade": inspections.grades.of(key),
        "hazards": inspections.hazards.open_counts(key),
        "incidents": _incidents(building, here),
        "services": _services(near),
        "office": units.public(unit),
        "landlord_duties": list(DUTIES),
    }


def _names(building_id: int) -> list[dict[str, str]]:
    """One code, many addresses: those that are on walls and tongues, no deed and no account."""
    rows = Address.select(Address.kind, Address.text).where(
        Address.id.between(keys.first(building_id), keys.last(building_id))
        & Address.room_id.is_null()
        & Address.kind.in_(PUBLIC_NAMES)
    )
    return [{"kind": row.kind, "text": row.text} for row in rows.order_by(Address.id)]


def _counts(building_id: int) -> dict[str, Any]:
    """Rooms, their square metres, and how many people live there; null: fewer than three."""
    first, last = keys.first(building_id), keys.last(building_id)
    rooms = list(_rooms(first, last))
    living = len(
        {person for person, until in _living(first, last) if until is None or until > scope.today()}
    )
    return {
        "rooms": len(rooms),
        "area_m2": round(sum(area or 0 for (area,) in rooms)) or None,
        "residents": living if living >= FEWEST else None,
    }


def _extinguishers(building_id: int) -> int:
    """Those that bear a tag that hangs."""
    rows = Tag.select().where((Tag.building_id == building_id) & (Tag.kind == "extinguisher"))
    return int(rows.where(Tag.state == "bound").count())


def _incidents(building: Building, here: Position) -> dict[str, int]:
    """Safety events of a year in the building and around it, and cases that are open there."""
    near = [number for _, number in places.around(here, NEAR_M)]
    since = to_ms(clock.now() - YEAR)
    starts = house().policy.inspections.incident_classes
    counts = {
        number: sum(
            kind.startswith(starts)
            for (kind,) in _events(keys.first(number), keys.last(number), since)
        )
        for number in {building.id, *near}
    }
    cases = Case.select().where(Case.building_id.in_([building.id, *near]))
    is_open = Case.state.in_(sorted(workflow.OPEN))
    return {
        "in_building": counts[building.id],
        "near_by": sum(counts.values()) - counts[building.id],
        "open_cases": int(cases.where(is_open & (Case.problem != "message")).count()),
    }


def _rental_kind(building: Building, key: str) -> dict[str, str] | None:
    """Which of the five sorts of rental houses it is; None: it is not let."""
    limits = house().policy.inspections
    answered = inspections.last_answer(key, limits.patrol_forms["building"], "rental_kind")
    kind = limits.rental_kind(building.house_class, answered)
    return kind.as_dict() if kind else None


def _hydrant(metres: float, row: Facility) -> dict[str, Any]:
    return {"number": row.number, "address": row.address, "metres": round(metres)}


def _services(near: Sequence[tuple[float, Facility]]) -> list[dict[str, Any]]:
    """What people look for, and how far it is."""
    found: list[dict[str, Any]] = []
    for metres, row in near:
        kind = facilities.kinds()[row.kind]
        if row.kind in SERVICES and all(one["kind"] != row.kind for one in found):
            said = {"kind": row.kind, "zh": kind.zh, "en": kind.en, "metres": round(metres)}
            found.append({**said, "name": row.name or row.number, "address": row.address})
    return found


_rooms = Prepared(lambda first, last: Room.select(Room.area_m2).where(Room.id.between(first, last)))
_living = Prepared(
    lambda first, last: Residence.select(Residence.resident_id, Residence.until).where(
        Residence.id.between(first, last) & (Residence.kind == "living")
    )
)
_events = Prepared(
    lambda first, last, since: Event.select(Event.event_class).where(
        Event.id.between(first, last) & (Event.at >= since)
    )
)
