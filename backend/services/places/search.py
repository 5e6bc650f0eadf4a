"""Finding a place by any of its names: a code, an address however typed, a bill's number.

An address is stored under its tails ("水围村一坊1栋", "一坊1栋", "1栋"), so what is typed only
has to be the beginning of one of them. What goes on after a building's whole name is taken
for a room: 水围村一坊1栋201.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from backend.actor import Actor
from backend.db import is_sqlite
from backend.errors import Invalid
from backend.models import Address, AddressKey, Building, Room, keys
from backend.rules.addresses import normal
from backend.services import allowances
from backend.services.places.keys_of import LONGEST, search_keys
from backend.verbs import verb

MOST = 200
SHORTEST_CODE = 6  # Digits of a code's beginning; fewer would be half the city.
_END = "\U0010ffff"

Row = tuple[Any, ...]


def look_up(text: str, cursor: str | None = None, most: int = 20, *, by: Actor) -> dict[str, Any]:
    """`find`, so many an hour."""
    allowances.spend_look_up(by, "address.look-up")
    return find(text, cursor, most, by=by)


@verb("address.look-up", reads=True)
def find(text: str, cursor: str | None = None, most: int = 20, *, by: Actor) -> dict[str, Any]:
    """Places by any of their names, page by page; nothing about people"""
    wanted = normal(text)[:LONGEST]
    if not wanted:
        raise Invalid(errors={"q": ["Type a part of an address or a code."]})
    most = max(1, min(most, MOST))
    stage, at = _opened(cursor)
    items: list[dict[str, Any]] = []
    while stage < len(_STAGES) and len(items) < most:
        found, rest = _STAGES[stage](wanted, at, most - len(items))
        items += found
        if rest is not None:
            return {"items": items, "next": _closed(stage, rest)}
        stage, at = stage + 1, None
    # Whether a later stage holds more shows on the next page, which may be empty.
    return {"items": items, "next": _closed(stage, None) if stage < len(_STAGES) else None}


def called(text: str, most: int) -> list[str]:
    """Codes of the buildings that go by an address or name beginning so; for other services."""
    wanted = normal(text)[:LONGEST]
    found = _by_name(wanted, None, most * 3)[0] if wanted else []
    return list(dict.fromkeys(one["building"]["code"] for one in found))[:most]


Found = tuple[list[dict[str, Any]], list[Any] | None]
"""Items, and where to go on; None when this stage has no more."""


def _by_code(wanted: str, at: list[Any] | None, most: int) -> Found:
    """Buildings and rooms whose code begins so; a whole code first finds its building."""
    if len(wanted) < SHORTEST_CODE or not wanted.replace("T", "").isdigit() or len(wanted) > 25:
        return [], None
    after = at[0] if at else ""
    if len(wanted) <= 19:
        rows = plain(
            Building.select(Building.code, Building.name, Building.address)
            .where(_begins(Building.code, wanted), Building.code > after)
            .order_by(Building.code)
            .limit(most + 1)
        )
        items = [_item("standard", address, code, name, None) for code, name, address in rows]
        return items[:most], [items[most - 1]["building"]["code"]] if len(items) > most else None
    rooms = plain(
        Room.select(Room.id, Room.code, Room.number)
        .where(_begins(Room.code, wanted), Room.code > after)
        .order_by(Room.code)
        .limit(most + 1)
    )
    return _rooms(rooms[:most]), [rooms[most - 1][1]] if len(rooms) > most else None


def _by_name(wanted: str, at: list[Any] | None, most: int) -> Found:
    """Addresses with a tail that begins so, in the order of their keys."""
    key, number = at or ["", 0]
    found: list[Row] = []
    while len(found) < most:
        rows = _tails(wanted, key, number, most)
        for row in rows:
            key, number = row[0], row[1]
            # Two tails of one address may begin so; it is shown for the first of them.
            if key == min(tail for tail in search_keys(row[3]) if tail.startswith(wanted)):
                found.append(row[1:])
                if len(found) == most:
                    break
        else:
            if len(rows) < most:
                return _named(found), None
    return _named(found), [key, number]


def _tails(wanted: str, key: str, number: int, most: int) -> list[Row]:
    """Key, address id, kind, text, room id: the rows behind (key, number)."""
    behind = (AddressKey.key > key) | ((AddressKey.key == key) & (AddressKey.address_id > number))
    return plain(
        AddressKey.select(AddressKey.key, Address.id, Address.kind, Address.text, Address.room_id)
        .join(Address, on=(AddressKey.address_id == Address.id))
        .where(_begins(AddressKey.key, wanted), behind)
        .order_by(AddressKey.key, AddressKey.address_id)
        .limit(most)
    )


def _by_room(wanted: str, at: list[Any] | None, most: int) -> Found:
    """Rooms by number, behind the whole name of their building."""
    buildings, number = _buildings_in_front(wanted)
    from_building, behind_room = at or [0, 0]
    found: list[Row] = []
    for building in buildings:
        if building < from_building:
            continue
        rooms = Room.select(Room.id, Room.code, Room.number).where(
            Room.id.between(max(keys.first(building), behind_room + 1), keys.last(building))
        )
        for row in plain(rooms.order_by(Room.id)):
            if len(found) == most:
                return _rooms(found), [building, found[-1][0]]
            if normal(row[2]).startswith(number):
                found.append(row)
    return _rooms(found), None


@dataclass(frozen=True)
class Named:
    """A building that a text names; `is_whole` if the text says nothing else, else `rest`."""

    building: Building
    is_whole: bool
    rest: str = ""


def named(text: str) -> Named | None:
    """The one building that an address names or begins with. None if it is none or several."""
    wanted = normal(text)[:LONGEST]
    whole = _called(wanted) if wanted else []
    numbers, rest = (whole, "") if whole else _buildings_in_front(wanted)
    if len(numbers) != 1:
        return None
    return Named(Building.get_by_id(numbers[0]), bool(whole), rest)


def _called(name: str) -> list[int]:
    """The buildings with exactly this name."""
    rows = plain(
        AddressKey.select(AddressKey.address_id)
        .join(Address, on=(AddressKey.address_id == Address.id))
        .where(AddressKey.key == name, Address.room_id.is_null())
        .limit(MOST)
    )
    return sorted({keys.building_of(number) for (number,) in rows})


def _buildings_in_front(wanted: str) -> tuple[list[int], str]:
    """The buildings whose whole name the text begins with, the longest such name, and the rest."""
    fronts = [wanted[:length] for length in range(2, len(wanted))]
    rows = plain(
        AddressKey.select(AddressKey.key, AddressKey.address_id)
        .join(Address, on=(AddressKey.address_id == Address.id))
        .where(AddressKey.key.in_(fronts), Address.room_id.is_null())
        .order_by(AddressKey.address_id)
        .limit(MOST)
    )
    longest = max((row[0] for row in rows), key=len, default="")
    buildings = {keys.building_of(number) for key, number in rows if key == longest}
    return sorted(buildings), wanted[len(longest) :]


_STAGES = (_by_code, _by_name, _by_room)


def _named(rows: list[Row]) -> list[dict[str, Any]]:
    """Items of addresses: (id, kind, text, room id)."""
    buildings = _buildings({keys.building_of(row[0]) for row in rows})
    wanted = [row[3] for row in rows if row[3] is not None]
    codes: dict[int, str] = dict(plain(Room.select(Room.id, Room.code).where(Room.id.in_(wanted))))
    return [
        _item(kind, text, *buildings[keys.building_of(number)][:2], codes.get(room))
        for number, kind, text, room in rows
    ]


def _rooms(rows: list[Row]) -> list[dict[str, Any]]:
    """Items of rooms: (id, code, number)."""
    buildings = _buildings({keys.building_of(row[0]) for row in rows})
    items = []
    for number, room, name in rows:
        code, building, address = buildings[keys.building_of(number)]
        items.append(_item("standard", f"{address}{name}", code, building, room))
    return items


def _buildings(numbers: set[int]) -> dict[int, tuple[str, str, str]]:
    """Id -> code, name, address."""
    rows = Building.select(Building.id, Building.code, Building.name, Building.address).where(
        Building.id.in_(list(numbers))
    )
    return {number: (code, name, address) for number, code, name, address in plain(rows)}


def _item(kind: str, text: str, code: str, name: str, room: str | None) -> dict[str, Any]:
    return {"kind": kind, "text": text, "building": {"code": code, "name": name}, "room": room}


def _begins(field: Any, start: str) -> Any:
    """`field` begins with `start`, so that the index is used.

    SQLite compares bytes, so a range will do; PostgreSQL by its collation, which only LIKE
    looks past (and uses the index for, in a database with the C collation).
    """
    if is_sqlite():
        return (field >= start) & (field < start + _END)
    return field.startswith(start)


def plain(query: Any) -> list[Row]:
    """The rows of a query as tuples."""
    return list(query.tuples())


def _closed(stage: int, at: list[Any] | None) -> str:
    return base64.urlsafe_b64encode(json.dumps([stage, at]).encode()).decode().rstrip("=")


def _opened(cursor: str | None) -> tuple[int, list[Any] | None]:
    """The stage and the place of a cursor of ours. Refuses any other."""
    if cursor is None:
        return 0, None
    try:
        stage, at = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise Invalid(errors=_BAD_CURSOR) from None
    kinds = _CURSORS.get(stage) if type(stage) is int else None
    is_ours = at is None or (
        kinds is not None
        and isinstance(at, list)
        and tuple(type(part) for part in at) == kinds
        and all(abs(part) < 2**62 for part in at if isinstance(part, int))
    )
    if kinds is None or not is_ours:
        raise Invalid(errors=_BAD_CURSOR)
    return stage, at


_CURSORS: dict[int, tuple[type, ...]] = {0: (str,), 1: (str, int), 2: (int, int)}
_BAD_CURSOR = {"cursor": ["Send back the `next` of the page before."]}
