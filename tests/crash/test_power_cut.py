"""The power fails: what was answered is on the disk, and the house opens again by itself.

A disk that lies about what it has written is beyond this; see docs/LIMITS.md.
"""

import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.crash import audit, writers
from tests.crash.disks import disk
from tests.crash.postgres import postgres
from tests.crash.servers import Servers
from tests.crash.test_kill import Capsys, tell, work
from tests.crash.writers import Book, Writers

# In the moment between the cut and the kill the disk is broken, and says so.
BROKEN_DISK = frozenset({"unavailable", "storage-full", "internal-error"})


def cut(folder: Path, cuts: int, look_every: int = 1, **changes: Any) -> tuple[list[str], Book]:
    """Cut the power, again and again, while eight people write; stop at the first fault.

    What is lost stays lost, so that one need not look after every cut.
    """
    chance, wrong = random.Random(cuts), []
    with disk(folder) as our:
        url = databases.fresh_sqlite(writers.build, our.place)
        our.settle()
        with Servers(url, our.place, **changes) as servers:
            with Writers(servers.port, BROKEN_DISK) as book:
                for number in range(1, cuts + 1):
                    work(book)
                    time.sleep(chance.uniform(0, 0.1))
                    # After a real cut nobody answers. Here fsync may say yes for a moment, because
                    # the journal has given up the transaction it was asked about.
                    servers.freeze()
                    our.cut()
                    servers.kill()
                    our.back()
                    left, promised = found(our.place, folder), book.so_far()
                    servers.start()
                    wrong = [] if number % look_every else audit.faults(left, promised)
                    if wrong:
                        break
            servers.kill()
    return wrong, book


def found(place: Path, folder: Path) -> dict[str, str]:
    """What the power cut left, copied: nobody reads the disk before the servers do."""
    copy = folder / "found"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(place, copy, ignore=shutil.ignore_patterns("lost+found"))
    return {
        "url": f"sqlite:///{copy / 'town.db'}",
        "CHECKPOINTS": str(copy / "checkpoints.jsonl"),
        "PHOTOS": str(copy / "photos"),
        "MESSAGES": str(copy / "messages.jsonl"),
    }


def holds(folder: Path, cuts: int, capsys: Capsys, look_every: int = 1) -> None:
    started = time.monotonic()
    wrong, book = cut(folder, cuts, look_every)
    tell(capsys, f"{cuts} power cuts in {time.monotonic() - started:.0f} s: {audit.story(book)}")
    assert wrong == []
    assert book.broken == []
    assert len(book.promised) + len(book.events) > cuts


def test_what_was_answered_survives_3_power_cuts(tmp_path: Path, capsys: Capsys) -> None:
    holds(tmp_path, 3, capsys)


def test_a_weaker_promise_to_the_disk_would_be_found_out(tmp_path: Path) -> None:
    """What most guides advise for SQLite loses what was answered."""
    wrong, _ = cut(tmp_path, 10, PRAGMAS={"synchronous": 1}, CHECKPOINT_EVERY_S=60)
    assert any("lost" in fault or "lines" in fault for fault in wrong)


def test_photos_written_as_most_programs_do_would_be_found_out(tmp_path: Path) -> None:
    wrong, _ = cut(tmp_path, 10, CARELESS_WITH_PHOTOS=True)
    assert any("of photo" in fault for fault in wrong)


@pytest.mark.proof
@pytest.mark.parametrize("hundred", range(1, 11))
def test_what_was_answered_survives_1000_power_cuts(
    tmp_path: Path, capsys: Capsys, hundred: int
) -> None:
    holds(tmp_path, 100, capsys, look_every=20)


# --- PostgreSQL ----------------------------------------------------------------------------


def cut_postgresql(folder: Path, cuts: int, conf: str = "") -> tuple[list[str], Book]:
    """The same with PostgreSQL on that disk; it recovers before anybody looks."""
    chance, wrong = random.Random(cuts), []
    with disk(folder, 512) as our, postgres(our.place, conf) as server:
        writers.build(server.url)
        our.settle()
        with Servers(server.url, our.place) as servers:
            with Writers(servers.port, BROKEN_DISK) as book:
                for _ in range(cuts):
                    work(book)
                    time.sleep(chance.uniform(0, 0.1))
                    servers.freeze()
                    our.cut()
                    servers.kill()
                    server.kill()
                    our.back()
                    server.start()
                    wrong = audit.faults(servers.known, book.so_far())
                    servers.start()
                    if wrong:
                        break
            servers.kill()
    return wrong, book


@pytest.mark.proof
def test_what_postgresql_was_given_survives_50_power_cuts(tmp_path: Path, capsys: Capsys) -> None:
    started = time.monotonic()
    wrong, book = cut_postgresql(tmp_path, 50)
    seconds = time.monotonic() - started
    tell(capsys, f"50 power cuts of PostgreSQL in {seconds:.0f} s: {audit.story(book)}")
    assert wrong == []
    assert book.broken == []


@pytest.mark.proof
def test_a_weaker_promise_of_postgresql_would_be_found_out(tmp_path: Path) -> None:
    wrong, _ = cut_postgresql(tmp_path, 10, conf="synchronous_commit = off\nwal_writer_delay = 10s")
    assert any("lost" in fault or "lines" in fault for fault in wrong)
