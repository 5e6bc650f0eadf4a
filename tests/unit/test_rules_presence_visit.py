"""The life of a visit: Lin works, steps out, comes back, forgets her phone, goes home."""

import json
import math
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.errors import BeatOutOfOrder
from backend.rules import presence
from backend.rules.datum import Position
from backend.rules.geometry import destination
from backend.rules.presence import Limits, TagScan, VisitState

FILE = Path(__file__).parents[2] / "fixtures" / "policy" / "visits.toml"
LIMITS = Limits.from_mapping(tomllib.loads(FILE.read_text()))

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUSE = Position(22.5241, 114.0571)
CORNERS = [destination(HOUSE, b, 10 * math.sqrt(2)) for b in (45, 135, 225, 315, 45)]
FOOTPRINT = [[[c.lon, c.lat] for c in CORNERS]]
FAR = 300.0


def a_fix(metres=0.0, *, tremble=0, **changes):
    """A fix so many metres east of the wall; `tremble` moves it by as many decimetres."""
    at = destination(HOUSE, 90, metres + 10 + tremble / 10) if metres else HOUSE
    at = destination(at, 0, tremble / 10)
    sent = {"accuracy_m": 12.0, "age_ms": 500, "provider": "fused", **changes}
    return presence.reported(lat=at.lat, lon=at.lon, crs="wgs84", **sent)


class Day:
    """A visit and a clock; a test tells what happens and when."""

    def __init__(self, **fix):
        self.now = NINE
        self.beats = 0
        door = a_fix(3, **fix)
        opening = presence.judge_opening(door, FOOTPRINT, LIMITS, anchor=None, now=NINE)
        self.visit = presence.begun(LIMITS, NINE, opening=opening, fix=door, tag="door")

    def passes(self, seconds):
        self.now += timedelta(seconds=seconds)
        return self

    def beat(self, metres=3.0, **fix):
        self.beats += 1
        return self.take(a_fix(metres, tremble=self.beats, **fix))

    def scans(self, tag):
        return self.take(TagScan(tag))

    def take(self, proof):
        self.visit = presence.beat(self.visit, proof, FOOTPRINT, LIMITS, self.now)
        return self

    def works(self, minutes):
        """Beats every 30 s at the house and reads now and then."""
        for _ in range(minutes * 2):
            self.passes(30).beat().reads()
        return self

    def reads(self):
        self.visit = presence.read(self.visit, self.now)
        return self

    @property
    def ticked(self):
        return presence.tick(self.visit, LIMITS, self.now)

    @property
    def sees_people(self):
        return presence.may_show_people(self.ticked, self.now + timedelta(seconds=90), self.now)

    @property
    def tells(self):
        visit = self.ticked
        return visit.state, visit.reason


# --- The ordinary day --------------------------------------------------------------------


def test_lin_sees_people_while_she_beats():
    day = Day()
    assert day.sees_people
    assert day.works(30).sees_people
    assert day.visit.lease_until == day.now + timedelta(seconds=90)


def test_one_fix_outside_masks_at_once_and_one_inside_unmasks_without_a_scan():
    day = Day().passes(30).beat(FAR)
    assert day.tells == ("suspended", "left_site")
    assert not day.sees_people
    assert day.passes(10).beat().sees_people
    assert (day.visit.outside_fixes, day.visit.suspended_at, day.visit.reason) == (0, None, None)


def test_the_third_fix_outside_closes_for_good():
    day = Day().passes(30).beat(FAR).passes(10).beat(FAR)
    assert day.tells == ("suspended", "left_site")
    day.passes(10).beat(FAR)
    assert day.tells == ("closed", "left_site")
    assert day.visit.closed_at == day.now
    assert day.passes(10).beat().tells == ("closed", "left_site")
    assert not day.scans("room 301").sees_people


def test_two_fixes_outside_and_one_inside_begin_the_count_anew():
    day = Day()
    for _ in range(5):
        day.passes(30).beat(FAR).passes(10).beat(FAR).passes(10).beat()
        assert day.tells == ("open", None)


def test_silence_masks_after_90_seconds_and_closes_after_15_minutes():
    day = Day().passes(89)
    assert day.sees_people
    day.passes(1)
    assert not day.sees_people
    assert day.tells == ("suspended", "lease_lapsed")
    assert day.passes(809).tells == ("suspended", "lease_lapsed")
    assert day.passes(1).tells == ("closed", "silence")
    assert day.ticked.closed_at == NINE + timedelta(minutes=15)


def test_coming_out_of_the_lift_before_15_minutes_needs_no_scan():
    assert Day().passes(880).beat().sees_people


def test_a_phone_left_behind_is_masked_after_20_minutes_until_somebody_looks():
    day = Day()
    for _ in range(42):
        day.passes(30).beat()
    assert day.tells == ("suspended", "idle")
    assert not day.passes(30).beat().sees_people
    assert not day.reads().sees_people
    assert day.passes(30).beat().sees_people


