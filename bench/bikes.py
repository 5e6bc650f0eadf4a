"""E-bikes: how many registrations a second are judged, sealed and given their code for good.

    registrations_per_s      POST /bikes of strangers with a proved phone, under an Idempotency-Key
    registrations_vs_insert  the same / bare inserts a second, each durable on the same disk
    registrations_p99_ms     of the first

Every registration is another person's, another frame's and another phone's, so that all rules pass
and every one is registered: a row of the bike, one of its owner (four values sealed, three
indexes), a step, a code. All is durable before the answer.
"""

import json
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import click

from backend.db import database, writing
from backend.models import Area, Bike, Ownership, Tag
from backend.services import phones
from backend.start import start
from bench import bare, callers, houses
from bench.callers import Rush
from bench.reports import tell, tell_rush
from bench.served import Served

CONNECTIONS = 16
MOST_PER_S = 1_500  # More than this house can: so many are made ready.
HEAD = (
    "POST /api/v1/bikes HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
    "X-Forwarded-For: {who}\r\nIdempotency-Key: {key}\r\n"
    "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
)
COLOURS = ("black", "white", "red", "blue", "green")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@click.command()
@click.option("--seconds", default=4.0, help="How long one rush lasts.")
@click.option("--rounds", default=3, help="How many rushes.")
def main(seconds: float, rounds: int) -> None:
    """Measure registrations."""
    with tempfile.TemporaryDirectory(prefix="gridtag-bench-") as name:
        folder = Path(name)
        houses.city(folder / "city.db", 100)
        settings = houses.settings_for(
            folder / "city.db", TRUSTED_PROXIES=1, MESSAGES=str(folder / "messages.jsonl")
        )
        start(settings)
        areas = _served_areas()
        share = int(seconds * MOST_PER_S)
        asked = [
            [_form(number, areas) for number in range(first, first + share)]
            for first in range(0, share * (rounds + 1), share)
        ]
        database.close()
        disk = bare.inserts(folder, seconds / 2)
        with Served("mobile_api", settings) as served:
            met = _measure(served, asked, seconds)
        _check(settings, met)
        disk = max(disk, bare.inserts(folder, seconds / 2))
    tell("registrations_per_s", median(one.per_s for one in met[1:]), 0)
    tell("registrations_p99_ms", median(one.ms(0.99) for one in met[1:]), 1)
    tell("bare_inserts_per_s", disk, 0)
    tell("registrations_vs_insert", median(one.per_s for one in met[1:]) / disk, 3)


def _served_areas() -> list[str]:
    """The communities of the district whose residents register here."""
    rows = Area.select(Area.code).where(Area.level == "community").order_by(Area.code)
    found = [row.code for row in rows if row.code.startswith("440304")]
    if not found:
        with writing():
            city = Area.create(code="440304", name="福田区", level="district", path="4403/440304")
        found = [city.code]
    return found


def _form(number: int, areas: Sequence[str]) -> bytes:
    phone = f"160{number:08d}"
    form = {
        "name": f"何小燕{number}",
        "id_number": _id_number(number),
        "phone": phone,
        "proof": phones.proof_for(phone),
        "area": areas[number % len(areas)],
        "brand": "雅迪",
        "colour": COLOURS[number % len(COLOURS)],
        "frame": f"1234223{number:08d}",
    }
    body = json.dumps(form).encode()
    who = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    head = HEAD.format(who=who, key=secrets.token_hex(16), length=len(body))
    return head.encode() + body


def _id_number(number: int) -> str:
    """An invented person's: county 440399, born in the sixties to the nineties."""
    born, order = divmod(number, 1_000)
    year, day = divmod(born, 336)
    month, date = divmod(day, 28)
    stem = f"440399{1960 + year % 40}{month + 1:02d}{date + 1:02d}{order:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, stem, strict=True))
    return stem + "10X98765432"[total % 11]


def _measure(served: Served, asked: Sequence[Sequence[bytes]], seconds: float) -> list[Rush]:
    met = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as outside:
        for forms in asked:
            before = served.cpu_s
            one = outside.submit(
                callers.rush, served.port, partial(_each, forms), CONNECTIONS, seconds,
                b"HTTP/1.1 201",
            ).result()  # fmt: skip
            tell_rush("registrations" if met else "warm", one, served.cpu_s - before)
            met.append(one)
    return met


def _each(forms: Sequence[bytes]) -> Iterator[bytes]:
    yield from forms


def _check(settings: Any, met: Sequence[Rush]) -> None:
    """That what was counted is there: registered, owned and with a code."""
    start(settings)
    promised = sum(len(one.times) for one in met)
    kept = Bike.select().where(Bike.state == "registered").count()
    owned = Ownership.select().where(Ownership.live_key.is_null(False)).count()
    coded = Tag.select().where(Tag.bike_id.is_null(False)).count()
    database.close()
    if any(one.refused for one in met):
        raise SystemExit(f"Some were refused: {[one.first[:400] for one in met]}")
    if min(kept, owned, coded) < promised:
        raise SystemExit(f"{promised} were promised; {kept} bikes, {owned} owners, {coded} codes.")
