"""What must be true beside the state before somebody moves a case: whose it is, who decides."""

from backend import clock
from backend.actor import Actor
from backend.errors import (
    DeskDecides,
    InParts,
    NotYourArea,
    NotYourCase,
    NotYourUnit,
    SecondPersonNeeded,
    TooLateToReturn,
)
from backend.models import Case
from backend.rules import workflow
from backend.services import scope, units
from backend.services.cases import parts, tasks

MOST_RETURNS = 2
"""The second return of a round goes to the desk above, and after that nobody returns it."""

ANSWERS_FOR_PARTS = frozenset({"comment", "urge", "refuse", "ask-void", "void"})
"""What may be done with a case whose parts are being handled."""


def check(case: Case, action: str, by: Actor) -> None:
    """Refuse what the state allows but something else of the case does not."""
    if case.state == "handling" and action not in ANSWERS_FOR_PARTS and parts.has_open(case):
        raise InParts()
    if action in workflow.OF_THE_UNIT:
        _refuse_other_unit(case, action, by)
    if action in ("acknowledge", "report-done"):
        tasks.refuse_stranger(case, action, by)
    if (refuse := _OF_ACTION.get(action)) is not None:
        refuse(case, by)


def _refuse_other_unit(case: Case, action: str, by: Actor) -> None:
    """A handler with a unit has the cases of that unit; another role is not bound to any."""
    unit = units.of_account(by.account_id)
    if unit is None or unit == case.unit:
        return
    if scope.roles_in(by, f"case.{action}", case.area_path) == ["handler"]:
        raise NotYourUnit()


def _refuse_return(case: Case, by: Actor) -> None:
    if case.arbiter is not None or case.returns >= MOST_RETURNS:
        raise DeskDecides()
    if case.accept_by is None or clock.now() > case.accept_by:
        raise TooLateToReturn()


def _refuse_colleague(case: Case, by: Actor) -> None:
    if case.account_id != by.account_id and not tasks.is_head(case.unit, by):
        raise NotYourCase()


def _refuse_lower_desk(case: Case, by: Actor) -> None:
    """What is in dispute is for whoever dispatches in the whole area of the arbiter."""
    desk = units.of(case.arbiter)
    if desk is not None and not scope.holds_area(by, "case.dispatch", desk.area_path):
        raise NotYourArea()


def _refuse_handler(case: Case, by: Actor) -> None:
    if case.account_id == by.account_id:
        raise SecondPersonNeeded()


def _refuse_lead_elsewhere(case: Case, by: Actor) -> None:
    """The desk asks another unit to assist, or the head of the unit that leads."""
    if not scope.holds_area(by, "case.dispatch", case.area_path) and not tasks.is_head(
        case.unit, by
    ):
        raise NotYourCase()


_OF_ACTION = {
    "return": _refuse_return,
    "pass-on": _refuse_colleague,
    "dispatch": _refuse_lower_desk,
    "reassign": _refuse_lower_desk,
    "close": _refuse_handler,
    "rework": _refuse_handler,
    "join-in": _refuse_lead_elsewhere,
}
