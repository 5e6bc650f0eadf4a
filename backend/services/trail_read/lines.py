"""Where lines come from: always newest first, and fetched only as far as somebody reads."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from backend.db import to_ms
from backend.models import TrailLine
from backend.prepared import Prepared
from backend.services.trail_read.sight import Sight

STEP = 200  # Lines fetched at once, in the end.
TOP = 2**63 - 1

# Numbers follow the order of writing; somebody may have set the clock in between.
CLOCK_STEP = timedelta(hours=2)


class Line(NamedTuple):
    """A line as the database holds it; `at` in milliseconds since 1970."""

    id: int
    at: int
    verb: str
    outcome: str
    account_id: int
    account: str
    roles: str
    device_id: str | None
    visit_id: str | None
    building_id: int | None
    area_path: str | None
    lat: float | None
    lon: float | None
    subjects: str
    fields: str
    facts: str


def in_sight(sight: Sight, before: int) -> Iterator[Line]:
    """Lines that may be in sight; each is still to be judged."""
    buildings = sight.buildings()
    return _descending(_any, before) if buildings is None else of_buildings(buildings, before)


def of_buildings(buildings: Sequence[int], before: int) -> Iterator[Line]:
    each = [_descending(_of_building, before, building) for building in buildings]
    return heapq.merge(*each, key=attrgetter("id"), reverse=True)


def of_account(account_id: int, before: int) -> Iterator[Line]:
    return _descending(_of_account, before, account_id)


def start(after: int | None, until: datetime | None = None) -> int:
    """The number below which a page begins: after the page before, and not above `until`."""
    number = TOP if after is None else min(after, TOP)
    return number if until is None else min(number, _first_from(until + CLOCK_STEP))


_columns = [getattr(TrailLine, name) for name in Line._fields]
_any = Prepared(
    lambda before, most: (
        TrailLine.select(*_columns)
        .where(TrailLine.id < before)
        .order_by(TrailLine.id.desc())
        .limit(most)
    )
)
_of_building = Prepared(
    lambda building, before, most: (
        TrailLine.select(*_columns)
        .where((TrailLine.building_id == building) & (TrailLine.id < before))
        .order_by(TrailLine.id.desc())
        .limit(most)
    )
)
_of_account = Prepared(
    lambda account, before, most: (
        TrailLine.select(*_columns)
        .where((TrailLine.account_id == account) & (TrailLine.id < before))
        .order_by(TrailLine.id.desc())
        .limit(most)
    )
)


def _descending(fetch: Callable[..., Any], before: int, *whose: int) -> Iterator[Line]:
    """A few at first: of three hundred buildings, most have no line on the page."""
    step = min(4, STEP)
    while rows := fetch(*whose, before, step):
        yield from map(Line._make, rows)
        if len(rows) < step:
            return
        before, step = rows[-1][0], min(2 * step, STEP)


_next_line = Prepared(
    lambda number: (
        TrailLine.select(TrailLine.id, TrailLine.at)
        .where(TrailLine.id >= number)
        .order_by(TrailLine.id)
        .limit(1)
    )
)


def _first_from(instant: datetime) -> int:
    """A number with everything before `instant` below it, found by halving."""
    low, high = 0, TOP
    while low < high:
        middle = (low + high) // 2
        found = _next_line.first(middle)
        if found is None or found[1] >= to_ms(instant):
            high = middle
        else:
            low = found[0] + 1
    return low
