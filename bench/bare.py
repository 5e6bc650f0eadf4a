"""What the disk alone allows: rows in a table, one durable commit each, and nothing else."""

import secrets
import sqlite3
import time
from pathlib import Path

from backend.db import PRAGMAS


def inserts(folder: Path, seconds: float) -> float:
    """Rows of 200 bytes a second, one commit each, by one writer with nothing else to do."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    connection.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, sealed BLOB)")
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        connection.execute("INSERT INTO bare (sealed) VALUES (?)", (secrets.token_bytes(200),))
        count += 1
    connection.close()
    return count / seconds
