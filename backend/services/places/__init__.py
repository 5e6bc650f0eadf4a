"""Places: buildings, their rooms and the many names both go by."""

from backend.services.places.buildings import (
    amend_building,
    by_id,
    check_version,
    find_building,
    hold,
    move_building,
)
from backend.services.places.cells import cell_of, ranges_around, ranges_within
from backend.services.places.names import add_alias, aliases, remove_alias
from backend.services.places.nearby import around, near
from backend.services.places.rooms import add_room, amend_room, room_code
from backend.services.places.search import called, look_up, named

__all__ = [
    "add_alias",
    "add_room",
    "aliases",
    "amend_building",
    "amend_room",
    "around",
    "by_id",
    "called",
    "cell_of",
    "check_version",
    "find_building",
    "hold",
    "look_up",
    "move_building",
    "named",
    "near",
    "ranges_around",
    "ranges_within",
    "remove_alias",
    "room_code",
]
