"""Messages to units: written with what caused them, each by the ways that the unit has.

A unit with an address of its own (a webhook, a chat) or with mail, where the house can send any,
is told there; every other one by the house's courier. What is written in a transaction that is
undone was never written, and a key is kept once: nobody is told of the same thing twice.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

from backend import clock
from backend.db import to_ms
from backend.house import house
from backend.models import Case, Unit, UnitMessage
from backend.prepared import Prepared
from backend.services import units

FILE = Path(__file__).parents[2] / "fixtures" / "unit-messages.toml"
WAYS = ("address", "mail", "courier")
TELLS = {
    "dispatch": "dispatched",
    "reassign": "dispatched",
    "return": "returned",
    "rework": "rework",
    "reopen": "reopened",
    "urge": "urged",
}
"""What a unit is told of a move: of a return the desk hears, of the others whoever has the case."""
TO_THE_DESK = frozenset({"returned", "reopened"})


def tell_of_move(case: Case, action: str, *, before: str | None) -> None:
    """Tell whom a move concerns; `before` is the unit that had the case until now."""
    kind = TELLS.get(action)
    if kind is None:
        return
    if kind == "dispatched" and case.arbiter is not None:
        kind = "decided"
    told = {case.unit} if kind != "returned" else set()
    if kind in TO_THE_DESK:
        desk = units.desk_for(case.area_path)
        told.add(case.arbiter or (desk.code if desk else None))
    for unit in sorted(filter(None, told)):
        tell_unit(case, kind, unit=unit)
    if action == "reassign" and before and before != case.unit:
        tell_unit(case, "withdrawn", unit=before)


def tell_unit(
    case: Case,
    kind: str,
    facts: Mapping[str, object] | None = None,
    *,
    unit: Unit | str | None = None,
    once: str = "",
) -> None:
    """Tell the unit that has a case, or another; in the transaction that caused it.

    Of one kind it hears once in each version of the case; `once` tells further ones apart.
    """
    assert kind in texts()
    row = unit if isinstance(unit, Unit) else units.of(unit or case.unit)
    if row is None:
        return
    now = to_ms(clock.now())
    said = orjson.dumps({"due": case.due_at, **(facts or {})}, default=str).decode()
    for way in ways_of(row):
        key = ":".join(filter(None, (str(case.id), str(case.version), kind, once, row.code, way)))
        _write.write(key, row.code, way, case.id, kind, said, now, now)


def ways_of(unit: Unit) -> list[str]:
    """By which ways a unit is told."""
    found = []
    if unit.sealed is not None:
        found.append("address")
    if unit.email and house().settings.SMTP_URL:
        found.append("mail")
    return found or ["courier"]


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """What is said, by kind and language."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


_write = Prepared(
    lambda key, unit, way, case, kind, facts, due, at: UnitMessage.insert(
        key=key, unit=unit, way=way, case_id=case, kind=kind, facts=facts, due_at=due, at=at
    ).on_conflict_ignore()
)  # fmt: skip
