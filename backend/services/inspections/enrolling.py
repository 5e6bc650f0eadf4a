"""Places, rental buildings and facilities are patrolled as soon as they are on record."""

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from peewee import Value, fn

from backend import clock
from backend.db import writing
from backend.house import house
from backend.models import Account, Building, Facility, Grade, PatrolTask, SmallPlace
from backend.rules import patrols
from backend.services import scope
from backend.services.inspections import grades, subjects, tasks
from backend.services.inspections.subjects import Subject

PORTION = 100


def enrol() -> int:
    """Grade whatever nobody has graded yet, and plan patrols; in small portions; how many."""
    count = _send_to_facilities()
    for portion in _new():
        with writing():
            for subject in portion:
                _enrol(subject)
        count += len(portion)
    return count


def _enrol(subject: Subject) -> None:
    """The first patrols are spread over the interval, so that no week has them all."""
    if grades.of(subject.key) is not None:
        return
    grade = grades.regrade(subject)
    days = house().policy.inspections.patrol_days[grade]
    number = int(subject.key.partition(":")[2])
    # A key's high half is its building.
    tasks.plan_patrol(subject, patrols.first_day(_today(), days, number ^ number >> 20))


def _today() -> date:
    return scope.day()


def _new() -> Iterator[list[Subject]]:
    starts = house().policy.inspections.rental_classes
    is_let = reduce(or_, [Building.house_class.startswith(one) for one in starts])
    yield from _portions("building", Building, is_let, subjects.building_by_id)
    yield from _portions("place", SmallPlace, SmallPlace.id.is_null(False), subjects.place_by_id)


def _portions(sort: str, table: Any, wanted: Any, find: Any) -> Iterator[list[Subject]]:
    """Those without a grade, walked through once by their keys."""
    after = -1
    key = Value(f"{sort}:").concat(table.id.cast("TEXT"))
    known = Grade.select(Value(1)).where(Grade.subject == key)
    while True:
        rows = table.select(table.id).where((table.id > after) & wanted & ~fn.EXISTS(known))
        ids = [row.id for row in rows.order_by(table.id).limit(PORTION)]
        if not ids:
            return
        after = ids[-1]
        yield [find(one) for one in ids]


# --- Facilities ---------------------------------------------------------------------------


def _send_to_facilities() -> int:
    """A patrol for each facility of a kind that has an interval; how many are new."""
    with writing():
        _forget_removed()
        _release_left()
    kinds = sorted(house().policy.inspections.facility_days)
    key = Value("patrol:facility:").concat(Facility.id.cast("TEXT"))
    known = PatrolTask.select(Value(1)).where(PatrolTask.open_key == key)
    wanted = (Facility.state == "in_use") & Facility.kind.in_(kinds) & ~fn.EXISTS(known)
    after, count = 0, 0
    while True:
        rows = Facility.select().where((Facility.id > after) & wanted)
        portion = list(rows.order_by(Facility.id).limit(PORTION))
        if not portion:
            return count
        after = portion[-1].id
        count += len(portion)
        with writing():
            for row in portion:
                tasks.plan_patrol(subjects.of(f"facility:{row.id}"), _first_round(row))


def _first_round(row: Facility) -> date:
    """Its interval after the last look that is on record; what is late already is spread."""
    limits = house().policy.inspections
    spread = patrols.first_day(_today(), limits.facility_days[row.kind], row.id)
    if row.inspected_on is None:
        return spread
    due = patrols.next_round(date.fromisoformat(row.inspected_on), row.kind, limits)
    return due if due > _today() else spread


def _release_left() -> None:
    """What somebody had who cannot sign in any more is their post's again."""
    left = Account.select(Account.id).where(~Account.active)
    PatrolTask.update(account_id=None).where(
        PatrolTask.done_at.is_null() & PatrolTask.account_id.in_(left)
    ).execute()


def _forget_removed() -> None:
    """Nobody is sent to what was taken away."""
    key = Value("facility:").concat(Facility.id.cast("TEXT"))
    gone = Facility.select(key).where(Facility.state != "in_use")
    PatrolTask.update(done_at=clock.now(), open_key=None).where(
        PatrolTask.done_at.is_null() & PatrolTask.subject.in_(gone)
    ).execute()
