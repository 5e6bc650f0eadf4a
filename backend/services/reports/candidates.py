"""What a report without a tag may be about: things and cases near a position, or by their names.

Shown to choose from. Nothing here joins a report to anything: a person does, or says that it is
none of these.
"""

from collections.abc import Mapping
from typing import Any

from backend.actor import Actor
from backend.errors import TooManyLookUps
from backend.models import Building, Case, Facility
from backend.rules import datum
from backend.services import allowances, cases, facilities, places, problems

Plain = dict[str, Any]

REACH_M = 60.0
MOST = 12
LOOKS_MOST, LOOKS_PER_S = 60.0, 0.5
"""From one address block: enough for a square full of people, too little for a harvest."""


def near(fix: Mapping[str, Any], *, by: Actor | None, source: str) -> list[Plain]:
    """Things and open cases within 60 m, nearest first."""
    _spend(by, source)
    here = datum.to_wgs84(fix["lat"], fix["lon"], fix.get("crs"))
    found = [(m, _facility(row)) for m, row in facilities.around(here, REACH_M)[:MOST]]
    for metres, building_id in places.around(here, REACH_M)[: MOST // 2]:
        found.append((metres, _building(places.by_id(building_id))))
    told = cases.open_around(here, REACH_M)
    found += [(m, _case(one)) for m, one in told if cases.is_public(one)][:MOST]
    return [
        {**one, "metres": round(metres)} for metres, one in sorted(found, key=lambda pair: pair[0])
    ]


def named(text: str, *, by: Actor | None, source: str) -> list[Plain]:
    """Things that go by this number, name or address."""
    _spend(by, source)
    if len(text.strip()) < 2:
        return []
    found = [_facility(row) for row in facilities.called(text, MOST)]
    buildings = places.called(text, MOST)
    found += [_building(places.find_building(code)) for code in buildings]
    return [{**one, "metres": None} for one in found]


def _spend(by: Actor | None, source: str) -> None:
    whose = f"account:{by.account_id}" if by else allowances.network(source)
    allowances.spend(
        f"report-look:{whose}"[:120], most=LOOKS_MOST, per_s=LOOKS_PER_S, refusal=TooManyLookUps
    )


def _facility(row: Facility) -> Plain:
    kind = facilities.kinds()[row.kind]
    return {
        "thing": f"facility:{row.number}",
        "kind": row.kind,
        "kind_name": {"zh": kind.zh, "en": kind.en},
        "name": row.name or row.number,
        "address": row.address,
        "cases": cases.open_at(facility_id=row.id),
    }


def _building(row: Building) -> Plain:
    known = problems.subject(problems.BUILDING)
    told = cases.open_at(building_id=row.id)
    return {
        "thing": f"building:{row.code}",
        "kind": problems.BUILDING,
        "kind_name": {"zh": known.zh, "en": known.en},
        "name": row.name,
        "address": row.address if row.address != row.name else None,
        "cases": [one for one in told if one["problem"]["code"] != "message"],
    }


def _case(row: Case) -> Plain:
    problem = problems.find(row.kind, row.problem).as_dict()
    return {
        "thing": f"case:{cases.number_of(row)}",
        "kind": row.kind,
        "kind_name": problem,
        "name": row.address or row.name,
        "address": None,
        "cases": [{**cases.line(row), "problem": problem}],
    }
