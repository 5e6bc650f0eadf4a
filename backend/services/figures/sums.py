"""The sums of facts, by area, day or month, and what they count under."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import orjson

from backend.db import database, is_sqlite
from backend.models import CaseTally
from backend.rules.figures import table
from backend.rules.figures.facts import Fact
from backend.rules.figures.periods import spans_of
from backend.rules.figures.table import Sums
from backend.services.imports import bulk

TALLIED = {
    1: ("all", "unit", "class", "channel"),
    2: ("all", "unit", "class", "channel"),
    3: ("all",),
}
"""Depth of an area (city, district, street) -> what sums are kept of it. Below, facts are few."""

Key = tuple[str, str, str, str]
"""area_path, facet, span, value"""
Tallies = dict[Key, Sums]


def tallies_of(found: Iterable[Fact], sign: int = 1, into: Tallies | None = None) -> Tallies:
    """What facts add to which sums."""
    sums: Tallies = defaultdict(Counter) if into is None else into
    for fact in found:
        cells = _cells(fact)
        for day, key, count in table.contributions(fact):
            for span in spans_of(day):
                for area, facet, value in cells:
                    sums[area, facet, span, value][key] += sign * count
    return sums


def _cells(fact: Fact) -> list[tuple[str, str, str]]:
    """area, facet and value of the sums that a fact belongs to."""
    values = values_of(fact)
    parts = fact.area_path.split("/")
    return [
        ("/".join(parts[:depth]), facet, values[facet])
        for depth, facets in TALLIED.items()
        if depth <= len(parts)
        for facet in facets
    ]


def values_of(fact: Fact) -> dict[str, str]:
    """By facet, what a fact counts under."""
    return {
        "all": "",
        "unit": fact.unit or "",
        "class": f"{fact.kind}.{fact.problem}",
        "channel": fact.channel,
    }


def difference(old: Iterable[Fact], new: Iterable[Fact]) -> Tallies:
    changes = tallies_of(new, into=tallies_of(old, -1))
    return {key: sums for key, sums in changes.items() if any(sums.values())}


def add(changes: Tallies) -> None:
    """Add to the sums that are kept; one that comes to nothing goes."""
    mark = "?" if is_sqlite() else "%s"
    names = ("area_path", "facet", "span", "value")
    where = " AND ".join(f'"{name}" = {mark}' for name in names)
    cursor = database.cursor()
    for key, added in changes.items():
        cursor.execute(f'SELECT "sums" FROM "case_tally" WHERE {where}', key)  # noqa: S608 - our names
        row = cursor.fetchone()
        sums = Counter(orjson.loads(row[0]) if row else {})
        sums.update(added)
        said = dumped(sums)
        if row is None:
            bulk.insert(CaseTally, (*names, "sums"), [(*key, said)])
        elif said == "{}":
            cursor.execute(f'DELETE FROM "case_tally" WHERE {where}', key)  # noqa: S608
        else:
            cursor.execute(f'UPDATE "case_tally" SET "sums" = {mark} WHERE {where}', (said, *key))  # noqa: S608


def dumped(sums: Sums) -> str:
    """As it is kept: without what is 0, in one order."""
    return orjson.dumps(
        {key: count for key, count in sums.items() if count}, option=orjson.OPT_SORT_KEYS
    ).decode()
