"""A unit that neither takes a case nor sends it back in time has it: its head answers for it."""

from backend import clock
from backend.models import Account, Case
from backend.services import notices, outbox, units
from backend.services.cases import faces
from backend.services.cases.moving import moved
from backend.services.cases.opening import step

PORTION = 200


def accept_due() -> int:
    """Cases whose unit has let its time go by; for the keeper, in one transaction."""
    due = (Case.state == "dispatched") & (Case.accept_by < clock.now())
    waiting = list(Case.select().where(due).order_by(Case.accept_by).limit(PORTION))
    for case in waiting:
        head = units.head_of(case.unit)
        if head is None:
            _tell_the_desk(case)
        else:
            _accept_for(case, head)
    return len(waiting)


def _accept_for(case: Case, head: Account) -> None:
    case.account_id = head.id
    moved(case, "accept", None, facts={"by_itself": True, "to": head.name})
    facts = {"case": faces.number_of(case), "name": case.name}
    notices.tell_account(head.id, "case-accepted", facts)
    outbox.tell_unit(case, "accepted")


def _tell_the_desk(case: Case) -> None:
    """Nobody answers for the unit: the desk has to find somebody, and is told of it once."""
    step(case, "unanswered", unit=case.unit)
    facts = {"case": faces.number_of(case), "name": case.name}
    notices.tell_role("dispatcher", case.area_path, "case-unanswered", facts)
