"""Facilities as rows: found by number, shown to staff, shown to everybody."""

from typing import Any

import orjson

from backend.db import locked
from backend.errors import NotFound
from backend.models import Area, Facility
from backend.services import photos, units
from backend.services.facilities.checks import number_in
from backend.services.facilities.kinds import FacilityKind, Fact, kinds


def find(number: str) -> Facility:
    """The facility with its area, in use or removed, or a refusal."""
    return _found(Facility.number == (number_in(number) or ""))


def by_id(facility_id: int) -> Facility:
    """The facility with its area, or a refusal."""
    return _found(Facility.id == facility_id)


def hold(number: str) -> Facility:
    """The facility, or a refusal; nobody else changes it until this transaction ends."""
    wanted = Facility.select(Facility.id).where(Facility.number == (number_in(number) or ""))
    list(locked(wanted))
    return find(number)


def _found(which: Any) -> Facility:
    row: Facility | None = Facility.select(Facility, Area).join(Area).where(which).get_or_none()
    if row is None:
        raise NotFound(noun="facility")
    return row


def note_inspected(facility_id: int, day: str) -> None:
    """Somebody has looked at it; inside the transaction of the inspection."""
    Facility.update(inspected_on=day).where(
        (Facility.id == facility_id)
        & (Facility.inspected_on.is_null() | (Facility.inspected_on < day))
    ).execute()


def view(row: Facility) -> dict[str, Any]:
    """Everything that is recorded, for staff."""
    kind = kinds()[row.kind]
    known = kind.class_of(row.class_scheme, row.class_code)
    return {
        "number": row.number,
        "kind": row.kind,
        "name": row.name,
        "class": known.as_dict() if known else None,
        "owner_unit": row.owner_unit,
        "responsible_post": row.responsible_post,
        "area": {"code": row.area.code, "name": row.area.name},
        "lat": row.lat,
        "lon": row.lon,
        "address": row.address,
        "facts": orjson.loads(row.facts),
        "inspected_on": row.inspected_on,
        "state": row.state,
        "version": row.version,
        "updated_at": row.updated_at,
    }


def public(number: str) -> dict[str, Any]:
    """`face`, by number."""
    return _face(find(number))


def face(facility_id: int) -> dict[str, Any]:
    """What anybody in the street may know of a facility: no position but its address, no staff
    fact, no person.
    """
    return _face(by_id(facility_id))


def _face(row: Facility) -> dict[str, Any]:
    kind = kinds()[row.kind]
    facts = orjson.loads(row.facts)
    owner = units.named(row.owner_unit)
    return {
        "number": row.number,
        "kind": row.kind,
        "kind_name": {"zh": kind.zh, "en": kind.en},
        "name": row.name,
        "class_name": _class_name(kind, row),
        "owner_unit": row.owner_unit,
        "duty_phone": owner.duty_phone if owner else None,
        "responsible_post": row.responsible_post,
        "area": row.area.name,
        "address": row.address,
        "state": row.state,
        "inspected_on": row.inspected_on,
        "facts": [
            _said(fact, facts[fact.code])
            for fact in kind.facts
            if fact.is_public and facts.get(fact.code) is not None
        ],
        "problems": [problem.as_dict() for problem in kind.problems],
        "photo": row.photo if photos.is_public(row.photo) else None,
    }


def _class_name(kind: FacilityKind, row: Facility) -> dict[str, str] | None:
    """The class in words, where it says more than the kind does."""
    known = kind.class_of(row.class_scheme, row.class_code)
    if known is None or known.zh == kind.zh:
        return None
    return {"zh": known.zh, "en": known.en}


def _said(fact: Fact, value: Any) -> dict[str, Any]:
    """A fact with its value in words of both languages."""
    chosen = next((one for one in fact.choices if one.code == value), None)
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    zh, en = (chosen.zh, chosen.en) if chosen else (shown, shown)
    if isinstance(value, bool):
        zh, en = ("有", "yes") if value else ("无", "no")
    return {
        "code": fact.code,
        "zh": fact.zh,
        "en": fact.en,
        "unit": fact.unit,
        "value": value,
        "value_zh": zh,
        "value_en": en,
    }
