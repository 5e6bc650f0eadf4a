"""Shares of a case's time: the same instants as walking through its days minute by minute."""

import random
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from backend.models import Case
from backend.policy import read_policy
from backend.rules.clocks import Step, handling
from backend.rules.deadlines import Limit, Span
from backend.rules.urging import Ticking, Urging, gone, gone_at, next_at
from backend.services.cases import aiming
from tests.unit.test_rules_deadlines import CALENDAR, MINUTE, runs, wall

SHARES = [50, 80, 100, 300]


def test_the_shares_of_two_working_days():
    lamp = Ticking(wall("2026-11-20 17:00"), Limit(2, "day"))
    told = {share: gone_at(lamp, share, CALENDAR) for share in SHARES}
    assert told == {
        50: wall("2026-11-23 17:00"),
        80: wall("2026-11-24 11:48"),
        100: wall("2026-11-24 17:00"),
        300: wall("2026-11-30 17:00"),
    }


def test_time_that_stood_still_is_no_share():
    pause = Span(wall("2026-11-23 08:00"), wall("2026-11-24 08:00"))
    lamp = Ticking(wall("2026-11-20 17:00"), Limit(2, "day"), (pause,))
    assert gone_at(lamp, 50, CALENDAR) == wall("2026-11-24 17:00")


def test_only_the_largest_share_that_is_gone_counts():
    cover = Ticking(wall("2026-11-21 23:00"), Limit(2, "urgent_hour"))
    assert gone(cover, SHARES, wall("2026-11-21 23:59"), CALENDAR) == 0
    assert gone(cover, SHARES, wall("2026-11-22 00:00"), CALENDAR) == 50
    assert gone(cover, SHARES, wall("2026-11-25 00:00"), CALENDAR) == 300
    assert next_at(cover, SHARES, 80, CALENDAR) == wall("2026-11-22 01:00")
    assert next_at(cover, SHARES, 300, CALENDAR) is None


def test_each_share_tells_those_of_the_smaller_ones_too():
    policy = read_policy().urging
    assert policy.shares("handling") == SHARES
    assert policy.listeners("handling", 80) == {"handler", "head"}
    assert policy.listeners("handling", 300) == {"handler", "head", "desk", "supervisor", "above"}


@pytest.mark.parametrize(
    "said",
    [
        None,
        {"dispatch": {"80": ["desk"]}},
        {"dispatch": {"80": ["desk"]}, "handling": {}, "feedback": {"100": ["desk"]}},
        {"dispatch": {"0": ["desk"]}, "handling": {"50": ["desk"]}, "feedback": {"1": ["desk"]}},
        {"dispatch": {"80": ["mayor"]}, "handling": {"5": ["desk"]}, "feedback": {"1": ["desk"]}},
        {"dispatch": {"80": "desk"}, "handling": {"5": ["desk"]}, "feedback": {"1": ["desk"]}},
    ],
)
def test_a_mistake_in_the_numbers_is_named(said):
    with pytest.raises(ValueError, match=r"cases\.toml"):
        Urging.from_mapping(said)


# --- Minute by minute ---------------------------------------------------------------------


class Event(NamedTuple):
    at: datetime
    action: str
    state: str
    stretch: float = 1.0


MOVES = {
    "filed": [("dispatch", "dispatched")],
    "dispatched": [("accept", "handling"), ("return", "filed"), ("reassign", "dispatched")],
    "handling": [("feed-back", "handled"), ("shelve", "shelved"), ("return", "filed"),
                 ("extend", "handling"), ("comment", "handling")],
    "shelved": [("resume", "handling")],
    "handled": [("rework", "handling"), ("close", "closed")],
    "closed": [("reopen", "filed"), ("comment", "closed")],
}  # fmt: skip


