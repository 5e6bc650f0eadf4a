"""Owners who share what nobody else has: nothing that leaves the house, or lies in it, tells them.

Names hold 丝雀, ID numbers one birthday, phones one beginning (tests.api.canaries):
a single one too many is found, whoever it is.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from backend.db import database, is_sqlite
from backend.errors import Refused
from backend.house import house
from backend.models import TABLES, Bike
from backend.services import bikes, phones, shifts, tags
from backend.services.bikes import fleets, owners, statistics
from qr import codes
from tests import riders
from tests.api.canaries import BORN, NAME, PHONE, found_in, id_number
from tests.services.test_bikes_looking_up import CASE, officer

AREA = "440304004028"


def planted(count: int) -> list[dict[str, Any]]:
    return [
        {
            **bikes.register(
                riders.form(
                    serial, name=f"金{NAME}{serial}", id_number=id_number(serial),
                    phone=f"{PHONE}{serial:03d}",
                )
            ),
            "frame": f"12342230000{serial:04d}",
        }
        for serial in range(count)
    ]  # fmt: skip


def told(owners: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Everything that goes to somebody who is neither the owner nor an officer who looks it up."""
    zhao, du = officer(), officer(931, "supervisor", "4403/440304/440304004")
    shifts.begin(by=zhao)
    for owner in owners:
        yield "a scan", tags.face(owner["code"])
        yield "a worker's scan", tags.face(owner["code"], by=zhao)
    first = owners[0]
    bikes.look_up({"code": first["code"], **CASE, "delay_days": 5, "words": "侦查"}, by=zhao)
    bikes.cry_theft(first["token"], {"words": "在地铁口"})
    bikes.seen(first["code"], "203.0.113.9")
    yield "the stolen", bikes.stolen(by=zhao)
    yield "a search", bikes.search({"brand": "雅迪", "colour": "blue", **CASE}, by=zhao)
    yield "the delays", bikes.delays(by=du)
    yield "figures", list(statistics.as_csv(statistics.lines()))
    offer = bikes.offer(owners[1]["token"], "13900000001")["token"]
    yield "an offer", bikes.offered(offer)
    bikes.accept(offer, riders.form(990, phone="13900000001"))
    yield "what the one before reads", bikes.show(owners[1]["token"])
    for name, act in refusals(owners, zhao):
        with pytest.raises(Refused) as caught:
            act()
        yield f"refused: {name}", [str(caught.value), repr(caught.value.facts)]


def refusals(owners: list[dict[str, Any]], by: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Noes that might repeat what is known, or what was typed."""
    known = owners[2]
    mine = {"name": f"金{NAME}", "id_number": id_number(2), "phone": f"{PHONE}002"}
    yield "not proved", lambda: bikes.register({**riders.form(2), **mine, "proof": "x"})
    yield "a bad form", lambda: bikes.register({**riders.form(2), **mine, "colour": "sky"})
    yield "a bad number", lambda: bikes.register({**riders.form(2), "id_number": f"440399{BORN}"})
    yield "a wrong code", lambda: phones.prove(f"{PHONE}002", "000000")
    yield "not theirs", lambda: bikes.mine(f"{PHONE}002", "x")
    yield "no case", lambda: bikes.look_up({"code": known["code"], "reason": "theft"}, by=by)
    yield (
        "two things",
        lambda: bikes.look_up({"code": known["code"], "frame": known["frame"], **CASE}, by=by),
    )
    yield (
        "elsewhere",
        lambda: bikes.look_up(
            {"code": known["code"], **CASE}, by=on_duty(officer(932, area="4403/440305"))
        ),
    )
    yield "no fleet", lambda: fleets.plates("NONE", by=by)


def on_duty(by: Any) -> Any:
    shifts.begin(by=by)
    return by


def leaks(count: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    owners = planted(count)
    caplog.clear()  # What sends a code to a phone is not asked here.
    for name, said in told(owners):
        text = json.dumps(said, default=str, ensure_ascii=False)
        assert found_in(text) == [], name
        assert owners[0]["token"] not in text, name
    assert found_in(caplog.text) == []
    for place, text in kept():
        assert found_in(text) == [], place


def kept() -> Iterator[tuple[str, str]]:
    """Everything that lies in the database: rows, and on SQLite the bytes of file and backup."""
    for table in TABLES:
        name = table._meta.table_name
        rows = database.execute_sql(f'SELECT * FROM "{name}"').fetchall()
        yield (
            name,
            "\n".join(
                "".join(
                    value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                    for value in (bytes(one) if isinstance(one, memoryview) else one for one in row)
                )
                for row in rows
            ),
        )
    if is_sqlite():
        path = Path(house().settings.DATABASE_URL.removeprefix("sqlite:///"))
        copy = path.with_suffix(".backup")
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        for file in (path, Path(f"{path}-wal"), copy):
            yield file.name, file.read_bytes().decode(errors="replace")


def test_nothing_tells_an_owner(village, caplog):
    leaks(12, caplog)


@pytest.mark.proof
def test_nothing_tells_any_of_three_hundred_owners(village, caplog):
    leaks(300, caplog)


def test_the_search_itself_would_find_one(village):
    [one] = planted(1)
    own = owners.opened(owners.of_bike(Bike.get().id))
    assert set(found_in(json.dumps(own, default=str, ensure_ascii=False))) == {
        "name", "id_number", "phone",
    }  # fmt: skip
    page = json.dumps(bikes.show(one["token"]), default=str, ensure_ascii=False)
    assert set(found_in(page)) == {"name"}


def test_guesses_of_codes_and_links_are_all_answered_alike(village):
    planted(3)
    other = codes.Keys(bytes(32))
    faces = set()
    for number in range(500):
        code = codes.mint(other, lambda size, number=number: number.to_bytes(size, "big"))
        face = tags.face(code)
        faces.add(json.dumps({**face, "code": None, "shown": None}, default=str))
        with pytest.raises(Refused) as caught:
            bikes.show(f"{number:022d}")
        assert (caught.value.code, caught.value.facts) == ("not-found", {"noun": "bike"})
    assert len(faces) == 1
