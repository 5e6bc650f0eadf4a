"""Who handles a case together: one unit leads, others assist, each with a task of its own."""

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, NotYourUnit
from backend.models import Case, CaseTask
from backend.services import scope, units

LEAD, ASSIST = "lead", "assist"


def of_case(case: Case) -> list[CaseTask]:
    """The tasks of the present round, the lead's first."""
    mine = (CaseTask.case_id == case.id) & (CaseTask.round == case.round)
    rows = CaseTask.select().where(mine).order_by(CaseTask.part.desc(), CaseTask.id)
    return list(rows)


def open_assists(case: Case) -> list[CaseTask]:
    """What units that assist have not done yet."""
    return [task for task in of_case(case) if task.part == ASSIST and task.done_at is None]


def give(case: Case, unit: str, words: str) -> None:
    """Ask another unit to assist. The unit of the case leads, from now on as a task too."""
    known = of_case(case)
    if unit == case.unit or any(task.unit == unit for task in known):
        raise Conflict(errors={"unit": ["This unit handles it already."]})
    if not known:
        CaseTask.create(
            case_id=case.id,
            round=case.round,
            unit=case.unit,
            part=LEAD,
            account_id=case.account_id,
            given_at=case.dispatched_at or clock.now(),
            accepted_at=case.accepted_at,
        )
    CaseTask.create(
        case_id=case.id,
        round=case.round,
        unit=unit,
        part=ASSIST,
        words=words,
        given_at=clock.now(),
    )


def mine(case: Case, by: Actor, unit: str | None = None) -> CaseTask | None:
    """The open task that this person may speak for: of the own unit, or, at a desk, of `unit`.

    Who has no unit speaks for the one unit that assists, and says which if there are several.
    """
    waiting = open_assists(case)
    own = units.of_account(by.account_id)
    if own is not None and not scope.holds_area(by, "case.dispatch", case.area_path):
        return next((task for task in waiting if task.unit == own), None)
    if unit is not None:
        return next((task for task in waiting if task.unit == unit), None)
    return waiting[0] if len(waiting) == 1 else None


def refuse_stranger(case: Case, action: str, by: Actor) -> None:
    """Only a unit that assists and is not through says so; the desk may for any of them."""
    waiting = open_assists(case)
    if action == "acknowledge":
        waiting = [task for task in waiting if task.accepted_at is None]
    own = units.of_account(by.account_id)
    if own is not None and not scope.holds_area(by, "case.dispatch", case.area_path):
        waiting = [task for task in waiting if task.unit == own]
    if not waiting:
        raise NotYourUnit()


def is_head(unit: str | None, by: Actor) -> bool:
    """Whether this person answers for the unit."""
    head = units.head_of(unit)
    return head is not None and bool(head.id == by.account_id)


def again(case: Case, unit: str) -> None:
    """A unit that assisted has to do its part once more."""
    task = next((one for one in of_case(case) if one.unit == unit and one.part == ASSIST), None)
    if task is None:
        raise Conflict(errors={"unit": ["This unit does not assist."]})
    task.done_at = None
    task.save()


def follow(case: Case, action: str) -> None:
    """Keep the lead's task, if there is one, as the case itself is."""
    if action not in FOLLOWED:
        return
    lead = (CaseTask.case_id == case.id) & (CaseTask.round == case.round) & (CaseTask.part == LEAD)
    CaseTask.update(
        unit=case.unit,
        account_id=case.account_id,
        accepted_at=case.accepted_at,
        done_at=case.handled_at if case.state == "handled" else None,
    ).where(lead).execute()


FOLLOWED = frozenset({"dispatch", "reassign", "accept", "pass-on", "feed-back", "rework"})
