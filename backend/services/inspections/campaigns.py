"""Campaigns: look at all of these within some days; and how far that is, to the last hazard."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from peewee import Case as When
from peewee import fn

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.errors import Invalid, NotFound
from backend.models import Account, Campaign, Grade, Hazard, PatrolTask
from backend.services import areas, scope, trail
from backend.services.inspections import forms, subjects, tasks
from backend.services.inspections.subjects import Subject
from backend.verbs import verb

MOST_SUBJECTS = 5_000
LONGEST_DAYS = 92
LARGEST = 2**31


@verb("campaign.open")
def open_campaign(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Have a list of things looked at by a form within some days; a task for each

    `subjects` names them; left out, it is all places or rental buildings of the area that are
    graded. The tasks go to whose duty the buildings are.
    """
    area = areas.find(form["area"])
    if by.account_id != SYSTEM.account_id:  # The house's own command line may.
        scope.check_area(by, "campaign.open", area.path)
    asked = forms.current(form["form"])
    since, until = scope.today(), form["until"]
    _check(form, since, until)
    things = _wanted(form.get("subjects"), asked.form.subject, area.path)
    row = Campaign.create(
        name=form["name"].strip(),
        form=asked.form.code,
        area_path=area.path,
        since=since,
        until=until,
        opened_at=clock.now(),
        opened_by=by.account_id,
    )
    for thing in things:
        tasks.plan_one(thing, "campaign", until, form=asked.form.code, campaign_id=row.id)
    facts = {"campaign": row.id, "tasks": len(things), "until": until}
    trail.write(by, "campaign.open", area_path=area.path, facts=facts)
    return view(row)


@verb("campaign.list", reads=True)
def listed(*, by: Actor) -> list[dict[str, Any]]:
    """The campaigns of my areas and how far each of them is, the latest first"""
    mine = scope.paths(by, "campaign.list")
    rows = Campaign.select().where(scope.within(Campaign.area_path, mine))
    return [view(row) for row in rows.order_by(Campaign.id.desc()).limit(50)]


@verb("campaign.show", reads=True)
def show(campaign_id: int, *, by: Actor) -> dict[str, Any]:
    """How far a campaign is: by worker, and what was found"""
    row = Campaign.get_or_none(Campaign.id == campaign_id) if campaign_id < LARGEST else None
    if row is None:
        raise NotFound(noun="campaign")
    scope.check_area(by, "campaign.show", row.area_path)
    return {**view(row), "workers": _by_worker(row.id)}


def view(row: Campaign) -> dict[str, Any]:
    """A campaign with its figures: numbers of tasks, and of the hazards that came of them."""
    mine = PatrolTask.campaign_id == row.id
    today = scope.today()
    is_done = PatrolTask.done_at.is_null(False)
    counted: Any = PatrolTask.select(fn.COUNT(PatrolTask.id), fn.SUM(When(None, [(is_done, 1)], 0)))
    total, done = counted.where(mine).tuples().first()
    found = _found(mine)
    return {
        "id": row.id,
        "name": row.name,
        "form": row.form,
        "since": row.since,
        "until": row.until,
        "is_over": today > row.until,
        "tasks": int(total or 0),
        "done": int(done or 0),
        "hazards": sum(found.values()),
        "fixed_on_spot": found.get("fixed", 0),
        "open": found.get("open", 0),
        "passed_on": found.get("passed_on", 0),
        "closed": found.get("closed", 0),
    }


def _found(tasks_of: Any) -> dict[str, int]:
    """Hazards by state, of the inspections that were these tasks."""
    inspections = PatrolTask.select(PatrolTask.inspection_id).where(
        tasks_of & PatrolTask.inspection_id.is_null(False)
    )
    rows: Any = (
        Hazard.select(Hazard.state, fn.COUNT(Hazard.id))
        .where(Hazard.inspection_id.in_(inspections))
        .group_by(Hazard.state)
        .tuples()
    )
    return {state: int(count) for state, count in rows}


def _by_worker(campaign_id: int) -> list[dict[str, Any]]:
    who = fn.COALESCE(PatrolTask.done_by, PatrolTask.account_id)
    is_done = PatrolTask.done_at.is_null(False)
    rows: Any = (
        PatrolTask.select(who, fn.COUNT(PatrolTask.id), fn.SUM(When(None, [(is_done, 1)], 0)))
        .where(PatrolTask.campaign_id == campaign_id)
        .group_by(who)
        .order_by(who)
        .tuples()
    )
    found = list(rows)
    names = {
        row.id: row.name
        for row in Account.select(Account.id, Account.name).where(
            Account.id.in_([one[0] for one in found if one[0]])
        )
    }
    return [
        {"account": names.get(who), "tasks": int(total), "done": int(done or 0)}
        for who, total, done in found
    ]


def _check(form: Mapping[str, Any], since: str, until: str) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= len((form.get("name") or "").strip()) <= 60:
        errors["name"] = ["A name has 1 to 60 characters."]
    days = (date.fromisoformat(until) - date.fromisoformat(since)).days
    if not 0 <= days <= LONGEST_DAYS:
        errors["until"] = [f"A day from today on, within {LONGEST_DAYS} days."]
    if errors:
        raise Invalid(errors=errors)


def _wanted(named: Sequence[str] | None, sort: str, area_path: str) -> list[Subject]:
    if named is None:
        things = [subjects.of(key) for key in _graded(sort, area_path)]
    else:
        things = [subjects.named(one) for one in dict.fromkeys(named)]
    outside = [
        one.code
        for one in things
        if one.sort != sort or not f"{one.area_path}/".startswith(f"{area_path}/")
    ]
    if outside:
        raise Invalid(errors={"subjects": [f"Not of this area or form: {outside[0]}."]})
    if not 1 <= len(things) <= MOST_SUBJECTS:
        raise Invalid(errors={"subjects": [f"Name 1 to {MOST_SUBJECTS} things."]})
    return things


def _graded(sort: str, area_path: str) -> list[str]:
    start = "place:" if sort == subjects.PLACE else "building:"
    inside = (Grade.area_path == area_path) | Grade.area_path.startswith(f"{area_path}/")
    rows = Grade.select(Grade.subject).where(inside & Grade.subject.startswith(start))
    return [row.subject for row in rows.order_by(Grade.subject)]
