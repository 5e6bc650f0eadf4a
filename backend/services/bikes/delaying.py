"""A look-up that its owner shall not read yet: asked for by one, granted by another."""

from datetime import timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Conflict, NotFound, SecondPersonNeeded
from backend.models import Account, Bike, LookUp
from backend.services import scope, trail
from backend.verbs import verb

MOST = 200


@verb("bike.delay-list", reads=True)
def delays(*, by: Actor) -> list[dict[str, Any]]:
    """The delays that wait for a decision, the most urgent first; nothing of the owners"""
    is_open = LookUp.delay_asked.is_null(False) & LookUp.approved_by.is_null()
    is_mine = scope.within(Bike.area_path, scope.paths(by, "bike.delay-list"))
    rows = LookUp.select().join(Bike, on=(Bike.id == LookUp.bike_id)).order_by(LookUp.id)
    waiting = rows.where(is_open & (LookUp.hidden_until > clock.now()) & is_mine).limit(MOST)
    found = [_view(row, Bike.get_by_id(row.bike_id)) for row in waiting]
    trail.write(by, "bike.delay-list", facts={"look_ups": len(found)})
    return found


@verb("bike.delay-approve")
def decide_delay(look_up_id: int, is_approved: bool, *, by: Actor) -> dict[str, Any]:
    """Approve that an owner learns of a look-up later, or refuse it: never one's own"""
    row = locked(LookUp.select().where(LookUp.id == look_up_id)).get_or_none()
    if row is None or row.delay_asked is None:
        raise NotFound(noun="look-up")
    bike = Bike.get_by_id(row.bike_id)
    scope.check_area(by, "bike.delay-approve", bike.area_path)
    if row.account_id == by.account_id:
        raise SecondPersonNeeded()
    if row.approved_by is not None or row.hidden_until <= clock.now():
        raise Conflict(errors={"delay": ["It has been decided, or its owner may read it by now."]})
    row.approved_by, row.approved_at = by.account_id, clock.now()
    row.hidden_until = row.at + timedelta(days=row.delay_asked) if is_approved else None
    row.save()
    facts = {"look_up": row.id, "days": row.delay_asked, "approved": is_approved}
    trail.write(by, "bike.delay-approve", area_path=bike.area_path, facts=facts)
    return {"id": row.id, "owner_reads_from": row.hidden_until or row.at}


def _view(row: LookUp, bike: Bike) -> dict[str, Any]:
    officer = Account.get_or_none(Account.id == row.account_id)
    return {
        "id": row.id,
        "at": row.at,
        "by": officer.full_name if officer else None,
        "role": row.role,
        "case_number": row.case_number,
        "reason": row.reason,
        "words": row.words,
        "days": row.delay_asked,
        "decide_until": row.hidden_until,
        "bike": {"brand": bike.brand, "colour": bike.colour},
    }
