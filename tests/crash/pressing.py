"""Keepers as processes of their own, which press for cases and carry messages until killed."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from backend import clock
from backend.db import to_ms, writing
from backend.errors import Unavailable
from backend.models import Account, Area, Case, CaseStep, RoleGrant, Unit
from backend.services import carrying, cases, outbox
from backend.start import start
from tests import town
from tests.crash.servers import ROOT

UNITS = 20


def fill(number: int) -> None:
    """So many cases, each dispatched long ago: all of their time is gone, and nobody was told."""
    area = Area.select().where(Area.level == "district").order_by(Area.path).first()
    _staff(area)
    now = clock.now()
    opened = now - timedelta(days=60)
    rows = [_case(area.path, place, opened) for place in range(number)]
    with writing():
        for first in range(0, number, 100):
            Case.insert_many(rows[first : first + 100]).execute()
    ids = [row.id for row in Case.select(Case.id).where(Case.thing == "P").order_by(Case.id)]
    steps = [step for case_id in ids for step in _steps(case_id, opened)]
    with writing():
        for first in range(0, len(steps), 100):
            CaseStep.insert_many(steps[first : first + 100]).execute()


def _staff(area: Area) -> None:
    for place in range(UNITS):
        code, name = f"P{place}", f"pressed{place}"
        Unit.create(code=code, name=code, level="district", area_path=area.path, head=name)
        Account.create(
            name=name, full_name=name, password_hash="x", created_at=clock.now(), unit=code
        )
    made = Account.create(name="above", full_name="x", password_hash="x", created_at=clock.now())
    RoleGrant.create(
        account=made, role="supervisor", area=area, since=clock.now(), granted_by="guan"
    )


def _case(path: str, place: int, opened: Any) -> dict[str, Any]:
    return {
        "state": "dispatched", "kind": "streetlight", "problem": "dark", "thing": "P",
        "name": f"lamp {place}", "area_path": path, "channel": "scan", "unit": f"P{place % UNITS}",
        "rule": "owner", "opened_at": opened, "updated_at": opened, "urge_at": opened,
        "limit_value": 2.0, "limit_unit": "day", "due_at": opened + timedelta(days=4),
        "dispatched_at": opened, "steps": 3,
    }  # fmt: skip


def _steps(case_id: int, opened: Any) -> list[dict[str, Any]]:
    ways = (("receive", "received"), ("file", "filed"), ("dispatch", "dispatched"))
    return [
        {"case_id": case_id, "at": opened, "action": action, "state": state, "serial": serial}
        for serial, (action, state) in enumerate(ways, 1)
    ]


class Keepers:
    """Eight processes; `kill_some` kills some of them as a power cut would."""

    def __init__(self, url: str, folder: Path, number: int) -> None:
        self.url, self.folder, self.number = url, folder, number
        self.running: list[subprocess.Popen[bytes]] = []
        self.killed = 0

    def start(self) -> None:
        self.running = [one for one in self.running if one.poll() is None]
        while len(self.running) < self.number:
            command = [sys.executable, "-m", "tests.crash.pressing", self.url, str(self.folder)]
            log = (self.folder / "keepers.log").open("ab")
            with log:
                self.running.append(subprocess.Popen(command, cwd=ROOT, stderr=log))

    def kill_some(self, chance: random.Random) -> None:
        for one in chance.sample(self.running, chance.randint(1, len(self.running))):
            one.kill()
            one.wait()
            self.killed += 1

    def end(self) -> None:
        for one in self.running:
            one.kill()
            one.wait()


@contextmanager
def keepers(url: str, folder: Path, number: int) -> Iterator[Keepers]:
    found = Keepers(url, folder, number)
    try:
        found.start()
        yield found
    finally:
        found.end()


def settings(url: str, folder: Path) -> Any:
    return town.settings(url, UNIT_MESSAGES=str(folder / "units.jsonl"))


def is_done() -> bool:
    """Whether nothing is left to press for or to carry."""
    waits = Case.select().where((Case.thing == "P") & (Case.urge_at <= to_ms(clock.now())))
    return (
        not waits.exists()
        and not outbox.UnitMessage.select().where(outbox.UnitMessage.due_at.is_null(False)).exists()
    )


def main() -> None:
    url, folder = sys.argv[1:]
    parent = os.getppid()
    start(settings(url, Path(folder)))
    # Leases lapse in a moment here, so that what the dead held is taken up within the test.
    carrying.leases.LEASE = timedelta(seconds=3)
    while os.getppid() == parent:
        with suppress(Unavailable):
            cases.urge_due()
            carrying.carry_here()
        time.sleep(0.05)


if __name__ == "__main__":
    main()
