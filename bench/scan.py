"""The building scan: how fast, against a route that does nothing, and how it grows.

    scan_vs_trivial      scans a second / requests a second of a bare Flask route, same server
    scans_per_s          16 connections, the server's default settings
    scan_p99_ms          likewise
    scan_growth          median time of a scan in a city / in one of a hundredth of it
    import_vs_raw        see bench/imports.py
    slow_clients_p99_ms  GET while 200 uploads drip in

A scan is GET /buildings/{code} with a token and a lease: permission, 20 rooms, 40 residents,
5 firms, each role's masks, and the trail's line durable before the answer. A thousand workers,
each before some house, ask in random order, so that a token is read a few times, as in life.
What is compared takes turns (A B B A), and medians are told. The callers share the cores with
the server: `scan_vs_trivial` takes their processor time off the trivial route's seconds, and
not off the scan's, so that it is if anything too small.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import click

from backend.config import Settings
from bench import callers, houses, imports, workers
from bench.callers import Rush
from bench.houses import Made
from bench.served import Served

CONNECTIONS = 16
WORKERS = 1_000
CORES = Settings().PROCESSES

SLOW = 200  # Uploads held open.


@cache
def outside() -> ProcessPoolExecutor:
    """Two processes of their own: for those who call and those who drip."""
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@dataclass
class Side:
    """One of two servers that are compared: what it is asked, and what came of it."""

    name: str
    served: Served
    requests: Sequence[bytes]
    seconds: float
    rushes: list[Rush]

    def rush(self, seconds: float | None = None, connections: int = CONNECTIONS) -> Rush:
        before = self.served.cpu_s
        job = outside().submit(
            callers.rush, self.served.port, self.requests, connections, seconds or self.seconds
        )
        met = job.result()
        cpu_us = (self.served.cpu_s - before) / len(met.times) * 1e6
        told(
            f"{self.name}: {met.per_s:.0f}/s, p50 {met.ms(0.5):.1f} ms, p99 {met.ms(0.99):.1f} ms, "
            f"server {cpu_us:.0f} us, caller {met.cpu_s / len(met.times) * 1e6:.0f} us of CPU each"
        )
        if met.refused:
            raise SystemExit(f"{self.name}: {met.refused} requests failed: {met.first[:500]!r}")
        return met

    def measure(self) -> None:
        self.rushes.append(self.rush())

    def middle(self, value: Callable[[Rush], float]) -> float:
        return median(value(met) for met in self.rushes)


def in_turns(one: Side, other: Side, rounds: int) -> None:
    """A B B A, so many times, after both are warm."""
    for side in (one, other):
        side.rush(seconds=side.seconds / 2)
    for _ in range(rounds):
        for side in (one, other, other, one):
            side.measure()


@click.command()
@click.option("--buildings", default=66_000, help="Size of the city for scan_growth.")
@click.option("--seconds", default=4.0, help="How long one rush lasts.")
@click.option("--rounds", default=2, help="How often A B B A is measured.")
def main(buildings: int, seconds: float, rounds: int) -> None:
    """Measure the building scan."""
    with tempfile.TemporaryDirectory(prefix="gridtag-bench-") as folder:
        slow = against_trivial(Path(folder), seconds, rounds)
        sizes = buildings // 100, buildings
        made = [houses.city(Path(folder) / f"city-{size}.db", size) for size in sizes]
        growth(made, seconds, rounds)
    tell("import_vs_raw", imports.import_vs_raw(), 3)
    tell("slow_clients_p99_ms", slow, 1)


def against_trivial(folder: Path, seconds: float, rounds: int) -> float:
    """Prints the scan's figures; returns the p99 in ms among slow uploads."""
    town = houses.town(folder / "town.db", WORKERS)
    requests = workers.scans(town.settings, town.city, WORKERS, WORKERS)
    with (
        Served("mobile_api", town.settings) as house,
        Served("bench.served", town.settings) as trivial,
    ):
        scan = Side("scan", house, requests, seconds, [])
        route = Side("trivial", trivial, [workers.get("/")], seconds, [])
        in_turns(scan, route, rounds)
        check(scan.rushes[0].first)
        slow = among_slow_clients(scan)
    tell("scan_vs_trivial", scan.middle(lambda met: met.per_s) / route.middle(_alone_per_s), 3)
    tell("scans_per_s", scan.middle(lambda met: met.per_s), 0)
    tell("scan_p99_ms", scan.middle(lambda met: met.ms(0.99)), 1)
    return slow


def among_slow_clients(scan: Side) -> float:
    """p99 in ms of scans and GET /healthz in turns, four at a time, among slow uploads."""
    asked = [request for one in scan.requests for request in (workers.get("/healthz"), one)]
    quick = Side(f"among {SLOW} slow uploads", scan.served, asked, scan.seconds, [])
    quick.rush(seconds=1, connections=4)  # Starts the callers, too, so that the drip lasts.
    drip = outside().submit(callers.drip, scan.served.port, SLOW, scan.seconds + 3)
    time.sleep(1)
    met = quick.rush(connections=4)
    if (still_open := drip.result()) != SLOW:
        raise SystemExit(f"Of {SLOW} slow uploads only {still_open} were still open at the end.")
    return met.ms(0.99)


def _alone_per_s(met: Rush) -> float:
    """The rate if the callers had taken nothing of the cores they share with the server."""
    return len(met.times) / (met.seconds - met.cpu_s / CORES)


def check(answer: bytes) -> None:
    """That what was measured is what was promised."""
    sheet = json.loads(answer.partition(b"\r\n\r\n")[2])
    people = [person for room in sheet["rooms"] for person in room["residents"]]
    seen = sheet["visible"], len(sheet["rooms"]), len(people), len(sheet["businesses"])
    if seen != ("open", 20, 40, 5):
        raise SystemExit(f"Not the scan that is promised: {seen}")


def growth(made: Sequence[Made], seconds: float, rounds: int) -> Side:
    """Prints scan_growth from the smaller to the larger city; returns the larger one's side."""
    asked = [workers.scans(one.settings, one.city, one.buildings, WORKERS) for one in made]
    with (
        Served("mobile_api", made[0].settings) as small,
        Served("mobile_api", made[1].settings) as large,
    ):
        hundredth, whole = (
            Side(f"{one.buildings} buildings", served, requests, seconds, [])
            for one, served, requests in zip(made, (small, large), asked, strict=True)
        )
        in_turns(hundredth, whole, rounds)
    small_ms, large_ms = (side.middle(lambda met: met.ms(0.5)) for side in (hundredth, whole))
    tell("scan_growth", large_ms / small_ms, 2)
    return whole


def tell(name: str, value: float, digits: int) -> None:
    print(f"{name} {value:.{digits}f}", flush=True)


def told(line: str) -> None:
    print(f"# {line}", file=sys.stderr, flush=True)
