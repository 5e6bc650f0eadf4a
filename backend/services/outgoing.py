"""What waits to go out to units, what failed and what went: for those who look after it."""

from datetime import datetime, time
from typing import Any

from peewee import fn

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, NotFound
from backend.models import Case, Unit, UnitMessage
from backend.rules import case_numbers
from backend.rules.deadlines import CHINA
from backend.services import scope, trail, units
from backend.verbs import verb

MOST = 200
STATES = ("waiting", "failed", "sent")


@verb("outbox.list", reads=True)
def listed(state: str, *, before: int | None = None, most: int = 50, by: Actor) -> dict[str, Any]:
    """Messages to units, or about cases, of one's areas, the latest first"""
    wanted = [_is(state), _mine(by, "outbox.list")]
    if before is not None:
        wanted.append(UnitMessage.id < before)
    most = max(1, min(most, MOST))
    rows: Any = (
        UnitMessage.select(UnitMessage, Unit.name.alias("called"), Case.opened_at)
        .join(Unit, on=(UnitMessage.unit == Unit.code))
        .join_from(UnitMessage, Case, on=(UnitMessage.case_id == Case.id))
        .where(*wanted)
        .order_by(UnitMessage.id.desc())
        .limit(most + 1)
        .objects()
    )
    found = list(rows)
    following = str(found[most - 1].id) if len(found) > most else None
    return {"items": [_line(row) for row in found[:most]], "next": following}


@verb("outbox.count", reads=True)
def counted(*, by: Actor) -> dict[str, int]:
    """How many messages to units wait, how many of them were tried in vain, failed, went today"""
    since = datetime.combine(clock.now().astimezone(CHINA).date(), time(), CHINA)
    waits = _is("waiting")
    kinds = {
        "waiting": waits,
        "troubled": waits & UnitMessage.fault.is_null(False),
        "failed": _is("failed"),
        "sent_today": UnitMessage.sent_at >= since,
    }
    mine = _mine(by, "outbox.count")
    return {name: _number(which, mine) for name, which in kinds.items()}


@verb("outbox.retry")
def retry(message_id: int, *, by: Actor) -> None:
    """Try a message to a unit again now, one that was given up, too"""
    row: Any = UnitMessage.get_or_none(UnitMessage.id == message_id)
    if row is None:
        raise NotFound(noun="message")
    unit, case = units.find(row.unit), Case.get_by_id(row.case_id)
    if not scope.holds_area(by, "outbox.retry", case.area_path):
        scope.check_area(by, "outbox.retry", unit.area_path)
    if row.sent_at is not None:
        raise Conflict(errors={"message": ["It has gone out."]})
    again = UnitMessage.update(due_at=clock.now(), given_up_at=None, tries=0)
    again.where((UnitMessage.id == row.id) & UnitMessage.sent_at.is_null()).execute()
    trail.write(by, "outbox.retry", area_path=unit.area_path, facts={"key": row.key})


def standing() -> dict[str, float]:
    """How the outboxes are doing, for the operator's tools: see `services.standing`."""
    waits = _is("waiting")
    oldest = UnitMessage.select(fn.MIN(UnitMessage.at)).where(waits).scalar()
    return {
        "unsent": UnitMessage.select().where(waits).count(),
        "given_up": UnitMessage.select().where(_is("failed")).count(),
        "oldest_s": 0.0 if oldest is None else max(0.0, (clock.now() - oldest).total_seconds()),
    }


def _number(which: Any, mine: Any) -> int:
    rows = UnitMessage.select().join(Unit, on=(UnitMessage.unit == Unit.code))
    found: int = (
        rows.join_from(UnitMessage, Case, on=(UnitMessage.case_id == Case.id))
        .where(which, mine)
        .count()
    )
    return found


def _is(state: str) -> Any:
    if state == "sent":
        return UnitMessage.sent_at.is_null(False)
    if state == "failed":
        return UnitMessage.given_up_at.is_null(False)
    return UnitMessage.due_at.is_null(False)


def _mine(by: Actor, name: str) -> Any:
    """The condition that unit or case lies where the actor may do this."""
    mine = scope.paths(by, name)
    return scope.within(Unit.area_path, mine) | scope.within(Case.area_path, mine)


def _line(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "unit": row.unit,
        "name": row.called,
        "way": row.way,
        "kind": row.kind,
        "case": case_numbers.number(row.case_id, row.opened_at),
        "at": row.at,
        "due_at": row.due_at,
        "tries": row.tries,
        "fault": row.fault,
        "sent_at": row.sent_at,
        "given_up_at": row.given_up_at,
    }
