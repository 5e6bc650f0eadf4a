"""The tables in the database: brought up to date, compared with the models, and written down.

The files in `backend/migrations` are applied by peewee's own runner (`playhouse.migrations`).
Two processes may start at once: the second waits, and then finds nothing to do.
"""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import peewee
from playhouse import migrations as playhouse
from playhouse.schema_diff import SchemaDiff, diff_models

from backend.db import database, is_sqlite
from backend.migrations import FOLDER
from backend.models import TABLES

_ADVISORY_LOCK = 0x67726964746167  # "gridtag": nobody else's number on a shared server.


@dataclass(frozen=True)
class Step:
    """One migration. `applied_at` is None while it is pending; `is_missing` if its file is."""

    name: str
    applied_at: datetime | None
    is_missing: bool


def migrate() -> list[str]:
    """Apply what is pending, each migration in a transaction of its own; their names."""
    with _alone():
        applied: list[str] = _runner().up()
        return applied


def status() -> list[Step]:
    """Every migration, in order."""
    return [Step(row.name, row.applied, row.path is None) for row in _runner().status()]


def pending() -> list[str]:
    """The migrations still to be applied."""
    return [step.name for step in status() if step.applied_at is None]


def drift() -> str:
    """How the database's tables differ from the models; "" if they do not.

    Peewee compares tables, columns and indexes, not the types of columns.
    """
    difference = diff_models(database.obj, TABLES)
    return str(difference) if difference else ""


def write_initial() -> Path:
    """Write 0001_initial.py again from the models. Only until the first release."""
    for old in FOLDER.glob("0001_*.py"):
        old.unlink()
    everything = SchemaDiff(playhouse.sort_models(TABLES), [], [], [], [])
    return _write("initial", playhouse.template(everything))


def write_next(name: str) -> Path | None:
    """Write the migration from the database as it is to the models; None if there is nothing."""
    difference = diff_models(database.obj, TABLES)
    return _write(name, playhouse.template(difference)) if difference else None


def _write(name: str, body: str) -> Path:
    return Path(_runner().create(name, _frozen(name, body)))


def _frozen(name: str, body: str) -> str:
    """The runner's template, independent of today's code and with its imports spelt out."""
    body = body.replace("InstantField(", "BigIntegerField(")
    functions = body[body.index("def up(") :]
    promises = re.findall(r"^# TODO: (.*)$", body, re.M)
    if promises:
        raise ValueError(f"Write this by hand in {name}: {'; '.join(promises)}")
    names = sorted(set(re.findall(r"\b([A-Z][A-Za-z]+)\(", functions)) & set(peewee.__all__))
    names = sorted({*names, "Model"} if "(Model)" in functions else names)
    imports = f"from peewee import {', '.join(names)}\n\n\n" if names else ""
    return f'"""{name.replace("_", " ").capitalize()}."""\n\n{imports}{functions}'


def _runner() -> Any:
    return playhouse.Runner(database.obj, str(FOLDER))


@contextmanager
def _alone() -> Iterator[None]:
    """One migrating process at a time, on this host by a file lock, on a server by its own."""
    if not is_sqlite():
        database.execute_sql("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        try:
            yield
        finally:
            database.execute_sql("SELECT pg_advisory_unlock(%s)", (_ADVISORY_LOCK,))
        return
    with (FOLDER / "__init__.py").open("rb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
