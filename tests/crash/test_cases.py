"""Eight processes want the same cases, and some are killed: each move is taken once, by one."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.db import database
from backend.models import Case, CaseStep
from backend.services import cases
from backend.start import start
from tests import case_walk, databases, town
from tests.crash.servers import ROOT
from tests.services.conftest import build_village


def build(url: str) -> None:
    """An empty village with lamps, bins, units and people, and a few cases."""
    build_village(url)
    start(town.settings(url))
    walk = case_walk.Walk(0, case_walk.settle_the_town())
    for _ in range(6):
        walk.report()
    database.close()


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    if not databases.is_postgresql_run():
        yield databases.fresh_sqlite(build, tmp_path)
        return
    made = databases.fresh_postgres(build, f"cases_{os.getpid()}")
    yield made
    databases.drop_postgres(made)


def raced(url: str, folder: Path, workers: int, events: int, kills: int) -> Counter[str]:
    """So many workers at so many events each, some of them killed and born again."""
    chance = random.Random(kills)
    seeds = iter(range(1, 10_000))
    running = [_born(url, folder, next(seeds), events) for _ in range(workers)]
    for _ in range(kills):
        time.sleep(chance.uniform(0.5, 1.5))
        place = chance.randrange(workers)
        running[place].send_signal(signal.SIGKILL)
        running[place].wait()
        running[place] = _born(url, folder, next(seeds), events)
    for one in running:
        assert one.wait(timeout=1_500) == 0
    told: Counter[str] = Counter()
    for path in folder.glob("*.counts"):
        told.update(eval(path.read_text(), {}))  # noqa: S307 - our own process wrote it.
    return told


def _born(url: str, folder: Path, seed: int, events: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.crash.case_worker", url, str(folder), str(seed)]
    return subprocess.Popen([*command, str(events)], cwd=ROOT)


def judge(url: str, folder: Path) -> None:
    """Each version of a case has one move; what was promised is there; nothing else is wrong."""
    start(town.settings(url, CHECKPOINTS=str(folder / "checkpoints.jsonl")))
    taken = [
        line.split() for path in folder.glob("*.taken") for line in path.read_text().splitlines()
    ]
    assert not [one for one, times in Counter((no, v) for no, v, _ in taken).items() if times > 1]
    written: Counter[tuple[str, str]] = Counter()
    numbers = {case.id: cases.number_of(case) for case in Case.select()}
    for step in CaseStep.select():
        written[numbers[step.case_id], step.action] += 1
    for key, times in Counter((number, action) for number, _, action in taken).items():
        assert written[key] >= times, key  # An answer that was lost may stand there, none the less.
    with_holder = Case.select().where(Case.state.in_(("handling", "handled", "shelved")))
    assert all(case.account_id is not None for case in with_holder)
    case_walk.check_all()
    while case_walk.in_one(cases.accept_due) or case_walk.in_one(cases.resume_due):
        pass
    assert not cases.dispatch_waiting() or not cases.dispatch_waiting()
    case_walk.check_all()
    database.close()


def test_four_want_the_same_cases_and_each_move_is_taken_once(url, tmp_path):
    told = raced(url, tmp_path, workers=4, events=60, kills=2)
    assert told["moved"] > 20
    judge(url, tmp_path)


@pytest.mark.proof
def test_eight_at_ten_thousand_events_with_twenty_kills(url, tmp_path, capsys):
    told = raced(url, tmp_path, workers=8, events=10_000, kills=20)
    judge(url, tmp_path)
    assert told["case-moved"] + told["wrong-state"] > 0  # They did meet.
    with capsys.disabled():
        print("\n" + ", ".join(f"{name} {count:,}" for name, count in told.most_common()))
