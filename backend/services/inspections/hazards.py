"""Hazards: found, put right on the spot or by a day, looked at again, or handed on as a case."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Conflict, Invalid, NotFound
from backend.house import house
from backend.models import Case, Hazard
from backend.rules import workdays
from backend.rules.forms import LEVELS, LONGEST_TEXT, Form, Found
from backend.services import cases, photos, scope, trail
from backend.services.inspections import forms, grades, subjects, tasks
from backend.services.inspections.grades import Known
from backend.services.inspections.subjects import Subject
from backend.verbs import verb

WAITING = ("open", "passed_on")
STATES = ("fixed", "open", "passed_on", "closed")
LARGEST = 2**31  # What the databases take as a number; a path may hold any.


def keep(
    subject: Subject,
    form: Form,
    version: int,
    found: Sequence[Found],
    answers: Mapping[str, Any],
    known: Sequence[Known],
    inspection_id: int,
    *,
    by: Actor,
) -> bool:
    """What an inspection found, and what it found put right; whether anything of it changed.

    An item that is wrong already stays one hazard, with its day. Inside a write transaction.
    """
    waiting = {one.item: one for one in known if one.state in WAITING}
    ended = {one.item for one in known if one.state in ("fixed", "closed")}
    changed = False
    for one in found:
        before = waiting.get(one.item.code)
        if before is None:
            _open(subject, form, version, one, one.item.code in ended, inspection_id, by)
        elif one.after and before.state == "open":
            _end(before.id, photos.use(one.after, subject.area_path, by=by, purpose="after"), by)
        changed = True
    for item, before in waiting.items():
        if answers.get(item) == "ok" and before.state == "open":
            _end(before.id, None, by)
            changed = True
    if changed and not any(one.state == "open" for one in grades.hazards_of(subject.key)):
        tasks.end_recheck(subject.key, by.account_id)
    return changed


def _open(
    subject: Subject,
    form: Form,
    version: int,
    one: Found,
    is_repeat: bool,
    inspection_id: int,
    by: Actor,
) -> None:
    row = Hazard(
        inspection_id=inspection_id,
        subject=subject.key,
        area_path=subject.area_path,
        form=form.code,
        version=version,
        item=one.item.code,
        level=one.level,
        note=one.note,
        state="fixed" if one.is_fixed else "open",
        found_at=clock.now(),
        found_by=by.account_id,
        is_repeat=is_repeat,
    )
    if one.is_fixed:
        row.ended_at, row.ended_by = row.found_at, by.account_id
    else:
        row.due = _due(one.item.days)
    # A facility is the city's own: nobody has to be given time to think about it.
    is_ours = not subject.is_graded and one.item.problem is not None
    if not one.is_fixed and (one.item.at_once or is_ours):
        _become_case(row, one.item.problem or "", one.item.fault["zh"], subject, by)
    for name, purpose in (("photo", "before"), ("after", "after")):
        photo = getattr(one, name)
        if photo:
            used = photos.use(photo, subject.area_path, by=by, purpose=purpose, case_id=row.case_id)
            setattr(row, purpose, used)
    row.save()
    if row.state == "open" and row.due is not None:
        tasks.plan_recheck(subject, row.due)


def _due(days: int) -> str:
    today = scope.day()
    return workdays.due(today, days, house().policy.calendar).isoformat()


def _become_case(row: Hazard, problem: str, words: str, subject: Subject, by: Actor) -> None:
    """A case of its own, or one more voice in the one that is open at the building."""
    opened = cases.open_or_join(
        subject.about(), problem, channel="inspection", is_filed=True, account_id=by.account_id
    )
    if not opened.joined:
        Case.update(words=words).where(Case.id == opened.id).execute()
    row.state, row.case_id = "passed_on", opened.id


def _end(hazard_id: int, after: str | None, by: Actor) -> None:
    values: dict[str, Any] = {
        "state": "closed",
        "ended_at": clock.now(),
        "ended_by": by.account_id,
    }
    if after is not None:
        values["after"] = after
    Hazard.update(values).where(Hazard.id == hazard_id).execute()


# --- Looking again ------------------------------------------------------------------------


@verb("hazard.recheck")
def recheck(hazard_id: int, form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Say whether a hazard is gone: with a photo of it as it is now, or that it is still there

    What is still there after its day becomes a case.
    """
    row = _hold(hazard_id)
    subject = subjects.of(row.subject)
    subject.check(by, "hazard.recheck")
    if row.state != "open":
        raise Conflict(errors={"hazard": ["Nothing is to be looked at again here."]})
    _check(form)
    if form["result"] == "mended":
        _mend(row, form, by)
    else:
        row.note = form.get("note") or row.note
        if row.due is not None and scope.today() > row.due:
            _pass_on(row, subject, by)
        row.save()
    _settle(subject, by)
    _note(by, "hazard.recheck", row, subject, result=form["result"])
    return view(row)