def test_no_visit_is_longer_than_four_hours():
    day = Day().works(239)
    assert day.sees_people
    day.works(1)
    assert day.tells == ("closed", "max_time")
    assert day.visit.closed_at == NINE + timedelta(hours=4)


def test_the_last_lease_ends_with_the_visit():
    day = Day().works(239).passes(30).beat()
    assert day.visit.lease_until == NINE + timedelta(hours=4)


def test_a_masked_phone_is_asked_again_soon():
    day = Day()
    assert presence.next_beat_s(day.visit, LIMITS) == 30
    assert presence.next_beat_s(day.passes(30).beat(FAR).visit, LIMITS) == 10


# --- Basements: tags instead of satellites -----------------------------------------------


def test_another_tag_of_the_house_is_a_beat_without_satellites():
    day = Day()
    for tag in ("garage", "hydrant 1", "hydrant 2"):
        assert day.passes(80).scans(tag).sees_people
    assert day.visit.lease_until == day.now + timedelta(seconds=90)


def test_the_same_tag_again_proves_nothing():
    day = Day().passes(80).scans("garage").passes(80).scans("garage").passes(20)
    assert not day.sees_people
    assert not Day().passes(80).scans("door").passes(20).sees_people


def test_a_tag_reopens_what_a_wild_fix_masked():
    assert Day().passes(30).beat(FAR).passes(5).scans("garage").sees_people


def test_a_visit_of_tags_alone_stays_weak():
    visit = presence.begun(LIMITS, NINE, tag="door")
    for minute, tag in enumerate(("room 1", "room 2", "room 3"), 1):
        now = NINE + timedelta(minutes=minute)
        visit = presence.beat(visit, TagScan(tag), FOOTPRINT, LIMITS, now)
        assert (visit.state, visit.presence, visit.shows_people) == ("open", "weak", False)


# --- Weak visits -------------------------------------------------------------------------


@pytest.mark.parametrize("trick", [{"is_mock": True}, {"accuracy_m": 80.0}])
def test_a_weak_visit_shows_people_after_a_second_tag_within_five_minutes(trick):
    day = Day(**trick)
    assert (day.tells, day.sees_people) == (("open", None), False)
    assert not day.scans("door").sees_people
    assert day.passes(60).scans("room 301").sees_people
    assert day.works(10).sees_people


def test_a_second_tag_after_five_minutes_is_too_late():
    day = Day(is_mock=True)
    for _ in range(10):
        day.passes(30).beat(is_mock=True)
    assert day.passes(1).scans("room 301").tells == ("open", None)
    assert not day.sees_people


def test_a_sharp_fix_makes_good_what_was_only_vague():
    day = Day(accuracy_m=80.0)
    assert not day.passes(30).beat(accuracy_m=70.0).sees_people
    assert day.passes(30).beat(accuracy_m=20.0).sees_people
    assert day.visit.presence == "verified"


def test_switching_the_mock_off_does_not_make_good():
    day = Day(is_mock=True)
    assert not day.works(3).sees_people
    assert day.visit.flags == ("mock",)


def test_a_mock_switched_on_later_closes_people():
    day = Day().works(2)
    assert not day.passes(30).beat(is_mock=True).sees_people
    assert day.tells == ("open", None)


def test_a_doubt_after_an_hour_may_be_answered_within_five_minutes_of_it():
    day = Day().works(60).passes(30).beat(is_mock=True)
    assert not day.sees_people
    assert day.passes(30).scans("room 301").sees_people


# --- Too good to be true -----------------------------------------------------------------


def same(times, day, **fix):
    for _ in range(times):
        day.passes(30).take(a_fix(3, **fix))
    return day


def test_four_fixes_alike_to_7_decimals_close_people():
    day = same(2, Day())  # With the one at the door: three.
    assert day.sees_people
    same(1, day)
    assert (day.visit.flags, day.sees_people) == (("identical",), False)


def test_three_alike_and_a_tremble_are_a_phone_on_a_table():
    day = same(2, Day()).passes(30).take(a_fix(3, tremble=1))
    assert same(2, day).sees_people


def test_pure_gps_that_does_not_tremble_is_a_spoofing_app():
    day = Day(provider="gps")
    for step in range(1, 4):
        fix = a_fix(3, provider="gps")
        nudged = replace(fix, raw_lat=fix.raw_lat + step * 1e-7)
        day.passes(30).take(nudged)
    assert (day.visit.flags, day.sees_people) == (("no-jitter",), False)


def test_the_same_stillness_from_wifi_is_ordinary():
    day = Day(provider="network")
    for step in range(1, 6):
        fix = a_fix(3, provider="network")
        day.passes(30).take(replace(fix, raw_lat=fix.raw_lat + step * 1e-7))
    assert day.sees_people


def test_an_old_fix_repeats_itself_innocently():
    day = Day()
    for _ in range(8):
        day.passes(30).take(a_fix(3, age_ms=60_000))
    assert day.visit.flags == ()


