"""Shifts: who is on duty now. Whose a bike is, is told on duty alone."""

from datetime import timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import NotOnDuty
from backend.house import house
from backend.models import Account, Shift
from backend.services import trail
from backend.verbs import verb


@verb("shift.begin")
def begin(*, by: Actor) -> dict[str, Any]:
    """Go on duty; said twice, it is the same shift"""
    _take_turns(by)
    row = _living(by)
    if row is None:
        now = clock.now()
        until = now + timedelta(hours=house().policy.bikes.shift_hours)
        row = Shift.create(account_id=by.account_id, began_at=now, until=until)
        trail.write(by, "shift.begin", facts={"shift": row.id, "until": until})
    return _view(row)


@verb("shift.end")
def end(*, by: Actor) -> dict[str, Any]:
    """Go off duty; who is off duty already stays so"""
    _take_turns(by)
    row = _living(by)
    if row is not None:
        row.ended_at = clock.now()
        row.save()
        trail.write(by, "shift.end", facts={"shift": row.id})
    return _view(None)


@verb("shift.show", reads=True)
def show(*, by: Actor) -> dict[str, Any]:
    """Whether I am on duty, and until when"""
    return _view(_living(by))


def check(by: Actor) -> None:
    """Refuse whoever is not on duty at this instant."""
    if _living(by) is None:
        raise NotOnDuty()


def _living(by: Actor) -> Shift | None:
    """The shift that has not been ended and has not run out. A clock set back begins none anew."""
    now = clock.now()
    mine = (Shift.account_id == by.account_id) & Shift.ended_at.is_null()
    lives = (Shift.began_at <= now) & (Shift.until > now)
    row: Shift | None = Shift.select().where(mine & lives).order_by(Shift.id.desc()).first()
    return row


def _take_turns(by: Actor) -> None:
    """Two phones of one person do not begin two shifts."""
    locked(Account.select(Account.id).where(Account.id == by.account_id)).first()


def _view(row: Shift | None) -> dict[str, Any]:
    if row is None:
        return {"on_duty": False, "began_at": None, "until": None}
    return {"on_duty": True, "began_at": row.began_at, "until": row.until}
