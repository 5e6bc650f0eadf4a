"""Patrol tasks: whose it is to look at what, by when; of a reason and a subject one is open."""

from collections.abc import Sequence
from datetime import date

from backend import clock
from backend.db import to_ms
from backend.house import house
from backend.models import Account, Duty, PatrolTask
from backend.prepared import Prepared
from backend.rules import patrols, workdays
from backend.services import scope
from backend.services.inspections.subjects import Subject

PATROLLERS = ("safety_officer", "collector")
"""Who goes: whoever has the first of these duties at the building."""


def patrol_form(subject: Subject) -> str | None:
    """The form by which such a thing is patrolled; facilities are looked at in campaigns."""
    return house().policy.inspections.patrol_forms.get(subject.sort)


def plan_patrol(subject: Subject, due: date) -> None:
    """Somebody looks here by then; a patrol that is planned already stays as it is."""
    form = patrol_form(subject)
    worker = worker_for(subject)
    _insert.write(
        f"patrol:{subject.key}",
        "patrol",
        subject.key,
        subject.area_path,
        subject.building_id,
        form,
        None,
        worker,
        due.isoformat(),
        to_ms(clock.now()),
        None,
    )


def plan_recheck(subject: Subject, hazard_due: str) -> None:
    """Somebody sees whether the hazards are gone, soon after the day by which they had to be."""
    policy = house().policy
    day = workdays.due(
        date.fromisoformat(hazard_due), policy.inspections.recheck_days, policy.calendar
    )
    key = f"recheck:{subject.key}"
    if _bring_forward.write(day.isoformat(), key, day.isoformat()):
        return
    _insert.write(
        key,
        "recheck",
        subject.key,
        subject.area_path,
        subject.building_id,
        None,
        None,
        worker_for(subject),
        day.isoformat(),
        to_ms(clock.now()),
        None,
    )


def plan_one(
    subject: Subject,
    reason: str,
    due: str,
    *,
    form: str | None = None,
    campaign_id: int | None = None,
    words: str | None = None,
) -> bool:
    """A task of a campaign, or something to verify; False if such a one is open already."""
    key = f"{reason}:{campaign_id or ''}:{subject.key}"[:80]
    made = _insert.write(
        key,
        reason,
        subject.key,
        subject.area_path,
        subject.building_id,
        form,
        campaign_id,
        worker_for(subject),
        due,
        to_ms(clock.now()),
        words,
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
    today = date.fromisoformat(scope.today())
    limits = house().policy.inspections
    new = patrols.moved(date.fromisoformat(due), last, grade, today, limits).isoformat()
    if new != due:
        PatrolTask.update(due=new).where(PatrolTask.id == task_id).execute()


def next_due(subject_key: str) -> str | None:
    """The day by which the next patrol is due."""
    row = _open_task.first(f"patrol:{subject_key}")
    return None if row is None else str(row[1])


def worker_for(subject: Subject) -> int | None:
    """The worker whose duty the building is; None: whoever works in the area."""
    if subject.building_id is None:
        return None
    today = scope.today()
    found = [
        (PATROLLERS.index(role), account_id)
        for account_id, role, since, until in _duties(subject.building_id)
        if role in PATROLLERS and since <= today and (until is None or until > today)
    ]
    return min(found)[1] if found else None


def open_of(subject_key: str) -> Sequence[PatrolTask]:
    """What is still to be done about a subject."""
    rows = PatrolTask.select().where(
        (PatrolTask.subject == subject_key) & PatrolTask.done_at.is_null()
    )
    return list(rows.order_by(PatrolTask.due))


_insert = Prepared(
    lambda key, reason, subject, area, building, form, campaign, account, due, now, words: (
        PatrolTask.insert(
            open_key=key, reason=reason, subject=subject, area_path=area, building_id=building,
            form=form, campaign_id=campaign, account_id=account, due=due, opened_at=now,
            words=words,
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
