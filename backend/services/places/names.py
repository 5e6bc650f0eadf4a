"""One code, many addresses: further names of a building or a room."""

from typing import Any

from peewee import JOIN, fn

from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound
from backend.models import Address, Building, Room, keys
from backend.rules import addresses
from backend.services import scope, trail
from backend.services.places import keys_of
from backend.services.places.buildings import find_building, hold
from backend.verbs import verb

KINDS = tuple(kind for kind in addresses.KINDS if kind != "standard")


@verb("address.list", reads=True)
def aliases(code: str, *, by: Actor) -> list[dict[str, Any]]:
    """Every name of a building and of its rooms; `id` counts within the building"""
    building = find_building(code)
    rows: Any = (
        Address.select(Address.id, Address.kind, Address.text, Room.code)
        .join(Room, JOIN.LEFT_OUTER, on=(Address.room_id == Room.id))
        .where(Address.id.between(keys.first(building.id), keys.last(building.id)))
        .order_by(Address.id)
        .tuples()
    )
    first = keys.first(building.id)
    return [
        {"id": number - first, "kind": kind, "text": text, "room": room}
        for number, kind, text, room in rows
    ]


@verb("address.add")
def add_alias(code: str, kind: str, text: str, *, by: Actor) -> dict[str, Any]:
    """Add a name under which a building (19) or a room (25) is known"""
    building, room = _place(code)
    building = hold(building.code)
    roles = scope.check(by, "address.add", building.id, building.area.path)
    text = text.strip()
    if kind not in KINDS:
        raise Invalid(errors={"kind": [f"One of {', '.join(KINDS)}."]})
    if not keys_of.search_keys(text) or len(text) > addresses.MOST_CHARS:
        raise Invalid(errors={"text": ["An address of 1 to 200 characters."]})
    room_id = room.id if room else None
    first, last = keys.first(building.id), keys.last(building.id)
    here = Address.select().where(Address.id.between(first, last))
    same = Address.room_id.is_null() if room is None else Address.room_id == room_id
    if here.where((Address.kind == kind) & (Address.text == text) & same).exists():
        raise Conflict(errors={"text": ["This address is recorded already."]})
    highest = Address.select(fn.MAX(Address.id)).where(Address.id.between(first, last)).scalar()
    made = Address.create(id=(highest or first) + 1, kind=kind, text=text, room_id=room_id)
    keys_of.add(made.id, text)
    _leave_line(by, "address.add", roles, building, kind)
    return {
        "id": made.id - first,
        "kind": kind,
        "text": text,
        "room": room.code if room else None,
    }


@verb("address.remove")
def remove_alias(code: str, number: int, *, by: Actor) -> None:
    """Remove a name of a building; `number` is its id in the list of names"""
    building = find_building(code)
    roles = scope.check(by, "address.remove", building.id, building.area.path)
    key = keys.first(building.id) + number
    found = None
    if 0 < number <= keys.last(building.id) - keys.first(building.id):
        found = Address.get_or_none(Address.id == key)
    if found is None:
        raise NotFound(noun="address")
    if found.kind == "standard":
        raise Conflict(errors={"id": ["The standard address stays; amend the building instead."]})
    keys_of.remove([key])
    found.delete_instance()
    _leave_line(by, "address.remove", roles, building, found.kind)


def _place(code: str) -> tuple[Building, Room | None]:
    building = find_building(code[:19])
    if len(code) == 19:
        return building, None
    room = Room.get_or_none(Room.code == code)
    if room is None or keys.building_of(room.id) != building.id:
        raise NotFound(noun="room")
    return building, room


def _leave_line(
    by: Actor, verb: str, roles: tuple[str, ...], building: Building, kind: str
) -> None:
    trail.write(
        by,
        verb,
        roles=roles,
        building_id=building.id,
        area_path=building.area.path,
        facts={"kind": kind},
    )
