"""Time presses once: many keepers, killed in the middle, tell of every case once."""

import json
import random
import time
from collections import Counter
from pathlib import Path

import orjson
import pytest

from backend.db import database
from backend.models import Case, CaseStep, Notice, UnitMessage
from backend.start import start
from tests import databases, town
from tests.crash import pressing

Capsys = pytest.CaptureFixture[str]


def pressed(url: str, folder: Path, number: int, processes: int, kills: int, tell: Capsys) -> None:
    start(pressing.settings(url, folder))
    pressing.fill(number)
    before = Notice.select().count()
    chance, started = random.Random(kills), time.monotonic()
    with pressing.keepers(url, folder, processes) as keepers:
        for kill in range(1, kills + 1):
            waits_for(number * kill // (kills + 1), started)
            keepers.kill_some(chance)
            keepers.start()
        while not pressing.is_done():
            assert time.monotonic() - started < 3_600, "something is never done"
            time.sleep(0.1)
        took = time.monotonic() - started
    judge(number, before, folder)
    with tell.disabled():
        each = f"{number} cases, {processes} keepers, {keepers.killed} killed in {kills} kills"
        print(f"\n{each}: {took:.0f} s, every step, notice and message once")
    database.close()


def waits_for(share: int, started: float) -> None:
    """Until so many cases have been pressed for: the kill meets the others in the middle."""
    done = CaseStep.select().where(CaseStep.action == "remind")
    while done.count() < share:
        assert time.monotonic() - started < 3_600
        time.sleep(0.02)


def judge(number: int, notices_before: int, folder: Path) -> None:
    mine = {row.id for row in Case.select(Case.id).where(Case.thing == "P")}
    assert len(mine) == number
    steps = Counter(row.case_id for row in CaseStep.select().where(CaseStep.action == "remind"))
    assert steps == dict.fromkeys(mine, 1)
    notices = Notice.select().where(Notice.kind == "case-overdue")
    told = Counter((orjson.loads(row.facts)["name"], row.account_id) for row in notices)
    assert set(told.values()) == {1}
    assert set(Counter(name for name, _ in told).values()) == {len(told) // number}, (
        "of each case the same number of people"
    )
    assert Notice.select().count() - notices_before == len(told)
    kept = Counter(row.key for row in UnitMessage.select())
    lines = (folder / "units.jsonl").read_bytes().splitlines()
    carried = Counter(json.loads(line)["key"] for line in lines if line.endswith(b"}"))
    assert carried == kept, "every message once"
    assert len(kept) >= number
    unsent = UnitMessage.select().where(UnitMessage.sent_at.is_null()).count()
    late = Case.select().where((Case.thing == "P") & Case.overdue_at.is_null(False)).count()
    assert (unsent, late) == (0, number)


def test_100_cases_3_keepers_3_kills(tmp_path: Path, capsys: Capsys) -> None:
    pressed(databases.fresh_sqlite(town.build, tmp_path), tmp_path, 100, 3, 3, capsys)


def test_on_postgresql(tmp_path: Path, worker_id: str, capsys: Capsys) -> None:
    url = databases.fresh_postgres(town.build, f"pressed_{worker_id}")
    try:
        pressed(url, tmp_path, 60, 2, 2, capsys)
    finally:
        database.close()
        databases.drop_postgres(url)


@pytest.mark.proof
def test_10_000_cases_8_keepers_20_kills(tmp_path: Path, capsys: Capsys) -> None:
    pressed(databases.fresh_sqlite(town.build, tmp_path), tmp_path, 10_000, 8, 20, capsys)


@pytest.mark.proof
def test_10_000_cases_8_keepers_20_kills_on_postgresql(
    tmp_path: Path, worker_id: str, capsys: Capsys
) -> None:
    url = databases.fresh_postgres(town.build, f"pressed_{worker_id}")
    try:
        pressed(url, tmp_path, 10_000, 8, 20, capsys)
    finally:
        database.close()
        databases.drop_postgres(url)
