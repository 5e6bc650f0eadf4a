"""Which lines of the trail a verb lets somebody see."""

from collections.abc import Iterable
from typing import Protocol

from backend.actor import Actor
from backend.house import house
from backend.models import Account, Area, Building, Duty
from backend.prepared import Prepared
from backend.rules.areas import path_contains
from backend.services import scope

MOST_NAMED = 500  # Buildings that are gone through one by one; beyond, the whole trail is.


class Placed(Protocol):
    """What tells where a line belongs."""

    @property
    def building_id(self) -> int | None: ...
    @property
    def area_path(self) -> str | None: ...
    @property
    def account_id(self) -> int: ...


class Sight:
    """The areas and duties that count for one verb.

    A line belongs where its building is today. One without a building (a sign-in, a role that
    was given) belongs to its account, and is for roles that may show accounts, in the account's
    home area; what has no area at all, like the acts of the house itself, is for all of these.
    """

    def __init__(self, by: Actor, verb: str) -> None:
        verbs = house().policy.verbs
        mine = [grant for grant in by.grants if verb in verbs[grant.role]]
        self.areas = _areas(grant.scope_path for grant in mine)
        self.account_areas = _areas(
            grant.scope_path for grant in mine if "account.show" in verbs[grant.role]
        )
        self.duties = _duties(by, {grant.role for grant in mine})
        self.paths: dict[int, str | None] = {}  # Of buildings,
        self.home_paths: dict[int, str | None] = {}  # and of accounts, as far as they came up.

    def reaches(self, line: Placed) -> bool:
        if line.building_id is not None:
            return self.reaches_building(line.building_id)
        path = line.area_path or self._home_path_of(line.account_id)
        if path is None:
            return bool(self.account_areas)
        return any(path_contains(area, path) for area in self.account_areas)

    def reaches_building(self, building_id: int) -> bool:
        path = self.path_of(building_id)
        return building_id in self.duties or (
            path is not None and any(path_contains(area, path) for area in self.areas)
        )

    def path_of(self, building_id: int | None) -> str | None:
        """The path of the area that answers for the building today."""
        if building_id is None:
            return None
        if building_id not in self.paths:
            row = _path.first(building_id)
            self.paths[building_id] = row[0] if row else None
        return self.paths[building_id]

    def buildings(self) -> list[int] | None:
        """All the buildings in sight, if they are few and only buildings are in sight."""
        if self.account_areas:
            return None
        found = set(self.duties)
        for area in self.areas:
            found.update(row[0] for row in _buildings_in(area, f"{area}/%", MOST_NAMED + 1))
        return sorted(found) if len(found) <= MOST_NAMED else None

    def _home_path_of(self, account_id: int) -> str | None:
        if account_id not in self.home_paths:
            row = _home_path.first(account_id)
            self.home_paths[account_id] = row[0] if row else None
        return self.home_paths[account_id]


_path = Prepared(
    lambda building: Area.select(Area.path).join(Building).where(Building.id == building)
)
_home_path = Prepared(
    lambda account: (
        Area.select(Area.path)
        .join(Account, on=(Account.area == Area.code))
        .where(Account.id == account)
    )
)
_buildings_in = Prepared(
    lambda path, below, most: (
        Building.select(Building.id)
        .join(Area)
        .where((Area.path == path) | (Area.path**below))
        .limit(most)
    )
)
_duty = Prepared(
    lambda account, today: Duty.select(Duty.building_id, Duty.role).where(
        (Duty.account == account)
        & (Duty.since <= today)
        & (Duty.until.is_null() | (Duty.until > today))
    )
)


def _areas(paths: Iterable[str | None]) -> tuple[str, ...]:
    return tuple({path for path in paths if path is not None})


def _duties(by: Actor, roles: set[str]) -> frozenset[int]:
    """The buildings of today's duties in these roles."""
    rows = _duty(by.account_id, scope.today()) if roles else []
    return frozenset(building for building, role in rows if role in roles)
