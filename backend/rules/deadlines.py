"""Until when something must be done: working hours, working days, or a clock that never stops.

A limit is spent like money: only time in which its clock runs counts, and a pause costs nothing.
Instants come in and go out in UTC; working hours are those on the wall in China.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

from backend.rules.workdays import ONE_DAY, Calendar

CHINA = timezone(timedelta(hours=8))
SHIFTS = ((time(8), time(12)), (time(14), time(18)))
"""Hours in which clocks of working time run: eight a day."""
DAY_OF_WORK = timedelta(hours=8)
PLANTING_MONTHS = frozenset({2, 3, 4, 10, 11})
"""When trees are planted; in other months that clock stands still. Of no standard: ours."""
LONGEST = timedelta(days=4_000)
"""Further than this nobody looks; a limit that ends later is a mistake in the file."""


class Span(NamedTuple):
    """From `start` until before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Limit:
    """So many of a unit, in the words of the standards: see UNITS."""

    value: float
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.value <= 0:
            raise ValueError(f"{self.value:g} {self.unit} is no limit")

    @property
    def amount(self) -> timedelta:
        """How much of its clock's time it is."""
        return UNITS[self.unit][0] * self.value

    @property
    def clock(self) -> str:
        """Which clock spends it: urgent, working or planting."""
        return UNITS[self.unit][1]


UNITS: dict[str, tuple[timedelta, str]] = {
    "urgent_hour": (timedelta(hours=1), "urgent"),
    "urgent_day": (timedelta(days=1), "urgent"),
    "hour": (timedelta(hours=1), "working"),
    "day": (DAY_OF_WORK, "working"),
    "planting_day": (DAY_OF_WORK, "planting"),
}


def due(
    start: datetime, limit: Limit, calendar: Calendar, pauses: Iterable[Span] = ()
) -> datetime | None:
    """When a limit that began at `start` is spent; None if no clock of it ever runs so long."""
    left = limit.amount
    for span in _without(_running(limit.clock, start, calendar), pauses):
        if left <= span.end - span.start:
            return span.start + left
        left -= span.end - span.start
    return None


def spent(
    start: datetime, end: datetime, clock: str, calendar: Calendar, pauses: Iterable[Span] = ()
) -> timedelta:
    """How much of a clock's time lies between two instants."""
    total = timedelta()
    for span in _without(_running(clock, start, calendar), pauses):
        if span.start >= end:
            break
        total += min(span.end, end) - span.start
    return total


def _running(clock: str, start: datetime, calendar: Calendar) -> Iterator[Span]:
    """The spans in which a clock runs, from `start` on, one after the other."""
    last = start + LONGEST
    if clock == "urgent":
        yield Span(start, last)
        return
    day = start.astimezone(CHINA).date()
    while day <= last.date():
        if calendar.is_workday(day) and (clock != "planting" or day.month in PLANTING_MONTHS):
            for span in _shifts(day):
                if span.end > start:
                    yield Span(max(span.start, start), span.end)
        day += ONE_DAY


def _shifts(day: date) -> Iterator[Span]:
    for begins, ends in SHIFTS:
        yield Span(_instant(day, begins), _instant(day, ends))


def _instant(day: date, on_the_wall: time) -> datetime:
    return datetime.combine(day, on_the_wall, CHINA).astimezone(UTC)


def _without(spans: Iterable[Span], pauses: Iterable[Span]) -> Iterator[Span]:
    """What is left of `spans` (in order) outside the pauses (in any order, even overlapping)."""
    waiting = sorted(pauses)
    for span in spans:
        start = span.start
        for pause in waiting:
            if pause.end <= start or pause.start >= span.end:
                continue
            if pause.start > start:
                yield Span(start, pause.start)
            start = max(start, pause.end)
        if start < span.end:
            yield Span(start, span.end)
