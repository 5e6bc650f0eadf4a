"""From the report to its unit: seconds by the wall clock, with servers and a keeper."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.db import database, to_ms, writing
from backend.models import Case, CaseStep, Facility, Tag
from backend.services import cases, places, reports
from backend.services.imports import bulk
from backend.start import start
from fixtures.guangming import generate
from qr import codes
from tests import databases, guangming, town
from tests.crash.flood import Caller
from tests.crash.servers import Servers

THREADS = 8
OWNER = "光明区路灯管理所"


@pytest.mark.proof
@pytest.mark.parametrize("restarts", [0, 5])
def test_p99_of_3000_reports_is_at_its_unit_in_two_seconds(tmp_path, capsys, restarts):
    """One hundred a second for half a minute; then with the keeper killed five times."""
    waits = told(tmp_path, count=3_000, seconds=30, restarts=restarts)
    p50, p99, longest = (waits[int(len(waits) * share)] for share in (0.5, 0.99, 0.9999))
    with capsys.disabled():
        print(f"\n{len(waits)} dispatched, {restarts} restarts: ", end="")
        print(f"p50 {p50:.2f} s, p99 {p99:.2f} s, longest {longest:.2f} s")
    assert p99 <= 2.0 or restarts


def told(folder: Path, *, count: int, seconds: float, restarts: int) -> list[float]:
    """Seconds from each report to its dispatch, in order. None is lost, none is sent twice."""
    url = databases.fresh_sqlite(guangming.build, folder)
    start(town.settings(url))
    lamps = hung(count)
    database.close()
    with Servers(url, folder, TRUSTED_PROXIES=1) as servers:
        with ThreadPoolExecutor(THREADS + 1) as threads:
            pours = [
                threads.submit(pour, servers.port, lamps, first, seconds)
                for first in range(THREADS)
            ]
            threads.submit(interrupted, servers, seconds, restarts).result()
            assert sum(each.result() for each in pours) == count
        start(town.settings(url))
        settled()
    return measured(count)


def hung(count: int) -> list[tuple[str, str]]:
    """Lamps all over the district with a tag each: the code, and a ticket for one report."""
    known, areas = guangming.paths(), [str(row[0]) for row in generate.grids()]
    keys = codes.Keys(bytes.fromhex(town.KEYS["TAG_KEYS"].partition(":")[2]))
    now, found, lamps, tags = to_ms(guangming.noon("2026-11-01")), [], [], []
    assert set(areas) <= known.keys()
    for number in range(1, count + 1):
        lat, lon = 22.60 + number % 100 / 500, 113.80 + number // 100 / 500
        where = (areas[number % len(areas)], lat, lon, places.cell_of(lat, lon))
        lamps.append((number, f"L{number}", "streetlight", *where, OWNER, "{}", "in_use", 1, now))
        code = codes.mint(keys, secrets.token_bytes)
        tags.append((code, number, "streetlight", "bound", now, now))
        found.append((code, reports.ticket(code)))
    with writing():
        bulk.insert(Facility, FACILITY, lamps)
        bulk.insert(Tag, TAG, tags)
    return found


FACILITY = (
    "id", "number", "kind", "area", "lat", "lon", "cell", "owner_unit", "facts", "state",
    "version", "updated_at",
)  # fmt: skip
TAG = ("code", "facility_id", "kind", "state", "minted_at", "bound_at")


def pour(port: int, lamps: list[tuple[str, str]], first: int, seconds: float) -> int:
    """Every eighth lamp's report at its time; how many were taken."""
    began, taken = time.monotonic(), 0
    with Caller(port) as caller:
        for number in range(first, len(lamps), THREADS):
            time.sleep(max(0.0, began + seconds * number / len(lamps) - time.monotonic()))
            code, ticket = lamps[number]
            form = {"things": [{"tag": code}], "problem": "rust", "ticket": ticket}
            who = f"10.{number // 60_000}.{number // 250 % 250}.{number % 250}"
            status, _ = caller.posts("/reports", form, who)
            taken += status == 201
    return taken


def interrupted(servers: Servers, seconds: float, restarts: int) -> None:
    """The keeper dies where it stands, and is started again."""
    for _ in range(restarts):
        time.sleep(seconds / (restarts + 1))
        servers.kill(["keeper"])
        servers.start()


def settled() -> None:
    """Until nobody waits for the machine any more."""
    until = time.monotonic() + 60
    while cases.waiting_figures()["cases"]:
        assert time.monotonic() < until, "cases wait for a minute"
        time.sleep(0.2)


def measured(count: int) -> list[float]:
    rows = CaseStep.select(CaseStep.case_id, CaseStep.at, Case.opened_at).join(
        Case, on=(Case.id == CaseStep.case_id)
    )
    found = list(rows.where(CaseStep.action == "dispatch").tuples())
    assert len({case_id for case_id, *_ in found}) == len(found) > count * 0.9
    sent = Case.select().where(Case.state == "dispatched", Case.unit == "GM-ZM").count()
    # Of so many at once the gate doubts a few: a person looks first, and the desk has them.
    doubted = Case.select().where(Case.state == "received", Case.unit.endswith("-FB")).count()
    assert (sent, sent + doubted) == (len(found), count)
    database.close()
    return sorted((to_ms(at) - to_ms(opened_at)) / 1000 for _, at, opened_at in found)
