"""kill -9 in the middle of everything: what was answered is there, once, and the trail holds."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests import databases
from tests.crash import audit, writers
from tests.crash.servers import ROOT, Servers, free_port
from tests.crash.writers import Book, Writers
from tests.town import KEYS

Capsys = pytest.CaptureFixture[str]


def killed(url: str, folder: Path, cycles: int, capsys: Capsys) -> None:
    """Kill some of servers and keeper, again and again, while eight people write."""
    chance = random.Random(cycles)
    started = time.monotonic()
    with Servers(url, folder) as servers:
        with Writers(servers.port) as book:
            for _ in range(cycles):
                work(book)
                time.sleep(chance.uniform(0, 0.1))
                servers.kill_some(chance)
                servers.start()
            work(book)
        servers.kill()
        wrong = audit.faults(servers.known, book)
    tell(capsys, f"{cycles} kills in {time.monotonic() - started:.0f} s: {audit.story(book)}")
    judge(book, wrong, cycles)


def work(book: Book, answers: int = 24) -> None:
    """Let the writers get some answers, signed in and on site."""
    enough = book.answers + answers
    deadline = time.monotonic() + 30
    while book.answers < enough or not book.visits:
        assert time.monotonic() < deadline, "nobody gets an answer any more"
        time.sleep(0.002)


def judge(book: Book, wrong: list[str], cycles: int) -> None:
    assert wrong == []
    assert book.broken == []
    assert book.refused == {}, "what is asked again must be answered as it was the first time"
    assert len(book.promised) + len(book.events) > cycles
    assert book.unanswered >= cycles / 2, "the kills must meet somebody in mid-verb"


def tell(capsys: Capsys, line: str) -> None:
    with capsys.disabled():
        print(f"\n{line}")


def test_20_kills(tmp_path: Path, capsys: Capsys) -> None:
    killed(databases.fresh_sqlite(writers.build, tmp_path), tmp_path, 20, capsys)


def test_10_kills_on_postgresql(tmp_path: Path, worker_id: str, capsys: Capsys) -> None:
    url = databases.fresh_postgres(writers.build, f"killed_{worker_id}")
    try:
        killed(url, tmp_path, 10, capsys)
    finally:
        databases.drop_postgres(url)


@pytest.mark.proof
def test_500_kills(tmp_path: Path, capsys: Capsys) -> None:
    killed(databases.fresh_sqlite(writers.build, tmp_path), tmp_path, 500, capsys)


@pytest.mark.proof
def test_500_kills_on_postgresql(tmp_path: Path, worker_id: str, capsys: Capsys) -> None:
    url = databases.fresh_postgres(writers.build, f"killed_{worker_id}")
    try:
        killed(url, tmp_path, 500, capsys)
    finally:
        databases.drop_postgres(url)


# --- The command itself --------------------------------------------------------------------


class Command:
    """`python -m mobile_api`, as a person starts it, in a process group of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.port = free_port()
        places = {"CHECKPOINTS": "checkpoints.jsonl", "PHOTOS": "photos", "MESSAGES": "letters"}
        kept = {name: str(folder / place) for name, place in places.items()}
        self.settings, self.known = {"DATABASE_URL": url, **kept}, {"url": url, **kept}
        self.group = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        settings = {**KEYS, **self.settings, "DEMO": "1", "PORT": str(self.port)}
        return subprocess.Popen(
            [sys.executable, "-m", "mobile_api"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        os.killpg(self.group.pid, signal.SIGKILL)
        self.group.wait()

    def kill_and_start(self) -> None:
        self.kill()
        self.group = self._start()

    def kill_a_child(self, chance: random.Random) -> None:
        """A server or the keeper; its parent starts another."""
        children = psutil.Process(self.group.pid).children()
        chance.choice(children).kill()


def command_killed(folder: Path, groups: int, children: int, capsys: Capsys) -> None:
    url = databases.fresh_sqlite(writers.build, folder)
    chance, started = random.Random(groups), time.monotonic()
    command = Command(url, folder)
    try:
        with Writers(command.port) as book:
            for _ in range(groups):
                for _ in range(children):
                    work(book)
                    command.kill_a_child(chance)
                work(book)
                command.kill_and_start()
            work(book)
    finally:
        command.kill()
    wrong = audit.faults(command.known, book)
    figures = f"{groups} whole kills, {groups * children} of children"
    tell(capsys, f"{figures} in {time.monotonic() - started:.0f} s: {audit.story(book)}")
    judge(book, wrong, groups)


def test_the_command_is_killed_whole_and_in_part(tmp_path: Path, capsys: Capsys) -> None:
    command_killed(tmp_path, 2, 1, capsys)


@pytest.mark.proof
def test_the_command_is_killed_50_times(tmp_path: Path, capsys: Capsys) -> None:
    command_killed(tmp_path, 50, 2, capsys)


def test_nothing_goes_on_without_the_one_that_started_it(tmp_path: Path) -> None:
    command = Command(databases.fresh_sqlite(writers.build, tmp_path), tmp_path)
    try:
        whole = psutil.Process(command.group.pid)
        until = time.monotonic() + 60
        while len(whole.children()) < 2:  # A server and the keeper.
            assert time.monotonic() < until
            time.sleep(0.1)
        children = whole.children()
        command.group.kill()
        _, left = psutil.wait_procs(children, timeout=20)
        assert left == []
    finally:
        with suppress(ProcessLookupError):
            command.kill()
