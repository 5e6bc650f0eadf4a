"""A village of two houses, and somebody who brings files to it."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend import load
from backend.actor import SYSTEM
from backend.db import database
from backend.house import House
from backend.services import imports, migrations
from backend.services.imports import Options, Report
from backend.start import start
from tests import databases, town

_numbers = itertools.count()

HOUSES = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"code": "4403040040280100001", "name": "水围村一坊1栋",
 "area": "440304004028", "address": "广东省深圳市福田区福田街道水围社区水围村一坊1栋"},
 "geometry": {"type": "Polygon", "coordinates":
 [[[114.0583, 22.5244], [114.0585, 22.5244], [114.0585, 22.5246], [114.0583, 22.5246],
   [114.0583, 22.5244]]]}},
{"type": "Feature", "properties": {"code": "4403040040280100002", "name": "水围村一坊2栋",
 "area": "440304004028", "address": "广东省深圳市福田区福田街道水围社区水围村一坊2栋"},
 "geometry": {"type": "Polygon", "coordinates":
 [[[114.0587, 22.5244], [114.0589, 22.5244], [114.0589, 22.5246], [114.0587, 22.5246],
   [114.0587, 22.5244]]]}}]}"""
ROOMS = """building,code,number,floor,house_class,area_m2
4403040040280100001,4403040040280100001000001,101,1,,53.4
4403040040280100001,4403040040280100001000002,201,2,,51.6
4403040040280100002,4403040040280100002000001,101,1,,40
"""


def build_village(url: str) -> None:
    """Areas, classes, two houses with three rooms, through the imports themselves."""
    start(town.settings(url))
    migrations.migrate()
    for kind, path in (load.FILES[0], load.FILES[2]):
        load.import_one(kind, path)
    folder = Path(databases.run_folder()) / "village"
    folder.mkdir(exist_ok=True)
    for kind, text, options in (
        ("buildings", HOUSES, Options(crs="wgs84")),
        ("rooms", ROOMS, Options()),
    ):
        file = folder / kind
        file.write_text(text, encoding="utf-8")
        assert not imports.run(imports.KINDS[kind], file, options, by=SYSTEM).errors
    database.close()


@pytest.fixture
def village(tmp_path: Path) -> Iterator[House]:
    """The house opened on a village of its own."""
    if not databases.is_postgresql_run():
        url = databases.fresh_sqlite(build_village, tmp_path)
        yield start(town.settings(url))
        database.close()
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    url = databases.fresh_postgres(build_village, f"village_{worker}_{next(_numbers)}")
    yield start(town.settings(url))
    database.close()
    databases.drop_postgres(url)


Bring = Callable[..., Report]


@pytest.fixture
def bring(village: House, tmp_path: Path) -> Bring:
    """Bring a file: `bring("rooms", text)`, text or bytes or a path; options by name."""
    numbers = itertools.count()

    def bring_file(kind: str, content: str | bytes | Path, **options: Any) -> Report:
        path = content if isinstance(content, Path) else tmp_path / f"{kind}-{next(numbers)}"
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        by = options.pop("by", SYSTEM)
        dry_run = options.pop("dry_run", False)
        progress = options.pop("progress", imports.silent)
        return imports.run(
            imports.KINDS[kind],
            path,
            Options(**options),
            dry_run=dry_run,
            progress=progress,
            by=by,
        )

    return bring_file
