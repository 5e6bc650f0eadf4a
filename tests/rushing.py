"""A process of its own that registers bikes or reads owners, as many at once as it is told.

    python -m tests.rushing '{"do": "register", "settings": {...}, ...}'

It says "ready", waits for a line, does it, and says what became of it as one line of JSON.
"""

import json
import random
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread
from typing import Any

from backend.config import Settings
from backend.db import database
from backend.house import house
from backend.models import Ownership
from backend.services import bikes
from backend.start import start
from tests import riders

OWNER = "金丝雀{0:07d}"
PHONE = "137{0:08d}"


def main() -> None:
    asked = json.loads(sys.argv[1])
    start(Settings(**asked["settings"]))
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(DOES[asked["do"]](asked)), flush=True)


def register(asked: dict[str, Any]) -> list[str]:
    """Everybody registers the same frame at one moment; the states that they are answered."""
    return at_once([lambda serial=serial: state(serial, asked) for serial in asked["serials"]])


def state(serial: int, asked: dict[str, Any]) -> str:
    return str(bikes.register(riders.form(serial, frame=asked["frame"]))["state"])


def at_once(acts: list[Callable[[], str]]) -> list[str]:
    """A thread each, begun together."""
    begun = Barrier(len(acts))

    def one(act: Callable[[], str]) -> str:
        begun.wait()
        try:
            return act()
        finally:
            database.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result() for done in [threads.submit(one, act) for act in acts]]


def read(asked: dict[str, Any]) -> dict[str, int]:
    """Find people by their phones and open who they are, without a pause, until a line comes."""
    stop, rows = Event(), asked["rows"]
    Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    chance, reads, failed = random.Random(7), 0, 0
    while not stop.is_set() or not reads:
        serial = chance.randrange(rows)
        indexes = house().vault.indexes("phone", PHONE.format(serial))
        found = Ownership.get_or_none(Ownership.phone_index.in_(indexes))
        reads += 1
        try:
            opened = house().vault.open(f"ownership:{found.id}".encode(), bytes(found.sealed))
            failed += opened[0] != OWNER.format(serial)
        except Exception:  # noqa: BLE001 - whatever it is, it was not read.
            failed += 1
    return {"reads": reads, "failed": failed}


DOES: dict[str, Callable[[dict[str, Any]], Any]] = {"register": register, "read": read}

if __name__ == "__main__":
    main()
