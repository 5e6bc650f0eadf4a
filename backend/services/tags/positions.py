"""Where a worker stood when reading a tag: kept for 90 days, and what follows from it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.house import house
from backend.models import Tag, TagScan
from backend.rules import hanging, presence
from backend.rules.datum import Position
from backend.services import notices
from backend.services.tags.things import Thing


def fix_of(sent: Mapping[str, Any]) -> presence.Fix:
    """A sent fix with its position turned into WGS-84. Refuses a missing or unknown datum."""
    names = ("lat", "lon", "crs", "accuracy_m", "age_ms", "provider", "is_mock")
    return presence.reported(**{name: sent[name] for name in names})


def is_evidence(fix: presence.Fix) -> bool:
    """Whether a fix is fresh, sharp and real enough to say anything about a tag."""
    limits = house().policy.limits
    return (
        not fix.is_mock
        and fix.age_ms <= limits.fix_age_open_s * 1000
        and fix.accuracy_m <= limits.accuracy_refused_m
    )


def note(tag: Tag, thing: Thing, fix: presence.Fix, by: Actor) -> None:
    """Keep the position; the first one near the thing accepts the tag, two far ones suspect it."""
    if not is_evidence(fix):
        return
    metres = thing.metres(fix.position)
    if tag.accepted_at is None and hanging.is_near(metres, fix.accuracy_m, house().policy.tags):
        accept(tag.code)
    _suspect(tag, thing, hanging.Sighting(by.account_id, fix.position, metres))
    TagScan.create(
        code=tag.code,
        account_id=by.account_id,
        at=clock.now(),
        lat=fix.lat,
        lon=fix.lon,
        accuracy_m=fix.accuracy_m,
        metres=metres,
    )


def accept(code: str) -> None:
    """A worker has read this tag where it hangs: what was printed and glued is the right one."""
    Tag.update(accepted_at=clock.now()).where(
        (Tag.code == code) & Tag.accepted_at.is_null()
    ).execute()


def _suspect(tag: Tag, thing: Thing, now: hanging.Sighting) -> None:
    limits = house().policy.tags
    if now.metres <= limits.moved_m or not hanging.is_moved(now, _before(tag.code), limits):
        return
    marked = (
        Tag.update(suspected_at=clock.now())
        .where((Tag.code == tag.code) & Tag.suspected_at.is_null())
        .execute()
    )
    if marked:
        facts = {"building": thing.name, "workers": limits.moved_workers}
        for role in ("supervisor", "building_manager"):
            notices.tell_role(role, thing.area_path, "tag-moved", facts)


def _before(code: str) -> list[hanging.Sighting]:
    since = clock.now() - timedelta(days=house().policy.tags.moved_days)
    rows = TagScan.select().where((TagScan.code == code) & (TagScan.at > since))
    return [
        hanging.Sighting(row.account_id, Position(row.lat, row.lon), row.metres) for row in rows
    ]
