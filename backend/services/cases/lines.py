"""A case as a line of staff's lists, and lists that go on where they stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import peewee

from backend.actor import Actor
from backend.db import to_ms
from backend.errors import Invalid
from backend.models import Case, CaseStep
from backend.rules.datum import Position
from backend.services import problems, scope, units
from backend.services.cases import faces

MOST = 100
NEVER = 2**52  # After every instant: what has no deadline comes last.


def of(case: Case) -> dict[str, Any]:
    """What staff's lists say of a case."""
    return {
        **faces.line(case),
        "kind": case.kind,
        "problem": problems.find(case.kind, case.problem).as_dict(),
        "thing": faces.thing(case),
        "name": case.name,
        "address": case.address,
        "channel": case.channel,
        "unit": units.public(units.of(case.unit)),
        "version": case.version,
    }


def waiting(case: Case) -> dict[str, Any]:
    """The same with where it is and what one decides by."""
    return {**of(case), "lat": case.lat, "lon": case.lon, **decided_by(case)}


def decided_by(case: Case) -> dict[str, Any]:
    """What one who moves it on wants to know first."""
    return {
        "proposed": units.public(units.of(case.proposed)),
        "sureness": case.sureness,
        "returns": case.returns,
        "asked": case.asked,
        "accept_by": case.accept_by if case.state == "dispatched" else None,
    }


def reason(case: Case) -> str | None:
    """Why somebody asks for something, or why it came back: the latest reason that was given."""
    wanted = f"ask-{case.asked}" if case.asked else "return"
    if not case.asked and not case.returns:
        return None
    said = (CaseStep.case_id == case.id) & (CaseStep.action == wanted)
    row = CaseStep.select(CaseStep.facts).where(said).order_by(CaseStep.id.desc()).first()
    return None if row is None else orjson.loads(row.facts).get("reason")


def position(case: Case) -> Position | None:
    """Where it is, if anybody knows."""
    return None if case.lat is None or case.lon is None else Position(case.lat, case.lon)


def mine(by: Actor, verb: str) -> Any:
    """The cases of the areas for which this actor holds a verb."""
    return scope.within(Case.area_path, scope.paths(by, verb))


@dataclass(frozen=True)
class Order:
    """By an instant of the case, the earliest first, those without one last."""

    column: Any
    value: Callable[[Case], datetime | None]

    def page(
        self,
        wanted: Any,
        cursor: str | None,
        most: int,
        line: Callable[[Case], dict[str, Any]] = waiting,
    ) -> dict[str, Any]:
        """So many lines of the cases that are wanted, from where `cursor` stopped."""
        most = max(1, min(most, MOST))
        key = peewee.fn.COALESCE(self.column, NEVER).coerce(False)
        rows = Case.select().where(wanted).order_by(key, Case.id).limit(most + 1)
        if cursor is not None:
            moment, number = _read(cursor)
            rows = rows.where((key > moment) | ((key == moment) & (Case.id > number)))
        found = list(rows)
        following = self._cursor(found[most - 1]) if len(found) > most else None
        return {"items": [line(case) for case in found[:most]], "next": following}

    def _cursor(self, case: Case) -> str:
        moment = self.value(case)
        return f"{NEVER if moment is None else to_ms(moment)}-{case.id}"


BY_DUE = Order(Case.due_at, lambda case: case.due_at)
"""Until when it must be put right."""


def _read(cursor: str) -> tuple[int, int]:
    moment, dash, number = cursor.partition("-")
    if dash and all(
        one.isascii() and one.isdecimal() and len(one) <= 16 for one in (moment, number)
    ):
        return int(moment), int(number)
    raise Invalid(errors={"cursor": ["Send back the `next` of the page before."]})
