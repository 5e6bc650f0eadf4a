"""Work handed on: a task, or all that somebody has, goes to a colleague who may go there."""

from collections.abc import Iterable, Sequence
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Invalid, NotFound, NotYourArea
from backend.house import house
from backend.models import Account, Area, PatrolTask, RoleGrant
from backend.rules.areas import path_contains
from backend.services import notices, scope, trail
from backend.services.accounts import sessions
from backend.services.inspections import subjects, waiting
from backend.services.inspections.subjects import Subject
from backend.verbs import verb

LARGEST = 2**31
MOST = 200


@verb("task.colleagues", reads=True)
def colleagues(*, by: Actor) -> list[dict[str, Any]]:
    """Who else inspects where I work, or where I answer for those who do"""
    mine = {*scope.paths(by, "inspection.submit"), *scope.paths(by, "campaign.open")}
    if not mine and by.home_area:
        mine = {str(row.path) for row in Area.select(Area.path).where(Area.code == by.home_area)}
    found: dict[str, dict[str, Any]] = {}
    for name, full_name, role, path in _inspecting():
        is_near = any(path_contains(path, one) or path_contains(one, path) for one in mine)
        if is_near and name != by.name:
            known = found.setdefault(name, {"account": name, "name": full_name, "roles": []})
            known["roles"] = sorted({*known["roles"], role})
    return sorted(found.values(), key=lambda one: one["account"])[:MOST]


def _inspecting() -> Iterable[tuple[str, str, str, str]]:
    """Account, name, role and area of whoever may inspect now."""
    roles = [role for role, verbs in house().policy.verbs.items() if "inspection.submit" in verbs]
    now = clock.now()
    rows: Any = (
        RoleGrant.select(Account.name, Account.full_name, RoleGrant.role, Area.path)
        .join(Area)
        .switch(RoleGrant)
        .join(Account, on=(RoleGrant.account == Account.id))
        .where(RoleGrant.role.in_(roles) & Account.active & (RoleGrant.since <= now))
        .where(RoleGrant.until.is_null() | (RoleGrant.until > now))
    )
    return list(rows.tuples())


@verb("task.hand-over")
def hand_over(task_ids: Sequence[int], to: str, *, by: Actor) -> list[dict[str, Any]]:
    """Give tasks of mine, or of my areas, to a colleague who works there: all or none"""
    account = colleague(to)
    numbers = [one for one in dict.fromkeys(task_ids) if one < LARGEST][:MOST]
    rows = list(locked(_open(PatrolTask.id.in_(numbers))))
    if not rows or len(rows) < len(set(task_ids)):
        raise NotFound(noun="task")
    for row in rows:
        if not _is_mine_to_give(row, by):
            raise NotYourArea()
    things = _given(rows, account, by)
    trail.write(
        by,
        "task.hand-over",
        building_id=rows[0].building_id,
        area_path=rows[0].area_path,
        facts={"tasks": [row.id for row in rows], "to": to},
    )
    return [waiting.view(row, things[row.subject]) for row in rows]


def hand_share(which: Any, to: str, by: Actor) -> int:
    """Give all open tasks of a kind to a colleague, in the caller's transaction; how many."""
    account = colleague(to)
    rows = list(locked(_open(which)))
    if rows:
        _given(rows, account, by)
    return len(rows)


def colleague(name: str) -> Account:
    """Somebody who can sign in, by account name."""
    account: Account | None = Account.get_or_none((Account.name == name) & Account.active)
    if account is None:
        raise _nobody_there()
    return account


def _nobody_there() -> Invalid:
    return Invalid(errors={"to": ["Name a colleague who inspects there."]})


def _open(which: Any) -> Any:
    rows = PatrolTask.select().where(PatrolTask.done_at.is_null())
    return rows.where(which).order_by(PatrolTask.due, PatrolTask.id)


def _is_mine_to_give(row: PatrolTask, by: Actor) -> bool:
    return bool(row.account_id == by.account_id) or scope.holds_area(
        by, "campaign.open", row.area_path
    )


def _given(rows: Sequence[PatrolTask], account: Account, by: Actor) -> dict[str, Subject]:
    """The tasks are theirs from now on, and they are told, once."""
    things = {key: subjects.of(key) for key in dict.fromkeys(row.subject for row in rows)}
    asked = Actor(
        account.id, account.name, account.full_name, grants=sessions.grants_of(account.id)
    )
    posts = {key: post_at(thing, asked) for key, thing in things.items()}
    for row in rows:
        row.account_id, row.role, row.handed_by = account.id, posts[row.subject], by.account_id
        row.save()
    first = things[rows[0].subject]
    facts = {"place": first.name, "subject": first.code, "due": rows[0].due, "tasks": len(rows)}
    if len(rows) == 1:
        notices.tell_account(account.id, "task-handed-over", facts)
    else:
        notices.tell_account(account.id, "tasks-handed-over", facts)
    return things


def post_at(thing: Subject, asked: Actor) -> str:
    """The role in which somebody inspects a thing; refuses whoever has none there."""
    verbs = house().policy.verbs
    if thing.building_id is None:
        roles = scope.roles_in(asked, "inspection.submit", thing.area_path)
    else:
        known = scope.roles_at(asked, thing.building_id, thing.area_path)
        roles = [role for role in known if "inspection.submit" in verbs[role]]
    if not roles:
        raise _nobody_there()
    return roles[0]
