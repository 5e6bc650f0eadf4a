"""Whose a bike is: told on duty, for a case and a reason; its owner can read that it was asked.

An owner reads it at once. A delay holds for a day, in which a supervisor decides it; one that
nobody approved lapses by itself.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import Invalid, NotFound
from backend.house import house
from backend.models import Bike, LookUp, Ownership, Tag
from backend.rules import approval, frames, masks
from backend.services import areas, notices, scope, tags, trail, units
from backend.services.bikes import asking, owners
from backend.services.bikes.asking import Asked
from backend.verbs import verb

LOOK_UPS_MOST, LOOK_UPS_PER_S = 30.0, 1 / 120
"""A busy night of checks at a crossing, then thirty an hour: no harvest of a district."""


def look_up(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """`told`, so many an hour.

    `form`: code or frame, case_number, reason; if wanted words, delay_days.
    """
    asking.spend(by, "bike.look-up", most=LOOK_UPS_MOST, per_s=LOOK_UPS_PER_S)
    return told(form, by=by)


@verb("bike.look-up")
def told(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Whose a bike is, for a case and a reason; its owner can read that it was asked"""
    asked = asking.checked(form, by=by)
    bike, notice = _named(form)
    roles = asking.roles_at(by, "bike.look-up", bike.area_path)
    ownership = owners.of_bike(bike.id)
    row = _written(bike, ownership, asked, roles[0], by)
    owner, in_full = _owner(ownership, roles)
    trail.write(
        by,
        "bike.look-up",
        roles=roles,
        area_path=bike.area_path,
        fields=in_full,
        facts={"bike": str(bike.id), "tag": bike.code, "look_up": row.id, **asked.facts()},
    )
    return {
        "look_up": row.id,
        "bike": face(bike),
        "notice": notice,
        "owner": owner,
        "unit": units.public(units.of(bike.operator)),
        "owner_reads_from": row.hidden_until or row.at,
    }


def face(bike: Bike) -> dict[str, Any]:
    """A bike as an officer sees it; nothing of whose it is."""
    kept = areas.find(bike.area_path.rpartition("/")[2])
    return {
        "id": bike.id,
        "code": bike.code,
        "brand": bike.brand,
        "colour": bike.colour,
        "frame": bike.frame,
        "state": bike.state,
        "area": {"code": kept.code, "name": kept.name},
        "stolen_at": bike.stolen_at,
    }


def _named(form: Mapping[str, Any]) -> tuple[Bike, str | None]:
    """The bike, and what is wrong with its plate: `lost` or `revoked`.

    A plate that was given up still says to an officer what it hung at: a thief may ride with it.
    """
    code, frame = form.get("code"), form.get("frame")
    if bool(code) == bool(frame):
        raise Invalid(errors={"code": ["Name the code or the frame number."]})
    if frame:
        number = frames.read_frame(str(frame), scope.day().year).number
        found = Bike.get_or_none(Bike.frame_key == number)
        if found is None:
            raise NotFound(noun="bike")
        return found, None
    tag = Tag.get_or_none((Tag.code == tags.read(str(code))) & Tag.bike_id.is_null(False))
    if tag is None:
        raise NotFound(noun="bike")
    return Bike.get_by_id(tag.bike_id), None if tag.state == "bound" else tag.state


def _written(bike: Bike, ownership: Ownership | None, asked: Asked, role: str, by: Actor) -> LookUp:
    """The row that the owner reads; a delay asks for a supervisor, and hides it for a day."""
    now, hidden_until = clock.now(), None
    if asked.delay_days is not None and ownership is not None:
        hidden_until = now + timedelta(hours=house().policy.bikes.pending_delay_hours)
    row = LookUp.create(
        bike_id=bike.id,
        ownership_id=ownership.id if ownership else None,
        account_id=by.account_id,
        role=role,
        at=now,
        case_number=asked.case_number,
        reason=asked.reason,
        words=asked.words,
        hidden_until=hidden_until,
        delay_asked=asked.delay_days if hidden_until else None,
    )
    if hidden_until is not None:
        facts = {"look_up": row.id, "days": asked.delay_days, "case_number": asked.case_number}
        notices.tell_role("supervisor", bike.area_path, "bike-delay-asked", facts)
    return row


def _owner(
    row: Ownership | None, roles: list[str]
) -> tuple[dict[str, str | None] | None, list[str]]:
    """The owner as these roles may see them, and the fields shown in full."""
    person = owners.opened(row) if row is not None else None
    if person is None:
        return None, []
    limits, shown, in_full = house().policy.bikes, dict[str, str | None](), list[str]()
    for name in approval.OWNER:
        action = limits.action(roles, name)
        value = str(getattr(person, name))
        if action == "show":
            in_full.append(name)
        shown[name] = value if action == "show" else None
        if action == "mask":
            shown[name] = masks.MASKS[name](value)
    return shown, in_full
