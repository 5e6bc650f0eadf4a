"""Visits of those who left in another way than by walking out: signed out, or out of their phone.

Nobody can use such a visit any more, because its session or device is refused at once. Here its
row learns of it, so that nobody is counted as being on site who cannot be.
"""

from typing import Any

from peewee import JOIN

from backend.actor import SYSTEM
from backend.db import writing
from backend.models import Account, Device, Session, Visit
from backend.services.visits import states


def close_left() -> int:
    """Close the visits whose account, session or device is out; how many."""
    left = _left()
    with writing():
        for visit_id, reason in left:
            visit = Visit.get_or_none((Visit.id == visit_id) & (Visit.state != "closed"))
            if visit is not None:
                states.close(visit, reason, SYSTEM)
    return len(left)


def _left() -> list[tuple[str, str]]:
    """Each such visit with the reason to close it for.

    A visit that was granted from elsewhere bears its giver's session until it is taken up, and
    lives on when the giver signs out.
    """
    rows: Any = (
        Visit.select(Visit.id, Account.active, Session.ended_at, Device.revoked_at)
        .join(Account, on=(Visit.account_id == Account.id))
        .join_from(
            Visit,
            Session,
            JOIN.LEFT_OUTER,
            on=(Visit.session_id == Session.id) & (Session.account == Visit.account_id),
        )
        .join_from(Visit, Device, JOIN.LEFT_OUTER, on=(Visit.device_id == Device.id))
        .where(Visit.state != "closed")
        .where(
            (Account.active == False)  # noqa: E712 - SQL
            | Session.ended_at.is_null(False)
            | Device.revoked_at.is_null(False)
        )
        .tuples()
    )
    return [(visit, _reason(active, revoked)) for visit, active, _, revoked in rows]


def _reason(active: bool, revoked: object) -> str:
    if not active:
        return "account_disabled"
    return "signed_out" if revoked is None else "device_revoked"
