"""The import of residents against raw sqlite3: what checking and sealing cost.

The same 33,000 rows of the demo town, on the same machine, in the same process, in turns:

- *ours*: `import residents` of the CSV as the command line does it: hashed, its encoding found,
  every cell parsed, ID numbers and phones checked, buildings, rooms and classes looked up, people
  and ties compared with what is there, names and numbers sealed, blind indexes made, keys given,
  all written in one transaction with its line on the trail, and committed (synchronous=FULL).
- *raw*: the ready tuples that came of it, already in memory, sealed values and all, into the same
  two tables with the same indexes and pragmas: BEGIN IMMEDIATE, two `sqlite3` executemany, COMMIT.

What is compared is processor time, so that other work on the machine does not count.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from backend import load
from backend.actor import SYSTEM
from backend.config import Settings
from backend.db import PRAGMAS, database
from backend.services import imports, migrations
from backend.start import start

ROUNDS = 5
TABLES = ("resident", "residence")
SETTINGS = {
    "SECRET_KEY": "of a benchmark, at least thirty-two bytes",
    "DATA_KEYS": f"1:{'ab' * 32}",
    "INDEX_KEYS": f"1:{'cd' * 32}",
    "TAG_KEYS": f"1:{'ef' * 32}",
}
PEOPLE = load.TOWN / "residents.csv"


def import_vs_raw(rounds: int = ROUNDS) -> float:
    """How fast the import is as a share of raw executemany: 1.0 would be the same."""
    ours, raw = measure(rounds)
    return raw / ours


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Medians of processor seconds: (ours, raw)."""
    ours, raw = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            path = Path(folder) / f"ours-{number}.db"
            _build(path)
            ours.append(_timed(_import))
            tuples = {table: _rows(path, table) for table in TABLES}
            database.close()
            raw.append(_raw(Path(folder) / f"raw-{number}.db", tuples))
    return median(ours), median(raw)


def _build(path: Path) -> None:
    """A database with everything that people need: areas, classes, buildings, rooms."""
    start(Settings(DATABASE_URL=f"sqlite:///{path}", **SETTINGS))
    migrations.migrate()
    for kind, file in load.FILES:
        if kind in ("areas", "classes", "buildings", "rooms"):
            load.import_one(kind, file)


def _import() -> None:
    report = imports.run(imports.KINDS["residents"], PEOPLE, imports.Options(), by=SYSTEM)
    assert report.added == report.rows > 30_000, report


def _rows(path: Path, table: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
    connection.close()
    return rows


def _raw(path: Path, tuples: dict[str, list[tuple[object, ...]]]) -> float:
    _build(path)
    database.close()
    connection = sqlite3.connect(path, isolation_level=None)
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")

    def insert() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for table, rows in tuples.items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        connection.execute("COMMIT")

    seconds = _timed(insert)
    connection.close()
    return seconds


def _timed(act: Callable[[], None]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def main() -> None:
    """Print what one import of the town's people takes, and the ratio to raw executemany."""
    ours, raw = measure()
    print(f"import_s {ours:.3f}")
    print(f"import_raw_s {raw:.3f}")
    print(f"import_vs_raw {raw / ours:.3f}")
