"""Reports of strangers: how many a second are taken in for good, without a photo and with one.

    reports_per_s         POST /reports: a scanned lamp, words, a phone, an Idempotency-Key
    photo_reports_per_s   the form of the lamp's page with a photo of 300 kB, likewise
    reports_vs_insert     reports_per_s / bare inserts a second, each durable on the same disk
    reports_p99_ms        of the first

Every report is another stranger's: an address of its own behind one proxy, a ticket of the tag it
scanned, one of 20,000 lamps in 74 streets, so that all pass the gate and open or join a case.
Everything is durable before the answer (synchronous=FULL; a photo's file and folder are synced).
The callers share the cores with the server; what they take is told, and not taken off.
"""

import io
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

from backend.db import database, writing
from backend.models import Area, Facility, Report, Tag
from backend.services import reports
from backend.services.imports import bulk
from backend.start import start
from bench import bare, callers, houses
from bench.callers import Rush
from bench.rows import AT, TAG_KEY
from bench.served import Served
from qr import codes

CONNECTIONS = 16
LAMPS = 20_000
PROBLEMS = ("leans", "flickers", "rust")  # As many as the gate keeps of one lamp at once.
PHOTO_BYTES = 300_000
HEAD = (
    "HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
    "X-Forwarded-For: {who}\r\nIdempotency-Key: {key}\r\n"
)


@click.command()
@click.option("--seconds", default=4.0, help="How long one rush lasts.")
@click.option("--rounds", default=3, help="How many rushes of each kind.")
def main(seconds: float, rounds: int) -> None:
    """Measure the intake."""
    with tempfile.TemporaryDirectory(prefix="gridtag-bench-") as name:
        folder = Path(name)
        made = houses.city(folder / "city.db", 100)
        settings = houses.settings_for(
            folder / "city.db",
            TRUSTED_PROXIES=1,
            PHOTOS=str(folder / "photos"),
            MESSAGES=str(folder / "messages.jsonl"),
        )
        start(settings)
        told = itertools.product(PROBLEMS, stand_lamps())
        asked = [(number, problem, *lamp) for number, (problem, lamp) in enumerate(told)]
        database.close()
        assert made.buildings
        disk = bare.inserts(folder, seconds / 2)
        with Served("mobile_api", settings) as served:
            plain, pictured = _measure(served, asked, seconds, rounds)
        _check(settings, plain, pictured)
        disk = max(disk, bare.inserts(folder, seconds / 2))
    tell("reports_per_s", median(met.per_s for met in plain), 0)
    tell("reports_p99_ms", median(met.ms(0.99) for met in plain), 1)
    tell("photo_reports_per_s", median(met.per_s for met in pictured), 0)
    tell("bare_inserts_per_s", disk, 0)
    tell("reports_vs_insert", median(met.per_s for met in plain) / disk, 3)


# --- The lamps and what is said of them ---------------------------------------------------


def stand_lamps() -> list[tuple[str, str]]:
    """Code and ticket of every lamp, in random order over the streets."""
    streets = Area.select(Area.code).where(Area.level == "community").order_by(Area.code)
    areas = [row.code for row in streets]
    keys = codes.Keys(bytes.fromhex(TAG_KEY))
    found, lamps, tags = [], [], []
    for number in range(1, LAMPS + 1):
        code = codes.mint(keys, secrets.token_bytes)
        area = areas[number * 7 % len(areas)]
        lat, lon = 22.45 + number % 400 / 1000, 113.75 + number // 400 / 1000
        cell = int(lat * 1000) * 1_000_000 + int(lon * 1000)
        lamps.append(
            (
                number,
                f"L{number}",
                "streetlight",
                area,
                lat,
                lon,
                cell,
                "路边",
                "路灯管理所",
                "{}",
                "in_use",
                1,
                AT,
            )
        )
        tags.append((code, number, "streetlight", "bound", AT, AT))
        found.append((code, reports.ticket(code)))
    with writing():
        bulk.insert(Facility, FACILITY, lamps)
        bulk.insert(Tag, TAG, tags)
    return found


Lamp = tuple[int, str, str, str]
"""What one stranger tells of: a number of their own, the problem, the lamp's code, a ticket."""

FACILITY = (
    "id", "number", "kind", "area", "lat", "lon", "cell", "address", "owner_unit",
    "facts", "state", "version", "updated_at",
)  # fmt: skip
TAG = ("code", "facility_id", "kind", "state", "minted_at", "bound_at")


