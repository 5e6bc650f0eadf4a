"""Deadlines: by hand where people know the answer, and minute by minute everywhere else."""

import random
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.rules.deadlines import CHINA, PLANTING_MONTHS, UNITS, Limit, Span, due, spent
from backend.rules.workdays import Calendar, calendar_of

CALENDAR = calendar_of(
    tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[2] / "fixtures" / "calendar").glob("*.toml"))
)
MINUTE = timedelta(minutes=1)


def wall(text: str) -> datetime:
    """What a clock in Shenzhen shows."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        # An open manhole at night: the clock does not stop for anybody's sleep.
        ("2026-11-21 23:30", Limit(2, "urgent_hour"), "2026-11-22 01:30"),
        ("2026-02-15 12:00", Limit(2, "urgent_day"), "2026-02-17 12:00"),
        # A dark lamp told on Friday at five: one hour on Friday, the rest on Monday and Tuesday.
        ("2026-11-20 17:00", Limit(2, "day"), "2026-11-24 17:00"),
        ("2026-11-20 19:00", Limit(1, "day"), "2026-11-23 18:00"),
        ("2026-11-20 11:00", Limit(2, "hour"), "2026-11-20 15:00"),
        ("2026-11-20 13:00", Limit(4, "hour"), "2026-11-20 18:00"),
        # Over National Day, and over the Saturday that is worked for it.
        ("2026-09-30 17:00", Limit(1, "day"), "2026-10-08 17:00"),
        ("2026-10-09 17:00", Limit(1, "day"), "2026-10-10 17:00"),
        ("2025-01-27 17:00", Limit(1, "day"), "2025-02-05 17:00"),
        # A tree in July waits for October, when National Day is over.
        ("2026-07-01 09:00", Limit(1, "planting_day"), "2026-10-08 18:00"),
    ],
)
def test_what_people_know_by_heart(start, limit, end):
    assert due(wall(start), limit, CALENDAR) == wall(end)


def test_a_pause_costs_nothing():
    pause = Span(wall("2026-11-23 08:00"), wall("2026-11-25 08:00"))
    assert due(wall("2026-11-20 17:00"), Limit(2, "day"), CALENDAR, [pause]) == wall(
        "2026-11-26 17:00"
    )


def test_what_never_runs_is_never_due():
    for_ever = Span(wall("2020-01-01 00:00"), wall("2060-01-01 00:00"))
    assert due(wall("2026-11-20 17:00"), Limit(1, "hour"), CALENDAR, [for_ever]) is None


@pytest.mark.parametrize(("value", "unit"), [(0, "day"), (-1, "hour"), (1, "week")])
def test_what_is_no_limit_is_refused(value, unit):
    with pytest.raises(ValueError, match="no limit"):
        Limit(value, unit)


def runs(clock: str, at: datetime, calendar: Calendar) -> bool:
    """Whether a clock runs in the minute that begins at `at`: the rule as one says it."""
    if clock == "urgent":
        return True
    there = at.astimezone(CHINA)
    if not calendar.is_workday(there.date()):
        return False
    if clock == "planting" and there.month not in PLANTING_MONTHS:
        return False
    return 8 <= there.hour < 12 or 14 <= there.hour < 18


def walked(start: datetime, limit: Limit, pauses: list[Span]) -> datetime:
    """Minute by minute until the limit is spent. Stands on whole minutes."""
    left, at = limit.amount, start
    while left > timedelta():
        is_paused = any(pause.start <= at < pause.end for pause in pauses)
        if not is_paused and runs(limit.clock, at, CALENDAR):
            left -= MINUTE
        at += MINUTE
    return at


def drawn(chance: random.Random) -> tuple[datetime, Limit, list[Span]]:
    start = wall("2025-01-01 00:00") + chance.randrange(3 * 365 * 1440 - 90 * 1440) * MINUTE
    unit = chance.choice(["urgent_hour", "urgent_day", "hour", "day", "planting_day"])
    most = {"urgent_hour": 48, "urgent_day": 5, "hour": 16, "day": 15, "planting_day": 3}[unit]
    pauses = []
    for _ in range(chance.choice([0, 0, 1, 2, 4])):
        begins = start + chance.randrange(-1440, 20 * 1440) * MINUTE
        pauses.append(Span(begins, begins + chance.randrange(1, 6 * 1440) * MINUTE))
    return start, Limit(chance.randint(1, most), unit), pauses


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_walking_minute_by_minute_finds(seed):
    """Limits ending before 2028; the full ten thousand are a proof."""
    compare(random.Random(seed), 12)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(100, 200))
def test_ten_thousand_cases_are_what_walking_finds(seed):
    compare(random.Random(seed), 100)


def compare(chance: random.Random, cases: int) -> None:
    for _ in range(cases):
        start, limit, pauses = drawn(chance)
        found = due(start, limit, CALENDAR, pauses)
        assert found is not None
        assert found == walked(start, limit, pauses), (start, limit, pauses)
        assert spent(start, found, limit.clock, CALENDAR, pauses) == limit.amount


def test_every_unit_has_a_clock():
    assert {clock for _, clock in UNITS.values()} == {"urgent", "working", "planting"}
