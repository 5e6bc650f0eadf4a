"""Cases: how many a second come to their unit; how quickly the board of a million opens.

    cases_per_s, dispatch_p99_s, cases_vs_insert    see bench/dispatched.py
    board_ms_1m           GET /board of a city's and of a street's supervisor in turns, p95, ms
    board_p50_ms_1m       likewise, p50
    board_cases_ms_1m     GET /board/cases, the list behind its largest numbers, p95

The figures are first proved against the steps on a sample. The keeper runs meanwhile, as it does.
"""

import random
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from backend import clock
from backend.config import Settings
from backend.db import database, to_ms, writing
from backend.house import house
from backend.models import Account, Case, Device, RoleGrant, Session
from backend.rules import tokens
from backend.services import migrations
from backend.services.figures import made
from backend.start import start
from bench import dispatched, houses, past
from bench.served import Served
from bench.workers import get

PAGE = "Accept: text/html\r\n"
CITY, STREET = "4403", "440304004"
LISTS = ("count=received", "count=owed&lacks=kept", "why=any", "count=closed&period=year")
LIFE_S = 36_000
RUSHES = 3


@click.command()
@click.option("--cases", default=1_000_000, help="How many there are.")
@click.option("--rounds", default=20, help="How often each board is opened.")
@click.option("--seconds", default=4.0, help="How long one rush of reports lasts.")
def main(cases: int, rounds: int, seconds: float) -> None:
    """Measure intake and dispatch, then the board."""
    with tempfile.TemporaryDirectory(prefix="gridtag-bench-") as name:
        dispatched.measure(Path(name), seconds, RUSHES)
    with tempfile.TemporaryDirectory(prefix="gridtag-bench-") as name:
        settings = _filled(Path(name) / "city.db", cases)
        boards = {area: _signed_in(area) for area in (CITY, STREET)}
        database.close()
        with Served("mobile_api", settings) as served:
            _measure(served.port, boards, rounds)


def _filled(path: Path, cases: int) -> Settings:
    settings = houses.settings_for(path)
    start(settings)
    migrations.migrate()
    for kind, file in houses.load.FILES[:3]:  # Areas and classes.
        houses.load.import_one(kind, file)
    past.fill(cases)
    _prove(cases)
    return settings


def _prove(cases: int, sample: int = 2_000) -> None:
    """That the facts of some cases are what their steps say."""
    wanted = random.Random(3).sample(range(1, cases + 1), min(sample, cases))
    for first in range(0, len(wanted), 200):
        some = wanted[first : first + 200]
        if set(made.made_facts(some)) != set(made.stored_facts(some)):
            raise SystemExit("The figures are not what the steps say.")
    open_ones = Case.select().where(Case.closed_at.is_null()).count()
    print(f"# {open_ones:,} of {cases:,} are open", file=sys.stderr, flush=True)


def _signed_in(area: str) -> str:
    """A supervisor of an area: the header that says so."""
    now = to_ms(clock.now())
    device, session = (secrets.token_hex(16) for _ in range(2))
    with writing():
        account = Account.create(
            name=f"du{area}", full_name="杜", password_hash="-", area=area, created_at=now
        )
        RoleGrant.create(
            account=account, role="supervisor", area=area, since=now, granted_by="bench"
        )
        Device.create(
            id=device, account=account, name="bench", sealed=b"-", enrolled_at=now,
            external_receiver=False,
        )  # fmt: skip
        Session.create(
            id=session, account=account, device=device, kind="api", token_hash=b"-",
            created_at=now, expires_at=now + LIFE_S * 1000,
        )  # fmt: skip
    access = tokens.issue_access(
        house().token_keys, account_id=account.id, session_id=session, device_id=device,
        now=clock.now(), life_s=LIFE_S,
    )  # fmt: skip
    return f"Authorization: Bearer {access}\r\n"


def _measure(port: int, boards: dict[str, str], rounds: int) -> None:
    times: dict[str, list[float]] = {area: [] for area in boards}
    lists: list[float] = []
    for number in range(rounds):
        for area, header in boards.items():
            times[area].append(_asked(port, get("/board", header + PAGE)))
            which = LISTS[number % len(LISTS)]
            lists.append(_asked(port, get(f"/board/cases?{which}", header + PAGE)))
    for area, header in boards.items():
        _told(f"board of {area}", times[area])
        _told(f"year of {area}", [_asked(port, get("/board?period=year", header + PAGE))])
        by_class = get("/board?by=class&unit=S440304004&channel=scan", header + PAGE)
        _told(f"two filters in {area}", [_asked(port, by_class)])
    _told("lists", lists)
    every = [one for mine in times.values() for one in mine]
    _tell("board_ms_1m", _share(every, 0.95))
    _tell("board_p50_ms_1m", _share(every, 0.5))
    _tell("board_cases_ms_1m", _share(lists, 0.95))


def _asked(port: int, request: bytes) -> float:
    """Seconds until the whole page is there."""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
        line.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = bytearray()
        while part := line.recv(65_536):
            answer += part
    if not answer.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"No board: {bytes(answer[:600]).decode(errors='replace')}")
    return time.perf_counter() - began


def _share(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def _tell(name: str, value: float) -> None:
    print(f"{name} {value:.0f}", flush=True)


def _told(name: str, times: Sequence[float]) -> None:
    print(
        f"# {name}: p50 {_share(times, 0.5):.0f} ms, p95 {_share(times, 0.95):.0f} ms",
        file=sys.stderr,
        flush=True,
    )
