"""Roles: given for an area, or for the buildings of one's duties alone; ended, never deleted.

Nobody gives themselves a role. Nobody who gives roles may see people: an administrator who is a
collector as well could open every door alone.
"""

from datetime import datetime
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound, SecondPersonNeeded
from backend.house import house
from backend.models import Account, Area, RoleGrant
from backend.services import scope, trail
from backend.services.staff import reach
from backend.verbs import verb


@verb("role.give")
def give_role(
    account: str, role: str, area: str | None, until: datetime | None = None, *, by: Actor
) -> dict[str, Any]:
    """Give a role for an area; without one it counts at the buildings of the person's duties"""
    found = reach.find(account)
    reach.check(by, "role.give", found)
    return view(give(found, role, area, until, by))


@verb("role.end")
def end_role(account: str, grant_id: int, *, by: Actor) -> None:
    """Take a role away: it is gone on the person's next request"""
    found = reach.find(account)
    reach.check(by, "role.end", found)
    grant = next((grant for grant in reach.grants(found) if grant.id == grant_id), None)
    if grant is None:
        raise NotFound(noun="role")
    RoleGrant.update(until=clock.now()).where(RoleGrant.id == grant_id).execute()
    reach.touch(found)
    trail.write(
        by,
        "role.end",
        area_path=_place(grant.area, found),
        facts={"account": account, "role": grant.role, "area": grant.area and grant.area.code},
    )


def give(
    account: Account, role: str, area: str | None, until: datetime | None, by: Actor
) -> RoleGrant:
    """Give a role to an account that `by` may reach."""
    if account.id == by.account_id:
        raise SecondPersonNeeded()
    place = _checked(role, area, until)
    if place is not None:
        scope.check_area(by, "role.give", place.path)
    standing = reach.grants(account)
    if any((grant.role, grant.area) == (role, place) for grant in standing):
        raise Conflict(errors={"role": ["This role was given for this area already."]})
    _keep_apart([grant.role for grant in standing] + [role])
    grant = RoleGrant.create(
        account=account,
        role=role,
        area=place,
        since=clock.now(),
        until=until,
        granted_by=by.name,
    )
    reach.touch(account)
    trail.write(
        by,
        "role.give",
        area_path=_place(place, account),
        facts={"account": account.name, "role": role, "area": area, "until": until},
    )
    return grant


def holders(role: str) -> Any:
    """The accounts that hold a role now."""
    now = clock.now()
    return RoleGrant.select(RoleGrant.account).where(
        (RoleGrant.role == role)
        & (RoleGrant.since <= now)
        & (RoleGrant.until.is_null() | (RoleGrant.until > now))
    )


def view(grant: RoleGrant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "role": grant.role,
        "area": grant.area.code if grant.area else None,
        "since": grant.since,
        "until": grant.until,
        "granted_by": grant.granted_by,
    }


def _checked(role: str, area: str | None, until: datetime | None) -> Area | None:
    """The area, if everything that was said makes sense."""
    errors = {}
    if role not in house().policy.verbs:
        errors["role"] = [f"One of {', '.join(sorted(house().policy.verbs))}."]
    place = Area.get_or_none(Area.code == area) if area is not None else None
    if area is not None and place is None:
        errors["area"] = ["There is no such area."]
    if until is not None and until <= clock.now():
        errors["until"] = ["This has passed already."]
    if errors:
        raise Invalid(errors=errors)
    return place


def _keep_apart(roles: list[str]) -> None:
    policy = house().policy
    gives = any("role.give" in policy.verbs[role] for role in roles)
    sees = any(
        action != "hide"
        for record in ("resident", "business", "event")
        for _, action in policy.sight.actions(roles, record)
    )
    if gives and sees:
        raise Conflict(errors={"role": ["Who gives roles may not have one that sees people."]})


def _place(area: Area | None, account: Account) -> str | None:
    place = area or account.area
    return place.path if place else None