def _report(lamp: Lamp) -> bytes:
    number, problem, code, ticket = lamp
    form = {
        "things": [{"tag": code}],
        "problem": problem,
        "words": f"昨晚起整条路都很暗，请尽快处理。{number}",
        "phone": f"160{number:08d}",
        "ticket": ticket,
    }
    return _post("/api/v1/reports", json.dumps(form).encode(), "application/json", number)


def plain_reports(lamps: Sequence[Lamp]) -> Iterator[bytes]:
    for lamp in lamps:
        yield _report(lamp)


def _post(path: str, body: bytes, kind: str, number: int) -> bytes:
    who = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    head = HEAD.format(who=who, key=secrets.token_hex(16))
    length = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"POST {path} {head}{length}".encode() + body


# --- Measured -----------------------------------------------------------------------------


def _measure(
    served: Served, asked: Sequence[Lamp], seconds: float, rounds: int
) -> tuple[list[Rush], list[Rush]]:
    """Rushes without and with photos, in turns, each with requests that nobody has sent."""
    share = len(asked) // (2 * rounds + 2)
    parts = [asked[n * share : (n + 1) * share] for n in range(2 * rounds + 2)]
    plain, pictured = [], []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as outside:

        def rush(what: Any, name: str) -> Rush:
            before = served.cpu_s
            met = outside.submit(
                callers.rush, served.port, what, CONNECTIONS, seconds, b"HTTP/1.1 201"
            ).result()
            tell_rush(name, met, served.cpu_s - before)
            return met

        rush(partial(plain_reports, parts.pop()), "warm")
        parts.pop()
        for _ in range(rounds):
            plain.append(rush(partial(plain_reports, parts.pop()), "reports"))
            pictured.append(rush(partial(_pictured, parts.pop()), "reports with a photo"))
    return plain, pictured


def _pictured(lamps: Sequence[Lamp]) -> Iterator[bytes]:
    """The form of the lamp's page, as a phone with script sends it."""
    photo = _photo()
    for number, problem, code, ticket in lamps:
        fields = {
            "problem": problem,
            "words": f"昨晚起整条路都很暗，请尽快处理。{number}",
            "phone": f"160{number:08d}",
            "ticket": ticket,
            "once": secrets.token_hex(12),
            "can_work": "1",
        }
        parts = [PART.format(name=f'"{name}"') + f"{value}\r\n" for name, value in fields.items()]
        parts.append(PART.format(name='"photo"; filename="photo.jpg"'))
        # Every photo is another: its number stands behind its end.
        body = "".join(parts).encode() + photo + b"%09d" % number + END
        yield _post(f"/{code}/reports", body, f"multipart/form-data; boundary={FENCE}", number)


FENCE = "--------------------------bench"
PART = f"--{FENCE}\r\nContent-Disposition: form-data; name={{name}}\r\n\r\n"
END = f"\r\n--{FENCE}--\r\n".encode()


def _photo() -> bytes:
    """A JPEG of 300 kB with the grain of a night shot."""
    from PIL import Image

    file = io.BytesIO()
    Image.effect_noise((760, 570), 60).convert("RGB").save(file, "JPEG", quality=82)
    photo = file.getvalue()
    missing = PHOTO_BYTES - len(photo)
    comments = b""
    while missing > 4:
        size = min(60_000, missing)
        comments += b"\xff\xfe" + (size - 2).to_bytes(2, "big") + secrets.token_bytes(size - 4)
        missing -= size
    return photo[:2] + comments + photo[2:]


def _check(settings: Any, plain: Sequence[Rush], pictured: Sequence[Rush]) -> None:
    """That what was counted is there."""
    start(settings)
    promised = sum(len(met.times) for met in (*plain, *pictured))
    kept = Report.select().count()
    database.close()
    if any(met.refused for met in (*plain, *pictured)):
        raise SystemExit(f"Some were refused: {[met.first[:300] for met in (*plain, *pictured)]}")
    if kept < promised:
        raise SystemExit(f"{promised} reports were promised, {kept} are there.")


def tell(name: str, value: float, digits: int) -> None:
    print(f"{name} {value:.{digits}f}", flush=True)


def tell_rush(name: str, met: Rush, cpu_s: float) -> None:
    each = max(1, len(met.times))
    print(
        f"# {name}: {met.per_s:.0f}/s, p50 {met.ms(0.5):.1f} ms, p99 {met.ms(0.99):.1f} ms, server "
        f"{cpu_s / each * 1e6:.0f} us, caller {met.cpu_s / each * 1e6:.0f} us of CPU each",
        file=sys.stderr,
        flush=True,
    )
