"""From a stranger's report to the unit: how many cases a second, and how late the latest is.

    cases_per_s      reports taken in and sent on, by the clock of the last of them
    cases_vs_insert  that / bare inserts a second, each durable on the same disk
    dispatch_p99_s   from the case's opening to its dispatch, by the steps themselves

Servers and keeper run as `make run` starts them. Every report is of another lamp, whose owner is a
unit, so that each opens a case and a rule finds its unit; the callers share the two cores.
"""

import itertools
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from backend.db import database
from backend.models import Area, Case, CaseStep, Unit
from backend.start import start
from bench import bare, callers, houses
from bench.callers import Rush
from bench.reports import (
    CONNECTIONS,
    PROBLEMS,
    Lamp,
    plain_reports,
    stand_lamps,
    tell,
    tell_rush,
)
from bench.served import Served

PATIENCE_S = 120
OWNER = "路灯管理所"


def measure(folder: Path, seconds: float, rounds: int) -> None:
    """Print the figures of intake and dispatch."""
    houses.city(folder / "city.db", 100)
    settings = houses.settings_for(
        folder / "city.db", TRUSTED_PROXIES=1, MESSAGES=str(folder / "messages.jsonl")
    )
    start(settings)
    whole = Area.select().where(Area.parent.is_null()).get().path
    Unit.create(code="LD", name=OWNER, level="district", area_path=whole)
    told = itertools.product(PROBLEMS, stand_lamps())
    asked = [(number, problem, *lamp) for number, (problem, lamp) in enumerate(told)]
    share = len(asked) // (rounds + 1)
    parts = [asked[n * share : (n + 1) * share] for n in range(rounds + 1)]
    disk = bare.inserts(folder, seconds / 2)
    rates = []
    with (
        Served("mobile_api", settings) as served,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as outside,
    ):
        for which, part in enumerate(parts):
            rate = _round(served, outside, part, seconds / 2 if which == 0 else seconds)
            rates += [rate] if which else []
    disk = max(disk, bare.inserts(folder, seconds / 2))
    waits = _waits()
    database.close()
    tell("cases_per_s", median(rates), 0)
    tell("dispatch_p99_s", waits[int(len(waits) * 0.99)], 2)
    tell("cases_vs_insert", median(rates) / disk, 3)


def _round(
    served: Served, outside: ProcessPoolExecutor, lamps: list[Lamp], seconds: float
) -> float:
    """Cases a second from the first report until the last case is at its unit."""
    before, begun = _sent(), time.perf_counter()
    cpu_s = served.cpu_s
    met: Rush = outside.submit(
        callers.rush,
        served.port,
        partial(plain_reports, lamps),
        CONNECTIONS,
        seconds,
        b"HTTP/1.1 201",
    ).result()
    if met.refused:
        raise SystemExit(f"Some were refused: {met.first[:300]!r}")
    while _sent() - before < len(met.times):
        if time.perf_counter() - begun > PATIENCE_S:
            raise SystemExit(f"{_sent() - before} of {len(met.times)} cases are at a unit.")
        time.sleep(0.02)
    took = time.perf_counter() - begun
    tell_rush(f"cases, all sent on after {took:.1f} s", met, served.cpu_s - cpu_s)
    return len(met.times) / took


def _sent() -> int:
    return int(Case.select().where(Case.state == "dispatched").count())


def _waits() -> list[float]:
    """Seconds from opening to dispatch, the shortest first."""
    sent: Any = (
        CaseStep.select(Case.opened_at, CaseStep.at)
        .join(Case, on=(Case.id == CaseStep.case_id))
        .where(CaseStep.action == "dispatch")
    )
    return sorted((at - opened).total_seconds() for opened, at in sent.tuples())
