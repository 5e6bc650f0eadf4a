"""What waits too long at this moment: at whom, why, since when. Read from the cases themselves."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import peewee
from peewee import fn

from backend import clock
from backend.db import from_ms, to_ms
from backend.models import Case, CaseFact
from backend.rules import workflow
from backend.services.figures.scoping import Narrow, conditions

CHECK_WITHIN = timedelta(hours=24)
"""Nobody's clock runs while a case waits for its check; after a day it has been forgotten."""
WHY = ("dispatch", "desk", "accept", "handle", "check", "answer")
"""Why a case is late, which is where it lies: each late case is in one of them."""
MARKS = ("returned-twice", "overdue")
"""What is true of open cases whether they are late or not."""


class Late(NamedTuple):
    """So many of a unit's cases are late for one reason; the one longest since `since`."""

    unit: str  # "": nobody's yet.
    why: str
    cases: int
    since: datetime


def late(narrow: Narrow) -> list[Late]:
    """By unit and reason."""
    now = clock.now()
    why, since = _why(now), _since()
    columns = fn.COALESCE(Case.unit, ""), why, fn.COUNT(Case.id), fn.MIN(since)
    found = []
    for condition in (_open_late(now), _unanswered(now)):
        rows: Any = Case.select(*columns).where(condition, *conditions(Case, narrow))
        for unit, reason, count, first in rows.group_by(peewee.SQL("1"), peewee.SQL("2")).tuples():
            at = first if isinstance(first, datetime) else from_ms(int(first))
            found.append(Late(str(unit), str(reason), int(count), at))
    return found


def marked(narrow: Narrow) -> Mapping[str, int]:
    """How many open cases bear each mark."""
    return {
        mark: Case.select().where(is_marked(mark), *conditions(Case, narrow)).count()
        for mark in MARKS
    }


def is_late_for(why: str) -> Any:
    """The condition under which a case counts under this reason."""
    now = clock.now()
    return _unanswered(now) if why == "answer" else _open_late(now) & (_why(now) == why)


def is_late() -> Any:
    now = clock.now()
    return _open_late(now) | _unanswered(now)


def is_marked(mark: str) -> Any:
    is_open = Case.state.in_(sorted(workflow.OPEN))
    return is_open & (Case.returns >= 2 if mark == MARKS[0] else Case.overdue_at.is_null(False))


def order() -> Any:
    """Those late for longest first."""
    return _since()


def _open_late(now: datetime) -> Any:
    at_desk = Case.state.in_(["received", "filed"])
    waits = Case.dispatched_at.is_null()
    return (
        (at_desk & waits & (Case.dispatch_by < now))
        | (at_desk & ~waits & (Case.due_at < now))
        | ((Case.state == "dispatched") & ((Case.accept_by < now) | (Case.due_at < now)))
        | ((Case.state == "handling") & (Case.due_at < now))
        | ((Case.state == "handled") & (Case.handled_at < now - CHECK_WITHIN))
    )


def _unanswered(now: datetime) -> Any:
    """Closed, and its reporters are not told. The facts know the few that it can be."""
    waiting = CaseFact.select(CaseFact.case_id).where(CaseFact.pending < to_ms(now))
    return (
        (Case.state == "closed")
        & (Case.answer_by < now)
        & Case.answered_at.is_null()
        & Case.id.in_(waiting)
    )


def _why(now: datetime) -> Any:
    return peewee.Case(
        Case.state,
        (
            ("dispatched", "accept"),
            ("handling", "handle"),
            ("handled", "check"),
            ("closed", "answer"),
        ),
        peewee.Case(None, ((Case.dispatched_at.is_null(), "dispatch"),), "desk"),
    )


def _since() -> Any:
    """Since when: the instant that was promised."""
    return peewee.Case(
        Case.state,
        (
            ("dispatched", fn.COALESCE(Case.accept_by, Case.due_at)),
            ("handling", Case.due_at),
            ("handled", Case.handled_at),
            ("closed", Case.answer_by),
        ),
        fn.COALESCE(Case.due_at, Case.dispatch_by),
    )
