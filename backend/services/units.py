"""Units: who owns and handles what, and the duty phone that anybody may call."""

from typing import Any

from backend.errors import NotFound
from backend.models import Account, Unit
from backend.rules.areas import upwards

NEIGHBOURS = ("grid", "community", "street")
"""Levels whose offices people walk into."""


def find(code: str) -> Unit:
    """The unit, or a refusal."""
    row: Unit | None = Unit.get_or_none(Unit.code == code)
    if row is None:
        raise NotFound(noun="unit")
    return row


def named(name: str | None) -> Unit | None:
    """The unit that an inventory calls so; None if nobody has told us of it."""
    if not name:
        return None
    row: Unit | None = Unit.select().where(Unit.name == name).order_by(Unit.code).first()
    return row


def all_units() -> list[dict[str, Any]]:
    """Every unit, as one chooses from them."""
    rows = Unit.select().order_by(Unit.level, Unit.code)
    return [{"code": row.code, "name": row.name, "level": row.level} for row in rows]


def of(code: str | None) -> Unit | None:
    """The unit of a row that names one, if it still exists."""
    row: Unit | None = Unit.get_or_none(Unit.code == code) if code else None
    return row


def of_area(path: str) -> Unit | None:
    """The office that answers to people of an area: its own, or that of an area above it."""
    found = Unit.select().where(Unit.area_path.in_(upwards(path)) & Unit.level.in_(NEIGHBOURS))
    return max(found, key=lambda unit: len(unit.area_path), default=None)


def desks_over(path: str) -> list[Unit]:
    """The desks whose area holds this one: the nearest first, then those above it."""
    found = Unit.select().where(Unit.is_desk & Unit.area_path.in_(upwards(path)))
    return sorted(found, key=lambda unit: (-len(unit.area_path), unit.code))


def desk_for(area_path: str, *, above: str | None = None) -> Unit | None:
    """The desk of an area: the nearest that holds it; with `above`, one of a larger area."""
    desks = desks_over(area_path)
    return next((one for one in desks if above is None or len(one.area_path) < len(above)), None)


def head_of(code: str | None) -> Account | None:
    """Who answers for what a unit has not accepted, if that person still works here."""
    unit = of(code)
    if unit is None or unit.head is None:
        return None
    head: Account | None = Account.get_or_none((Account.name == unit.head) & Account.active)
    return head


def of_account(account_id: int) -> str | None:
    """The unit whose cases a person handles; None: those of all units in the area."""
    row = Account.select(Account.unit).where(Account.id == account_id).first()
    return row.unit if row else None


def public(unit: Unit | None) -> dict[str, Any] | None:
    """What anybody may know of it."""
    if unit is None:
        return None
    return {"code": unit.code, "name": unit.name, "duty_phone": unit.duty_phone}
