"""Small places and rental buildings become graded and patrolled as soon as they are on record."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from peewee import Value, fn

from backend.db import writing
from backend.house import house
from backend.models import Building, Grade, SmallPlace
from backend.services import scope
from backend.services.inspections import grades, subjects, tasks
from backend.services.inspections.subjects import Subject

PORTION = 100


def enrol() -> int:
    """Grade whatever nobody has graded yet, in small portions; how many."""
    count = 0
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
    spread = (number ^ number >> 20) % days + 1  # A key's high half is its building.
    due = date.fromisoformat(scope.today()) + timedelta(days=spread)
    tasks.plan_patrol(subject, due)


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
