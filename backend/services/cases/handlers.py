"""What waits for a handler: their own cases, their unit's new ones, what they help with."""

from typing import Any

from backend.actor import Actor
from backend.errors import NotFound
from backend.models import Account, Case, CaseTask, RoleGrant
from backend.rules.areas import path_contains
from backend.services import units
from backend.services.accounts import sessions
from backend.services.cases import faces, lines, tasks
from backend.verbs import verb

MOST_COLLEAGUES = 200
PARTS = ("mine", "new", "joint", "unit", "shelved")
"""Handled by me; sent to my unit and taken by nobody; others', in which my unit assists; what my
colleagues handle; what waits until a day."""


@verb("case.tasks", reads=True)
def assigned(
    part: str = "mine", *, cursor: str | None = None, most: int = 30, by: Actor
) -> dict[str, Any]:
    """A handler's cases by deadline: one's own, the unit's new ones, joint and shelved ones"""
    return lines.BY_DUE.page(_wanted(part, by), cursor, most)


def waiting(by: Actor) -> dict[str, int]:
    """How many are in each part."""
    return {part: Case.select().where(_wanted(part, by)).count() for part in PARTS}


def _wanted(part: str, by: Actor) -> Any:
    mine = Case.account_id == by.account_id
    if part == "mine":
        return (Case.state == "handling") & mine
    if part == "new":
        return (Case.state == "dispatched") & _ours(by)
    if part == "joint":
        return _joint(by)
    if part == "unit":
        return (Case.state == "handling") & _ours(by) & ~mine
    if part == "shelved":
        return (Case.state == "shelved") & (_ours(by) | mine)
    raise NotFound(noun="part")


def _ours(by: Actor) -> Any:
    """The cases of one's unit; of all units, for a handler who belongs to none."""
    here = lines.mine(by, "case.accept")
    unit = units.of_account(by.account_id)
    return here if unit is None else here & (Case.unit == unit)


def _joint(by: Actor) -> Any:
    """Others' cases in which one's unit assists and is not through."""
    mine = CaseTask.select(CaseTask.case_id).where(
        CaseTask.case_id == Case.id,
        CaseTask.round == Case.round,
        CaseTask.unit == (units.of_account(by.account_id) or ""),
        CaseTask.part == tasks.ASSIST,
        CaseTask.done_at.is_null(),
    )
    return Case.state.in_(("dispatched", "handling")) & Case.id.in_(mine)


def mine_among(numbers: list[str], by: Actor) -> list[str]:
    """Which of these cases wait for this handler."""
    ids = [faces.find(number).id for number in numbers]
    wanted = _wanted("mine", by) | _wanted("new", by) | _joint(by)
    rows = Case.select().where(Case.id.in_(ids), wanted).order_by(Case.due_at, Case.id)
    return [faces.number_of(case) for case in rows]


def colleagues(number: str) -> list[dict[str, str]]:
    """Who else may take a case over: the handlers of its unit who work there."""
    case = faces.find(number)
    others = Account.active & (Account.id != (case.account_id or 0))
    theirs = (Account.unit == case.unit) | Account.unit.is_null()
    granted = Account.id.in_(RoleGrant.select(RoleGrant.account).where(RoleGrant.role == "handler"))
    rows = Account.select().where(others, theirs, granted).order_by(Account.name)
    return [
        {"account": one.name, "name": one.full_name}
        for one in rows.limit(MOST_COLLEAGUES)
        if works_at(one, case)
    ]


def works_at(account: Account, case: Case) -> bool:
    """Whether this person handles cases there."""
    return any(
        grant.role == "handler"
        and grant.scope_path is not None
        and path_contains(grant.scope_path, case.area_path)
        for grant in sessions.grants_of(account.id)
    )
