"""The keeper: what the clock asks for is done once, whoever dies, fails or comes twice."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from backend.config import Settings
from backend.db import database, writing
from backend.house import House
from backend.models import (
    Allowance,
    Challenge,
    OnceAnswer,
    TrailBatch,
    TrailLine,
)
from backend.services import trail, trail_proof
from backend.start import start
from backend.tasks import keeper
from tests import databases, town
from tests.services.cast import actor
from tests.town import Clock


def write(number: int = 1) -> None:
    for _ in range(number):
        trail.write(actor("lin"), "visit.challenge")


# --- A round -----------------------------------------------------------------------------------


def test_a_round_leaves_everything_sealed_and_signed(opened: House, clock: Clock) -> None:
    write(3)
    keeper.round_of(keeper.duties(), now=0.0)
    report = trail_proof.verify()
    assert (report.unsealed, report.checkpoints, report.first_bad) == (0, 1, None)


def test_a_duty_waits_for_its_time(opened: House) -> None:
    done: list[float] = []
    known = [keeper.Duty("count", 5, lambda: done.append(1))]
    for now in (0.0, 1.0, 4.9, 5.0, 9.9, 10.0):
        keeper.round_of(known, now)
    assert len(done) == 3


def test_a_duty_that_fails_is_logged_and_stops_no_other(
    opened: House, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    def fail() -> None:
        raise ValueError("broken")

    known = [keeper.Duty("breaks", 1, fail), keeper.Duty("works", 1, lambda: done.append(1))]
    with caplog.at_level(logging.ERROR):
        for now in range(5):
            keeper.round_of(known, float(now))
    assert len(done) == 5
    assert [record.getMessage() for record in caplog.records] == [
        "a duty failed (1)",
        "a duty failed (2)",
        "a duty failed (4)",
    ]
    assert {record.__dict__["duty"] for record in caplog.records} == {"breaks"}
    assert all(record.exc_info for record in caplog.records)


def test_a_duty_that_works_again_says_so_and_is_tried_each_time(
    opened: House, caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([ValueError(), ValueError(), None, None])

    def sometimes() -> None:
        error = next(answers)
        if error:
            raise error

    known = [keeper.Duty("sometimes", 1, sometimes)]
    with caplog.at_level(logging.WARNING):
        for now in range(4):
            keeper.round_of(known, float(now))
    assert caplog.records[-1].getMessage() == "a duty works again"
    assert known[0].failures == 0


def test_a_round_sweeps_all_that_is_old(opened: House, clock: Clock) -> None:
    now = clock()
    Challenge.create(nonce="n", account_id=1, issued_at=now)
    Allowance.create(key="k", left=1.0, at=now)
    OnceAnswer.create(key="k", digest=b"d", status=201, sealed=b"s", at=now)
    clock.at = now + timedelta(days=91)
    keeper.round_of(keeper.duties(), now=0.0)
    assert [table.select().count() for table in (Challenge, Allowance, OnceAnswer)] == [0, 0, 0]


def test_it_goes_on_where_the_one_before_stopped(opened: House, clock: Clock) -> None:
    """Nothing is remembered but the rows: a new keeper does what is left, and nothing twice."""
    write(2)
    keeper.round_of(keeper.duties()[:1], now=0.0)
    write(2)
    for _ in range(3):
        keeper.round_of(keeper.duties(), now=0.0)
    assert TrailBatch.select().count() == 2
    assert trail_proof.verify().first_bad is None


def test_it_ends_when_told_and_leaves_nothing_unsealed(opened: House) -> None:
    stop = threading.Event()
    running = threading.Thread(target=run_and_hang_up, args=[stop])
    running.start()
    write(3)
    stop.set()
    running.join(10)
    assert not running.is_alive()
    assert trail_proof.verify().unsealed == 0


def run_and_hang_up(stop: threading.Event) -> None:
    keeper.run(stop)
    database.close()


# --- Two at once -------------------------------------------------------------------------------


def seal_in_threads(keepers: int, lines: int) -> None:
    """Several seal without pause while somebody writes."""
    over = threading.Event()

    def seal() -> None:
        while not over.is_set():
            trail_proof.seal()
            trail_proof.checkpoint()
        database.close()

    running = [threading.Thread(target=seal) for _ in range(keepers)]
    for thread in running:
        thread.start()
    for _ in range(lines):
        write()
    over.set()
    for thread in running:
        thread.join()


def is_sealed_once() -> bool:
    trail_proof.seal()
    sealed = [
        number
        for batch in TrailBatch.select().order_by(TrailBatch.id)
        for number, _ in trail_proof.sealing.seals.unpack_entries(bytes(batch.entries))
    ]
    return sealed == [line.id for line in TrailLine.select().order_by(TrailLine.id)]


def test_two_keepers_seal_every_line_once(opened: House) -> None:
    seal_in_threads(keepers=2, lines=60)
    assert is_sealed_once()
    assert trail_proof.verify().first_bad is None


def test_two_keeper_processes_end_on_sigterm_with_one_chain(url: str, tmp_path: Path) -> None:
    settings = town.settings(
        url,
        CHECKPOINTS=str(tmp_path / "checkpoints.jsonl"),
        SEAL_EVERY_S=0.02,
        CHECKPOINT_EVERY_S=0.05,
    )
    environ = {**os.environ, **in_words(settings)}
    keepers = [
        subprocess.Popen([sys.executable, "-m", "backend", "worker"], env=environ) for _ in range(2)
    ]
    start(settings)
    try:
        until = time.monotonic() + 20
        while not all(map(is_ready, keepers)) and time.monotonic() < until:
            time.sleep(0.02)
        while TrailBatch.select().count() < 5 and time.monotonic() < until:
            write()
            time.sleep(0.02)
        for process in keepers:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(10) for process in keepers] == [0, 0]
        assert TrailBatch.select().count() >= 5
        assert is_sealed_once()
        assert trail_proof.verify().first_bad is None
    finally:
        for process in keepers:
            process.kill()
            process.wait()
        database.close()


def is_ready(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has its own mind about SIGTERM by now."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def in_words(settings: Settings) -> dict[str, str]:
    """The settings as an environment has them."""
    values = {known.name: getattr(settings, known.name) for known in fields(Settings)}
    return {name: str(value) for name, value in values.items() if value not in ("", False)}


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    url = databases.fresh_postgres(town.build, f"keeper_{worker}_{time.monotonic_ns()}")
    start(town.settings(url, CHECKPOINTS=str(tmp_path / "checkpoints.jsonl")))
    yield
    database.close()
    databases.drop_postgres(url)


@pytest.mark.postgres
@pytest.mark.usefixtures("on_postgres")
def test_on_postgres_two_keepers_seal_every_line_once() -> None:
    seal_in_threads(keepers=2, lines=60)
    assert is_sealed_once()
    assert trail_proof.verify().first_bad is None


@pytest.mark.postgres
@pytest.mark.usefixtures("on_postgres")
def test_on_postgres_no_line_is_sealed_before_one_with_a_smaller_number() -> None:
    """Numbers are given before the commit: a slow writer's line would come too late."""
    trail_proof.seal()
    written, commit = threading.Event(), threading.Event()

    def slow() -> None:
        with writing():
            write()
            written.set()
            commit.wait(10)
        database.close()

    writer = threading.Thread(target=slow)
    writer.start()
    written.wait(10)
    write()
    assert trail_proof.seal() == 0
    commit.set()
    writer.join()
    assert trail_proof.seal() == 2
    assert trail_proof.verify().first_bad is None
