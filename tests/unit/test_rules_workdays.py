"""Nine working days, with China's holidays and the weekends worked for them."""

from datetime import date, timedelta

import pytest

from backend.policy import read_policy
from backend.rules.workdays import calendar_of, due

CALENDAR = read_policy().calendar


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-02", "2026-11-13"),  # An ordinary Monday: two weekends.
        ("2026-02-10", "2026-02-28"),  # 11-13, make-up 14, holiday 15-23, 24-27, make-up 28.
        ("2026-09-18", "2026-10-08"),  # Sunday the 20th is worked; 25-27 and 1-7 are not.
        ("2026-09-30", "2026-10-19"),  # 8, 9, make-up 10, 12-16, 19.
        ("2026-04-03", "2026-04-17"),
        ("2026-12-25", "2027-01-08"),  # 2027 is not announced: its New Year's Day is free.
    ],
)
def test_nine_working_days(start, end):
    assert due(date.fromisoformat(start), 9, CALENDAR) == date.fromisoformat(end)


def test_the_year_has_as_many_free_days_as_the_notice_says():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    free = [day for day in days if day in CALENDAR.holidays]
    assert len(free) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert all(day.weekday() > 4 for day in CALENDAR.make_up)
    assert sum(map(CALENDAR.is_workday, days)) == 248


def test_a_day_of_another_year_is_refused():
    entry = {"year": 2026, "make_up": [date(2025, 1, 26)], "holidays": {}}
    with pytest.raises(ValueError, match="another year"):
        calendar_of([entry])