@verb("hazard.pass-on")
def pass_on(hazard_id: int, *, by: Actor) -> dict[str, Any]:
    """Make a case of a hazard: its owner does not put it right, or it cannot wait"""
    row = _hold(hazard_id)
    subject = subjects.of(row.subject)
    subject.check(by, "hazard.pass-on")
    if row.state != "open":
        raise Conflict(errors={"hazard": ["Only a hazard that waits can become a case."]})
    _pass_on(row, subject, by)
    row.save()
    _settle(subject, by)
    _note(by, "hazard.pass-on", row, subject)
    return view(row)


def _check(form: Mapping[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    if form.get("result") not in ("mended", "still"):
        errors["result"] = ["Say mended or still."]
    elif form["result"] == "mended" and not form.get("photo"):
        errors["photo"] = ["Take a photo of it as it is now."]
    if len(form.get("note") or "") > LONGEST_TEXT:
        errors["note"] = [f"At most {LONGEST_TEXT} characters."]
    if errors:
        raise Invalid(errors=errors)


def _mend(row: Hazard, form: Mapping[str, Any], by: Actor) -> None:
    row.after = photos.use(form["photo"], row.area_path, by=by, purpose="after")
    row.state, row.ended_at, row.ended_by = "closed", clock.now(), by.account_id
    row.note = form.get("note") or row.note
    row.save()


def _pass_on(row: Hazard, subject: Subject, by: Actor) -> None:
    item = forms.item_of(row.form, row.version, row.item)
    kind = forms.kind_of_problem(subject.sort)
    problem = item.problem or FALLBACK.get(kind, "")
    if not problem:
        raise Conflict(errors={"hazard": ["No office handles this; settle it with the owner."]})
    _become_case(row, problem, item.fault["zh"], subject, by)


FALLBACK = {"building": "fire_gear"}
"""What an item is reported as that names no problem of its own."""


def _settle(subject: Subject, by: Actor) -> None:
    known = grades.hazards_of(subject.key)
    if not any(one.state == "open" for one in known):
        tasks.end_recheck(subject.key, by.account_id)
    if subject.is_graded:
        grades.regrade(subject, known)


def _hold(hazard_id: int) -> Hazard:
    rows = Hazard.select().where(Hazard.id == hazard_id)
    row: Hazard | None = locked(rows).get_or_none() if hazard_id < LARGEST else None
    if row is None:
        raise NotFound(noun="hazard")
    return row


def _note(by: Actor, name: str, row: Hazard, subject: Subject, **facts: object) -> None:
    said = {"hazard": row.id, "item": row.item, "state": row.state, **facts}
    trail.write(by, name, building_id=subject.building_id, area_path=subject.area_path, facts=said)


# --- What is seen of it -------------------------------------------------------------------


@verb("hazard.show", reads=True)
def show(hazard_id: int, *, by: Actor) -> dict[str, Any]:
    """A hazard with its photos, its law and what became of it"""
    row = Hazard.get_or_none(Hazard.id == hazard_id) if hazard_id < LARGEST else None
    if row is None:
        raise NotFound(noun="hazard")
    subjects.of(row.subject).check(by, "hazard.show")
    return view(row)


@verb("hazard.list", reads=True)
def listed(
    *,
    state: str | None = None,
    subject: str | None = None,
    before: int | None = None,
    most: int = 100,
    by: Actor,
) -> dict[str, Any]:
    """Hazards of one's areas or of one thing, the latest first; those that wait unless told"""
    rows = Hazard.select().order_by(Hazard.id.desc())
    wanted = Hazard.state == state if state else Hazard.state.in_(WAITING)
    if subject is not None:
        named = subjects.named(subject)
        named.check(by, "hazard.list")
        rows = rows.where(Hazard.subject == named.key)
    else:
        rows = rows.where(scope.within(Hazard.area_path, scope.paths(by, "hazard.list")))
    if before is not None:
        rows = rows.where(Hazard.id < before)
    found = list(rows.where(wanted).limit(most + 1))
    following = str(found[most - 1].id) if len(found) > most else None
    return {"items": [view(row) for row in found[:most]], "next": following}


def view(row: Hazard) -> dict[str, Any]:
    """A hazard in words; its item as it was called when it was found."""
    item = forms.item_of(row.form, row.version, row.item)
    subject = subjects.of(row.subject)
    return {
        "id": row.id,
        "subject": subject.as_dict(),
        "item": row.item,
        "words": item.fault,
        "law": item.law or None,
        "level": row.level,
        "state": row.state,
        "note": row.note,
        "found_at": row.found_at,
        "due": row.due,
        "is_overdue": row.state == "open" and row.due is not None and scope.today() > row.due,
        "is_repeat": bool(row.is_repeat),
        "ended_at": row.ended_at,
        "before": row.before,
        "after": row.after,
        "case": cases.number_of(Case.get_by_id(row.case_id)) if row.case_id else None,
    }


def waiting_at(subject_key: str) -> list[dict[str, Any]]:
    """What is known to be wrong with a thing and not put right yet."""
    rows = Hazard.select().where(Hazard.subject == subject_key)
    return [view(row) for row in rows.where(Hazard.state.in_(WAITING)).order_by(Hazard.id)]


def open_counts(subject_key: str) -> dict[str, int]:
    """How many hazards wait, by level; for everybody to know."""
    found = dict.fromkeys(LEVELS, 0)
    rows = Hazard.select(Hazard.level).where(Hazard.subject == subject_key)
    for row in rows.where(Hazard.state.in_(WAITING)):
        found[row.level] += 1
    return found


def of_inspection(inspection_id: int) -> list[dict[str, Any]]:
    """What one inspection found, in the order of its form."""
    rows = Hazard.select().where(Hazard.inspection_id == inspection_id).order_by(Hazard.id)
    return [view(row) for row in rows]


# --- What time does -----------------------------------------------------------------------


def note_overdue() -> int:
    """Hazards whose day has passed make their places' grades worse, whoever looks or not."""
    late = Hazard.select().where(Hazard.state == "open", Hazard.due < scope.today())
    rows = list(late.where(Hazard.overdue_at.is_null()).order_by(Hazard.id).limit(PORTION))
    for row in rows:
        row.overdue_at = clock.now()
        row.save()
    _regrade_all({row.subject for row in rows})
    return len(rows)


def follow_cases() -> int:
    """Hazards that became cases end with them."""
    done = Case.select(Case.id).where(Case.state.in_(("closed", "declined")))
    passed = Hazard.select().where((Hazard.state == "passed_on") & Hazard.case_id.in_(done))
    rows = list(passed.order_by(Hazard.id).limit(PORTION))
    for row in rows:
        row.state, row.ended_at = "closed", clock.now()
        row.save()
    _regrade_all({row.subject for row in rows})
    return len(rows)


PORTION = 200


def _regrade_all(keys: set[str]) -> None:
    for key in sorted(keys):
        subject = subjects.of(key)
        if subject.is_graded:
            grades.regrade(subject)
