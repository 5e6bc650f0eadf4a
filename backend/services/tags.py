"""Tags: what hangs where. The one place that turns a scanned text into a building.

Codes are opaque here: text that was bound to a building or a room and is never bound again.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from peewee import JOIN

from backend import clock
from backend.actor import Actor
from backend.db import from_ms
from backend.errors import Invalid, NotFound, TagRevoked, TagUnknown
from backend.models import Room, Tag
from backend.prepared import Prepared
from backend.services import places, scope, trail
from backend.verbs import verb

LONGEST = 2_048
REASONS = ("lost", "torn", "replaced", "moved", "misused")

_tag = Prepared(
    lambda code: Tag.select(Tag.code, Tag.building_id, Tag.room_id, Tag.kind, Tag.state).where(
        Tag.code == code
    )
)


@dataclass(frozen=True, slots=True)
class TagFound:
    """What a code leads to."""

    code: str
    building_id: int
    room_id: int | None
    kind: str  # plate, door, extinguisher, meter
    state: str  # bound


def resolve(text: str) -> TagFound:
    """Where a scanned code, or the link a camera read, hangs. Raises TagUnknown, TagRevoked."""
    row = _tag.first(_code_in(text))
    if row is None:
        raise TagUnknown()
    found = TagFound(*row)
    if found.state != "bound":
        raise TagRevoked(building_id=found.building_id)
    return found


def is_bound(code: str) -> bool:
    """Whether this code still leads to its building."""
    row = _tag.first(code)
    return row is not None and row[4] == "bound"


@verb("tag.list", reads=True)
def tags_of(code: str, *, by: Actor) -> list[dict[str, Any]]:
    """The tags of a building, withdrawn ones too"""
    building = places.find_building(code)
    scope.check(by, "tag.list", building.id, building.area.path)
    return [
        {
            "tag": tag,
            "kind": kind,
            "room": room,
            "state": state,
            "bound_at": from_ms(bound_at),
            "revoked_at": None if revoked_at is None else from_ms(revoked_at),
            "suspected_at": None if suspected_at is None else from_ms(suspected_at),
        }
        for tag, kind, room, state, bound_at, revoked_at, suspected_at in _tags_of(building.id)
    ]


@verb("tag.revoke")
def revoke(tag: str, reason: str, *, by: Actor) -> dict[str, Any]:
    """Withdraw a tag that is lost, torn or misused: nobody can scan it any more"""
    if reason not in REASONS:
        raise Invalid(errors={"reason": [f"One of {', '.join(REASONS)}."]})
    found = Tag.get_or_none(Tag.code == tag)
    if found is None:
        raise NotFound(noun="tag")
    building = places.by_id(found.building_id)
    scope.check(by, "tag.revoke", building.id, building.area.path)
    if found.state == "bound":
        found.state, found.revoked_at = "revoked", clock.now()
        found.save()
        trail.write(
            by,
            "tag.revoke",
            building_id=building.id,
            area_path=building.area.path,
            facts={"tag": tag, "reason": reason},
        )
    return {"tag": tag, "state": found.state, "revoked_at": found.revoked_at}


_tags_of = Prepared(
    lambda building: (
        Tag.select(
            Tag.code,
            Tag.kind,
            Room.code,
            Tag.state,
            Tag.bound_at,
            Tag.revoked_at,
            Tag.suspected_at,
        )
        .join(Room, JOIN.LEFT_OUTER, on=(Tag.room_id == Room.id))
        .where(Tag.building_id == building)
        .order_by(Tag.kind, Tag.code)
    )
)


def _code_in(text: str) -> str:
    """A link carries the code as the last part of its path."""
    if not text or len(text) > LONGEST:
        raise TagUnknown()
    code = text.strip()
    if "://" in code:
        path = code.partition("://")[2].partition("?")[0].partition("#")[0]
        code = unquote(path.rstrip("/").rpartition("/")[2])
    if not code.isascii() or not code.isprintable() or len(code) > 64:
        raise TagUnknown()
    return code
