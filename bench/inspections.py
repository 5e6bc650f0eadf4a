"""Inspections of workers: how many a second are taken in for good, and what a crowd meets.

    inspections_per_s    POST /inspections: 30 answers of a shop each, every rule run again
    inspections_p99_ms   of those
    failures_at_500      refused or broken among 500 connections at once: none may be
    long_form_per_s      a form of 250 questions, a tenth of them with rules, 25 choices

Each inspection is another one (its own uuid), of one of a thousand shops, by one of sixteen
workers; its line on the trail, the grade, the patrol that it was and the next one are in the same
durable commit (synchronous=FULL). The callers share the cores with the server.
"""

import itertools
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import click

from backend import clock
from backend.actor import SYSTEM
from backend.db import database, writing
from backend.models import (
    Account,
    Area,
    Building,
    Grade,
    Inspection,
    PatrolTask,
    RoleGrant,
    SmallPlace,
    keys,
)
from backend.services import inspections
from backend.services.accounts import sessions
from backend.start import start
from bench import callers, houses
from bench.callers import Rush
from bench.served import Served

CONNECTIONS, CROWD = 16, 500
WORKERS, SHOPS = 16, 1_000
ANSWERS, LONG = 30, 250
HEAD = (
    "HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer {token}\r\n"
)
PLACE = {"crs": "wgs84", "accuracy_m": 12, "age_ms": 800, "provider": "gps", "is_mock": False}


@click.command()
@click.option("--seconds", default=4.0, help="How long one rush lasts.")
@click.option("--rounds", default=3, help="How many rushes of each kind.")
def main(seconds: float, rounds: int) -> None:
    """Measure how inspections come in."""
    with tempfile.TemporaryDirectory(prefix="gridtag-bench-") as name:
        folder = Path(name)
        houses.city(folder / "city.db", 100)
        settings = houses.settings_for(folder / "city.db", PHOTOS=str(folder / "photos"))
        start(settings)
        shops, tokens = _shops(), _workers()
        for document in (_form("bench", ANSWERS), _form("bench_long", LONG)):
            inspections.publishing.publish(document, by=SYSTEM)
        database.close()
        with Served("mobile_api", settings) as served:
            plain, crowd, long = _measure(served, shops, tokens, seconds, rounds)
        _check(settings, [*plain, crowd, *long])
    _tell("inspections_per_s", median(met.per_s for met in plain), 0)
    _tell("inspections_p99_ms", median(met.ms(0.99) for met in plain), 1)
    _tell("failures_at_500", crowd.refused, 0)
    _tell("long_form_per_s", median(met.per_s for met in long), 0)


# --- The shops, the workers, the forms ----------------------------------------------------

Shop = tuple[str, float, float]


