"""What a worker has to look at next: the due list, the walk along it, a task handed to another."""

from collections.abc import Mapping
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Conflict, Invalid, NotFound, NotYourArea
from backend.house import house
from backend.models import Account, PatrolTask
from backend.rules import datum, patrols
from backend.rules.datum import Position
from backend.services import notices, scope, trail
from backend.services.accounts import sessions
from backend.services.inspections import forms, grades, hazards, own_checks, subjects, tasks
from backend.services.inspections.subjects import Subject
from backend.verbs import verb

MOST = 200
LARGEST = 2**31


@verb("inspection.due", reads=True)
def due(
    *, near: tuple[float, float] | None = None, crs: str | None = None, most: int = 50, by: Actor
) -> dict[str, Any]:
    """What I have to look at, the most urgent first, or in the order of a walk from where I am

    Mine are the tasks in my name, and those of my areas that are in nobody's.
    """
    mine = (PatrolTask.account_id == by.account_id) | (
        PatrolTask.account_id.is_null()
        & scope.within(PatrolTask.area_path, scope.paths(by, "inspection.submit"))
    )
    waiting = PatrolTask.done_at.is_null() & mine
    rows = list(
        PatrolTask.select()
        .where(waiting)
        .order_by(PatrolTask.due, PatrolTask.id)
        .limit(max(1, min(most, MOST)))
    )
    today = scope.today()
    counts = {
        "waiting": PatrolTask.select().where(waiting).count(),
        "overdue": PatrolTask.select().where(waiting & (PatrolTask.due < today)).count(),
    }
    things = {row.subject: subjects.of(row.subject) for row in rows}
    listed = [view(row, things[row.subject]) for row in rows]
    if near is not None:
        here = datum.to_wgs84(*near, crs)
        stops = [
            (Position(things[row.subject].lat, things[row.subject].lon), told)
            for row, told in zip(rows, listed, strict=True)
        ]
        listed = patrols.route(here, stops)
    return {"items": listed, **counts}


@verb("inspection.ask", reads=True)
def ask(
    subject: str, *, form: str | None = None, version: int | None = None, by: Actor
) -> dict[str, Any]:
    """The inspection of a thing: what is due there, the form, and what is known to be wrong

    `version` asks for the one under which a draft was begun, while it may still be sent.
    """
    thing = subjects.named(subject)
    thing.check(by, "inspection.ask")
    waiting = tasks.open_of(thing.key)
    offered = {one.form.code: one for one in forms.of_subject(thing.sort)}
    wanted = form or next((task.form for task in waiting if task.form), None)
    wanted = wanted or tasks.patrol_form(thing) or next(iter(offered), "")
    if wanted not in offered:
        raise NotFound(noun="form")
    asked = offered[wanted]
    if version is not None and version != asked.version:
        asked = forms.sendable(wanted, version, house().policy.inspections.draft_days)
    return {
        "subject": thing.as_dict(),
        "form": asked.as_dict(),
        "forms": [
            {"code": code, "zh": one.form.zh, "en": one.form.en} for code, one in offered.items()
        ],
        "tasks": [view(task, thing) for task in waiting],
        "hazards": hazards.waiting_at(thing.key),
        "own_check": own_checks.last(thing.key),
        "grade": grades.of(thing.key),
    }


@verb("inspection.ask", reads=True)
def at(building: str, *, by: Actor) -> dict[str, Any]:
    """What can be inspected in a building: itself if it is let, and its small places"""
    house_itself = subjects.named(f"building:{building}")
    house_itself.check(by, "inspection.ask")
    assert house_itself.building_id is not None
    things = [house_itself, *subjects.places_in(house_itself.building_id)]
    return {
        "subject": house_itself.as_dict(),
        "items": [
            {**thing.as_dict(), "grade": grades.of(thing.key), "tasks": _tasks_of(thing)}
            for thing in things
        ],
    }


def _tasks_of(thing: Subject) -> list[dict[str, Any]]:
    return [view(task, thing) for task in tasks.open_of(thing.key)]


@verb("task.hand-over")
def hand_over(task_id: int, to: str, *, by: Actor) -> dict[str, Any]:
    """Give a task of mine, or of my areas, to a colleague who works there"""
    row = _hold(task_id)
    thing = subjects.of(row.subject)
    if row.account_id != by.account_id and not scope.holds_area(by, "campaign.open", row.area_path):
        raise NotYourArea()
    account = Account.get_or_none((Account.name == to) & Account.active)
    if account is None or not _may_go(account, thing):
        raise Invalid(errors={"to": ["Name a colleague who inspects there."]})
    row.account_id, row.handed_by = account.id, by.account_id
    row.save()
    facts = {"place": thing.name, "subject": thing.code, "due": row.due}
    notices.tell_account(account.id, "task-handed-over", facts)
    trail.write(
        by,
        "task.hand-over",
        building_id=thing.building_id,
        area_path=thing.area_path,
        facts={"task": row.id, "to": to},
    )
    return view(row, thing)


@verb("task.done")
def done(task_id: int, form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Say what was found about a record that was to be verified"""
    row = _hold(task_id)
    thing = subjects.of(row.subject)
    thing.check(by, "task.done")
    if row.reason != "verify":
        raise Conflict(errors={"task": ["Only an inspection does this task."]})
    note = (form.get("note") or "").strip()
    if not 1 <= len(note) <= 500:
        raise Invalid(errors={"note": ["Say what you found, in 1 to 500 characters."]})
    row.done_at, row.done_by, row.open_key = clock.now(), by.account_id, None
    row.words = f"{row.words or ''}\n{note}".strip()
    row.save()
    trail.write(
        by,
        "task.done",
        building_id=thing.building_id,
        area_path=thing.area_path,
        facts={"task": row.id},
    )
    return view(row, thing)


def view(row: PatrolTask, thing: Subject) -> dict[str, Any]:
    """A task as lists show it."""
    return {
        "id": row.id,
        "reason": row.reason,
        "subject": thing.as_dict(),
        "form": row.form,
        "due": row.due,
        "is_overdue": row.done_at is None and patrols.is_overdue(row.due, scope.today()),
        "words": row.words,
        "done_at": row.done_at,
    }


def _hold(task_id: int) -> PatrolTask:
    rows = PatrolTask.select().where((PatrolTask.id == task_id) & PatrolTask.done_at.is_null())
    row: PatrolTask | None = locked(rows).get_or_none() if task_id < LARGEST else None
    if row is None:
        raise NotFound(noun="task")
    return row


def _may_go(account: Account, thing: Subject) -> bool:
    grants = sessions.grants_of(account.id)
    colleague = Actor(account.id, account.name, account.full_name, grants=grants)
    try:
        thing.check(colleague, "inspection.submit")
    except NotYourArea:
        return False
    return True
