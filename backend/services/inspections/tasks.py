"""Patrol tasks: whose it is to look at what, by when; of a reason and a subject one is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend import clock
from backend.db import to_ms
from backend.house import house
from backend.models import Account, Area, Duty, PatrolTask, RoleGrant
from backend.prepared import Prepared
from backend.rules import patrols, workdays
from backend.services import scope
from backend.services.inspections.subjects import Subject

PATROLLERS = ("safety_officer", "collector")
"""Who goes to a building: whoever has the first of these duties there."""


@dataclass(frozen=True)
class Whose:
    """Whose a task is: a person's by the duty of a post, a post's, or (both None) anybody's who
    inspects there.
    """

    account_id: int | None = None
    role: str | None = None


def patrol_form(subject: Subject) -> str | None:
    """The form by which such a thing is patrolled: a facility by its kind's own, if at all."""
    limits = house().policy.inspections
    if subject.sort in limits.facility_days:
        return subject.sort
    return limits.patrol_forms.get(subject.sort)


def plan_patrol(subject: Subject, due: date) -> None:
    """Somebody looks here by then; a patrol that is planned already stays as it is."""
    form = patrol_form(subject)
    _open(subject, "patrol", f"patrol:{subject.key}", due.isoformat(), form=form)


def plan_recheck(subject: Subject, hazard_due: str) -> None:
    """Somebody sees whether the hazards are gone, soon after the day by which they had to be."""
    policy = house().policy
    day = workdays.due(
        date.fromisoformat(hazard_due), policy.inspections.recheck_days, policy.calendar
    ).isoformat()
    key = f"recheck:{subject.key}"
    if not _bring_forward.write(day, key, day):
        _open(subject, "recheck", key, day)


def plan_one(
    subject: Subject,
    reason: str,
    due: str,
    *,
    form: str | None = None,
    campaign_id: int | None = None,
    since: str | None = None,
    words: str | None = None,
) -> bool:
    """A task of a campaign, or something to verify; False if such a one is open already."""
    key = f"{reason}:{campaign_id or ''}:{subject.key}"[:80]
    more: dict[str, Any] = {"form": form, "campaign_id": campaign_id, "since": since}
    return _open(subject, reason, key, due, words=words, **more)


def plan_verifying(subject: Subject, flaw_id: int, due: str, whose: Whose) -> bool:
    """Somebody looks whether a record is right."""
    key = f"verify:{flaw_id}:{subject.key}"[:80]
    return _open(subject, "verify", key, due, flaw_id=flaw_id, whose=whose)


def _open(
    subject: Subject, reason: str, key: str, due: str, *, whose: Whose | None = None, **more: Any
) -> bool:
    whose = whose or worker_for(subject)
    made = _insert.write(
        key,
        reason,
        subject.key,
        subject.area_path,
        subject.building_id,
        more.get("form"),
        more.get("campaign_id"),
        more.get("flaw_id"),
        whose.account_id,
        whose.role,
        more.get("since"),
        due,
        to_ms(clock.now()),
        more.get("words"),
    )
    return bool(made)


def fulfil(subject: Subject, form: str, account_id: int, inspection_id: int) -> int:
    """The tasks that an inspection by this form was: how many."""
    return _fulfil.write(to_ms(clock.now()), account_id, inspection_id, subject.key, form)


def end_recheck(subject_key: str, account_id: int) -> None:
    """Nothing is left to look at again."""
    _end.write(to_ms(clock.now()), account_id, f"recheck:{subject_key}")


def move_patrol(subject: Subject, last: date, grade: str) -> None:
    """A re-grade changes when somebody looks next."""
    row = _open_task.first(f"patrol:{subject.key}")
    if row is None:
        plan_patrol(subject, patrols.next_patrol(last, grade, house().policy.inspections))
        return
    task_id, due = row
    today = scope.day()
    limits = house().policy.inspections
    new = patrols.moved(date.fromisoformat(due), last, grade, today, limits).isoformat()
    if new != due:
        PatrolTask.update(due=new).where(PatrolTask.id == task_id).execute()


def next_due(subject_key: str) -> str | None:
    """The day by which the next patrol is due."""
    row = _open_task.first(f"patrol:{subject_key}")
    return None if row is None else str(row[1])


def worker_for(subject: Subject, posts: Sequence[str] = PATROLLERS) -> Whose:
    """Whose it is to look there: the duty at the building, or the post of the facility's grid."""
    if subject.building_id is None:
        return _of_area(subject.area_path, house().policy.inspections.facility_post)
    today = scope.today()
    found = [
        (posts.index(role), account_id)
        for account_id, role, since, until in _duties(subject.building_id)
        if role in posts and since <= today and (until is None or until > today)
    ]
    if not found:
        return Whose()
    place, account_id = min(found)
    return Whose(account_id, posts[place])


def of_post(subject: Subject, post: str) -> Whose:
    """Whose it is by one post: a duty at the building, or the post of its grid."""
    if subject.building_id is not None:
        known = worker_for(subject, (post,))
        if known.account_id is not None:
            return known
    return _of_area(subject.area_path, post)


def _of_area(area_path: str, role: str) -> Whose:
    """The one who has this post for this very grid; the post's, if there are several or none."""
    holders = {account_id for (account_id,) in _posts(area_path, role, to_ms(clock.now()))}
    return Whose(holders.pop() if len(holders) == 1 else None, role)


def open_of(subject_key: str) -> Sequence[PatrolTask]:
    """What is still to be done about a subject."""
    rows = PatrolTask.select().where(
        (PatrolTask.subject == subject_key) & PatrolTask.done_at.is_null()
    )
    return list(rows.order_by(PatrolTask.due))


_insert = Prepared(
    lambda key, reason, subject, area, building, form, campaign, flaw, account, role, since, due,
    now, words: (
        PatrolTask.insert(
            open_key=key, reason=reason, subject=subject, area_path=area, building_id=building,
            form=form, campaign_id=campaign, flaw_id=flaw, account_id=account, role=role,
            since=since, due=due, opened_at=now, words=words,
        ).on_conflict_ignore()
    )
)  # fmt: skip
_fulfil = Prepared(
    lambda now, account, inspection, subject, form: PatrolTask.update(
        done_at=now, done_by=account, inspection_id=inspection, open_key=None
    ).where(
        (PatrolTask.subject == subject) & PatrolTask.done_at.is_null() & (PatrolTask.form == form)
    )
)
_bring_forward = Prepared(
    lambda due, key, by: PatrolTask.update(due=due).where(
        (PatrolTask.open_key == key) & (PatrolTask.due > by)
    )
)
_end = Prepared(
    lambda now, account, key: PatrolTask.update(done_at=now, done_by=account, open_key=None).where(
        PatrolTask.open_key == key
    )
)
_open_task = Prepared(
    lambda key: PatrolTask.select(PatrolTask.id, PatrolTask.due).where(PatrolTask.open_key == key)
)
_duties = Prepared(
    lambda building: (
        Duty.select(Duty.account, Duty.role, Duty.since, Duty.until)
        .join(Account)
        .where((Duty.building_id == building) & Account.active)
    )
)
_posts = Prepared(
    lambda path, role, now: (
        RoleGrant.select(RoleGrant.account)
        .join(Area)
        .switch(RoleGrant)
        .join(Account)
        .where((Area.path == path) & (RoleGrant.role == role) & Account.active)
        .where((RoleGrant.since <= now) & (RoleGrant.until.is_null() | (RoleGrant.until > now)))
    )
)