def _shops() -> list[Shop]:
    """Ten small places in each of a hundred houses, graded and planned as they would be."""
    found = []
    with writing():
        for house in list(Building.select().order_by(Building.id).limit(SHOPS // 10)):
            for serial in range(1, 11):
                key = f"B{house.id}-{serial}"
                SmallPlace.create(
                    id=keys.first(house.id) + serial, key=key, name=f"店{serial}", kind="shop"
                )
                found.append((f"place:{key}", house.lat, house.lon))
    inspections.enrol()
    with writing():
        # The forms measured here count as the patrol, as the shipped one does.
        PatrolTask.update(form="bench").execute()
    assert Grade.select().where(Grade.subject.startswith("place:")).count() == SHOPS
    return found


def _workers() -> list[str]:
    """Tokens of workers who may inspect anywhere."""
    top = Area.select().where(Area.parent.is_null()).first()
    password, found = secrets.token_urlsafe(12), []
    for number in range(WORKERS):
        person = Account.create(
            name=f"bench{number}",
            full_name="bench",
            password_hash=sessions.hash_password(password),
            created_at=clock.now(),
        )
        RoleGrant.create(
            account=person, role="safety_officer", area=top, since=clock.now(), granted_by="bench"
        )
        tokens = sessions.sign_in(person.name, password, device_id=None, source="127.0.0.1")
        found.append(tokens.access_token)
    return found


def _form(code: str, count: int) -> dict[str, Any]:
    """Checks for the most part; in the long one numbers, choices and rules between them."""
    items: list[dict[str, Any]] = [{"code": f"q{n}", "zh": f"第{n}项"} for n in range(count)]
    if count > 100:
        choices = [{"code": f"c{n}", "zh": f"选{n}"} for n in range(8)]
        for n in range(5, count, 10):
            items[n] |= {"type": "whole", "constraint": ". >= 0 and . <= 99"}
            items[n + 1] |= {"relevant": f"${{q{n}}} > 3"}
        for n in range(8, count, 10):
            items[n] |= {"type": "choice", "choices": choices}
    return {"code": code, "subject": "small_place", "zh": "压测表", "items": items}


def _answers(count: int) -> dict[str, Any]:
    found: dict[str, Any] = {f"q{n}": "ok" for n in range(count)}
    if count > 100:
        found |= {f"q{n}": 7 for n in range(5, count, 10)}
        found |= {f"q{n}": "c3" for n in range(8, count, 10)}
    return found


def _requests(
    shops: Sequence[Shop], tokens: Sequence[str], form: str, count: int
) -> Iterator[bytes]:
    """One inspection after the other, each with a uuid that nobody has drawn before."""
    answers = _answers(count)
    for shop, token in zip(itertools.cycle(shops), itertools.cycle(tokens)):
        subject, lat, lon = shop
        body = json.dumps(
            {
                "uuid": secrets.token_hex(16),
                "subject": subject,
                "form": form,
                "version": 1,
                "fix": {**PLACE, "lat": lat, "lon": lon},
                "answers": answers,
            }
        ).encode()
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        yield f"POST /api/v1/inspections {HEAD.format(token=token)}{length}".encode() + body


# --- Measured -----------------------------------------------------------------------------


def _measure(
    served: Served, shops: list[Shop], tokens: list[str], seconds: float, rounds: int
) -> tuple[list[Rush], Rush, list[Rush]]:
    plain, long = [], []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as outside:

        def rush(form: str, count: int, connections: int, name: str) -> Rush:
            before = served.cpu_s
            what = partial(_requests, shops, tokens, form, count)
            met = outside.submit(
                callers.rush, served.port, what, connections, seconds, b"HTTP/1.1 201"
            ).result()
            _told(name, met, served.cpu_s - before)
            return met

        rush("bench", ANSWERS, CONNECTIONS, "warm")
        for _ in range(rounds):
            plain.append(rush("bench", ANSWERS, CONNECTIONS, f"{ANSWERS} answers"))
            long.append(rush("bench_long", LONG, CONNECTIONS, f"{LONG} questions"))
        crowd = rush("bench", ANSWERS, CROWD, f"{CROWD} connections")
    return plain, crowd, long


def _check(settings: Any, met: Sequence[Rush]) -> None:
    """That what was counted is there, and that nobody was sent away."""
    start(settings)
    promised, kept = sum(len(one.times) for one in met), Inspection.select().count()
    database.close()
    if any(one.refused for one in met):
        print(f"Some were refused: {[one.first[:300] for one in met]}", file=sys.stderr)
    if kept < promised:
        raise SystemExit(f"{promised} inspections were promised, {kept} are there.")


def _tell(name: str, value: float, digits: int) -> None:
    print(f"{name} {value:.{digits}f}", flush=True)


def _told(name: str, met: Rush, cpu_s: float) -> None:
    each = max(1, len(met.times))
    print(
        f"# {name}: {met.per_s:.0f}/s, p50 {met.ms(0.5):.1f} ms, p99 {met.ms(0.99):.1f} ms, server "
        f"{cpu_s / each * 1e6:.0f} us, caller {met.cpu_s / each * 1e6:.0f} us of CPU each",
        file=sys.stderr,
        flush=True,
    )
