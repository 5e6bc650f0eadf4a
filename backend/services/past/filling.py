"""Lives as rows: many cases with their steps, written at once as the house itself leaves them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from backend.db import database, is_sqlite, to_ms, writing
from backend.house import house
from backend.models import Case, CaseStep
from backend.rules import clocks, seals, workflow
from backend.rules.clocks import Step
from backend.services import standards
from backend.services.cases import chain
from backend.services.imports import bulk
from backend.services.past.lives import ACCEPT, ANSWER, Life

People = Mapping[tuple[str, str], int]
"""(unit, part) -> the account that plays this part there; ("", part) plays it everywhere."""
WORKED_ON = ("dispatched", "handling")


def fill(lives: Iterable[Life], people: People, now: datetime) -> int:
    """Write these cases and their steps, the oldest first. Returns how many there were."""
    ordered = sorted((life for life in lives if life.steps), key=lambda life: life.steps[0].at)
    with writing():
        bulk.hold([Case, CaseStep])
        last = Case.select(Case.id).order_by(Case.id.desc()).first()
        first = last.id + 1 if last else 1
        numbered = list(enumerate(ordered, first))
        steps = {n: step_rows(n, life, people) for n, life in numbered}
        made = [(*case_row(n, life, people, now), steps[n][-1][-1]) for n, life in numbered]
        bulk.insert(Case, (*CASE, "mac"), made)
        rows = [row for each in steps.values() for row in each]
        bulk.insert(CaseStep, STEP, sorted(rows, key=lambda row: row[2]))
        _go_on_counting()
    return len(ordered)


CASE = (
    "id", "state", "open_key", "kind", "problem", "facility_id", "building_id", "thing", "name",
    "address", "lat", "lon", "cell", "area_path", "channel", "owner", "unit", "rule",
    "returns", "account_id", "reports", "round", "opened_at", "updated_at", "closed_at",
    "dispatch_by", "dispatched_at", "accept_by", "accepted_at", "overdue_at", "answer_by",
    "answered_at", "urged", "handled_at", "due_at", "standard", "limit_value", "limit_unit",
    "version", "steps",
)  # fmt: skip
STEP = (*chain.VALUES, "mac")


def case_row(number: int, life: Life, people: People, now: datetime) -> tuple[Any, ...]:
    """The case as its last step leaves it."""
    subject, state, steps = life.subject, life.state, life.present
    at = {one.action: one.at for one in reversed(steps)}  # The first of each.
    last = {one.action: one.at for one in steps}
    sent = max((last[name] for name in ("dispatch", "reassign") if name in last), default=None)
    dispatched = at.get("dispatch")
    ended = steps[-1].at if state not in workflow.OPEN else None
    closed = last.get("close") or last.get("decline") or last.get("merge")
    unit = next((one.unit for one in reversed(steps) if one.unit), subject.desk)
    handling = clocks.handling([Step(one.at, one.action, one.state) for one in life.steps])
    due = life.due_at
    stopped = handling.paused_at or closed or now
    return (
        number, state, _open_key(life), subject.kind, subject.problem, subject.facility_id,
        subject.building_id, subject.thing, subject.name, subject.address, subject.lat,
        subject.lon, subject.cell, subject.area_path, life.channel,
        subject.unit if subject.facility_id else None, unit, _rule(life),
        sum(one.action == "return" for one in steps),
        people.get((subject.unit, "handler")) if "accept" in at else None,
        life.reports, 1 + (steps is not life.steps), _ms(life.steps[0].at), _ms(steps[-1].at),
        _ms(closed if ended else None),
        _ms(steps[0].at + timedelta(minutes=30)), _ms(dispatched),
        _ms(sent + ACCEPT if sent and state in WORKED_ON else None), _ms(at.get("accept")),
        _ms(due if due and stopped > due else None),
        _ms(closed + ANSWER if closed and ended else None), _ms(life.answered_at), 0,
        _ms(handling.paused_at), _ms(due),
        standards.standard().version if due else None,
        subject.limit.value if due else None, subject.limit.unit if due else None,
        len(life.steps), len(life.steps),
    )  # fmt: skip


def _rule(life: Life) -> str:
    """What chose the unit; the desk has those that a person sent on, and those that wait."""
    chosen = [one.facts.get("rule") for one in life.steps if one.action == "dispatch"]
    return str(chosen[-1] or "desk") if chosen else "desk"


def _open_key(life: Life) -> str | None:
    if life.state not in workflow.OPEN or life.subject.facility_id is None:
        return None
    return f"facility:{life.subject.facility_id}:{life.subject.problem}"


def step_rows(number: int, life: Life, people: People) -> list[tuple[Any, ...]]:
    """Its steps in order, each chained to the one before as the house chains them."""
    key, mac, before = house().trail_keys[0], seals.GENESIS, None
    rows: list[tuple[Any, ...]] = []
    for serial, one in enumerate(life.steps, 1):
        account = None
        if one.by is not None:
            account = people.get((one.unit or "", one.by)) or people.get(("", one.by))
        values = (
            number, serial, _ms(one.at), one.action, before, one.state, account, None, one.unit,
            None, None, None, one.note, orjson.dumps(one.facts).decode(),
        )  # fmt: skip
        mac = chain.link(key, values, mac)
        rows.append((*values, mac))
        before = one.state
    return rows


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def _go_on_counting() -> None:
    """On PostgreSQL numbers that were given by hand have to be told to the counter."""
    if not is_sqlite():
        database.execute_sql(
            """SELECT setval(pg_get_serial_sequence('"case"', 'id'), max(id)) FROM "case" """
        )
