"""Rooms: added and corrected."""

from collections.abc import Mapping
from typing import Any

from peewee import fn

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound
from backend.models import Room, keys
from backend.services import classes, scope, trail
from backend.services.places.buildings import by_id, check_version, find_building, hold
from backend.verbs import verb

AMENDABLE = frozenset({"number", "floor", "house_class", "area_m2"})


@verb("room.add")
def add_room(code: str, form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Add a room to a building; it gets the next house code"""
    building = hold(code)
    roles = scope.check(by, "room.add", building.id, building.area.path)
    _check(form, building.id)
    if not form.get("number"):
        raise Invalid(errors={"number": ["Is required."]})
    first, last = keys.first(building.id), keys.last(building.id)
    here = Room.id.between(first, last)
    highest = Room.select(fn.MAX(Room.id)).where(here).scalar()
    # Codes come from several systems, so the next one follows the highest code, not the key.
    serial = Room.select(fn.MAX(fn.SUBSTR(Room.code, 20))).where(here).scalar()
    number = int(serial or 0) + 1
    if number > 999_999:
        raise Conflict(errors={"code": ["This building has no house code left."]})
    room = Room.create(
        id=(highest or first) + 1,
        code=f"{building.code}{number:06d}",
        number=form["number"].strip(),
        floor=form.get("floor"),
        house_class=form.get("house_class"),
        area_m2=form.get("area_m2"),
        updated_at=clock.now(),
    )
    trail.write(
        by,
        "room.add",
        roles=roles,
        building_id=building.id,
        area_path=building.area.path,
        subjects=[room.id],
    )
    return view(room)


@verb("room.amend")
def amend_room(
    code: str, changes: Mapping[str, Any], version: str | None, *, by: Actor
) -> dict[str, Any]:
    """Correct what is recorded about a room"""
    room = Room.get_or_none(Room.code == code)
    if room is None:
        raise NotFound(noun="room")
    building = hold(by_id(keys.building_of(room.id)).code)
    room = Room.get_by_id(room.id)
    roles = scope.check(by, "room.amend", building.id, building.area.path)
    check_version(version, room.version)
    _check(changes, building.id, room.id)
    for name, value in changes.items():
        setattr(room, name, value)
    room.version += 1
    room.updated_at = clock.now()
    room.save()
    trail.write(
        by,
        "room.amend",
        roles=roles,
        building_id=building.id,
        area_path=building.area.path,
        subjects=[room.id],
        fields=sorted(changes),
    )
    return view(room)


def room_code(code: str, number: str) -> str:
    """The house code of a building's room by the number on its door, or a refusal."""
    building = find_building(code)
    first, last = keys.first(building.id), keys.last(building.id)
    room = Room.get_or_none(Room.id.between(first, last) & (Room.number == number))
    if room is None:
        raise NotFound(noun="room")
    return str(room.code)


def view(room: Room) -> dict[str, Any]:
    return {
        "code": room.code,
        "number": room.number,
        "floor": room.floor,
        "house_class": room.house_class,
        "area_m2": room.area_m2,
        "version": room.version,
    }


def _check(values: Mapping[str, Any], building_id: int, room_id: int | None = None) -> None:
    errors: dict[str, list[str]] = {}
    if not values or values.keys() - AMENDABLE:
        errors["room"] = [f"Some of {', '.join(sorted(AMENDABLE))}."]
    if "number" in values:
        number = (values["number"] or "").strip()
        if not 1 <= len(number) <= 40:
            errors["number"] = ["1 to 40 characters."]
        elif _stands(number, building_id, room_id):
            errors["number"] = ["Another room of this building has this number."]
    for name, least, most in (("floor", -9, 200), ("area_m2", 0, 100_000)):
        value = values.get(name)
        if value is not None and not least <= value <= most:
            errors[name] = [f"Between {least} and {most}."]
    if errors:
        raise Invalid(errors=errors)
    classes.check("house", "house_class", values.get("house_class"))


def _stands(number: str, building_id: int, but: int | None) -> bool:
    first, last = keys.first(building_id), keys.last(building_id)
    found = Room.select().where(Room.id.between(first, last) & (Room.number == number))
    if but is not None:
        found = found.where(Room.id != but)
    return bool(found.exists())
