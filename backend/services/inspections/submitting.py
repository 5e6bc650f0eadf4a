"""An inspection comes in: every rule of its form is run again, and what follows is done at once.

However often a phone sends it, there is one; where the worker stood is graded, and never refuses.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from backend import clock, together, verbs
from backend.actor import Actor
from backend.db import from_ms, to_ms
from backend.errors import (
    DatumMissing,
    DatumUnknown,
    FixImplausible,
    InspectionReused,
    Invalid,
    NotFound,
)
from backend.house import house
from backend.models import Inspection, Visit
from backend.prepared import Prepared
from backend.rules import forms as rules
from backend.rules import patrols, presence
from backend.services import facilities, photos, scope, trail
from backend.services.inspections import forms, grades, hazards, subjects, tasks
from backend.services.inspections.forms import Published
from backend.services.inspections.subjects import Subject
from backend.verbs import verb

UUID = re.compile("[0-9a-f]{32}")
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # No 0/O, no 1/I: it is typed from paper.
CODE_LENGTH = 16


def submit(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Take an inspection in, and say what comes next.

    `form`: `uuid` (drawn by the phone), `subject`, `form`, `version`, `made_at`, `answers`, and if
    there are any `fix` and `visit`. Refuses with an error for each answer that breaks a rule.
    """
    verbs.check(by, "inspection.submit")
    uuid = uuid_in(form["uuid"])
    limits = house().policy.inspections
    asked = forms.sendable(form["form"], form["version"], limits.draft_days)
    subject = subjects.named(form["subject"])
    kept = answered(asked, subject, form["answers"], needs_photos=True)
    said = [subject.key, asked.form.code, asked.version, kept]
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    # One commit for all who send at this moment; each of them in a savepoint of its own.
    number, is_again = together.write(
        lambda: _submit(uuid, digest, asked, subject, kept, form, by=by)
    )
    # Read when nobody waits for the lock any more.
    return {**result(number), "is_duplicate": is_again}


@verb("inspection.submit")
def _submit(
    uuid: str,
    digest: str,
    asked: Published,
    subject: Subject,
    kept: dict[str, Any],
    form: Mapping[str, Any],
    *,
    by: Actor,
) -> tuple[int, bool]:
    """Send an inspection: what was asked, what was found, and what was put right on the spot"""
    subject.check(by, "inspection.submit")
    found = rules.found(asked.form, kept)
    fix = fix_of(form.get("fix"))
    metres = subject.metres(fix.position) if fix else None
    grade = _presence(form.get("visit"), fix, metres, subject, by)
    open_count = sum(not one.is_fixed for one in found)
    made_at = _made_at(form.get("made_at"))
    row = insert.first(
        uuid,
        digest,
        subject.key,
        subject.area_path,
        asked.form.code,
        asked.version,
        by.account_id,
        to_ms(clock.now()),
        to_ms(made_at),
        grade,
        None if metres is None else round(metres, 1),
        fix.lat if fix else None,
        fix.lon if fix else None,
        orjson.dumps(kept).decode(),
        len(found),
        len(found) - open_count,
        new_code() if open_count and subject.is_graded else None,
    )
    if row is None:
        return _known_as(uuid, digest), True
    inspection_id = int(row[0])
    for photo in rules.photos(asked.form, kept):
        photos.use(photo, subject.area_path, by=by, purpose="facility")
    _follow(subject, asked, found, kept, inspection_id, made_at, by)
    trail.write(
        by,
        "inspection.submit",
        building_id=subject.building_id,
        area_path=subject.area_path,
        place=(fix.lat, fix.lon) if fix else None,
        facts={"inspection": uuid, "form": asked.form.code, "wrong": len(found), "grade": grade},
    )
    return inspection_id, False


def _follow(
    subject: Subject,
    asked: Published,
    found: list[rules.Found],
    kept: Mapping[str, Any],
    inspection_id: int,
    made_at: datetime,
    by: Actor,
) -> None:
    """Hazards, the grade, and the tasks that this was and that come of it."""
    known = grades.hazards_of(subject.key)
    changed = False
    if found or known:
        changed = hazards.keep(
            subject, asked.form, asked.version, found, kept, known, inspection_id, by=by
        )
    tasks.fulfil(subject, asked.form.code, by.account_id, inspection_id)
    day = made_at.astimezone(scope.SHENZHEN).date()
    is_patrol = tasks.patrol_form(subject) == asked.form.code
    limits = house().policy.inspections
    if not subject.is_graded:
        assert subject.facility_id is not None
        facilities.note_inspected(subject.facility_id, day.isoformat())
        if is_patrol:
            tasks.plan_patrol(subject, patrols.next_round(day, subject.sort, limits))
        return
    grade = grades.regrade(
        subject,
        grades.hazards_of(subject.key) if changed else known,
        inspection_id=inspection_id,
        inspected_on=day if is_patrol else None,
    )
    if is_patrol:
        tasks.plan_patrol(subject, patrols.next_patrol(day, grade, limits))


def answered(
    asked: Published, subject: Subject, answers: Mapping[str, Any], *, needs_photos: bool
) -> dict[str, Any]:
    """The answers as they are kept, or a refusal that names each that is wrong."""
    if asked.form.subject != subject.sort:
        raise Invalid(errors={"form": ["This form is asked of other things."]})
    kept, errors = rules.checked(
        asked.form, answers, today=scope.today(), needs_photos=needs_photos
    )
    if errors:
        raise Invalid(errors={f"answers.{code}": said for code, said in errors.items()})
    return kept


