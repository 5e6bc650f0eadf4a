"""A page of the trail, in the shape of the wire."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson

from backend.db import from_ms, to_ms
from backend.models import Building
from backend.services.trail_read.lines import CLOCK_STEP, Line

MOST = 200  # Lines in a page.
MOST_LOOKED_AT = 20_000

WITHHELD = frozenset({"tag"})  # With a tag's code somebody could scan it from home.


def page(
    lines: Iterator[Line],
    is_wanted: Callable[[Line], bool],
    most: int,
    since: datetime | None = None,
) -> dict[str, Any]:
    """{items, next}; `next` is what to pass as `after` for the page that follows, or None."""
    oldest = None if since is None else to_ms(since - CLOCK_STEP)
    found: list[Line] = []
    following = None
    for looked_at, line in enumerate(lines, 1):
        if oldest is not None and line.at < oldest:
            break
        if is_wanted(line):
            found.append(line)
        if len(found) == max(1, min(most, MOST)) or looked_at == MOST_LOOKED_AT:
            following = line.id
            break
    codes = _codes({line.building_id for line in found if line.building_id is not None})
    return {"items": [_view(line, codes) for line in found], "next": following}


def _codes(buildings: set[int]) -> Mapping[int | None, str]:
    rows = Building.select(Building.id, Building.code).where(Building.id.in_(buildings))
    return {row.id: row.code for row in rows}


def _view(line: Line, codes: Mapping[int | None, str]) -> dict[str, Any]:
    """A line for reading: how many people instead of who, the place to some 11 metres."""
    facts = orjson.loads(line.facts)
    return {
        "line": line.id,
        "at": from_ms(line.at),
        "verb": line.verb,
        "outcome": line.outcome,
        "account": line.account,
        "roles": _words(line.roles),
        "device": line.device_id[:8] if line.device_id else None,
        "visit": line.visit_id,
        "building": codes.get(line.building_id),
        "area": line.area_path.rpartition("/")[2] if line.area_path else None,
        "lat": _rounded(line.lat),
        "lon": _rounded(line.lon),
        "fields": _words(line.fields),
        "subjects": _count(line.subjects),
        "facts": {name: value for name, value in facts.items() if name not in WITHHELD},
    }


def _words(text: str) -> list[str]:
    return text.split(",") if text else []


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 4)


def _count(subjects: str) -> int:
    """How many keys `ranges.pack` put together."""
    total = 0
    for part in filter(None, subjects.split(",")):
        first, _, last = part.partition("-")
        total += int(last or first) - int(first) + 1
    return total
