"""When a case must be where: at its unit after half an hour, put right within the standard's time.

Deadlines are worked out from the steps each time one is added, and kept as instants together
with the version of the standard that made them: a new standard moves no old deadline.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.house import house
from backend.models import Case, CaseStep
from backend.rules import clocks, deadlines
from backend.rules.clocks import Step
from backend.rules.deadlines import Limit
from backend.services import standards
from backend.services.cases import aiming


def dispatch_due(case: Case) -> datetime | None:
    """Until when it must be sent to a unit; None once that has happened, or need not any more."""
    if case.state not in ("received", "filed") or case.due_at is not None:
        return None
    return _began(case) + timedelta(minutes=house().policy.cases.dispatch_min)


def keep(case: Case, action: str, now: datetime) -> None:
    """Set what the step that is about to be written makes of the deadline."""
    due_before, steps = case.due_at, [*steps_of(case), Step(now, action, case.state)]
    _keep_due(case, steps)
    aiming.aim(case, steps, due_before)


def _keep_due(case: Case, steps: Sequence[Step]) -> None:
    clock = clocks.handling(steps)
    case.handled_at = clock.paused_at
    if clock.start is None:
        case.due_at = case.standard = case.limit_value = case.limit_unit = None
        return
    limit = _limit(case)
    case.due_at = deadlines.due(clock.start, limit, house().policy.calendar, clock.pauses)


def is_late(case: Case, now: datetime) -> bool:
    """Whether its time has run out, or had when it was handled."""
    dispatch = dispatch_due(case)
    if dispatch is not None:
        return now > dispatch
    if case.due_at is None:
        return False
    return bool((case.handled_at or case.closed_at or now) > case.due_at)


def _limit(case: Case) -> Limit:
    """What the standard allowed when the case was first sent on; now, if that is now."""
    if case.limit_value is not None and case.limit_unit is not None:
        return Limit(case.limit_value, case.limit_unit)
    limit = standards.condition_of(case.kind, case.problem).limit
    case.standard = standards.standard().version
    case.limit_value, case.limit_unit = limit.value, limit.unit
    return limit


def _began(case: Case) -> datetime:
    """When the present round began: the report, or the last time it was opened again."""
    began: datetime = case.opened_at
    if case.round > 1:
        again = (CaseStep.case_id == case.id) & (CaseStep.action == "reopen")
        row = CaseStep.select(CaseStep.at).where(again).order_by(CaseStep.id.desc()).first()
        began = row.at if row else began
    return began


def steps_of(case: Case) -> list[Step]:
    """What happened to it, as the clocks see it."""
    rows = CaseStep.select(CaseStep.at, CaseStep.action, CaseStep.state)
    found = rows.where(CaseStep.case_id == case.id).order_by(CaseStep.id)
    return [Step(row.at, row.action, row.state) for row in found]
