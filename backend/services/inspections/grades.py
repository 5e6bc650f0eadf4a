"""Grades as they are: worked out from what is on record, written down when they change."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson

from backend import clock
from backend.db import from_ms, to_ms
from backend.house import house
from backend.models import Building, Event, Grade, GradeChange, Hazard, keys
from backend.prepared import Prepared
from backend.rules import grading
from backend.rules.grading import Facts
from backend.services import notices, scope, tags
from backend.services.inspections import subjects, tasks
from backend.services.inspections.subjects import Subject

YEAR = timedelta(days=365)


class Known(NamedTuple):
    """A hazard of a subject: one that is not done yet, or was found within a year."""

    id: int
    item: str
    level: str
    state: str
    due: str | None
    found_at: int  # Milliseconds.
    is_repeat: int
    case_id: int | None


def hazards_of(subject_key: str) -> list[Known]:
    """What decides about a subject's grade, the oldest first."""
    since = to_ms(clock.now() - YEAR)
    return [Known(*row) for row in _hazards(subject_key, since)]


def facts_of(subject: Subject, hazards: Sequence[Known]) -> Facts:
    """The counts that the rules ask for."""
    today, since = scope.today(), to_ms(clock.now() - YEAR)
    waiting = [one for one in hazards if one.state == "open"]
    late = [one for one in waiting if one.due is not None and one.due < today]
    cases = [one for one in hazards if one.state == "passed_on"]
    return Facts(
        general_open=sum(one.level == "general" for one in waiting),
        major_open=sum(one.level == "major" for one in [*waiting, *cases]),
        overdue=len(late),
        major_overdue=sum(one.level == "major" for one in late),
        found_in_year=sum(one.found_at >= since for one in hazards),
        repeated_in_year=sum(bool(one.is_repeat) and one.found_at >= since for one in hazards),
        unresolved_cases=len(cases),
        incidents_in_year=_incidents(subject),
    )


def regrade(
    subject: Subject,
    hazards: Sequence[Known] | None = None,
    *,
    inspection_id: int | None = None,
    inspected_on: date | None = None,
) -> str:
    """The grade that the facts ask for; a change is written down, told, and moves the patrol.

    Inside a write transaction.
    """
    known = hazards_of(subject.key) if hazards is None else hazards
    verdict = grading.judge(facts_of(subject, known), house().policy.inspections.rules)
    before = _grade.first(subject.key)
    reasons = orjson.dumps(verdict.reasons).decode()
    now = to_ms(clock.now())
    day = inspected_on.isoformat() if inspected_on else None
    if before is None:
        assert subject.building_id is not None
        _enrol.write(
            subject.key, subject.area_path, subject.building_id, verdict.grade, reasons, now, day
        )
    else:
        since = now if before[0] != verdict.grade else before[1]
        last = max(filter(None, (day, before[2])), default=None)
        _keep.write(verdict.grade, reasons, since, last, subject.area_path, subject.key)
        day = last
    if before is None or before[0] != verdict.grade:
        _changed(subject, before[0] if before else None, verdict, reasons, inspection_id)
        if before is not None:
            last_day = date.fromisoformat(day) if day else _day(before[1])
            tasks.move_patrol(subject, last_day, verdict.grade)
    return verdict.grade


def of(subject_key: str) -> dict[str, Any] | None:
    """The grade of a place or rental building with its reasons; None: nobody grades it."""
    row = _grade.first(subject_key)
    if row is None:
        return None
    return {
        "grade": row[0],
        "since": from_ms(row[1]),
        "inspected_on": row[2],
        "reasons": orjson.loads(row[3]),
        "patrol_due": tasks.next_due(subject_key),
    }


def history(subject_key: str) -> list[dict[str, Any]]:
    """How a grade came to be what it is, the latest first."""
    rows = GradeChange.select().where(GradeChange.subject == subject_key)
    return [
        {
            "at": row.at,
            "before": row.before,
            "grade": row.grade,
            "reasons": orjson.loads(row.reasons),
        }
        for row in rows.order_by(GradeChange.id.desc()).limit(50)
    ]


def of_buildings(codes: Sequence[str]) -> dict[str, str]:
    """Building code -> grade, of those that are graded."""
    found: dict[str, str] = {}
    for start in range(0, len(codes), 500):
        rows: Any = (
            Building.select(Building.code, Grade.grade)
            .join(Grade, on=(Grade.building_id == Building.id))
            .where(Building.code.in_(codes[start : start + 500]))
            .where(Grade.subject.startswith("building:"))
        )
        found.update(rows.tuples())
    return found


def _changed(
    subject: Subject,
    before: str | None,
    verdict: grading.Verdict,
    reasons: str,
    inspection_id: int | None,
) -> None:
    GradeChange.create(
        subject=subject.key,
        before=before,
        grade=verdict.grade,
        reasons=reasons,
        at=clock.now(),
        inspection_id=inspection_id,
    )
    if subject.sort == subjects.BUILDING and subject.building_id is not None:
        tags.regraded(subject.building_id, verdict.grade)
    if verdict.grade == "red":
        facts = {"place": subject.name, "subject": subject.code, "grade": verdict.grade}
        notices.tell_role("supervisor", subject.area_path, "graded-red", facts)


def _incidents(subject: Subject) -> int:
    """Safety events on record within a year: of the room of a small place, of a whole building."""
    assert subject.building_id is not None
    first, last = keys.first(subject.building_id), keys.last(subject.building_id)
    since = to_ms(clock.now() - YEAR)
    starts = house().policy.inspections.incident_classes
    return sum(
        event_class.startswith(starts) and (subject.room_id is None or room == subject.room_id)
        for event_class, room in _events(first, last, since)
    )


def _day(milliseconds: int) -> date:
    return from_ms(milliseconds).astimezone(scope.SHENZHEN).date()


_hazards = Prepared(
    lambda subject, since: (
        Hazard.select(
            Hazard.id, Hazard.item, Hazard.level, Hazard.state, Hazard.due, Hazard.found_at,
            Hazard.is_repeat, Hazard.case_id,
        )
        .where(Hazard.subject == subject)
        .where((Hazard.found_at >= since) | Hazard.state.in_(["open", "passed_on"]))
        .order_by(Hazard.id)
    )
)  # fmt: skip
_grade = Prepared(
    lambda subject: Grade.select(Grade.grade, Grade.since, Grade.inspected_on, Grade.reasons).where(
        Grade.subject == subject
    )
)
_enrol = Prepared(
    lambda subject, area, building, grade, reasons, since, day: Grade.insert(
        subject=subject, area_path=area, building_id=building, grade=grade, reasons=reasons,
        since=since, inspected_on=day,
    )
)  # fmt: skip
_keep = Prepared(
    lambda grade, reasons, since, day, area, subject: Grade.update(
        grade=grade, reasons=reasons, since=since, inspected_on=day, area_path=area
    ).where(Grade.subject == subject)
)
_events = Prepared(
    lambda first, last, since: Event.select(Event.event_class, Event.room_id).where(
        Event.id.between(first, last) & (Event.at >= since)
    )
)
