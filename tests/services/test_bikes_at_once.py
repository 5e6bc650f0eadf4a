"""One frame and fifty who register it at one moment; new keys for a million owners meanwhile."""

import json
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from backend.db import database, is_sqlite, writing
from backend.house import house
from backend.models import Bike, Ownership, PhoneCode, Tag
from backend.services import bikes, phones, rotation
from backend.services.bikes import owners
from backend.services.imports import bulk
from backend.start import start
from tests import riders, rushing, town

ROOT = Path(__file__).parents[2]
FRAME = "123422300000001"
NEW = {"DATA_KEYS": f"2:{'33' * 32}", "INDEX_KEYS": f"7:{'44' * 32}"}
BOTH = {name: f"{NEW[name]},{town.KEYS[name]}" for name in NEW}


class Other:
    """Another process on the same database."""

    def __init__(self, do: str, **asked: Any) -> None:
        values = {name: getattr(house().settings, name) for name in KNOWN}
        told = json.dumps({"do": do, "settings": {**values, **asked.pop("keys", {})}, **asked})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.rushing", told],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.line() == "ready"

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def goes(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def ends(self) -> Any:
        said, _ = self.process.communicate("\n", timeout=60)
        return json.loads(said)


KNOWN = (*town.KEYS, "DATABASE_URL", "PHOTOS", "MESSAGES")


def is_one(states: list[str]) -> None:
    assert Counter(states) == {"registered": 1, "rejected": len(states) - 1}
    living = Bike.select().where(Bike.frame_key.is_null(False))
    assert [row.state for row in living] == ["registered"]
    assert Tag.select().where(Tag.bike_id.is_null(False)).count() == 1
    assert Ownership.select().count() == len(states), "each may ask for a person"


def test_fifty_threads_and_one_frame(village):
    is_one(rushing.register({"serials": range(50), "frame": FRAME}))


def test_four_processes_and_one_frame(village):
    others = [Other("register", serials=[*range(first, 50, 4)], frame=FRAME) for first in range(4)]
    for other in others:
        other.goes()
    is_one([state for other in others for state in other.ends()])


def test_fifty_owners_of_one_offer_and_one_gets_it(village):
    token = bikes.register(riders.form(1))["token"]
    link = bikes.offer(token, "13900000001")["token"]
    papers = [riders.form(serial, phone="13900000001") for serial in range(60, 80)]

    def take(form: dict[str, Any]) -> str:
        from backend.errors import Refused

        try:
            return str(bool(bikes.accept(link, form)["token"]))
        except Refused as refusal:
            return refusal.code

    answers = rushing.at_once([lambda form=form: take(form) for form in papers])
    assert Counter(answers) == {"True": 1, "not-found": 19}
    assert Ownership.select().where(Ownership.live_key.is_null(False)).count() == 1


# --- New keys -----------------------------------------------------------------------------


def test_owners_and_codes_are_under_the_new_keys_alone(village):
    url = house().settings.DATABASE_URL
    made = [bikes.register(riders.form(serial)) for serial in range(1, 8)]
    bikes.withdraw(made[6]["token"])
    phones.ask("13800000001", "en", source="203.0.113.7")

    def people() -> list[Any]:
        links = [one["token"] for one in made[:6]]
        rows = [owners.of_token(token) for token in links]
        return [owners.opened(row) for row in rows]

    before = people()
    reopen(url, **BOTH)
    outcomes = rotation.rotate()
    assert (outcomes["ownership"].resealed, outcomes["phone-code"].resealed) == (7, 1)
    assert sum(one.broken for one in outcomes.values()) == 0
    assert sum(one.resealed for one in rotation.rotate().values()) == 0
    reopen(url, **NEW)
    assert people() == before
    for owner, one in zip(before, made[:6], strict=True):
        [found] = bikes.mine(owner.phone, riders.proof_of(owner.phone))
        assert found["token"] == one["token"]
    assert phones.prove("13800000001", riders.sent_code())
    assert PhoneCode.get().phone_index[0] == 7


def test_people_are_read_while_keys_change(village):
    rotates(3_000)


@pytest.mark.proof
def test_a_million_owners_get_new_keys_while_people_read(village):
    rotates(1_000_000)


def rotates(rows: int) -> None:
    url = house().settings.DATABASE_URL
    fill(rows)
    reopen(url, **BOTH)
    with reader(rows) as read:
        began = time.perf_counter()
        outcome = rotation.rotate()["ownership"]
        took = time.perf_counter() - began
    assert (outcome.rows, outcome.resealed, outcome.broken) == (rows, rows, 0)
    assert read["failed"] == 0
    assert read["reads"] > 0
    print(
        f"{rows:,} owners in {took:.1f} s ({rows / took:,.0f}/s), "
        f"{read['reads']:,} reads meanwhile, {read['failed']} failed"
    )
    reopen(url, **NEW)
    columns = (Ownership.sealed, Ownership.id_index, Ownership.phone_index)
    left = [row for row in Ownership.select(*columns).tuples().iterator() if not is_new(row)]
    assert left == []
    indexes = house().vault.indexes("phone", rushing.PHONE.format(rows - 1))
    last = Ownership.get(Ownership.phone_index.in_(indexes))
    opened = house().vault.open(f"ownership:{last.id}".encode(), bytes(last.sealed))
    assert opened[0] == rushing.OWNER.format(rows - 1)


def is_new(row: Any) -> bool:
    return [bytes(value)[0] for value in row] == [2, 7, 7]


@contextmanager
def reader(rows: int) -> Iterator[dict[str, int]]:
    found: dict[str, int] = {}
    other = Other("read", rows=rows, keys=BOTH)
    other.goes()
    yield found
    found.update(other.ends())


def fill(rows: int) -> None:
    vault = house().vault
    names = (
        "id", "bike_id", "live_key", "sealed", "id_index", "phone_index", "token_index",
        "language", "how", "since",
    )  # fmt: skip
    number = riders.id_number(1)
    for first in range(0, rows, 20_000):
        made = []
        for serial in range(first, min(first + 20_000, rows)):
            phone, token = rushing.PHONE.format(serial), secrets.token_bytes(32)
            who = (rushing.OWNER.format(serial), number, phone, token.hex())
            made.append(
                (
                    serial + 1, serial + 1, serial + 1,
                    vault.seal(f"ownership:{serial + 1}".encode(), *who),
                    vault.index("id_number", number), vault.index("phone", phone), token,
                    "zh_Hans", "registered", 1,
                )
            )  # fmt: skip
        with writing():
            bulk.insert(Ownership, names, made)


def reopen(url: str, **keys: str) -> None:
    database.close()
    start(town.settings(url, **keys))
    assert is_sqlite() or url.startswith("postgres")
