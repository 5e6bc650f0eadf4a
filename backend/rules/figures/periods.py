"""Days, months and what lies between, as the clocks in China show them."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

OFFSET_MS = 8 * 3_600_000
DAY_MS = 86_400_000
EPOCH = date(1970, 1, 1).toordinal()
LONGEST_DAYS = 3_660
ONE_DAY = timedelta(days=1)


class Period(NamedTuple):
    """From the first day to the last, both within."""

    first: date
    last: date

    @property
    def start_ms(self) -> int:
        return start_of(self.first)

    @property
    def end_ms(self) -> int:
        """The first instant after it."""
        return start_of(self.last + ONE_DAY)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def day_of(instant_ms: int) -> int:
    """The number of the day in which an instant lies."""
    return (instant_ms + OFFSET_MS) // DAY_MS


def date_of(number: int) -> date:
    return date.fromordinal(number + EPOCH)


def start_of(day: date) -> int:
    """Midnight, in milliseconds since 1970."""
    return (day.toordinal() - EPOCH) * DAY_MS - OFFSET_MS


@lru_cache(20_000)
def spans_of(number: int) -> tuple[str, str]:
    """The names of a day and of its month, under which sums are kept."""
    text = date_of(number).isoformat()
    return text, text[:7]


def spans(period: Period) -> list[str]:
    """Names of months that lie wholly within, and of the days around them."""
    found, day = [], period.first
    while day <= period.last:
        last = month(day).last
        if day.day == 1 and last <= period.last:
            found.append(day.isoformat()[:7])
            day = last + ONE_DAY
        else:
            found.append(day.isoformat())
            day += ONE_DAY
    return found


def month(day: date) -> Period:
    """The month of a day."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def named(name: str, today: date) -> Period:
    """day, week, month, last-month or year, as far as it has come."""
    if name == "day":
        return Period(today, today)
    if name == "week":
        return Period(today - timedelta(days=today.weekday()), today)
    if name == "last-month":
        return month(today.replace(day=1) - ONE_DAY)
    if name == "year":
        return Period(today.replace(month=1, day=1), today)
    return Period(today.replace(day=1), today)


NAMES = ("day", "week", "month", "last-month", "year")


def before(period: Period) -> Period:
    """What it is compared with: of a month the same days of the month before; else as many days."""
    if period.first.day == 1 and month(period.first) == month(period.last):
        earlier = month(period.first - ONE_DAY)
        if period.last == month(period.first).last:
            return earlier
        return Period(
            earlier.first, min(earlier.last, earlier.first + (period.last - period.first))
        )
    length = timedelta(days=period.days)
    return Period(period.first - length, period.last - length)
