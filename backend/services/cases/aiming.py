"""When somebody must next be told how much of a case's time is gone; and since when it is late.

Set with every step, from the steps: which clock runs, how long it has stood still, what was told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from backend.house import house
from backend.models import Case
from backend.rules import clocks, urging, workflow
from backend.rules.clocks import Handling, Step
from backend.rules.deadlines import Limit
from backend.rules.urging import Ticking

HANDLED_BY_NOW = frozenset({"filed", "dispatched", "handling"})
"""States in which the time of handling runs once it has begun."""


class Running(NamedTuple):
    """Which of a case's clocks runs; `ticking` None: it stands still."""

    name: str
    ticking: Ticking | None


def first(opened_ms: int) -> int:
    """When the desk is first told of a new case that still lies there; in milliseconds."""
    policy = house().policy
    share = policy.urging.shares("dispatch")[0]
    return opened_ms + policy.cases.dispatch_min * 60_000 * share // 100


def aim(case: Case, steps: Sequence[Step], handling: Handling, due_before: datetime | None) -> None:
    """Set what the last of the steps makes of `urge_at`, `urged` and `overdue_at`.

    `handling` is what they make of that clock; `due_before` the deadline as it stood until then.
    """
    if steps[-1].action == "reopen":
        case.overdue_at = None
    elif _was_late(case, steps, due_before):
        case.overdue_at = due_before
    running, before = running_of(case, handling), steps[:-1]
    if _name(before, clocks.handling(before)) != _name(steps, handling):
        case.urged = 0
    elif steps[-1].action == "extend" and running.ticking:
        case.urged = min(case.urged, _gone(running, steps[-1].at))
    case.urge_at = next_at(case, running)


def running_of(case: Case, handling: Handling) -> Running:
    """The clock that runs now: to the unit, of handling, or until its reporters are told."""
    if case.state not in workflow.OPEN:
        return Running("feedback", _feedback(case))
    if handling.start is None and case.dispatched_at is None:
        return Running("dispatch", _dispatch(case))
    if handling.start is None:
        return Running("handling", None)  # It was split: its parts have times of their own.
    if handling.paused_at is not None or case.limit_value is None or case.limit_unit is None:
        return Running("handling", None)
    limit = Limit(case.limit_value, case.limit_unit)
    return Running("handling", Ticking(handling.start, limit, handling.pauses))


def next_at(case: Case, running: Running) -> datetime | None:
    """When the next share of its time is gone of which nobody has been told."""
    if running.ticking is None:
        return None
    policy = house().policy
    shares = policy.urging.shares(running.name)
    return urging.next_at(running.ticking, shares, case.urged, policy.calendar)


def gone(case: Case, running: Running, now: datetime) -> int:
    """The largest share that is gone and of which nobody has been told; 0: none."""
    share = _gone(running, now)
    return share if share > case.urged else 0


def _gone(running: Running, now: datetime) -> int:
    if running.ticking is None:
        return 0
    policy = house().policy
    return urging.gone(running.ticking, policy.urging.shares(running.name), now, policy.calendar)


def _was_late(case: Case, steps: Sequence[Step], due_before: datetime | None) -> bool:
    """Whether its time ran out before this step. That stays so, whatever is granted later."""
    if case.overdue_at is not None or due_before is None or len(steps) < 2:
        return False
    return steps[-2].state in HANDLED_BY_NOW and steps[-1].at > due_before


def _name(steps: Sequence[Step], handling: Handling) -> str | None:
    """Which clock is the case's own after these steps, whether it stands still or not."""
    if not steps:
        return None
    if steps[-1].state not in workflow.OPEN:
        return "feedback"
    return "dispatch" if handling.start is None else "handling"


def _dispatch(case: Case) -> Ticking | None:
    minutes = house().policy.cases.dispatch_min
    given = timedelta(minutes=minutes)
    began = case.dispatch_by - given if case.dispatch_by else case.opened_at
    return Ticking(began, _hours(minutes / 60))


def _feedback(case: Case) -> Ticking | None:
    """Until its reporters are told; one that was late is told of all the same."""
    if case.answer_by is None or case.closed_at is None:
        return None
    if case.answered_at is not None and case.answered_at <= case.answer_by:
        return None
    given = case.answer_by - case.closed_at
    return Ticking(case.closed_at, _hours(given / timedelta(hours=1)))


def _hours(number: float) -> Limit:
    return Limit(number, "urgent_hour")
