"""Who works here: accounts with their roles, and their duties at buildings."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from backend.house import house
from backend.models import Account, Area, Building, Duty, RoleGrant, Unit
from backend.services.accounts.sessions import hash_password
from backend.services.imports import bulk
from backend.services.imports.columns import Column, Parse, Wrong, day, pattern, text
from backend.services.imports.files import Unreadable, toml
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Kind, Known, Parsed, check_days
from backend.services.imports.references import BUILDING

FIELDS: dict[str, Parse] = {
    "account": pattern(r"[a-z][a-z0-9._-]{0,39}", "a name of small letters, digits and . _ -"),
    "full_name": text(60),
    "area": pattern(r"[0-9]{4,15}", "the code of an area"),
    "unit": pattern(r"[0-9A-Za-z-]{1,20}", "letters, digits, dashes"),
}
OTHER = frozenset({"name", "about", "roles"})


class Accounts(Kind):
    """Load accounts and their roles; a list of roles replaces the one before"""

    name = "accounts"
    tables = (Account, RoleGrant)
    takes = frozenset({"password"})

    @classmethod
    def shape(cls) -> str:
        return "TOML: [[accounts]] with account*, full_name*, area, unit, roles = [{role*, area}]"

    def prepare(self) -> None:
        self.areas = {row.code for row in Area.select(Area.code)}
        self.units = {row.code for row in Unit.select(Unit.code)}
        self.seen: dict[str, int] = {}

    def batches(self, file: TextIO) -> Iterator[Sequence[tuple[int, dict[str, Any]]]]:
        entries = toml(file).get("accounts")
        if not isinstance(entries, list) or not entries:
            raise Unreadable("has no [[accounts]].")
        self.rows = len(entries)
        yield list(enumerate(entries, 1))

    def take(self, batch: Sequence[tuple[int, dict[str, Any]]]) -> Tally:
        tally = Tally()
        for row, entry in batch:
            values = self._values(row, entry)
            if values is None:
                continue
            roles = [(role["role"], role.get("area")) for role in entry.get("roles", [])]
            account = Account.get_or_none(Account.name == values["account"])
            if account is None:
                tally.added += 1
                self._open(values, roles)
            elif self._amend(account, values, roles):
                tally.changed += 1
            else:
                tally.unchanged += 1
        return tally

    def _values(self, row: int, entry: Any) -> dict[str, Any] | None:
        if not isinstance(entry, dict):
            self.findings.add(row, None, "is no table")
            return None
        complain, faults = self.findings.add, self.findings.count
        values: dict[str, Any] = {}
        for name, parse in FIELDS.items():
            try:
                values[name] = parse(str(entry.get(name, "")))
            except Wrong as wrong:
                complain(row, name, str(wrong), entry.get(name), personal=name == "full_name")
        for name in ("account", "full_name"):
            if name in values and values[name] is None:
                complain(row, name, "is required")
        for name in entry.keys() - FIELDS.keys() - OTHER:
            complain(row, name, "is not known here")
        self._check_roles(row, entry.get("roles", []))
        if values.get("area") is not None and values["area"] not in self.areas:
            complain(row, "area", "is unknown; import areas first", values["area"])
        if values.get("unit") is not None and values["unit"] not in self.units:
            complain(row, "unit", "is unknown; import units first", values["unit"])
        account = values.get("account")
        if account and self.seen.setdefault(account, row) != row:
            complain(row, "account", f"stands at account {self.seen[account]} already", account)
        return values if self.findings.count == faults else None

    def _check_roles(self, row: int, roles: Any) -> None:
        if not isinstance(roles, list) or not all(isinstance(role, Mapping) for role in roles):
            self.findings.add(row, "roles", "must be a list like [{ role = ..., area = ... }]")
            return
        for role in roles:
            if role.get("role") not in house().policy.verbs:
                self.findings.add(row, "roles", "is no role", role.get("role"))
            if role.get("area") is not None and role["area"] not in self.areas:
                self.findings.add(row, "roles", "holds in an unknown area", role["area"])

    def _open(self, values: Mapping[str, Any], roles: Sequence[tuple[str, str | None]]) -> None:
        if not self.writing:
            return
        password = self.options.password
        if password is None:
            password = self.passwords[values["account"]] = secrets.token_urlsafe(12)
        account = Account.create(
            name=values["account"],
            full_name=values["full_name"],
            area=values["area"],
            unit=values["unit"],
            password_hash=hash_password(password),
            created_at=self.now,
        )
        self._grant(account, roles)

    def _amend(
        self,
        account: Account,
        values: Mapping[str, Any],
        roles: Sequence[tuple[str, str | None]],
    ) -> bool:
        """Whether anything differed. Roles that are no longer listed end now."""
        standing = {
            (grant.role, grant.area_id): grant
            for grant in RoleGrant.select().where(
                (RoleGrant.account == account)
                & (RoleGrant.until.is_null() | (RoleGrant.until > self.now))
            )
        }
        wanted = dict.fromkeys(roles)
        ended = [grant.id for key, grant in standing.items() if key not in wanted]
        given = [role for role in wanted if role not in standing]
        before = (account.full_name, account.area_id, account.unit)
        is_same = before == (values["full_name"], values["area"], values["unit"])
        if is_same and not ended and not given:
            return False
        if self.writing:
            account.full_name, account.area = values["full_name"], values["area"]
            account.unit = values["unit"]
            account.stamp += 1
            account.version += 1
            account.save()
            RoleGrant.update(until=self.now).where(RoleGrant.id.in_(ended)).execute()
            self._grant(account, given)
        return True

    def _grant(self, account: Account, roles: Sequence[tuple[str, str | None]]) -> None:
        for role, area in dict.fromkeys(roles):
            RoleGrant.create(
                account=account, role=role, area=area, since=self.now, granted_by=self.by.name
            )


class Duties(Csv):
    """Load who answers for which building, in which role, from when to when"""

    name = "duties"
    tables = (Duty,)
    columns = (
        BUILDING,
        Column("account", text(40), required=True),
        Column("role", text(20), required=True),
        Column("since", day, required=True),
        Column("until", day),
    )

    def prepare(self) -> None:
        self.buildings = Known(Building, "code", "id")
        self.accounts = {row.name: row.id for row in Account.select(Account.id, Account.name)}
        grants = RoleGrant.select(RoleGrant.account, RoleGrant.role).tuples()
        self.grants = set(grants)
        self.seen: dict[tuple[Any, ...], int] = {}

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.buildings.learn({values[0] for _, values in batch})
        placed = [(row, self._place(row, values), values) for row, values in batch]
        found = bulk.found(
            Duty,
            ("building_id", "account", "role", "since", "until", "id"),
            "building_id",
            {place[0] for _, place, _ in placed if place},
        )
        before = {row[:4]: row[4:] for row in found}
        tally, added, changed = Tally(), [], []
        for _, place, (_, _, role, since, until) in placed:
            if place is None:
                continue
            key = (*place, role, since)
            if key not in before:
                added.append((*key, until))
            elif before[key][0] != until:
                changed.append((until, before[key][1]))
            else:
                tally.unchanged += 1
        self.insert(Duty, ("building_id", "account", "role", "since", "until"), added)
        self.update(Duty, ("until",), changed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def _place(self, row: int, values: Sequence[Any]) -> tuple[int, int] | None:
        """The building's and the account's number, if all is in order."""
        building, account, role, since, until = values
        complain, faults = self.findings.add, self.findings.count
        known, person = self.buildings.get(building), self.accounts.get(account)
        if known is None:
            complain(row, "building", "is unknown; import buildings first", building)
        if person is None:
            complain(row, "account", "is unknown; import accounts first", account)
        elif (person, role) not in self.grants:
            complain(row, "role", f"was never given to {account}", role)
        check_days(self.findings, row, since, until)
        first = self.seen.setdefault((building, account, role, since), row)
        if first != row:
            complain(row, None, f"stands in row {first} already")
        if known is None or person is None or self.findings.count > faults:
            return None
        return known[0], person
