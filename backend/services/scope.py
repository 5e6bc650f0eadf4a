"""Where somebody may act: the roles that count at one building, and the areas of a verb."""

from collections.abc import Iterable
from datetime import date, timedelta, timezone
from typing import Any

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.errors import NotYourArea
from backend.house import house
from backend.models import Area, Duty
from backend.prepared import Prepared
from backend.rules.areas import path_contains

SHENZHEN = timezone(timedelta(hours=8))

_duties = Prepared(
    lambda account, building: Duty.select(Duty.role, Duty.since, Duty.until).where(
        (Duty.account == account) & (Duty.building_id == building)
    )
)


def roles_at(by: Actor, building_id: int, area_path: str) -> tuple[str, ...]:
    """The actor's roles here: given for an area that holds it, or by a duty at it today.

    A duty counts for a role given without an area; one given for an area ends at its border,
    so that a building or worker moved away is out of reach at once.
    """
    roles = [
        grant.role
        for grant in by.grants
        if grant.scope_path is not None and path_contains(grant.scope_path, area_path)
    ]
    bound = {grant.role for grant in by.grants if grant.scope_path is None} - set(roles)
    if bound:
        now = today()
        roles += [
            role
            for role, since, until in _duties(by.account_id, building_id)
            if role in bound and since <= now and (until is None or until > now)
        ]
    return tuple(dict.fromkeys(roles))


def day() -> date:
    """The date in Shenzhen."""
    return clock.now().astimezone(SHENZHEN).date()


def today() -> str:
    """The date in Shenzhen, as an ISO date."""
    return day().isoformat()


def check(by: Actor, verb: str, building_id: int, area_path: str) -> tuple[str, ...]:
    """The roles here that include `verb`; refuses if there is none."""
    verbs = house().policy.verbs
    roles = tuple(role for role in roles_at(by, building_id, area_path) if verb in verbs[role])
    if not roles:
        raise NotYourArea(building_id=building_id)
    return roles


def check_area(by: Actor, verb: str, area_path: str) -> None:
    """Refuse unless a role that includes `verb` was given for an area holding this one."""
    if not holds_area(by, verb, area_path):
        raise NotYourArea()


def check_city(by: Actor, verb: str) -> None:
    """Refuse whoever may not do this in the whole city: what it changes is everywhere."""
    roots = Area.select(Area.path).where(Area.parent.is_null())
    is_house = by.account_id == SYSTEM.account_id
    if not (is_house or all(holds_area(by, verb, root.path) for root in roots)):
        raise NotYourArea()


def holds_area(by: Actor, verb: str, area_path: str) -> bool:
    """Whether a role that includes `verb` was given for an area that holds this one."""
    return bool(roles_in(by, verb, area_path))


def roles_in(by: Actor, verb: str, area_path: str) -> list[str]:
    """The roles that include `verb` and were given for an area that holds this one."""
    verbs = house().policy.verbs
    return [
        grant.role
        for grant in by.grants
        if grant.scope_path is not None
        and verb in verbs[grant.role]
        and path_contains(grant.scope_path, area_path)
    ]


def paths(by: Actor, verb: str) -> list[str]:
    """The areas for which this actor holds a verb."""
    verbs = house().policy.verbs
    mine = (grant for grant in by.grants if verb in verbs[grant.role])
    return [grant.scope_path for grant in mine if grant.scope_path is not None]


def within(column: Any, known: Iterable[str]) -> Any:
    """Rows at these paths or below; with none, no row."""
    known = list(known)
    condition = column.in_(known)
    for path in known:
        condition |= column.startswith(f"{path}/")
    return condition
