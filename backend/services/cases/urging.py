"""Time presses: whoever has a case hears when shares of its time are gone, then those above them.

A keeper that was away for days tells each person once, of the largest share that is gone by now;
what lay between is gone with it. Each telling is a step of the case, within its own transaction.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache

from backend import clock
from backend.db import is_sqlite, undone_alone, writing
from backend.house import house
from backend.models import Account, Case, Unit
from backend.rules import clocks as ruled
from backend.rules.urging import OVERDUE
from backend.services import holders, notices, outbox, units
from backend.services.cases import aiming, clocks, faces
from backend.services.cases.opening import step

log = logging.getLogger("gridtag.urging")

PORTION = 20  # In one transaction: nobody else may write for so long.
LATER = timedelta(hours=1)
"""When to look again at a case of which nobody could be told."""
NOTICES = {
    "share": "case-share",
    "overdue": "case-overdue",
    "dispatch-share": "case-dispatch-share",
    "answer-late": "case-answer-late",
}
"""What people are told, by what units are told."""


def urge_due() -> int:
    """Tell of all that is due; for the keeper. Returns how many cases that were."""
    told = 0
    while Case.select(Case.id).where(Case.urge_at <= clock.now()).exists():
        with writing():
            found, ears = _portion(), _Ears()
            told += sum(_urged(case, ears) for case in found)
        if not found:
            break  # Another keeper has them.
    return told


def late_figures() -> dict[str, int]:
    """How many open cases are past their deadline, and ended ones past their answer."""
    now = clock.now()
    late = Case.state.in_(sorted(aiming.HANDLED_BY_NOW)) & (Case.due_at < now)
    unanswered = Case.answered_at.is_null() & (Case.answer_by < now)
    return {
        "overdue": Case.select().where(late).count(),
        "unanswered": Case.select().where(unanswered).count(),
    }


def _portion() -> list[Case]:
    """Those due longest, held until the transaction ends."""
    due = Case.select().where(Case.urge_at <= clock.now())
    rows = due.order_by(Case.urge_at, Case.id).limit(PORTION)
    return list(rows if is_sqlite() else rows.for_update(skip_locked=True))


def _urged(case: Case, ears: "_Ears") -> bool:
    """One that fails is put off, so that it keeps no other one back."""
    try:
        with undone_alone():
            return _urge(case, ears)
    except Exception:
        log.exception("nobody was urged", extra={"case": faces.number_of(case)})
        Case.update(urge_at=clock.now() + LATER).where(Case.id == case.id).execute()
        return False


def _urge(case: Case, ears: "_Ears") -> bool:
    running = aiming.running_of(case, ruled.handling(clocks.steps_of(case)))
    share = aiming.gone(case, running, clock.now())
    if not share:  # Since it was aimed, it was answered in time, or a new rule is in force.
        again = Case.update(urge_at=aiming.next_at(case, running))
        again.where(Case.id == case.id).execute()
        return False
    case.urged = share
    if running.name == "handling" and share >= OVERDUE and case.overdue_at is None:
        case.overdue_at = case.due_at
    facts: dict[str, object] = {"clock": running.name, "percent": share}
    step(case, "remind", unit=case.unit, facts=facts)
    _spread(case, running.name, share, ears)
    return True


def _spread(case: Case, running: str, share: int, ears: "_Ears") -> None:
    """A notice to each person once, a message to each unit once."""
    listeners = house().policy.urging.listeners(running, share)
    kind, due = _said(case, running, share)
    people = {account.id for name in listeners for account in PEOPLE[name](ears, case)}
    told = {"case": faces.number_of(case), "name": case.name, "percent": share}
    for account_id in sorted(people):
        notices.tell_account(account_id, NOTICES[kind], told)
    facts = {"percent": share, "due": due}
    for unit in _units(case, listeners, ears):
        outbox.tell_unit(case, kind, facts, unit=unit, once=str(share))


def _said(case: Case, running: str, share: int) -> tuple[str, datetime | None]:
    if running == "dispatch":
        return "dispatch-share", case.dispatch_by
    if running == "feedback":
        return "answer-late", case.answer_by
    return ("overdue" if share >= OVERDUE else "share"), case.due_at


def _units(case: Case, listeners: frozenset[str], ears: "_Ears") -> list[Unit]:
    """Which units hear through their own ways, each once."""
    desks = ears.desks(case.area_path)
    found = [ears.unit(case.unit)] if "handler" in listeners else []
    found += desks[:1] if "desk" in listeners else []
    found += desks[1:2] if "above" in listeners else []
    known = {unit.code: unit for unit in found if unit is not None}
    return [known[code] for code in sorted(known)]


# --- Who stands behind the words of cases.toml --------------------------------------------------


class _Ears:
    """Who holds what, asked once for all cases of a transaction."""

    def __init__(self) -> None:
        self.desks = cache(units.desks_over)
        self.unit = cache(units.of)
        self.head = cache(units.head_of)
        self.levels = cache(holders.levels)
        self.people = cache(_people_of)
        self.account = cache(_account)

    def nearest(self, role: str, area_path: str) -> list[Account]:
        found = self.levels(role, area_path)
        return found[0] if found else []


def _people_of(unit: str) -> list[Account]:
    return list(Account.select().where((Account.unit == unit) & Account.active))


def _account(account_id: int) -> list[Account]:
    return list(Account.select().where((Account.id == account_id) & Account.active))


def _handler(ears: _Ears, case: Case) -> list[Account]:
    """Who has it; until somebody has, everybody of the unit, or who handles cases there."""
    if case.account_id is not None:
        return ears.account(case.account_id)
    if case.unit is not None and (found := ears.people(case.unit)):
        return found
    return [one for one in ears.nearest("handler", case.area_path) if one.unit is None]


def _head(ears: _Ears, case: Case) -> list[Account]:
    head = ears.head(case.unit)
    return [] if head is None else [head]


def _desk(ears: _Ears, case: Case) -> list[Account]:
    """The dispatchers of the nearest desk; of a house without desks, those over the place."""
    desks = ears.desks(case.area_path)
    return ears.nearest("dispatcher", desks[0].area_path if desks else case.area_path)


def _supervisor(ears: _Ears, case: Case) -> list[Account]:
    return ears.nearest("supervisor", case.area_path)


def _above(ears: _Ears, case: Case) -> list[Account]:
    return next(iter(ears.levels("supervisor", case.area_path)[1:2]), [])


PEOPLE: Mapping[str, Callable[[_Ears, Case], list[Account]]] = {
    "handler": _handler,
    "head": _head,
    "desk": _desk,
    "supervisor": _supervisor,
    "above": _above,
}
