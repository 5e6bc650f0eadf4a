"""Workers before their buildings: each signed in, with a phone and a live visit.

Their rows are written as `sessions.sign_in` and `visits.begin` leave them, since a thousand
real sign-ins would take argon2 a minute. What they ask for is made ready as bytes.
"""

import random
import secrets
from collections.abc import Sequence

from backend import clock
from backend.config import Settings
from backend.db import Table, database, to_ms, writing
from backend.house import house
from backend.models import Account, Device, Duty, RoleGrant, Session, Visit
from backend.rules import tokens
from backend.services.imports import bulk
from backend.start import start
from bench.rows import City

ROLES = ("collector", "safety_officer", "building_head", "police_officer")
LIFE_S = 3_600  # A measurement must not depend on beats.


def scans(settings: Settings, made: City, buildings: int, workers: int) -> list[bytes]:
    """A scan by each of so many workers, each before some building, in random order."""
    start(settings)
    chance = random.Random(4403)
    numbers = [made.first + n for n in chance.choices(range(buildings), k=workers)]
    requests = _settle(made, numbers)
    database.close()
    return requests


def get(path: str, headers: str = "") -> bytes:
    """A GET as a phone sends it over a kept connection."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()


def _settle(made: City, buildings: Sequence[int]) -> list[bytes]:
    now = to_ms(clock.now())
    until, keys = now + LIFE_S * 1000, house().token_keys
    tables: dict[type[Table], tuple[tuple[str, ...], list[tuple[object, ...]]]] = {
        Account: (("id", "name", "full_name", "password_hash", "active", "area", "stamp",
                   "version", "created_at"), []),
        RoleGrant: (("account", "role", "area", "since", "granted_by"), []),
        Duty: (("building_id", "account", "role", "since"), []),
        Device: (("id", "account", "name", "sealed", "external_receiver", "enrolled_at"), []),
        Session: (("id", "account", "device", "kind", "token_hash", "created_at",
                   "expires_at"), []),
        Visit: (("id", "account_id", "device_id", "session_id", "building_id", "kind", "state",
                 "presence", "shows_people", "lat", "lon", "opened_at", "lease_until",
                 "outside_fixes", "beat_seq", "last_presence_at", "last_read_at", "evidence"), []),
    }  # fmt: skip
    first = (Account.select(Account.id).order_by(Account.id.desc()).limit(1).scalar() or 0) + 1
    requests = []
    for account, number in enumerate(buildings, first):
        role, area = ROLES[account % len(ROLES)], made.area_of(number)[0]
        device, session, visit = (secrets.token_hex(16) for _ in range(3))
        # A building head's role holds where a duty says so, the others' in an area.
        by_duty = role == "building_head"
        code, lat, lon = made.code_of(number), 22.5, 114.0
        for table, row in {
            Account: (account, f"bench{account}", "安", "-", True, area, 1, 1, now),
            RoleGrant: (account, role, None if by_duty else area, now, "bench"),
            Duty: (number, account, role, "2026-01-01"),
            Device: (device, account, "bench", b"-", False, now),
            Session: (session, account, device, "api", b"-", now, until),
            Visit: (visit, account, device, session, number, "scan", "open", "verified", True,
                    lat, lon, now, until, 0, 0, now, now, "{}"),
        }.items():  # fmt: skip
            if table is not Duty or by_duty:
                tables[table][1].append(row)
        access = tokens.issue_access(
            keys, account_id=account, session_id=session, device_id=device,
            now=clock.now(), life_s=LIFE_S,
        )  # fmt: skip
        lease = tokens.issue_lease(
            keys, account_id=account, device_id=device, visit_id=visit, building=code,
            scope=["people"], presence="verified", now=clock.now(), life_s=LIFE_S,
        )  # fmt: skip
        headers = f"Authorization: Bearer {access}\r\nVisit-Lease: {lease}\r\n"
        requests.append(get(f"/api/v1/buildings/{code}", headers))
    with writing():
        for table, (columns, rows) in tables.items():
            bulk.insert(table, columns, rows)
    return requests
