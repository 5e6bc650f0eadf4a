"""The tests' own databases: each test has its own, and what one does another does not see."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import peewee
import psutil
import pytest
from playhouse.db_url import connect

from tests import databases

ROOT = Path(__file__).resolve().parents[2]


FORGOTTEN: list[peewee.Database] = []


def build(url: str) -> None:
    """A town of three houses, by a builder who leaves the door open."""
    database = opened(url)
    with database.atomic():
        database.execute_sql("CREATE TABLE house (name TEXT)")
        database.execute_sql("INSERT INTO house VALUES ('1'), ('2'), ('3')")
    FORGOTTEN.append(database)


@pytest.fixture(scope="module", autouse=True)
def doors_closed_at_last() -> Iterator[None]:
    yield
    for database in FORGOTTEN:
        database.close()


def opened(url: str) -> peewee.Database:
    if url.startswith("sqlite"):
        return connect(url, pragmas={"journal_mode": "wal"})
    return connect(url, prefer_psycopg3=True)


def houses(url: str) -> int:
    with closing(opened(url)) as database:
        return database.execute_sql("SELECT count(*) FROM house").fetchone()[0]


def test_two_sqlite_copies_are_two(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    mine = databases.fresh_sqlite(build, tmp_path / "a")
    yours = databases.fresh_sqlite(build, tmp_path / "b")
    with closing(opened(mine)) as database:
        database.execute_sql("DELETE FROM house")
    assert (houses(mine), houses(yours)) == (0, 3)


def test_two_postgresql_copies_are_two(worker_id: str) -> None:
    mine = databases.fresh_postgres(build, f"mine_{worker_id}")
    yours = databases.fresh_postgres(build, f"yours_{worker_id}")
    with closing(opened(mine)) as database:
        database.execute_sql("DELETE FROM house")
        assert (houses(mine), houses(yours)) == (0, 3)
        databases.drop_postgres(mine)  # whoever is connected
    databases.drop_postgres(yours)
    with pytest.raises(peewee.OperationalError, match="does not exist"):
        houses(yours)


KILLED = """
import time
from tests import databases
databases.postgres_url()
print(databases.run_folder(), flush=True)
time.sleep(60)
"""


def test_what_a_killed_run_left_is_cleared_by_the_next() -> None:
    alone = {name: text for name, text in os.environ.items() if "XDIST" not in name}
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=ROOT, env=alone, stdout=subprocess.PIPE, text=True
    )
    with run:
        assert run.stdout
        left = Path(run.stdout.readline().strip())
        server = psutil.Process(
            int((left / "postgresql" / "postmaster.pid").read_text().split()[0])
        )
        databases.clear_if_unused(left)
        assert left.exists(), "a run that lives keeps its folder"
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while left.exists() and time.monotonic() < deadline:
        databases.clear_if_unused(left)
    assert not left.exists()
    assert not server.is_running()
