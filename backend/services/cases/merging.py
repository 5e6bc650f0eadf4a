"""Cases that are one by rule: the machine puts a dark lamp with those beside it, and says why.

A person who takes a case out again is right: the machine does not put it back.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from backend.db import locked
from backend.models import Case, Facility
from backend.rules import merging
from backend.rules.datum import Position
from backend.rules.merging import Joined, Rule, Thing
from backend.services import places
from backend.services.cases import faces
from backend.services.cases.moving import moved
from backend.services.cases.opening import step

FILE = Path(__file__).parents[3] / "fixtures" / "standards" / "merging.toml"
RULE = "merging:"
NOT_BEGUN = ("received", "filed", "dispatched", "handling")
"""States of a case that may still take others in: afterwards its crew has been there."""


@cache
def rules() -> Mapping[str, Rule]:
    """The rules of the city by kind of facility. Raises ValueError."""
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    found = [Rule.from_mapping(key, words) for key, words in said.items()]
    return {rule.kind: rule for rule in found}


def merged_by_rule(case: Case) -> bool:
    """Put the case with an older one if a rule says so. Inside a write transaction."""
    rule = rules().get(case.kind)
    if rule is None or case.problem not in rule.problems or case.facility_id is None:
        return False
    mine = _thing(
        rule,
        case.id,
        case.problem,
        case.owner,
        case.lat,
        case.lon,
        case.opened_at,
        _facts(case.facility_id),
    )
    joined = merging.first_of(rule, mine, _around(case, rule))
    if joined is None:
        return False
    parent: Case = locked(Case.select().where(Case.id == joined.case_id)).get()
    if parent.state not in NOT_BEGUN:
        return False  # Closed while we looked.
    _merge(case, parent, rule, joined)
    return True


def _merge(case: Case, parent: Case, rule: Rule, joined: Joined) -> None:
    """As a dispatcher does it; the step says which rule it was."""
    name = f"{RULE}{rule.key}"
    why = {"code": "merged", "rule": name, "metres": round(joined.metres)}
    if joined.is_same:
        why["same"] = rule.same
    case.merged_into, case.rule, case.unit = parent.id, name, parent.unit or case.unit
    parent.reports += case.reports
    step(parent, "absorb", facts={"case": faces.number_of(case), "rule": name})
    moved(case, "merge", None, facts={"into": faces.number_of(parent), "rule": name, "why": [why]})


def _around(case: Case, rule: Rule) -> Iterator[Thing]:
    """Older open cases of the same problem at such things, as far as the rule reaches."""
    assert case.lat is not None  # A facility has a position.
    assert case.lon is not None
    columns = (Case.id, Case.problem, Case.owner, Case.lat, Case.lon, Case.opened_at)
    for first, last in places.ranges_around(case.lat, case.lon, rule.reach):
        rows = (
            Case.select(*columns, Facility.facts)
            .join(Facility, on=(Facility.id == Case.facility_id))
            .where(Case.cell.between(first, last), Case.id < case.id)
            .where(Case.kind == case.kind, Case.problem == case.problem)
            .where(Case.state.in_(NOT_BEGUN), Case.opened_at >= case.opened_at - rule.span)
        )
        found: Iterable[Any] = rows.tuples()
        yield from (_thing(rule, *row) for row in found)


def _facts(facility_id: int) -> str:
    return str(Facility.get_by_id(facility_id).facts)


def _thing(
    rule: Rule,
    case_id: int,
    problem: str,
    owner: str | None,
    lat: float | None,
    lon: float | None,
    opened_at: datetime,
    facts: str,
) -> Thing:
    assert lat is not None
    assert lon is not None
    said = orjson.loads(facts).get(rule.same)
    place = Position(lat, lon)
    return Thing(case_id, problem, owner, place, opened_at, str(said) if said else None)
