"""How far somebody who looks after staff may reach: only over people within their own areas."""

from typing import Any

from peewee import JOIN

from backend import clock
from backend.actor import Actor
from backend.errors import NotFound, NotYourArea
from backend.models import Account, Area, RoleGrant
from backend.services import scope


def find(name: str) -> Account:
    """The account, or a refusal."""
    account = Account.get_or_none(Account.name == name)
    if account is None:
        raise NotFound(noun="account")
    return account


def check(by: Actor, verb: str, account: Account) -> None:
    """Refuse unless all that the account holds lies where `by` may do `verb`.

    The home area alone is not enough: whoever could reset the password of the district's
    supervisor because she lives in their community would have her district, too.
    """
    if account.area is None:
        _check_everywhere(by, verb)
    else:
        scope.check_area(by, verb, account.area.path)
    for grant in grants(account):
        if grant.area is not None:
            scope.check_area(by, verb, grant.area.path)


def is_within(by: Actor, verb: str) -> Any:
    """The condition that an `Area` lies where `by` may do `verb`."""
    return scope.within(Area.path, scope.paths(by, verb))


def grants(account: Account) -> list[RoleGrant]:
    """The roles the account holds now, or will hold, with their areas."""
    return list(
        RoleGrant.select(RoleGrant, Area)
        .join(Area, JOIN.LEFT_OUTER)
        .where(RoleGrant.account == account)
        .where(RoleGrant.until.is_null() | (RoleGrant.until > clock.now()))
        .order_by(RoleGrant.id)
    )


def touch(account: Account) -> None:
    """Something about the account has changed: no session may go on with what it knew."""
    Account.update(stamp=Account.stamp + 1, version=Account.version + 1).where(
        Account.id == account.id
    ).execute()


def _check_everywhere(by: Actor, verb: str) -> None:
    """An account that belongs to no area is for those alone who answer for all of them."""
    tops = [area.path for area in Area.select(Area.path).where(Area.parent.is_null())]
    if not tops:
        raise NotYourArea()
    for top in tops:
        scope.check_area(by, verb, top)
