"""Accounts: opened, corrected, shut and shown. A person is never deleted: the trail names them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from peewee import IntegrityError

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, Invalid, SecondPersonNeeded, VersionMissing, VersionStale
from backend.models import Account, Area, Session, Visit
from backend.services import areas, scope, trail, units
from backend.services.accounts import sessions
from backend.services.staff import reach, roles
from backend.services.visits import states
from backend.verbs import check, verb

NAME = re.compile(r"[a-z][a-z0-9._-]{0,39}")
RESERVED = frozenset({"system"})
PASSWORD_SHORTEST, PASSWORD_LONGEST = 8, 128
AMENDABLE = frozenset({"full_name", "area", "active", "password", "unit"})
MOST = 200


@verb("account.open")
def open_account(
    name: str,
    full_name: str,
    password: str,
    area: str,
    roles_given: Sequence[Mapping[str, Any]] = (),
    unit: str | None = None,
    *,
    by: Actor,
) -> dict[str, Any]:
    """Open an account, with roles if some are given ({role, area, until} each)"""
    errors: dict[str, list[str]] = {}
    if not NAME.fullmatch(name) or name in RESERVED:
        errors["name"] = ["1 to 40 small letters, digits, and . _ -, beginning with a letter."]
    check_words(name, {"full_name": full_name, "password": password}, errors)
    if errors:
        raise Invalid(errors=errors)
    home = areas.find(area)
    scope.check_area(by, "account.open", home.path)
    account = _create(name, full_name, password, home, _unit(unit))
    trail.write(by, "account.open", area_path=home.path, facts={"account": name})
    if roles_given:
        check(by, "role.give")
    for role in roles_given:
        roles.give(account, role["role"], role.get("area"), role.get("until"), by)
    return view(reach.find(name))


@verb("account.amend")
def amend_account(
    name: str, changes: Mapping[str, Any], version: str | None, *, by: Actor
) -> dict[str, Any]:
    """Correct a name, move the home area, reset the password, or shut and reopen an account

    `changes` has some of full_name, area, unit, active and password. Who is shut out, or whose
    password was reset, is out of every session and visit at once.
    """
    account = reach.find(name)
    reach.check(by, "account.amend", account)
    _check_version(version, account)
    _check_changes(account, changes)
    if changes.get("active") is False and account.id == by.account_id:
        raise SecondPersonNeeded()
    if "full_name" in changes:
        account.full_name = changes["full_name"].strip()
    if "area" in changes:
        home = areas.find(changes["area"])
        scope.check_area(by, "account.amend", home.path)
        account.area = home
    if "unit" in changes:
        account.unit = _unit(changes["unit"])
    if "password" in changes:
        account.password_hash = sessions.hash_password(changes["password"])
        shut_out(account, "password-reset", by)
    if "active" in changes:
        account.active = changes["active"]
    if not account.active:
        shut_out(account, "account-disabled", by)
    save(account)
    trail.write(
        by,
        "account.amend",
        area_path=account.area.path if account.area else None,
        fields=sorted(changes),
        facts={"account": name, "active": account.active},
    )
    return view(reach.find(name))


@verb("account.list", reads=True)
def list_accounts(
    *,
    area: str | None = None,
    role: str | None = None,
    after: str | None = None,
    most: int = 50,
    by: Actor,
) -> dict[str, Any]:
    """The accounts at home in my areas, by name; `area` and `role` narrow them"""
    rows = (
        Account.select(Account, Area)
        .join(Area)
        .where(reach.is_within(by, "account.list"))
        .order_by(Account.name)
    )
    if area is not None:
        path = areas.find(area).path
        rows = rows.where(scope.within(Area.path, [path]))
    if role is not None:
        rows = rows.where(Account.id.in_(roles.holders(role)))
    if after is not None:
        rows = rows.where(Account.name > after)
    most = max(1, min(most, MOST))
    found = list(rows.limit(most + 1))
    page = found[:most]
    trail.write(by, "account.list", facts={"area": area, "role": role, "accounts": len(page)})
    return {
        "items": [_line(account) for account in page],
        "next": page[-1].name if len(found) > most else None,
    }


@verb("account.show", reads=True)
def show_account(name: str, *, by: Actor) -> dict[str, Any]:
    """One account with its roles, and the version to change it from"""
    account = reach.find(name)
    scope.check_area(by, "account.show", account.area.path if account.area else "")
    trail.write(by, "account.show", facts={"account": name})
    return view(account)


def view(account: Account) -> dict[str, Any]:
    """The account as it leaves the house: never its password's hash."""
    return _line(account) | {
        "roles": [roles.view(grant) for grant in reach.grants(account)],
        "created_at": account.created_at,
        "version": str(account.version),
    }


def _line(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "full_name": account.full_name,
        "area": account.area.code if account.area else None,
        "unit": account.unit,
        "active": account.active,
    }


def _unit(code: str | None) -> str | None:
    """The unit whose cases somebody handles; None: those of all units in the area."""
    return None if code is None else str(units.find(code).code)


def _create(name: str, full_name: str, password: str, home: Area, unit: str | None) -> Account:
    taken = Conflict(errors={"name": ["There is an account of this name already."]})
    if Account.get_or_none(Account.name == name) is not None:
        raise taken
    try:
        return Account.create(
            name=name,
            full_name=full_name.strip(),
            password_hash=sessions.hash_password(password),
            area=home,
            unit=unit,
            created_at=clock.now(),
        )
    except IntegrityError:  # PostgreSQL: somebody else was faster.
        raise taken from None


def _check_changes(account: Account, changes: Mapping[str, Any]) -> None:
    errors = {name: ["This cannot be changed."] for name in changes if name not in AMENDABLE}
    if not changes:
        errors["changes"] = ["Say what to change."]
    check_words(account.name, changes, errors)
    if errors:
        raise Invalid(errors=errors)


def check_words(account: str, values: Mapping[str, Any], errors: dict[str, list[str]]) -> None:
    if "full_name" in values and not 1 <= len(values["full_name"].strip()) <= 60:
        errors["full_name"] = ["1 to 60 characters."]
    if "password" in values:
        password = values["password"]
        if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
            errors["password"] = [f"{PASSWORD_SHORTEST} to {PASSWORD_LONGEST} characters."]
        elif password.casefold() == account:
            errors["password"] = ["Not the name of the account."]


def _check_version(version: str | None, account: Account) -> None:
    if version is None:
        raise VersionMissing()
    if version != str(account.version):
        raise VersionStale()


def shut_out(account: Account, reason: str, by: Actor) -> None:
    """End every session and every visit, now and not when somebody next asks."""
    Session.update(ended_at=clock.now(), ended_reason=reason).where(
        (Session.account == account) & Session.ended_at.is_null() & (Session.id != by.session_id)
    ).execute()
    for visit in Visit.select().where((Visit.account_id == account.id) & (Visit.state != "closed")):
        states.close(visit, reason.replace("-", "_"), by)


def save(account: Account) -> None:
    """Only over the version that was read: on PostgreSQL another may have come between."""
    changed = (
        Account.update(
            full_name=account.full_name,
            area=account.area,
            unit=account.unit,
            active=account.active,
            password_hash=account.password_hash,
            stamp=Account.stamp + 1,
            version=Account.version + 1,
        )
        .where((Account.id == account.id) & (Account.version == account.version))
        .execute()
    )
    if not changed:
        raise VersionStale()
