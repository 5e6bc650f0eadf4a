"""A tag is lost or damaged: somebody hangs another one, within nine working days."""

from collections.abc import Mapping
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound
from backend.house import house
from backend.models import Tag, TagTask
from backend.rules import workdays
from backend.rules.areas import path_contains
from backend.services import notices, scope, trail
from backend.services.tags import things
from backend.services.tags.claiming import hold
from backend.services.tags.things import Thing
from backend.verbs import verb

LOSSES = ("lost", "damaged")


@verb("tag.report-loss")
def report_loss(code: str, reason: str, *, by: Actor) -> dict[str, Any]:
    """Say that a tag is lost or damaged; replacing it becomes a task of nine working days

    A lost tag opens nothing any more, for somebody may have taken it. A damaged one still does.
    """
    tag = hold(code)
    thing = things.of_tag(tag)
    if thing is None or tag.state not in ("bound", "lost"):
        raise Conflict()
    thing.check(by, "tag.report-loss")
    return _report(tag, thing, reason, by, tells_code=True)


@verb("tag.report-loss")
def report_missing(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Say where a tag is lost or damaged, without its code: a bare wall cannot be scanned

    Where several of a kind hang, only their codes tell which one is meant.
    """
    thing = things.existing(form)
    thing.check(by, "tag.report-loss")
    hanging = list(
        Tag.select().where(
            things.hangs_at(thing.subject) & (Tag.kind == form["kind"]) & (Tag.state == "bound")
        )
    )
    if not hanging:
        raise NotFound(noun="tag")
    if len(hanging) > 1:
        raise Conflict(errors={"kind": ["Several of them hang here: scan or type the code."]})
    tag = hold(hanging[0].code)
    return _report(tag, thing, form["reason"], by, tells_code=False)


def _report(tag: Tag, thing: Thing, reason: str, by: Actor, *, tells_code: bool) -> dict[str, Any]:
    if reason not in LOSSES:
        raise Invalid(errors={"reason": [f"One of {', '.join(LOSSES)}."]})
    if reason == "lost" and tag.state == "bound":
        tag.state, tag.ended_at, tag.end_reason = "lost", clock.now(), "lost"
        tag.save()
    task = wants_replacing(tag, thing, reason, by)
    trail.write(
        by,
        "tag.report-loss",
        building_id=thing.building_id,
        area_path=thing.area_path,
        facts={"tag": tag.code, "reason": reason, "task": task.id, "due": task.due},
    )
    return _view(task, thing, tells_code=tells_code)


def wants_replacing(tag: Tag, thing: Thing, reason: str, by: Actor) -> TagTask:
    """The task that is open for this tag, or a new one. Worse news replaces better.

    Inside a write transaction; beside what is reported, a re-grade asks for it.
    """
    task: TagTask | None = TagTask.get_or_none(
        (TagTask.code == tag.code) & TagTask.done_at.is_null()
    )
    if task is not None:
        if reason == "lost" != task.reason:
            task.reason = reason
            task.save()
        return task
    policy = house().policy
    last = workdays.due(scope.day(), policy.tags.replace_workdays, policy.calendar)
    task = TagTask.create(
        code=tag.code,
        kind=tag.kind,
        reason=reason,
        building_id=tag.building_id,
        room_id=tag.room_id,
        facility_id=tag.facility_id,
        area_path=thing.area_path,
        opened_at=clock.now(),
        opened_by=by.account_id,
        due=last.isoformat(),
    )
    facts = {"building": thing.name, "reason": reason, "due": task.due}
    notices.tell_role("building_manager", thing.area_path, "tag-task", facts)
    return task


def may_stay(tag: Tag) -> None:
    """Nothing but its ground was wrong, and that is right again. Inside a write transaction."""
    TagTask.update(done_at=clock.now()).where(
        (TagTask.code == tag.code) & (TagTask.reason == "regraded") & TagTask.done_at.is_null()
    ).execute()


@verb("tag.tasks", reads=True)
def tasks(cursor: str | None, limit: int, *, done: bool = False, by: Actor) -> dict[str, Any]:
    """The tags that wait to be replaced in my areas, the most urgent first"""
    areas = scope.paths(by, "tag.tasks")
    after = _place_of(cursor)
    found: list[dict[str, Any]] = []
    rows = (
        TagTask.select().where(TagTask.done_at.is_null(not done)).order_by(TagTask.due, TagTask.id)
    )
    if after is not None:
        due, number = after
        rows = rows.where((TagTask.due > due) | ((TagTask.due == due) & (TagTask.id > number)))
    for task in rows.iterator():
        if not any(path_contains(path, task.area_path) for path in areas):
            continue
        if len(found) == limit:
            last = found[-1]
            return {"items": found, "next": f"{last['due']}.{last['id']}"}
        found.append(_listed(task, by))
    return {"items": found, "next": None}


def _place_of(cursor: str | None) -> tuple[str, int] | None:
    if cursor is None:
        return None
    due, _, number = cursor.partition(".")
    if not number.isdecimal() or len(number) > 15:
        raise Invalid(errors={"cursor": ["Not a cursor of this list."]})
    return due, int(number)


def _listed(task: TagTask, by: Actor) -> dict[str, Any]:
    """Who proves presence by scanning is never told a code that still opens something."""
    thing = things.of_tag(task)
    assert thing is not None
    tells = Tag.get_by_id(task.code).state != "bound" or scope.holds_area(
        by, "tag.list", thing.area_path
    )
    return _view(task, thing, tells_code=tells)


def _view(task: TagTask, thing: Thing, *, tells_code: bool) -> dict[str, Any]:
    return {
        "id": task.id,
        "tag": task.code if tells_code else None,
        "kind": task.kind,
        "reason": task.reason,
        "subject": thing.public(),
        "opened_at": task.opened_at,
        "due": task.due,
        "is_overdue": (task.done_at is None and scope.today() > task.due),
        "done_at": task.done_at,
    }
