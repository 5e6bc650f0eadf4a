"""Time does its work on visits that nobody asks about, and leaves the others alone."""

from datetime import timedelta
from typing import Any

import pytest

from backend.models import Visit
from backend.rules import presence
from backend.services.visits import beats
from tests.town import Clock, House, Worker

# What a visit's times are when something has just become due: (column, seconds before now).
DUE = {
    "lease_lapsed": ("lease_until", 0),
    "idle": ("last_read_at", 20 * 60),
    "silence": ("last_presence_at", 15 * 60),
    "max_time": ("opened_at", 4 * 60 * 60),
}


@pytest.fixture
def live(lin: Worker, house: House, clock: Clock) -> Visit:
    """A visit that could go on for hours."""
    lin.scans(house)
    change(lin.visit["id"], lease_until=clock.at + timedelta(hours=9))
    return Visit.get_by_id(lin.visit["id"])


def change(visit: str, **columns: Any) -> None:
    Visit.update(**columns).where(Visit.id == visit).execute()


@pytest.mark.parametrize(("reason", "due"), DUE.items())
def test_what_is_due_happens_and_not_a_millisecond_before(
    live: Visit, clock: Clock, reason: str, due: tuple[str, int]
) -> None:
    column, seconds = due
    at = clock.at - timedelta(seconds=seconds)
    change(live.id, **{column: at + timedelta(milliseconds=1)})
    assert beats.sweep() == 0
    change(live.id, **{column: at})
    assert beats.sweep() == 1
    assert Visit.get_by_id(live.id).reason == reason


def test_a_live_visit_is_not_even_asked(live: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(presence, "tick", ask)
    assert beats.sweep() == 0


def test_a_masked_visit_is_closed_after_a_silence(live: Visit, clock: Clock) -> None:
    change(live.id, lease_until=clock.at)
    assert beats.sweep() == 1
    assert beats.sweep() == 0
    clock.passes(minutes=15)
    assert beats.sweep() == 1
    assert Visit.get_by_id(live.id).state == "closed"
