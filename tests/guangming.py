"""Guangming in a database of its own: 1 district, 6 streets, 31 communities, their duty list."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from backend import load
from backend.db import database, writing
from backend.models import Area, Case
from backend.services import cases, migrations, words
from backend.services.cases import About
from backend.start import start
from tests import town

FOLDER = load.FIXTURES / "guangming"
FILES = (
    ("areas", load.FIXTURES / "areas" / "shenzhen.csv"),
    ("areas", FOLDER / "areas.csv"),
    ("classes", load.FIXTURES / "classes" / "manifest.toml"),
    ("units", FOLDER / "units.csv"),
    ("remits", FOLDER / "remits.csv"),
    ("lessons", load.FIXTURES / "words" / "lessons.csv"),
)


def build(url: str) -> None:
    """Fill an empty database through the imports."""
    start(town.settings(url))
    migrations.migrate()
    for kind, path in FILES:
        load.import_one(kind, path)
    words.learn()
    database.close()


class Golden(NamedTuple):
    """A labelled case of golden.csv."""

    number: str
    day: str
    channel: str
    kind: str
    problem: str
    area: str
    owner: str
    condition: str
    words: str
    unit: str


def golden(path: Path = FOLDER / "golden.csv") -> list[Golden]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Golden(**row) for row in csv.DictReader(file)]


def noon(day: str) -> datetime:
    """Of a day in Shenzhen."""
    return datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)


def paths() -> dict[str, str]:
    """Every area's path by its code."""
    return {row.code: row.path for row in Area.select(Area.code, Area.path)}


def told(rows: list[Golden]) -> Iterator[tuple[Golden, int]]:
    """Open each as a case that has been taken on, as the intake does."""
    known = paths()
    with writing():
        for row in rows:
            about = About(row.kind, f"Nr. {row.number}", known[row.area], owner=row.owner or None)
            opened = cases.open_or_join(about, row.problem, channel=row.channel, is_filed=True)
            said = Case.update(condition=row.condition or None, words=row.words or None)
            said.where(Case.id == opened.id).execute()
            yield row, opened.id
