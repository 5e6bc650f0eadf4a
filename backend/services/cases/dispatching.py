"""Cases find their unit by themselves, seconds after they were taken on; the desk gets the rest.

A rule that fails never loses a case: it is told to the desk, which has the case all the same.
"""

import logging

from backend import clock
from backend.db import locked, to_ms, writing
from backend.models import Case, Remit
from backend.prepared import Prepared
from backend.rules import dispatch
from backend.rules.dispatch import Choice, Line
from backend.services import notices, scope
from backend.services.cases import faces
from backend.services.cases.moving import moved

log = logging.getLogger("gridtag.dispatch")

PORTION = 50

_lines = Prepared(
    lambda kind: Remit.select(
        Remit.key, Remit.problem, Remit.area_path, Remit.unit, Remit.since, Remit.until
    ).where(Remit.kind == kind)
)


def dispatch_waiting() -> int:
    """Send on all cases that nobody has looked at yet; for the keeper. Returns how many were."""
    sent = 0
    while waiting := _waiting():
        for case_id in waiting:
            sent += _dispatch(case_id)
    return sent


def choice_for(case: Case) -> Choice | None:
    """What the rules in force today say; None: a person decides."""
    lines = [Line(*row) for row in _lines(case.kind)]
    return dispatch.choose(case.owner, lines, case.problem, case.area_path, scope.today())


def _waiting() -> list[int]:
    """Those taken on for the first time; what came back to the desk is for people."""
    fresh = (Case.state == "filed") & Case.rule.is_null()
    rows = Case.select(Case.id).where(fresh).order_by(Case.id).limit(PORTION)
    return [row.id for row in rows]


def _dispatch(case_id: int) -> bool:
    with writing():
        case = locked(Case.select().where(Case.id == case_id)).get()
        if case.state != "filed" or case.rule is not None:
            return False  # Somebody was quicker.
        choice = _choice(case)
        case.rule = choice.rule if choice else "desk"
        if choice is None:
            Case.update(rule="desk").where(Case.id == case_id).execute()
            return False
        case.unit = choice.unit
        seconds = (to_ms(clock.now()) - to_ms(case.opened_at)) // 1000
        moved(case, "dispatch", None, facts={"rule": choice.rule, "seconds": seconds})
        return True


def _choice(case: Case) -> Choice | None:
    """As `choice_for`; a rule that fails is told to the desk, once a case."""
    try:
        return choice_for(case)
    except Exception:
        number = faces.number_of(case)
        log.exception("the rules of dispatch failed", extra={"case": number})
        facts = {"case": number, "name": case.name}
        notices.tell_role("dispatcher", case.area_path, "dispatch-failed", facts)
        return None
