"""The tags of a building or a facility, and taking one out of use."""

from collections.abc import Iterable
from typing import Any

from peewee import JOIN

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.db import from_ms
from backend.errors import Invalid
from backend.models import Room, Run, Tag
from backend.prepared import Prepared
from backend.services import facilities, places, scope, trail
from backend.services.tags import things
from backend.services.tags.claiming import hold
from backend.services.tags.reading import ENDED
from backend.services.tags.things import Thing
from backend.verbs import verb

REASONS = ("lost", "torn", "replaced", "moved", "misused")


@verb("tag.list", reads=True)
def tags_of(code: str, *, by: Actor) -> list[dict[str, Any]]:
    """The tags of a building, withdrawn ones too"""
    building = places.find_building(code)
    scope.check(by, "tag.list", building.id, building.area.path)
    return _listed(_tags_of(building.id))


@verb("tag.list", reads=True)
def tags_of_facility(number: str, *, by: Actor) -> list[dict[str, Any]]:
    """The tags of a facility, withdrawn ones too"""
    facility = facilities.find(number)
    scope.check_area(by, "tag.list", facility.area.path)
    return _listed(_tags_of_facility(facility.id))


def _listed(rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [
        {
            **dict(zip(_WORDS, row[:6], strict=True)),
            **{
                name: None if at is None else from_ms(at)
                for name, at in zip(_TIMES, row[6:], strict=True)
            },
        }
        for row in rows
    ]


_WORDS = ("tag", "kind", "room", "state", "end_reason", "replaced_by")
_TIMES = ("bound_at", "accepted_at", "ended_at", "suspected_at")


@verb("tag.revoke")
def revoke(tag: str, reason: str, *, by: Actor) -> dict[str, Any]:
    """Withdraw a tag that is lost, torn or misused: nobody can scan it any more"""
    if reason not in REASONS:
        raise Invalid(errors={"reason": [f"One of {', '.join(REASONS)}."]})
    found = hold(tag)
    thing = things.of_tag(found)
    _check(found, thing, by)
    if found.state not in ENDED:
        found.state, found.ended_at, found.end_reason = "revoked", clock.now(), reason
        found.save()
        trail.write(
            by,
            "tag.revoke",
            building_id=thing.building_id if thing else None,
            area_path=thing.area_path if thing else None,
            facts={"tag": found.code, "reason": reason},
        )
    return {"tag": found.code, "state": found.state, "ended_at": found.ended_at}


def _check(tag: Tag, thing: Thing | None, by: Actor) -> None:
    """At its thing; a blank belongs to whoever ordered its run."""
    if thing is not None:
        thing.check(by, "tag.revoke")
    elif by.account_id != SYSTEM.account_id:
        run = Run.get_or_none(Run.id == tag.run_id)
        scope.check_area(by, "tag.revoke", run.area.path if run else "")


def _of(which: Any) -> Any:
    columns = (
        Tag.code,
        Tag.kind,
        Room.code,
        Tag.state,
        Tag.end_reason,
        Tag.replaced_by,
        Tag.bound_at,
        Tag.accepted_at,
        Tag.ended_at,
        Tag.suspected_at,
    )
    rows = Tag.select(*columns).join(Room, JOIN.LEFT_OUTER, on=(Tag.room_id == Room.id))
    return rows.where(which).order_by(Tag.kind, Tag.code)


_tags_of = Prepared(lambda building: _of(Tag.building_id == building))
_tags_of_facility = Prepared(lambda facility: _of(Tag.facility_id == facility))
