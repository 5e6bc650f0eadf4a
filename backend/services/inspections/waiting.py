"""What a worker has to look at next: the due list, the walk along it, a record to be verified."""

from collections.abc import Mapping
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Conflict, Invalid, NotFound
from backend.house import house
from backend.models import PatrolTask
from backend.rules import datum, patrols
from backend.rules.datum import Position
from backend.rules.quality import RESULTS
from backend.services import scope, trail
from backend.services.inspections import (
    flaws,
    forms,
    grades,
    hazards,
    own_checks,
    subjects,
    tasks,
)
from backend.services.inspections.subjects import Subject
from backend.verbs import verb

MOST = 200
LARGEST = 2**31
LONGEST_NOTE = 500
SENTENCES = {
    "result": "Say what you found: confirmed, corrected or missing.",
    "note": "At most 500 characters.",
}


@verb("inspection.due", reads=True)
def due(
    *, near: tuple[float, float] | None = None, crs: str | None = None, most: int = 50, by: Actor
) -> dict[str, Any]:
    """What I have to look at, the most urgent first, or in the order of a walk from where I am

    Mine are the tasks in my name, and those of my areas and posts that are in nobody's.
    """
    today = scope.today()
    waiting = PatrolTask.done_at.is_null() & _mine(by)
    waiting &= PatrolTask.since.is_null() | (PatrolTask.since <= today)
    rows = list(
        PatrolTask.select()
        .where(waiting)
        .order_by(PatrolTask.due, PatrolTask.id)
        .limit(max(1, min(most, MOST)))
    )
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


def _mine(by: Actor) -> Any:
    in_my_areas = scope.within(PatrolTask.area_path, scope.paths(by, "inspection.submit"))
    of_my_post = PatrolTask.role.is_null() | PatrolTask.role.in_(list(by.roles))
    is_nobodys = PatrolTask.account_id.is_null() & in_my_areas & of_my_post
    return (PatrolTask.account_id == by.account_id) | is_nobodys


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


@verb("task.show", reads=True)
def show_task(task_id: int, *, by: Actor) -> dict[str, Any]:
    """A task: what is to be looked at, or which record is to be verified"""
    row = PatrolTask.get_or_none(PatrolTask.id == task_id) if task_id < LARGEST else None
    if row is None:
        raise NotFound(noun="task")
    thing = subjects.of(row.subject)
    if row.account_id != by.account_id:
        thing.check(by, "task.show")
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
    _check(form, note)
    row.done_at, row.done_by, row.open_key = clock.now(), by.account_id, None
    row.result = form["result"]
    row.words = f"{row.words or ''}\n{note}".strip() or None
    row.save()
    if row.flaw_id is not None:
        flaws.end(row.flaw_id, row.result, by)
    trail.write(
        by,
        "task.done",
        building_id=thing.building_id,
        area_path=thing.area_path,
        facts={"task": row.id, "result": row.result},
    )
    return view(row, thing)


def _check(form: Mapping[str, Any], note: str) -> None:
    errors: dict[str, list[str]] = {}
    if form.get("result") not in RESULTS:
        errors["result"] = [SENTENCES["result"]]
    if len(note) > LONGEST_NOTE:
        errors["note"] = [SENTENCES["note"]]
    if errors:
        raise Invalid(errors=errors)


def view(row: PatrolTask, thing: Subject) -> dict[str, Any]:
    """A task as lists show it."""
    return {
        "id": row.id,
        "reason": row.reason,
        "subject": thing.as_dict(),
        "form": row.form,
        "due": row.due,
        "is_overdue": row.done_at is None and patrols.is_overdue(row.due, scope.today()),
        "role": row.role,
        "words": row.words,
        "flaw": flaws.told(row.flaw_id),
        "result": row.result,
        "done_at": row.done_at,
    }


def _hold(task_id: int) -> PatrolTask:
    rows = PatrolTask.select().where((PatrolTask.id == task_id) & PatrolTask.done_at.is_null())
    row: PatrolTask | None = locked(rows).get_or_none() if task_id < LARGEST else None
    if row is None:
        raise NotFound(noun="task")
    return row
