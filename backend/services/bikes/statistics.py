"""Figures on e-bikes that anybody may have: by month and area, and never of a few.

Only months that are over are told: the difference of two days would be a single bike. And a month
is counted once: whoever compared it with a later count would see which bike has moved meanwhile.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from peewee import fn

from backend import clock
from backend.db import writing
from backend.errors import Invalid
from backend.house import house
from backend.models import Area, Bike, BikeMonth, BikeStep
from backend.rules import suppression
from backend.rules.deadlines import CHINA
from backend.rules.suppression import Cell

MEASURES: Mapping[str, tuple[str, ...]] = {
    "registered": ("register", "approve"),
    "stolen": ("cry-theft",),
    "found": ("find", "recover"),
    "scrapped": ("scrap",),
}
"""Each figure and the steps that it counts; what a person approved is counted then."""
COMMUNITY_DEPTH = 4
MOST_MONTHS = 36
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class Line(NamedTuple):
    """One area in one month. None: so few that it is told in a rest, or not at all."""

    month: str
    level: str  # city, district, street, community; with -rest: what is too small to stand alone
    area: str
    name: str
    registered: int | None
    stolen: int | None
    found: int | None
    scrapped: int | None


def months(first: str | None = None, last: str | None = None) -> list[str]:
    """The months from first to last that are over; without, the last twelve. Raises Invalid."""
    over = _before(f"{clock.now().astimezone(CHINA):%Y-%m}")
    last = min(last or over, over)
    found = [last]
    for given in (first, last):
        if given is not None and not _MONTH.fullmatch(given):
            raise Invalid(errors={"month": ["A month is written 2026-10."]})
    while found[-1] > (first or "") and len(found) < (MOST_MONTHS if first else 12):
        found.append(_before(found[-1]))
    return [month for month in reversed(found) if month >= (first or "")]


def lines(first: str | None = None, last: str | None = None) -> Iterator[Line]:
    """The figures of these months, month by month, from the city down."""
    for month in months(first, last):
        row: BikeMonth | None = BikeMonth.get_or_none(BikeMonth.month == month)
        row = row or _kept(month)
        yield from (Line(*one) for one in orjson.loads(row.lines))


def keep() -> int:
    """For the keeper: a month is counted when it has ended, not when somebody asks."""
    last = months()[-1]
    return sum(1 for _ in lines(last, last))


def _kept(month: str) -> BikeMonth:
    told = orjson.dumps([tuple(line) for line in _told(month)]).decode()
    with writing():
        fresh = BikeMonth.insert(month=month, lines=told, kept_at=clock.now())
        fresh.on_conflict_ignore().execute()  # Somebody may have been quicker: theirs counts.
    row: BikeMonth = BikeMonth.get_by_id(month)
    return row


def _told(month: str) -> Iterator[Line]:
    """Counted now, and nothing of a few."""
    known = {
        area.path: area
        for area in Area.select(Area.path, Area.code, Area.name, Area.level).where(
            Area.level != "grid"
        )
    }
    leaves = [path for path, area in known.items() if area.level == "community"]
    least = house().policy.bikes.least_count
    counted = _counted(month)
    told = {
        measure: _publish(tuple(sorted(counted[measure].items())), tuple(leaves), least)
        for measure in MEASURES
    }
    for cell in sorted({*told["registered"]}.union(*told.values())):
        area = known.get(cell.path)
        if area is not None:
            figures = (told[measure].get(cell) for measure in MEASURES)
            level = f"{area.level}-rest" if cell.is_rest else area.level
            yield Line(month, level, area.code, area.name, *figures)


@lru_cache(32)
def _publish(
    counts: tuple[tuple[str, int], ...], leaves: tuple[str, ...], least: int
) -> Mapping[Cell, int]:
    """Remembered: most months of a young register are alike, and it takes a tenth of a second."""
    return suppression.publish(dict(counts), leaves, least)


def as_csv(found: Iterator[Line]) -> Iterator[str]:
    """The same as lines of CSV, for the city's open data; what is not told is empty."""
    yield _csv_line(Line._fields)
    yield from map(_csv_line, found)


def _csv_line(values: tuple[Any, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow("" if one is None else one for one in values)
    return out.getvalue()


def _counted(month: str) -> dict[str, dict[str, int]]:
    """Measure -> path of a community (or of an area above) -> how many."""
    begin = datetime.strptime(month, "%Y-%m").replace(tzinfo=CHINA)
    end = (begin + timedelta(days=32)).replace(day=1)
    measure_of = {step: measure for measure, steps in MEASURES.items() for step in steps}
    rows: Any = (
        BikeStep.select(BikeStep.action, BikeStep.state, Bike.area_path, fn.COUNT(BikeStep.id))
        .join(Bike, on=(Bike.id == BikeStep.bike_id))
        .where((BikeStep.at >= begin) & (BikeStep.at < end))
        .where(BikeStep.action.in_(list(measure_of)))
        .group_by(BikeStep.action, BikeStep.state, Bike.area_path)
        .tuples()
    )
    found: dict[str, dict[str, int]] = {measure: defaultdict(int) for measure in MEASURES}
    for action, state, path, count in rows:
        if action != "register" or state == "registered":
            short = "/".join(path.split("/")[:COMMUNITY_DEPTH])
            found[measure_of[action]][short] += count
    return found


def _before(month: str) -> str:
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=CHINA)
    return f"{first - timedelta(days=1):%Y-%m}"
