"""A worker hangs a tag: a blank gets its thing on site, once, and for ten minutes on trial."""

from collections.abc import Mapping
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import (
    Conflict,
    FixTooOld,
    FixTooVague,
    Invalid,
    NotFound,
    NotYourArea,
    TagBound,
    TagNotIssued,
    TagRevoked,
    TagUnknown,
    TooFarFromThing,
    TooLateToUndo,
)
from backend.house import house
from backend.models import Tag, TagTask
from backend.rules import hanging, presence
from backend.services import photos, trail
from backend.services.tags import positions, teams, things
from backend.services.tags.reading import ENDED, read
from backend.services.tags.things import Thing
from backend.verbs import verb


@verb("tag.claim")
def claim(code: str, form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Say, on site, at what a blank now hangs; for ten minutes it can be taken back

    If a lost or damaged tag of the same kind waits there to be replaced, this one replaces it.
    """
    tag = hold(code)
    _check_blank(tag, by)
    thing = things.named(tag, form, by=by)
    thing.check(by, "tag.claim")
    _check_kind(tag, thing)
    fix = on_site(form["fix"], thing)
    photo = form.get("photo")
    if photo is not None:
        photos.use(photo, thing.area_path, by=by)
    _bind(tag, thing, fix, by, photo)
    replaced = _fulfil(tag, thing, by)
    _write(by, "tag.claim", tag, thing, fix, replaces=replaced)
    return view(tag, thing)


@verb("tag.replace")
def replace(code: str, form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Hang another tag in place of one; the old one still leads there, and says so"""
    old, new = hold(code), hold(form["code"])
    thing = things.of_tag(old)
    if thing is None or old.state not in ("bound", "lost") or old.replaced_by is not None:
        raise Conflict()
    thing.check(by, "tag.replace")
    if old.code == new.code or old.kind != new.kind:
        raise Invalid(errors={"code": ["Another tag of the same kind."]})
    fix = on_site(form["fix"], thing)
    if not _waits_here(new, thing):
        _check_blank(new, by)
    _bind(new, thing, fix, by, None)
    _end(old, new)
    _close_tasks(old.code, new.code, by)
    _write(by, "tag.replace", new, thing, fix, replaces=old.code)
    return view(new, thing)


@verb("tag.claim-undo")
def undo(code: str, *, by: Actor) -> dict[str, Any]:
    """Take one's own claim back within ten minutes: the tag is a blank again"""
    tag = hold(code)
    thing = things.of_tag(tag)
    if tag.state != "bound" or thing is None or tag.bound_by is None or tag.bound_at is None:
        raise Conflict()
    if tag.bound_by != by.account_id:
        raise NotYourArea()
    limits = house().policy.tags
    if not hanging.may_undo(tag.bound_at, clock.now(), limits):
        raise TooLateToUndo(minutes=limits.undo_s // 60)
    _revive(tag.code)
    _close_tasks(tag.code, None, by)
    tag.state = "issued"
    tag.building_id = tag.room_id = tag.facility_id = None
    tag.bound_at = tag.bound_by = tag.accepted_at = tag.lat = tag.lon = tag.photo = None
    tag.save()
    _write(by, "tag.claim-undo", tag, thing, None)
    return view(tag, None)


def hold(code: str) -> Tag:
    """The tag of a typed or scanned code; nobody else changes it until this transaction ends."""
    try:
        known = read(code)
    except TagUnknown:
        raise NotFound(noun="tag") from None
    tag: Tag | None = locked(Tag.select().where(Tag.code == known)).get_or_none()
    if tag is None:
        raise NotFound(noun="tag")
    return tag


def view(tag: Tag, thing: Thing | None) -> dict[str, Any]:
    """What the worker who hung it sees of a tag."""
    return {
        "tag": tag.code,
        "kind": tag.kind,
        "state": tag.state,
        "bound_at": tag.bound_at,
        "accepted_at": tag.accepted_at,
        "replaced_by": tag.replaced_by,
        "subject": thing.public() if thing else None,
    }


# --- May it hang here --------------------------------------------------------------------


def _check_blank(tag: Tag, by: Actor) -> None:
    """A blank that was handed out to the actor's team."""
    if tag.state in ENDED:
        raise TagRevoked()
    if tag.state == "bound" or things.of_tag(tag) is not None:
        raise TagBound()
    if tag.state != "issued" or not teams.may_hang(tag, by):
        raise TagNotIssued()


def _waits_here(tag: Tag, thing: Thing) -> bool:
    """Whether a tag was made for this very thing and handed out, and nobody has scanned it yet."""
    made_for = things.of_tag(tag)
    if tag.state != "bound" or tag.accepted_at is not None or made_for is None:
        return False
    return tag.bound_by is None and made_for.subject == thing.subject


def _check_kind(tag: Tag, thing: Thing) -> None:
    if tag.kind not in thing.kinds:
        words = ", ".join(sorted(thing.kinds))
        raise Invalid(errors={"tag": [f"A {tag.kind} tag; only {words} tags hang there."]})


def on_site(sent: Mapping[str, Any], thing: Thing) -> presence.Fix:
    """A fix that is good enough to believe, near the thing."""
    fix = positions.fix_of(sent)
    limits, tag_limits = house().policy.limits, house().policy.tags
    if fix.age_ms > limits.fix_age_open_s * 1000:
        raise FixTooOld(age_s=fix.age_ms // 1000, limit_s=limits.fix_age_open_s)
    if fix.accuracy_m > limits.accuracy_refused_m:
        raise FixTooVague(accuracy=round(fix.accuracy_m), limit=limits.accuracy_refused_m)
    metres = thing.metres(fix.position)
    if not hanging.is_near(metres, fix.accuracy_m, tag_limits):
        raise TooFarFromThing(
            metres=round(metres),
            accuracy=round(fix.accuracy_m),
            limit=round(tag_limits.near_m),
            building_id=thing.building_id,
            place=(fix.lat, fix.lon),
        )
    return fix


# --- What changes ------------------------------------------------------------------------


def _bind(tag: Tag, thing: Thing, fix: presence.Fix, by: Actor, photo: str | None) -> None:
    """Hang it. Two workers with one blank: the row's lock lets one pass, the other sees bound."""
    now = clock.now()
    tag.state, tag.bound_at, tag.bound_by = "bound", now, by.account_id
    tag.building_id, tag.room_id, tag.facility_id = (
        thing.subject.building_id,
        thing.subject.room_id,
        thing.subject.facility_id,
    )
    tag.lat, tag.lon, tag.photo = fix.lat, fix.lon, photo
    # Reading it here is what acceptance asks for, unless the phone makes positions up.
    tag.accepted_at = now if positions.is_evidence(fix) else None
    tag.save()


def _fulfil(tag: Tag, thing: Thing, by: Actor) -> str | None:
    """Replace the oldest lost or damaged tag of this kind that waits here. Returns its code."""
    subject = thing.subject
    waiting = (
        Tag.select(Tag)
        .join(TagTask, on=(TagTask.code == Tag.code))
        .where(TagTask.done_at.is_null() & (Tag.kind == tag.kind) & (Tag.code != tag.code))
        .order_by(TagTask.id)
    )
    for old in waiting.where(things.hangs_at(subject)):
        _end(old, tag)
        _close_tasks(old.code, tag.code, by)
        return str(old.code)
    return None


def _end(old: Tag, new: Tag) -> None:
    """A replaced tag keeps its thing; a lost or withdrawn one stays what it is."""
    old.replaced_by = new.code
    if old.state == "bound":
        old.state, old.ended_at, old.end_reason = "replaced", clock.now(), "replaced"
    old.save()


def _close_tasks(old: str, new: str | None, by: Actor) -> None:
    TagTask.update(done_at=clock.now(), done_by=by.account_id, new_code=new).where(
        (TagTask.code == old) & TagTask.done_at.is_null()
    ).execute()


def _revive(new: str) -> None:
    """What a claim replaced hangs again, and what it had done is to be done again."""
    TagTask.update(done_at=None, done_by=None, new_code=None).where(
        TagTask.new_code == new
    ).execute()
    Tag.update(state="bound", ended_at=None, end_reason=None).where(
        (Tag.replaced_by == new) & (Tag.state == "replaced")
    ).execute()
    Tag.update(replaced_by=None).where(Tag.replaced_by == new).execute()


def _write(
    by: Actor,
    verb_name: str,
    tag: Tag,
    thing: Thing,
    fix: presence.Fix | None,
    replaces: str | None = None,
) -> None:
    trail.write(
        by,
        verb_name,
        building_id=thing.building_id,
        area_path=thing.area_path,
        place=(fix.lat, fix.lon) if fix else None,
        facts={"tag": tag.code, "at": thing.name, "replaces": replaces},
    )