def uuid_in(text: str) -> str:
    """32 hexadecimal digits, however they were grouped."""
    uuid = text.strip().lower().replace("-", "")
    if not UUID.fullmatch(uuid):
        raise Invalid(errors={"uuid": ["A UUID, drawn by the phone."]})
    return uuid


def fix_of(sent: Mapping[str, Any] | None) -> presence.Fix | None:
    """The position that was sent; one that cannot be is none: work is not refused for it."""
    if sent is None:
        return None
    names = ("lat", "lon", "crs", "accuracy_m", "age_ms", "provider", "is_mock")
    try:
        return presence.reported(**{name: sent[name] for name in names if name in sent})
    except (FixImplausible, DatumMissing, DatumUnknown):
        return None


def _presence(
    visit_id: str | None,
    fix: presence.Fix | None,
    metres: float | None,
    subject: Subject,
    by: Actor,
) -> str:
    """A live visit speaks for itself; else the fix says what it can."""
    if visit_id:
        row = _visit.first(visit_id, by.account_id)
        if row is not None and row[0] == subject.building_id and row[1] == "open":
            return str(row[2])
    return presence.witness(fix, metres, house().policy.limits)


def _made_at(said: datetime | None) -> datetime:
    """When it was answered, by the phone; no phone is ahead of the house."""
    now = clock.now()
    return now if said is None else min(said, now)


def new_code() -> str:
    """A code by which an owner's notice is known: 80 bits of chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def _known_as(uuid: str, digest: str) -> int:
    """The inspection that came with this uuid before. Refuses other answers under it."""
    row = _known.first(uuid)
    assert row is not None
    if row[1] != digest:
        raise InspectionReused()
    return int(row[0])


# --- What came of it ----------------------------------------------------------------------


def result(inspection_id: int) -> dict[str, Any]:
    """What an inspection found and what comes next, for whoever sent it."""
    row = _shown.first(inspection_id)
    assert row is not None
    uuid, key, form, version, at, made_at, grade, wrong, fixed, notice = row
    return {
        "uuid": uuid,
        "form": form,
        "version": version,
        "at": from_ms(at),
        "made_at": from_ms(made_at),
        "presence": grade,
        "wrong": wrong,
        "fixed": fixed,
        "hazards": hazards.of_inspection(inspection_id) if wrong else [],
        "grade": grades.of(key),
        "notice": notice,
        "is_duplicate": False,
    }


@verb("inspection.show", reads=True)
def show(uuid: str, *, by: Actor) -> dict[str, Any]:
    """An inspection with all its answers, and what came of it"""
    row = find(uuid)
    subject = subjects.of(row.subject)
    if row.account_id != by.account_id:
        subject.check(by, "inspection.show")
    asked = forms.version(row.form, row.version)
    answers = orjson.loads(row.answers)
    return {
        **result(row.id),
        "subject": subject.as_dict(),
        "title": {"zh": asked.form.zh, "en": asked.form.en},
        "is_own_check": row.account_id is None,
        "metres": row.metres,
        "answers": [
            {**item.as_dict(), "answer": answers[item.code]}
            for item in asked.form.items
            if item.code in answers
        ],
    }


def last_answer(subject_key: str, form: str, item: str) -> Any:
    """What a worker answered there last; None: nobody was asked yet. Owners do not count."""
    row = _last.first(subject_key, form)
    return orjson.loads(row[0]).get(item) if row else None


def find(uuid: str) -> Inspection:
    """The inspection, or a refusal."""
    row: Inspection | None = Inspection.get_or_none(Inspection.uuid == uuid_in(uuid))
    if row is None:
        raise NotFound(noun="inspection")
    return row


insert = Prepared(
    lambda uuid, digest, subject, area, form, version, account, at, made_at, presence, metres,
    lat, lon, answers, wrong, fixed, notice: (
        Inspection.insert(
            uuid=uuid, digest=digest, subject=subject, area_path=area, form=form,
            version=version, account_id=account, at=at, made_at=made_at, presence=presence,
            metres=metres, lat=lat, lon=lon, answers=answers, wrong=wrong, fixed=fixed,
            notice=notice,
        ).on_conflict_ignore().returning(Inspection.id)
    )
)  # fmt: skip
_known = Prepared(
    lambda uuid: Inspection.select(Inspection.id, Inspection.digest).where(Inspection.uuid == uuid)
)
_shown = Prepared(
    lambda number: Inspection.select(
        Inspection.uuid, Inspection.subject, Inspection.form, Inspection.version, Inspection.at,
        Inspection.made_at, Inspection.presence, Inspection.wrong, Inspection.fixed,
        Inspection.notice,
    ).where(Inspection.id == number)
)  # fmt: skip
_last = Prepared(
    lambda subject, form: (
        Inspection.select(Inspection.answers)
        .where((Inspection.subject == subject) & (Inspection.form == form))
        .where(Inspection.account_id.is_null(False))
        .order_by(Inspection.at.desc())
        .limit(1)
    )
)
_visit = Prepared(
    lambda visit, account: Visit.select(Visit.building_id, Visit.state, Visit.presence).where(
        (Visit.id == visit) & (Visit.account_id == account)
    )
)