def lived(chance: random.Random, start: datetime, hours: int) -> list[Event]:
    """A case's life as chance has it, on whole minutes."""
    found = [Event(start, "receive", "received"), Event(start, "file", "filed")]
    for _ in range(chance.randint(3, 14)):
        action, state = chance.choice(MOVES[found[-1].state])
        at = found[-1].at + chance.randint(0, hours * 60) * MINUTE
        stretch = 1.0
        if action == "extend":
            granted = sum(event.action in ("extend", "reopen") for event in found)
            stretch, action = {0: (1.5, action), 1: (4 / 3, action)}.get(granted, (1.0, "comment"))
        found.append(Event(at, action, state, stretch))
    return found


def walked(events: list[Event], limit: Limit, end: datetime) -> list[tuple[datetime, int]]:
    """Who looks at the clock each minute, and says what has been reached."""
    told: list[tuple[datetime, int]] = []
    at, coming = events[0].at, list(events)
    spent = said = 0
    minutes, started, state = limit.amount / MINUTE, False, "received"

    def reached() -> int:
        return max([0, *(share for share in SHARES if spent * 100 >= share * minutes)])

    while at <= end:
        if started and state not in ("handled", "shelved", "closed") and reached() > said:
            said = reached()
            told.append((at, said))
        while coming and coming[0].at <= at:
            event = coming.pop(0)
            if event.action == "reopen":
                spent, said, started, minutes = 0, 0, False, limit.amount / MINUTE
            if event.action == "dispatch":
                started = True
            if event.action == "extend":
                minutes *= event.stretch
                said = min(said, reached())
            if state == "closed" or event.state == "closed":
                said = 0
            state = event.state
        is_running = started and state not in ("handled", "shelved", "closed")
        if is_running and runs(limit.clock, at, CALENDAR):
            spent += 1
        at += MINUTE
    return told


def aimed(events: list[Event], limit: Limit, end: datetime) -> list[tuple[datetime, int]]:
    """What the house does: an instant worked out with each step, and a keeper who comes then."""
    case = Case(state="received", opened_at=events[0].at, urged=0, round=1)
    told: list[tuple[datetime, int]] = []
    steps: list[Step] = []
    for number, event in enumerate(events):
        steps.append(Step(event.at, event.action, event.state))
        case.state = event.state
        live(case, steps, event, limit)
        until = events[number + 1].at if number + 1 < len(events) else end
        told += keeps(case, steps, until)
    return told


def live(case: Case, steps: list[Step], event: Event, limit: Limit) -> None:
    if event.action == "reopen":
        case.limit_value = None
    if event.action == "dispatch" and case.limit_value is None:
        case.limit_value, case.limit_unit = limit.value, limit.unit
    if event.action == "extend":
        case.limit_value *= event.stretch
    aiming.aim(case, steps, handling(steps), None)


def keeps(case: Case, steps: list[Step], until: datetime) -> list[tuple[datetime, int]]:
    found = []
    running = aiming.running_of(case, aiming.clocks.handling(steps))
    while running.name == "handling" and case.urge_at is not None and case.urge_at <= until:
        at = max(case.urge_at, steps[-1].at)
        case.urged = aiming.gone(case, running, at)
        found.append((at, case.urged))
        case.urge_at = aiming.next_at(case, running)
    return found


@pytest.fixture
def policy(monkeypatch):
    monkeypatch.setattr(aiming, "house", lambda: SimpleNamespace(policy=read))


read = read_policy()


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize("seed", range(2))
def test_it_is_what_walking_minute_by_minute_finds(seed):
    compare(random.Random(seed), 6)


@pytest.mark.proof
@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize("seed", range(100, 120))
def test_two_thousand_lives_are_what_walking_finds(seed):
    compare(random.Random(seed), 100)


def compare(chance: random.Random, lives: int) -> None:
    told = 0
    for _ in range(lives):
        start = wall("2025-01-01 00:00") + chance.randrange(3 * 365 * 1440 - 90 * 1440) * MINUTE
        unit = chance.choice(["urgent_hour", "hour", "day"])
        limit = Limit(chance.randint(1, {"day": 3}.get(unit, 8)), unit)
        events = lived(chance, start, chance.choice([2, 20, 50]))
        end = events[-1].at + timedelta(days=8)
        found = aimed(events, limit, end)
        assert found == walked(events, limit, end), (limit, events)
        told += len(found)
    assert told > lives / 2
