"""The scan in a city of full size: `python -m bench.city --buildings 660000`.

Shenzhen has 660,000 buildings, 12 million rooms and 20 million residents. They are made here,
sealed and indexed as an import would leave them, and a hundredth of them beside, and the scans
of both are compared (`scan_growth`). A proof, not for every day: it takes some minutes and
12 kB of disk a building.

    city_rows, city_gb, city_build_s
    scan_growth, city_scans_per_s, city_scan_p99_ms
"""

import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import click

from bench import houses, scan
from bench.rows import COLUMNS
from bench.scan import tell

BYTES_A_BUILDING = 13_000


@click.command()
@click.option("--buildings", default=660_000, help="How many; a hundredth is made beside them.")
@click.option("--seconds", default=5.0, help="How long one rush lasts.")
@click.option("--rounds", default=3, help="How often A B B A is measured.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where there is room for it.")
def main(buildings: int, seconds: float, rounds: int, folder: Path | None) -> None:
    """Make a city, and measure the building scan in it."""
    place = folder or Path(tempfile.gettempdir())
    needed, free = buildings * BYTES_A_BUILDING, shutil.disk_usage(place).free
    if needed > free:
        sys.exit(f"{place} has {free / 1e9:.0f} GB free; this takes {needed / 1e9:.0f} GB.")
    with tempfile.TemporaryDirectory(prefix="gridtag-city-", dir=place) as made:
        sides = make(Path(made), buildings)
        whole = scan.growth(sides, seconds, rounds)
    tell("city_scans_per_s", whole.middle(lambda met: met.per_s), 0)
    tell("city_scan_p99_ms", whole.middle(lambda met: met.ms(0.99)), 1)


def make(folder: Path, buildings: int) -> list[houses.Made]:
    """A hundredth of the city, and the city."""
    small = houses.city(folder / "hundredth.db", buildings // 100)
    started = time.perf_counter()
    path = folder / "city.db"
    whole = houses.city(path, buildings)
    tell("city_build_s", time.perf_counter() - started, 0)
    tell("city_gb", path.stat().st_size / 1e9, 2)
    tell("city_rows", rows(path), 0)
    return [small, whole]


def rows(path: Path) -> int:
    """How many rows of buildings and what belongs to them."""
    with sqlite3.connect(path) as database:
        counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone() for table in COLUMNS]
    database.close()
    return sum(count for (count,) in counts)


if __name__ == "__main__":
    main()
