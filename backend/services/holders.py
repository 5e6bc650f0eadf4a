"""Who holds a role over a place, level by level: the nearest first, then those above them."""

from itertools import groupby
from typing import Any

from backend import clock
from backend.models import Account, Area, RoleGrant
from backend.rules.areas import upwards


def levels(role: str, area_path: str) -> list[list[Account]]:
    """Accounts with this role for an area that holds the place; those of the smallest first."""
    rows: Any = (
        Account.select(Account, Area.path.alias("path"))
        .join(RoleGrant, on=(RoleGrant.account == Account.id))
        .join(Area, on=(RoleGrant.area == Area.code))
        .where((RoleGrant.role == role) & Area.path.in_(upwards(area_path)) & Account.active)
        .where(RoleGrant.until.is_null() | (RoleGrant.until > clock.now()))
        .order_by(Area.path.desc(), Account.id)
        .objects()
    )
    return [list(found) for _, found in groupby(rows, lambda account: account.path)]


def nearest(role: str, area_path: str) -> list[Account]:
    """Those of the smallest area that has any."""
    found = levels(role, area_path)
    return found[0] if found else []
