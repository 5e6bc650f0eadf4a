"""Businesses and events of a building: added and corrected on site."""

from collections.abc import Callable, Mapping
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import NotFound
from backend.house import house
from backend.models import Business, Event, keys
from backend.services import classes, scope, trail
from backend.services.records import checks, lists, people, sheet, veil
from backend.verbs import verb

STATUSES = ("reported", "dispatched", "handled", "closed")


@verb("business.add")
def add_business(
    code: str, form: Mapping[str, Any], lease: str | None, *, by: Actor
) -> dict[str, Any]:
    """Record a firm or shop of this building"""
    arrived = people.on_site(code, lease, "business.add", by)
    row = Business(id=people.next_key(Business, arrived.building_id), version=0)
    return _write_business(arrived, "business.add", row, form, is_new=True)


@verb("business.amend")
def amend_business(
    opaque: str,
    code: str,
    changes: Mapping[str, Any],
    version: str | None,
    lease: str | None,
    *,
    by: Actor,
) -> dict[str, Any]:
    """Correct what is recorded about a firm"""
    arrived = people.on_site(code, lease, "business.amend", by)
    row = _own_row(Business, "business", opaque, arrived)
    people.check_version(version, str(row.version))
    checks.some(changes)
    legal_name, legal_phone = house().vault.open(b"business:%d" % row.id, bytes(row.sealed))
    before = {
        "business_name": row.name,
        "credit_code": row.credit_code,
        "business_class": row.business_class,
        "since": row.since,
        "until": row.until,
        "legal_name": legal_name,
        "legal_phone": legal_phone,
    }
    return _write_business(arrived, "business.amend", row, {**before, **changes}, is_new=False)


@verb("event.add")
def add_event(
    code: str, form: Mapping[str, Any], lease: str | None, *, by: Actor
) -> dict[str, Any]:
    """Record something that happened in this building"""
    arrived = people.on_site(code, lease, "event.add", by)
    row = Event(id=people.next_key(Event, arrived.building_id), at=clock.now(), version=0)
    return _write_event(
        arrived, "event.add", row, {"event_status": "reported", **form}, is_new=True
    )


@verb("event.amend")
def amend_event(
    opaque: str,
    code: str,
    changes: Mapping[str, Any],
    version: str | None,
    lease: str | None,
    *,
    by: Actor,
) -> dict[str, Any]:
    """Correct or close an event"""
    arrived = people.on_site(code, lease, "event.amend", by)
    row = _own_row(Event, "event", opaque, arrived)
    people.check_version(version, str(row.version))
    checks.some(changes)
    text = house().vault.open(b"event:%d" % row.id, bytes(row.sealed))[0]
    before = {
        "event_class": row.event_class,
        "event_status": row.status,
        "event_at": row.at,
        "event_text": text,
    }
    return _write_event(arrived, "event.amend", row, {**before, **changes}, is_new=False)


def _write_business(
    arrived: sheet.Arrived, name: str, row: Business, form: Mapping[str, Any], *, is_new: bool
) -> dict[str, Any]:
    row.credit_code = checks.credit_code("credit_code", form.get("credit_code"))
    phone = checks.phone("legal_phone", form.get("legal_phone"))
    row.name = checks.name("business_name", form["business_name"])
    classes.check("legal_person", "business_class", form.get("business_class"))
    row.business_class = form.get("business_class")
    checks.days(form.get("since"), form.get("until"))
    row.sealed = house().vault.seal(b"business:%d" % row.id, form.get("legal_name"), phone)
    row.since, row.until = form.get("since"), form.get("until")
    row.source = form.get("source") or "visit"
    row.verified_at = scope.today()
    _save(arrived, row, form, is_new=is_new)
    _leave_act(arrived, name, form)
    return _shown(arrived, lambda seen: seen.businesses(sheet.businesses_of(row.id, row.id, "", 1)))


def _write_event(
    arrived: sheet.Arrived, name: str, row: Event, form: Mapping[str, Any], *, is_new: bool
) -> dict[str, Any]:
    classes.check("event", "event_class", form["event_class"])
    row.event_class = form["event_class"]
    row.status = checks.one_of("event_status", form["event_status"], STATUSES)
    row.at = form.get("event_at") or row.at
    row.sealed = house().vault.seal(b"event:%d" % row.id, form.get("event_text"))
    _save(arrived, row, form, is_new=is_new)
    _leave_act(arrived, name, form)
    return _shown(arrived, lambda seen: seen.events(sheet.events_of(row.id, row.id, 1)))


def _save(
    arrived: sheet.Arrived, row: Business | Event, form: Mapping[str, Any], *, is_new: bool
) -> None:
    if form.get("room"):
        row.room_id = people.room_of(form["room"], arrived.building_id).id
    row.version += 1
    row.updated_at, row.updated_by = clock.now(), arrived.by.name
    row.save(force_insert=is_new)


def _own_row(table: type[Any], kind: str, opaque: str, arrived: sheet.Arrived) -> Any:
    """The row behind an opaque key of this visit, if it is of this building."""
    key = veil.uncover(arrived.standing.visit_id or "", kind, opaque)
    row = table.get_or_none(table.id == key)
    if row is None or keys.building_of(key) != arrived.building_id:
        raise NotFound(noun=kind)
    return row


def _leave_act(arrived: sheet.Arrived, name: str, form: Mapping[str, Any]) -> None:
    trail.write(
        arrived.by,
        name,
        roles=arrived.roles,
        visit_id=arrived.standing.visit_id,
        building_id=arrived.building_id,
        area_path=arrived.head["area"]["path"],
        place=arrived.standing.place,
        fields=sorted(form),
    )


def _shown(
    arrived: sheet.Arrived, rows: Callable[[sheet.Seen], list[dict[str, Any]]]
) -> dict[str, Any]:
    """The row just written, as its writer may see it."""
    seen = arrived.seen()
    seen.rooms = lists.room_codes(arrived.building_id)
    found = rows(seen)
    seen.leave_trail()
    return found[0] if found else {}
