"""The parts of a building's sheet, page by page: rooms, residents, businesses, events."""

from collections.abc import Callable, Sequence
from typing import Any

from backend.actor import Actor
from backend.errors import Invalid
from backend.models import keys
from backend.rules.sight import bucket
from backend.services import scope
from backend.services.records import sheet
from backend.verbs import verb

MOST_A_PAGE = 200


@verb("building.look", reads=True)
def rooms(
    code: str, lease: str | None, after: str | None, most: int, *, by: Actor
) -> dict[str, Any]:
    """The rooms of a building and how many live in each, in buckets"""
    arrived = sheet.arrive(code, lease, by)
    first, last, today = _range(arrived.building_id)
    found = sheet.rooms_of(_after(after, first), last, most + 1)
    occupants = sheet.occupants_of(first, last, today)
    items = [sheet.room_view(row, occupants.get(row[0], 0), []) for row in found[:most]]
    for item in items:
        del item["residents"]
    return arrived.standing_view() | _page(items, found, most)


@verb("building.look", reads=True)
def residents(
    code: str, lease: str | None, after: str | None, most: int, *, by: Actor
) -> dict[str, Any]:
    """The people of a building: only on site; a count in buckets elsewhere"""
    arrived = sheet.arrive(code, lease, by)
    first, last, today = _range(arrived.building_id)
    count = sum(sheet.occupants_of(first, last, today).values())

    def rows(seen: sheet.Seen) -> tuple[list[dict[str, Any]], Sequence[sheet.Row]]:
        found = sheet.residents_of(_after(after, first), last, today, most + 1)
        by_room = seen.residents(found[:most])
        numbers = {row[0]: row[1] for row in sheet.rooms_of(first, last, sheet.MOST)}
        items = []
        for room, people in by_room.items():
            items += [person | {"room": numbers.get(room)} for person in people]
        return items, found

    return _open_or_masked(arrived, bucket(count), rows, most)


@verb("building.look", reads=True)
def businesses(
    code: str, lease: str | None, after: str | None, most: int, *, by: Actor
) -> dict[str, Any]:
    """The firms of a building: only on site; a count in buckets elsewhere"""
    arrived = sheet.arrive(code, lease, by)
    first, last, today = _range(arrived.building_id)

    def rows(seen: sheet.Seen) -> tuple[list[dict[str, Any]], Sequence[sheet.Row]]:
        seen.rooms = room_codes(arrived.building_id)
        found = sheet.businesses_of(_after(after, first), last, today, most + 1)
        return seen.businesses(found[:most]), found

    return _open_or_masked(arrived, bucket(sheet.business_count(first, last, today)), rows, most)


@verb("building.look", reads=True)
def events(
    code: str, lease: str | None, after: str | None, most: int, *, by: Actor
) -> dict[str, Any]:
    """What happened in a building: only on site; a count in buckets elsewhere"""
    arrived = sheet.arrive(code, lease, by)
    first, last, _ = _range(arrived.building_id)

    def rows(seen: sheet.Seen) -> tuple[list[dict[str, Any]], Sequence[sheet.Row]]:
        seen.rooms = room_codes(arrived.building_id)
        found = sheet.events_of(_after(after, first), last, most + 1)
        return seen.events(found[:most]), found

    return _open_or_masked(arrived, bucket(sheet.event_count(first, last)), rows, most)


def room_codes(building_id: int) -> dict[int, str]:
    """Room key -> house code, by which firms and events name their room."""
    rooms = sheet.rooms_of(keys.first(building_id), keys.last(building_id), sheet.MOST)
    return {row[0]: row[1] for row in rooms}


Rows = Callable[[sheet.Seen], tuple[list[dict[str, Any]], Sequence[sheet.Row]]]


def _open_or_masked(arrived: sheet.Arrived, count: str, rows: Rows, most: int) -> dict[str, Any]:
    """The page, and its trail line, on site; elsewhere the same keys with nobody in them."""
    view = arrived.standing_view() | {"count": count}
    if not arrived.standing.is_open:
        return view | {"items": [], "next": None}
    seen = arrived.seen()
    items, found = rows(seen)
    seen.leave_trail()
    return view | _page(items, found, most)


def _page(items: list[dict[str, Any]], found: Sequence[sheet.Row], most: int) -> dict[str, Any]:
    """`next` is where the following page starts; it tells a serial in the building, no more."""
    if len(found) <= most:
        return {"items": items, "next": None}
    last = found[most - 1][0]
    return {"items": items, "next": str(last - keys.first(keys.building_of(last)))}


def _range(building_id: int) -> tuple[int, int, str]:
    return keys.first(building_id), keys.last(building_id), scope.today()


def _after(cursor: str | None, first: int) -> int:
    """The smallest key of the page asked for."""
    if cursor is None:
        return first
    if not cursor.isdecimal() or not cursor.isascii() or len(cursor) > 7:
        raise Invalid(errors={"cursor": ["Send back the `next` of the page before."]})
    return first + int(cursor) + 1
