"""When a place is due to be looked at again, and in which order one walks to those that are."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from backend.rules.datum import Position
from backend.rules.geometry import distance_m
from backend.rules.grading import InspectionLimits

T = TypeVar("T")


def next_patrol(last: date, grade: str, limits: InspectionLimits) -> date:
    """The last day on which the next patrol is in time."""
    return last + timedelta(days=limits.patrol_days[grade])


def next_round(last: date, kind: str, limits: InspectionLimits) -> date:
    """The last day on which somebody looks at a facility again in time."""
    return last + timedelta(days=limits.facility_days[kind])


def first_day(today: date, days: int, number: int) -> date:
    """When what nobody has looked at yet is due: spread over the interval by its number, so that
    no week has them all.
    """
    return today + timedelta(days=number % days + 1)


def moved(due: date, last: date, grade: str, today: date, limits: InspectionLimits) -> date:
    """When a patrol is due after a re-grade: the new grade's interval, from the last visit.

    What is due already keeps its day: a better grade does not excuse what was missed.
    """
    new = next_patrol(last, grade, limits)
    return min(due, new) if due <= today else new


def is_overdue(due: str, today: str) -> bool:
    """ISO days are in order as texts."""
    return today > due


def route(here: Position, stops: Sequence[tuple[Position, T]]) -> list[T]:
    """The stops in the order of a walk that always goes on to the nearest one that is left."""
    left, walk = list(stops), []
    while left:
        nearest = min(range(len(left)), key=lambda which: distance_m(here, left[which][0]))
        here, stop = left.pop(nearest)
        walk.append(stop)
    return walk
