"""The building's sheet: what a scan shows, by role and by whether one stands there.

The hottest path of the house (docs/decisions/0007-hot-path.md). What leaves is plain, already
masked data in the shape of the wire (`mobile_api.schemas.buildings`, which the tests hold
against it).
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from backend import db
from backend.actor import Actor
from backend.models import keys
from backend.rules.sight import bucket
from backend.services import scope
from backend.services.records.sheet.queries import (
    MOST,
    Row,
    business_count,
    businesses_of,
    event_count,
    events_of,
    last_visit_of,
    occupants_of,
    residents_of,
    rooms_of,
)
from backend.services.records.sheet.seen import Arrived, Seen, arrive
from backend.verbs import verb

__all__ = [
    "MOST",
    "Arrived",
    "Row",
    "Seen",
    "arrive",
    "business_count",
    "businesses_of",
    "event_count",
    "events_of",
    "look",
    "occupants_of",
    "residents_of",
    "room_view",
    "rooms_of",
]


@verb("building.look", reads=True)
def look(code: str, lease: str | None, *, by: Actor) -> dict[str, Any]:
    """The sheet of a building: people, firms and events on site, only counts elsewhere"""
    arrived = arrive(code, lease, by)
    first, last = keys.first(arrived.building_id), keys.last(arrived.building_id)
    today = scope.today()
    rooms = rooms_of(first, last, MOST)
    if arrived.standing.is_open:
        people = residents_of(first, last, today, MOST)
        firms = businesses_of(first, last, today, MOST)
        happened = events_of(first, last, MOST)
        occupants: Mapping[int, int] = Counter([row[1] for row in people])
        counts = len(people), len(firms), len(happened)
        seen = arrived.seen()
        seen.rooms = {row[0]: row[1] for row in rooms}
        residents, businesses = seen.residents(people), seen.businesses(firms)
        events = seen.events(happened)
        seen.leave_trail()
    else:
        occupants = occupants_of(first, last, today)
        counts = (
            sum(occupants.values()),
            business_count(first, last, today),
            event_count(first, last),
        )
        residents, businesses, events = {}, [], []
    return {
        **arrived.head,
        **arrived.standing_view(),
        "counts": {
            "rooms": bucket(len(rooms)),
            "residents": bucket(counts[0]),
            "businesses": bucket(counts[1]),
            "events": bucket(counts[2]),
        },
        "rooms": [
            room_view(row, occupants.get(row[0], 0), residents.get(row[0], [])) for row in rooms
        ],
        "businesses": businesses,
        "events": events,
        "last_visit": _last_visit(arrived),
    }


def room_view(row: Row, occupants: int, residents: list[dict[str, Any]]) -> dict[str, Any]:
    """A room with how many live or work there, in buckets, and who, if they are shown."""
    return {
        "code": row[1],
        "number": row[2],
        "floor": row[3],
        "house_class": row[4],
        "area_m2": row[5],
        "version": row[6],
        "occupants": {"bucket": bucket(occupants)},
        "residents": residents,
    }


def _last_visit(arrived: Arrived) -> dict[str, Any] | None:
    row = last_visit_of.first(arrived.by.account_id, arrived.building_id)
    return {"by": "me", "at": db.from_ms(row[0])} if row else None
