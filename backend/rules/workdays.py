"""Working days in China: weekends, public holidays, and the weekends worked to make up for them.

A year whose notice has not been published yet counts Monday to Friday, New Year's Day left out:
a day due may then be too early, never too late.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

FRIDAY = 4
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days on which nobody works though it is no weekend, and weekend days that are worked."""

    holidays: frozenset[date]
    make_up: frozenset[date]
    years: frozenset[int]

    def is_workday(self, day: date) -> bool:
        if day in self.make_up:
            return True
        is_new_year = (day.month, day.day) == (1, 1)
        return day.weekday() <= FRIDAY and day not in self.holidays and not is_new_year


def due(start: date, workdays: int, calendar: Calendar) -> date:
    """The last day on which something is in time; the day it began does not count."""
    day, left = start, workdays
    while left > 0:
        day += ONE_DAY
        left -= calendar.is_workday(day)
    return day


def calendar_of(years: Iterable[Mapping[str, Any]]) -> Calendar:
    """The files of `fixtures/calendar` as one. Raises ValueError for a day of another year."""
    holidays: set[date] = set()
    make_up: set[date] = set()
    known: set[int] = set()
    for entry in years:
        spans = entry["holidays"].values()
        free = {day for first, last in spans for day in _days(first, last)}
        if {day.year for day in free | set(entry["make_up"])} - {entry["year"]}:
            raise ValueError(f"the calendar of {entry['year']} holds days of another year")
        holidays |= free
        make_up |= set(entry["make_up"])
        known.add(entry["year"])
    return Calendar(frozenset(holidays), frozenset(make_up), frozenset(known))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
