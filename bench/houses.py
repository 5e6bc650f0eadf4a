"""Databases to measure on: the demo town with a street more, or a city as large as one likes.

The city's rows go straight into the real tables: no import can be waited for at twenty million
people on every run. What the import costs is measured for itself (`import_vs_raw`).
"""

import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from backend import load
from backend.config import DEMO_TAG_KEYS, Settings
from backend.db import PRAGMAS, Table, database
from backend.models import Area, Building, Business, Residence, Resident, Room, Tag
from backend.services import migrations
from backend.services.imports import bulk
from backend.start import start
from backend.vault import Vault
from bench.rows import COLUMNS, SHOWCASE, TAG_KEY, City, Rows, portions

TABLES: tuple[type[Table], ...] = (Building, Tag, Room, Resident, Residence, Business)
MAKERS = 2  # Processes that invent rows while this one writes them.
SHUIWEI = "440304004028"
LOADING = {"journal_mode": "off", "synchronous": 0, "cache_size": -1_048_576, "threads": 2}


def settings_for(path: Path, **changes: object) -> Settings:
    """The house of a measurement: every other setting is the default."""
    keys = {
        "SECRET_KEY": "of a benchmark, at least thirty-two bytes",
        "DATA_KEYS": f"1:{'ab' * 32}",
        "INDEX_KEYS": f"1:{'cd' * 32}",
        "TAG_KEYS": f"2:{TAG_KEY}",
        "CHECKPOINTS": str(path.with_suffix(".jsonl")),
    }
    return Settings(**{**keys, "DATABASE_URL": f"sqlite:///{path}", **changes})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Made:
    """A database, and what of it was generated."""

    settings: Settings
    city: City
    buildings: int


def town(path: Path, houses: int) -> Made:
    """The demo town and, beside its 318 buildings, a street of houses like its showcase."""
    settings = settings_for(path, DEMO=True, TAG_KEYS=f"2:{TAG_KEY},{DEMO_TAG_KEYS}")
    start(settings)
    migrations.migrate()
    load.load_demo()
    street = City(_areas(SHUIWEI), first=9_000_000, houses=SHOWCASE)
    return _filled(Made(settings, street, houses))


def city(path: Path, buildings: int) -> Made:
    """A city of nothing but generated houses, over Shenzhen's 788 communities."""
    settings = settings_for(path)
    start(settings)
    migrations.migrate()
    for kind, file in load.FILES[:3]:  # Areas and classes.
        load.import_one(kind, file)
    return _filled(Made(settings, City(_areas()), buildings))


def _areas(within: str = "") -> list[tuple[str, str]]:
    rows = Area.select(Area.code, Area.path).where(Area.level == "community").order_by(Area.code)
    return [(area.code, area.path) for area in rows if area.code.startswith(within)]


def _filled(made: Made) -> Made:
    started = time.perf_counter()
    _tune(LOADING)
    with database.atomic():
        indexes = [index for table in TABLES for index in bulk.set_aside_indexes(table)]
        for rows in _in_turn(made):
            for table in TABLES:
                name = table._meta.table_name
                bulk.insert(table, COLUMNS[name], rows[name])
        bulk.put_back_indexes(indexes)
    _tune(PRAGMAS)
    database.close()
    seconds = time.perf_counter() - started
    print(f"# {made.buildings} houses in {seconds:.1f} s", file=sys.stderr)
    return made


def _tune(pragmas: Mapping[str, object]) -> None:
    for name, value in pragmas.items():
        database.execute_sql(f"PRAGMA {name} = {value}")


def _in_turn(made: Made) -> Iterator[Rows]:
    """Rows as the processes finish them, in order, never more than a few portions ahead."""
    coming: deque[Future[Rows]] = deque()
    with ProcessPoolExecutor(MAKERS, mp_context=get_context("spawn")) as makers:
        for numbers in portions(made.buildings):
            coming.append(makers.submit(_rows, made, numbers))
            if len(coming) > 2 * MAKERS:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _rows(made: Made, numbers: range) -> Rows:
    return made.city.rows(numbers, _vault(made.settings))


@cache
def _vault(settings: Settings) -> Vault:
    return Vault(settings.data_keys, settings.index_keys)
