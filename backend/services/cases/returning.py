"""What is not ours goes back to the desk; what comes back twice, to the desk above it."""

from backend.actor import Actor
from backend.models import Case, CaseStep, Unit
from backend.rules.clocks import SENT
from backend.services import notices, units
from backend.services.cases.guards import MOST_RETURNS
from backend.services.cases.moving import Moved, held, moved, said
from backend.verbs import verb


@verb("case.return")
def return_(number: str, version: str | None, reason: str, unit: str, *, by: Actor) -> Moved:
    """Send a case back to the desk, and say whose it is

    Only within the time in which one accepts; the second time the desk above decides.
    """
    case = held(number, "return", version, by)
    facts: dict[str, object] = {"reason": said(reason, "reason"), "proposed": units.find(unit).code}
    desk = _desk_that_sent(case)
    case.proposed, case.account_id = unit, None
    case.returns += 1
    if case.returns >= MOST_RETURNS:
        desk = _go_to_arbitration(case, number, desk)
        facts["arbiter"] = case.arbiter
    if desk is not None:
        case.unit = desk.code  # Who answers for it until it is sent on.
    return moved(case, "return", by, facts=facts, unit=_unit_of(by, case))


def _go_to_arbitration(case: Case, number: str, desk: Unit | None) -> Unit | None:
    above = units.desk_for(case.area_path, above=desk.area_path) if desk else None
    arbiter = above or desk
    if arbiter is not None:
        case.arbiter = arbiter.code
    facts = {"case": number, "name": case.name}
    path = arbiter.area_path if arbiter else case.area_path
    notices.tell_role("dispatcher", path, "case-disputed", facts)
    return arbiter


def _desk_that_sent(case: Case) -> Unit | None:
    """The desk of whoever sent it last; where a rule did, the nearest one."""
    sent = (CaseStep.case_id == case.id) & CaseStep.action.in_(sorted(SENT))
    last = CaseStep.select().where(sent).order_by(CaseStep.id.desc()).first()
    if last is not None and last.account_id is not None:
        desk = units.of(units.of_account(last.account_id))
        if desk is not None and desk.is_desk:
            return desk
    return units.desk_for(case.area_path)


def _unit_of(by: Actor, case: Case) -> str | None:
    """Whose step it is: of the unit that had it, though the desk has it now."""
    return units.of_account(by.account_id) or case.unit