def test_a_trusted_receiver_may_be_as_still_as_it_likes():
    visit = Day().visit
    for beat in range(1, 10):
        now = NINE + timedelta(seconds=30 * beat)
        fix = a_fix(3, is_mock=True)
        visit = presence.beat(visit, fix, FOOTPRINT, LIMITS, now, trusted_receiver=True)
    assert (visit.presence, visit.flags) == ("verified", ())


# --- Fixes that prove nothing ------------------------------------------------------------


@pytest.mark.parametrize(
    "useless",
    [
        {"metres": 3.0, "accuracy_m": 101.0},
        {"metres": 3.0, "age_ms": 30_001},
        {"metres": 85.0},  # Between the radius and the exit margin.
        {"metres": FAR, "accuracy_m": 500.0},
    ],
)
def test_a_fix_that_proves_nothing_neither_renews_nor_masks(useless):
    day = Day().passes(30).beat(**useless)
    assert day.sees_people
    assert day.visit.lease_until == NINE + timedelta(seconds=90)
    assert not day.passes(60).sees_people


def test_a_vague_fix_between_outside_ones_saves_nobody():
    day = Day().passes(30).beat(FAR).passes(10).beat(FAR)
    day.passes(10).beat(FAR, accuracy_m=500.0).passes(10).beat(FAR)
    assert day.tells == ("closed", "left_site")


# --- Granted visits ----------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "minutes"), [("break_glass", 15), ("remote", 30)])
def test_a_granted_visit_needs_no_position_and_ends_by_itself(kind, minutes):
    day = Day()
    day.visit = presence.begun(LIMITS, NINE, kind=kind)
    assert (day.visit.presence, day.sees_people) == ("unverified", True)
    for _ in range(minutes * 2 - 1):
        assert day.passes(30).beat(5000.0).reads().sees_people
    assert day.passes(30).tells == ("closed", "max_time")
    assert not day.beat(0).sees_people


def test_a_granted_visit_is_masked_when_its_phone_falls_silent():
    day = Day()
    day.visit = presence.begun(LIMITS, NINE, kind="break_glass")
    assert not day.passes(90).sees_people


# --- Who must not ------------------------------------------------------------------------


def test_a_beat_sent_again_is_refused():
    visit = presence.beat(Day().visit, a_fix(3), FOOTPRINT, LIMITS, NINE, seq=7)
    for replayed in (7, 6, 0, -1):
        with pytest.raises(BeatOutOfOrder):
            presence.beat(visit, a_fix(3), FOOTPRINT, LIMITS, NINE, seq=replayed)
    assert presence.beat(visit, a_fix(3), FOOTPRINT, LIMITS, NINE, seq=8).beat_seq == 8


def test_both_the_visit_and_the_lease_must_live():
    visit, now = Day().visit, NINE + timedelta(seconds=60)
    assert presence.may_show_people(visit, now + timedelta(seconds=1), now)
    assert not presence.may_show_people(visit, now, now)
    assert not presence.may_show_people(
        replace(visit, lease_until=now), NINE.replace(year=2027), now
    )


def test_an_expired_lease_masks_although_no_clock_ever_ran():
    visit, later = Day().visit, NINE + timedelta(seconds=90)
    assert visit.state == "open"
    assert not presence.may_show_people(visit, later + timedelta(days=1), later)


def test_closing_for_a_cause_is_at_once_and_keeps_the_first_cause():
    visit = presence.close(Day().visit, "second_device", NINE + timedelta(seconds=5))
    assert (visit.state, visit.reason) == ("closed", "second_device")
    assert visit.lease_until == NINE + timedelta(seconds=5)
    assert presence.close(visit, "ended", NINE + timedelta(seconds=9)) == visit
    assert presence.read(visit, NINE + timedelta(seconds=9)) == visit


# --- What is strange ---------------------------------------------------------------------


def test_a_state_survives_the_database():
    day = same(3, Day(accuracy_m=80.0)).scans("room 301")
    evidence = json.loads(json.dumps(day.visit.evidence))
    columns = {
        name: getattr(day.visit, name)
        for name in VisitState.__dataclass_fields__
        if name not in evidence
    }
    assert VisitState.restored(evidence, **columns) == day.visit


def test_a_state_with_no_evidence_yet_is_restored_plain():
    visit = presence.begun(LIMITS, NINE, kind="remote")
    columns = {n: getattr(visit, n) for n in VisitState.__dataclass_fields__}
    columns = {n: v for n, v in columns.items() if n not in visit.evidence}
    assert VisitState.restored({}, **columns) == visit


def test_a_late_beat_finds_a_closed_visit():
    assert Day().passes(3600).beat().tells == ("closed", "silence")


def test_a_read_never_moves_back():
    day = Day().works(1)
    before = day.visit.last_read_at
    assert presence.read(day.visit, NINE).last_read_at == before
