"""Several units at one case: one leads, the others assist and say when they are done."""

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict
from backend.models import CaseTask
from backend.services import notices, outbox, units
from backend.services.cases import tasks
from backend.services.cases.moving import Moved, held, moved, said
from backend.verbs import verb


@verb("case.join-in")
def join_in(number: str, version: str | None, unit: str, words: str, *, by: Actor) -> Moved:
    """Have another unit assist, with a task of its own; the case is done when all are"""
    case = held(number, "join-in", version, by)
    wanted = units.find(unit).code
    tasks.give(case, wanted, said(words, "words"))
    facts: dict[str, object] = {"unit": wanted, "words": words}
    head = units.head_of(wanted)
    if head is not None:
        told = {"case": number, "name": case.name}
        notices.tell_account(head.id, "case-joint", told)
    found = moved(case, "join-in", by, facts=facts)
    outbox.tell_unit(case, "task", unit=wanted)
    return found


@verb("case.acknowledge")
def acknowledge(number: str, version: str | None, unit: str | None = None, *, by: Actor) -> Moved:
    """Say that one's unit assists"""
    case = held(number, "acknowledge", version, by)
    task = _mine(tasks.mine(case, by, unit))
    if task.accepted_at is not None:
        raise Conflict(errors={"action": ["Somebody of your unit has said so."]})
    task.accepted_at, task.account_id = clock.now(), by.account_id
    task.save()
    return moved(case, "acknowledge", by, unit=task.unit)


@verb("case.report-done")
def report_done(
    number: str, version: str | None, note: str, unit: str | None = None, *, by: Actor
) -> Moved:
    """Say what one's unit has done of it; the desk may say so for a unit that does not answer"""
    case = held(number, "report-done", version, by)
    task = _mine(tasks.mine(case, by, unit))
    task.done_at, task.note = clock.now(), said(note, "note")
    task.accepted_at = task.accepted_at or task.done_at
    task.account_id = task.account_id or by.account_id
    task.save()
    return moved(case, "report-done", by, note=note, unit=task.unit)


def _mine(task: CaseTask | None) -> CaseTask:
    if task is None:
        raise Conflict(errors={"unit": ["Say which unit has done its part."]})
    return task
