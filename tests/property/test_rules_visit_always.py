"""What holds for every visit, whatever happens in whatever order."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from backend.rules import presence
from backend.rules.datum import Position
from backend.rules.geometry import destination
from backend.rules.presence import Fix, Limits, TagScan

FILE = Path(__file__).parents[2] / "fixtures" / "policy" / "visits.toml"
LIMITS = Limits.from_mapping(tomllib.loads(FILE.read_text()))
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUSE = Position(22.5241, 114.0571)
FOOTPRINT = [[[HOUSE.lon, HOUSE.lat]]]  # A point, so its radius is 60 m and d is plain.


@dataclass(frozen=True)
class Happens:
    """After `wait_s`: a fix so many metres away, a tag scanned, a look, or nothing."""

    wait_s: int
    metres: float | None = None
    accuracy_m: float = 10.0
    age_ms: int = 500
    is_mock: bool = False
    tag: str | None = None
    reads: bool = False


waits = st.one_of(st.integers(0, 120), st.sampled_from([89, 90, 91, 899, 900, 901, 1200, 4000]))
fixes = st.builds(
    Happens,
    wait_s=waits,
    metres=st.sampled_from([0.0, 55.0, 75.0, 95.0, 300.0, 5000.0]),
    accuracy_m=st.sampled_from([0.0, 8.0, 45.0, 60.0, 99.0, 101.0, 3000.0]),
    age_ms=st.sampled_from([0, 30_000, 30_001, 10**7]),
    is_mock=st.booleans(),
)
good_fixes = st.builds(Happens, wait_s=st.integers(10, 60), metres=st.floats(0, 40))
tags = st.builds(Happens, wait_s=waits, tag=st.sampled_from(["door", "a", "b", "c"]))
looks = st.builds(Happens, wait_s=waits, reads=st.just(True))
nothing = st.builds(Happens, wait_s=waits)
days = st.lists(st.one_of(fixes, good_fixes, good_fixes, tags, looks, nothing), max_size=40)
openings = st.sampled_from(
    [
        presence.Opening("verified", 1.0, ()),
        presence.Opening("weak", 1.0, ("vague",)),
        presence.Opening("weak", 1.0, ("mock",)),
        None,
    ]
)


def begun(opening):
    return presence.begun(LIMITS, NINE, opening=opening, tag="door")


def fix_of(event):
    at = destination(HOUSE, 90, event.metres)
    return Fix(
        lat=at.lat, lon=at.lon, accuracy_m=event.accuracy_m, age_ms=event.age_ms,
        provider="fused", is_mock=event.is_mock, crs="wgs84", raw_lat=at.lat, raw_lon=at.lon,
    )  # fmt: skip


def step(visit, event, now):
    if event.metres is not None:
        return presence.beat(visit, fix_of(event), FOOTPRINT, LIMITS, now)
    if event.tag is not None:
        return presence.beat(visit, TagScan(event.tag), FOOTPRINT, LIMITS, now)
    return presence.read(visit, now) if event.reads else presence.tick(visit, LIMITS, now)


def proves(event, seen):
    """The definition, told once more in other words than the code's."""
    if event.tag is not None:
        return event.tag not in seen
    if event.metres is None or event.age_ms > 30_000 or event.accuracy_m > 100:
        return False
    return event.metres - min(event.accuracy_m, 50) <= 60


def told(opening, day):
    """Every moment of a day: (event, state after it, now)."""
    visit, now = begun(opening), NINE
    for event in day:
        now += timedelta(seconds=event.wait_s)
        visit = step(visit, event, now)
        yield event, visit, now


@given(openings, days)
def test_nothing_is_unmasked_90_seconds_after_the_last_proof(opening, day):
    proof, seen = NINE, {"door"}
    forever = NINE + timedelta(days=365)
    for event, visit, now in told(opening, day):
        if visit.state != "closed" and proves(event, seen):
            proof = now
        seen.add(event.tag)
        for later in (0, 30, 89, 90, 91, 3600):
            at = now + timedelta(seconds=later)
            if presence.may_show_people(visit, forever, at):
                assert at - proof < timedelta(seconds=90)


@given(openings, days)
def test_doubt_shows_people_only_after_a_second_tag(opening, day):
    second = False
    for event, visit, now in told(opening, day):
        second |= event.tag not in (None, "door")
        if presence.may_show_people(visit, now + timedelta(days=1), now):
            assert visit.presence == "verified" or (second and visit.fixed)
        if {"mock", "identical", "zero-accuracy"} & set(visit.flags):
            assert visit.presence == "weak"


@given(openings, days)
def test_closed_is_for_ever_and_open_never_longer_than_four_hours(opening, day):
    closed = None
    for _, visit, now in told(opening, day):
        if closed is not None:
            assert visit == closed
        if visit.state == "closed":
            closed = visit
            assert visit.closed_at <= now
        assert visit.lease_until <= NINE + timedelta(hours=4)
        assert not presence.may_show_people(
            visit, now + timedelta(days=1), NINE + timedelta(hours=4)
        )


@given(openings, days, st.lists(st.integers(0, 20_000), min_size=1, max_size=8))
def test_one_tick_does_what_many_do(opening, day, moments):
    visit, now = begun(opening), NINE
    for _, visit, now in told(opening, day):  # noqa: B007 the last state is wanted
        pass
    slowly, end = visit, now + timedelta(seconds=max(moments))
    for seconds in sorted(moments):
        slowly = presence.tick(slowly, LIMITS, now + timedelta(seconds=seconds))
    assert slowly == presence.tick(visit, LIMITS, end)


@given(openings, days)
def test_a_state_written_down_goes_on_as_if_it_never_was(opening, day):
    visit = kept = begun(opening)
    now = NINE
    for event in day:
        now += timedelta(seconds=event.wait_s)
        visit = step(visit, event, now)
        columns = {n: getattr(kept, n) for n in kept.__dataclass_fields__ if n not in kept.evidence}
        kept = step(presence.VisitState.restored(kept.evidence, **columns), event, now)
        assert kept == visit
