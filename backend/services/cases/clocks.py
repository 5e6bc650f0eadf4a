"""When a case must be where: at its unit after half an hour, put right within the standard's time.

Deadlines are worked out from the steps each time one is added, and kept as instants together
with the version of the standard that made them: a new standard moves no old deadline.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson

from backend.db import from_ms
from backend.house import house
from backend.models import Case, CaseStep
from backend.prepared import Prepared
from backend.rules import clocks, deadlines
from backend.rules.clocks import Handling, Step
from backend.rules.deadlines import Limit
from backend.services import standards
from backend.services.cases import aiming
from backend.services.standards import Condition


def dispatch_due(case: Case) -> datetime | None:
    """Until when it must be sent to a unit; None once that has happened, or need not any more."""
    if case.state not in ("received", "filed") or case.dispatched_at is not None:
        return None
    due: datetime | None = case.dispatch_by
    return due


def keep(case: Case, action: str, now: datetime) -> None:
    """Set what the step that is about to be written makes of the deadlines."""
    due_before, steps = case.due_at, [*steps_of(case), Step(now, action, case.state)]
    handling = clocks.handling(steps)
    _keep_stations(case, steps)
    _keep_due(case, handling)
    aiming.aim(case, steps, handling, due_before)


def _keep_due(case: Case, clock: Handling) -> None:
    case.handled_at = clock.paused_at
    if clock.start is None:
        case.due_at = case.standard = case.limit_value = case.limit_unit = None
        return
    limit = _limit(case)
    case.due_at = deadlines.due(clock.start, limit, house().policy.calendar, clock.pauses)


def _keep_stations(case: Case, steps: Sequence[Step]) -> None:
    """The instants of the present round: at a unit, taken by it, its reporters told."""
    limits, now = house().policy.cases, clocks.round_of(case.opened_at, steps)
    case.dispatch_by = now.began + timedelta(minutes=limits.dispatch_min)
    case.dispatched_at, case.accepted_at = now.dispatched_at, now.accepted_at
    case.accept_by = _after(now.sent_at, limits.accept_min)
    case.answer_by = _after(now.ended_at, limits.feedback_min)
    if case.answer_by is None:
        case.answered_at = None


def _after(start: datetime | None, minutes: int) -> datetime | None:
    return None if start is None else start + timedelta(minutes=minutes)


def is_late(case: Case, now: datetime) -> bool:
    """Whether its time has run out, or had when it was handled."""
    dispatch = dispatch_due(case)
    if dispatch is not None:
        return now > dispatch
    if case.due_at is None:
        return False
    return bool((case.handled_at or case.closed_at or now) > case.due_at)


def condition(case: Case) -> Condition:
    """What the case is filed under: what a person chose, else what its problem says."""
    if case.condition is not None:
        chosen = standards.standard().conditions.get(case.condition)
        if chosen is not None:  # Else the standard has been replaced since.
            return chosen
    return standards.condition_of(case.kind, case.problem)


def extensions(case: Case) -> list[float]:
    """The shares of its time that were granted on top of it, in this round."""
    shares: list[float] = []
    for action, facts in _granted(case.id):
        if action == "reopen":
            shares = []
        else:
            shares.append(float(orjson.loads(facts)["share"]))
    return shares


def _limit(case: Case) -> Limit:
    """What the standard allowed when the case was first sent on; now, if that is now.

    Another condition has another time, and what was granted on top stays granted.
    """
    if case.limit_value is not None and case.limit_unit is not None:
        return Limit(case.limit_value, case.limit_unit)
    limit = condition(case).limit
    case.standard = standards.standard().version
    case.limit_value, case.limit_unit = limit.value * (1 + sum(extensions(case))), limit.unit
    return Limit(case.limit_value, case.limit_unit)


def steps_of(case: Case) -> list[Step]:
    """What happened to it, as the clocks see it."""
    return [Step(from_ms(at), action, state) for at, action, state in _steps(case.id)]


_steps = Prepared(
    lambda case: (
        CaseStep.select(CaseStep.at, CaseStep.action, CaseStep.state)
        .where(CaseStep.case_id == case)
        .order_by(CaseStep.id)
    )
)
_granted = Prepared(
    lambda case: (
        CaseStep.select(CaseStep.action, CaseStep.facts)
        .where((CaseStep.case_id == case) & CaseStep.action.in_(("reopen", "extend")))
        .order_by(CaseStep.id)
    )
)
