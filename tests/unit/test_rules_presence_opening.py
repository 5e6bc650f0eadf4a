"""At the door: Lin scans the tag of the house in front of her, and others try from elsewhere."""

import math
import tomllib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.errors import (
    DatumMissing,
    DatumSuspect,
    FixImplausible,
    FixTooOld,
    FixTooVague,
    ImpossibleJourney,
    Refused,
    TooFar,
)
from backend.rules.datum import Position, from_wgs84
from backend.rules.geometry import destination
from backend.rules.presence import (
    Anchor,
    Limits,
    is_convincingly_outside,
    is_inside,
    is_located,
    judge_opening,
    opening_radius_m,
    reported,
)

FILE = Path(__file__).parents[2] / "fixtures" / "policy" / "visits.toml"
LIMITS = Limits.from_mapping(tomllib.loads(FILE.read_text()))

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUSE = Position(22.5241, 114.0571)


def square(half_m):
    corners = [
        destination(HOUSE, bearing, half_m * math.sqrt(2)) for bearing in (45, 135, 225, 315)
    ]
    return [[[c.lon, c.lat] for c in [*corners, corners[0]]]]


FOOTPRINT = square(10)  # Circumradius 14 m, so the radius is the least one, 60 m.


def a_fix(metres=0.0, bearing=90, crs="wgs84", **changes):
    """A fix so many metres east of the wall, sent in `crs`."""
    at = destination(HOUSE, bearing, metres + 10) if metres else HOUSE
    lat, lon = from_wgs84(at, crs)
    sent = {"accuracy_m": 12.0, "age_ms": 900, "provider": "fused", "altitude_m": 31.5}
    return reported(lat=lat, lon=lon, crs=crs, **{**sent, **changes})


def judged(fix, **more):
    return judge_opening(fix, FOOTPRINT, LIMITS, **{"anchor": None, "now": NOW, **more})


# --- The ordinary day --------------------------------------------------------------------


def test_lin_at_the_door_is_let_in():
    opening = judged(a_fix(3))
    assert (opening.presence, opening.flags, opening.opens_people) == ("verified", (), True)
    assert opening.metres == pytest.approx(3, abs=0.1)


def test_a_chinese_phone_opens_the_same_door():
    for crs in ("gcj02", "bd09", "cgcs2000", "GCJ-02"):
        assert judged(a_fix(3, crs=crs)).presence == "verified"


def test_the_radius_follows_the_building_between_60_and_120_metres():
    assert opening_radius_m(square(10), LIMITS) == 60
    assert opening_radius_m(square(40), LIMITS) == pytest.approx(40 * math.sqrt(2) + 30, abs=0.1)
    assert opening_radius_m(square(200), LIMITS) == 120


def test_a_canyon_building_widens_by_what_it_taught_up_to_150():
    assert opening_radius_m(square(10), LIMITS, 25) == 85
    assert opening_radius_m(square(200), LIMITS, 90) == 150
    assert opening_radius_m(square(10), LIMITS, -40) == 60
    with pytest.raises(TooFar):
        judged(a_fix(90))
    assert judged(a_fix(90), learned_offset_m=25).presence == "verified"


def test_a_fix_gets_its_own_error_as_credit():
    with pytest.raises(TooFar):
        judged(a_fix(100, accuracy_m=12.0))
    assert judged(a_fix(100, accuracy_m=45.0)).presence == "verified"


def test_a_vague_fix_opens_the_house_but_nobodys_record():
    opening = judged(a_fix(3, accuracy_m=80.0))
    assert (opening.presence, opening.flags, opening.opens_people) == ("weak", ("vague",), False)


def test_coming_fast_is_noted_and_nothing_more():
    anchor = Anchor(destination(HOUSE, 0, 6000), NOW - timedelta(seconds=240))
    opening = judged(a_fix(), anchor=anchor)
    assert (opening.presence, opening.flags) == ("verified", ("fast",))


# --- Who must not ------------------------------------------------------------------------


def test_a_photo_of_the_code_scanned_at_home_is_too_far():
    with pytest.raises(TooFar) as refusal:
        judged(a_fix(412))
    assert refusal.value.facts == {"metres": 412, "accuracy": 12, "limit": 60}
    assert "412 m" in str(refusal.value)


@pytest.mark.parametrize("claimed", [51.0, 99.0])
def test_claiming_to_be_vague_does_not_bring_one_nearer(claimed):
    assert judged(a_fix(108, accuracy_m=claimed)).presence == "weak"
    with pytest.raises(TooFar):
        judged(a_fix(112, accuracy_m=claimed))


@pytest.mark.parametrize(
    ("trick", "flag"),
    [
        ({"is_mock": True}, "mock"),
        ({"accuracy_m": 0.0}, "zero-accuracy"),
        ({"altitude_m": 0.0}, "zero-altitude"),
    ],
)
def test_a_mocked_position_opens_no_people(trick, flag):
    opening = judged(a_fix(3, **trick))
    assert (opening.presence, opening.opens_people) == ("weak", False)
    assert flag in opening.flags
    assert judged(a_fix(3, **trick), trusted_receiver=True).presence == "verified"


def test_a_mocked_position_far_away_is_still_far_away():
    with pytest.raises(TooFar):
        judged(a_fix(400, is_mock=True))


def test_gcj02_called_wgs84_is_refused_with_a_hint_and_never_taken():
    sent = a_fix(3, crs="gcj02")
    lying = reported(
        lat=sent.raw_lat, lon=sent.raw_lon, crs="wgs84", accuracy_m=12.0, age_ms=0, provider="gps"
    )
    with pytest.raises(DatumSuspect) as refusal:
        judged(lying)
    assert refusal.value.facts["likely"] == "gcj02"
    assert refusal.value.facts["metres"] == pytest.approx(600, abs=30)


@pytest.mark.parametrize("truth", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("said", ["wgs84", "gcj02", "bd09", "cgcs2000"])
def test_every_mix_up_of_datums_is_named(truth, said):
    sent = a_fix(3, crs=truth)
    fix = reported(lat=sent.raw_lat, lon=sent.raw_lon, crs=said, accuracy_m=9.0, age_ms=0)
    if said == truth or (said, truth) == ("cgcs2000", "wgs84"):
        assert judged(fix).presence == "verified"
        return
    with pytest.raises(DatumSuspect) as refusal:
        judged(fix)
    assert refusal.value.facts["likely"] == truth


def test_a_wide_hint_never_names_the_same_datum_again():
    wide = replace(LIMITS, datum_suspect_m=200)
    for said in ("wgs84", "cgcs2000"):
        with pytest.raises(TooFar):
            judge_opening(a_fix(150, crs=said), FOOTPRINT, wide, anchor=None, now=NOW)


def test_a_worker_really_600_m_away_gets_no_hint():
    with pytest.raises(TooFar):
        judged(a_fix(600, bearing=200))


def test_no_train_is_that_fast():
    anchor = Anchor(destination(HOUSE, 0, 6000), NOW - timedelta(seconds=120))
    with pytest.raises(ImpossibleJourney) as refusal:
        judged(a_fix(), anchor=anchor)
    assert refusal.value.facts == {"speed_kmh": 180}


@pytest.mark.parametrize("seconds", [0, 4, 1801, -60])
def test_an_anchor_too_fresh_or_too_old_tells_nothing(seconds):
    anchor = Anchor(destination(HOUSE, 0, 90_000), NOW - timedelta(seconds=seconds))
    assert judged(a_fix(), anchor=anchor).flags == ()


# --- The order of refusals ---------------------------------------------------------------


def test_refusals_come_in_their_documented_order():
    anchor = Anchor(destination(HOUSE, 0, 20_000), NOW - timedelta(seconds=60))
    worst = a_fix(500, age_ms=40_000, accuracy_m=400.0, is_mock=True)
    seen = []
    for repaired in (
        worst,
        replace(worst, age_ms=0),
        replace(worst, age_ms=0, accuracy_m=10.0),
        replace(a_fix(3), is_mock=True),
    ):
        with pytest.raises(Refused) as refusal:
            judged(repaired, anchor=anchor)
        seen.append(type(refusal.value))
    assert seen == [FixTooOld, FixTooVague, TooFar, ImpossibleJourney]


def test_the_limits_themselves_are_still_good():
    assert judged(a_fix(age_ms=30_000, accuracy_m=50.0)).presence == "verified"
    assert judged(a_fix(accuracy_m=100.0)).presence == "weak"
    with pytest.raises(FixTooOld) as refusal:
        judged(a_fix(age_ms=30_001))
    assert refusal.value.facts == {"age_s": 31, "limit_s": 30}
    with pytest.raises(FixTooVague):
        judged(a_fix(accuracy_m=100.1))


# --- What is broken ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "nonsense",
    [
        {"accuracy_m": -1.0},
        {"accuracy_m": math.nan},
        {"accuracy_m": math.inf},
        {"age_ms": -1},
    ],
)
def test_numbers_no_receiver_means_are_refused(nonsense):
    with pytest.raises(FixImplausible):
        a_fix(**nonsense)


def test_a_fix_without_a_datum_is_refused():
    with pytest.raises(DatumMissing):
        reported(lat=22.5, lon=114.0, crs=None, accuracy_m=10.0, age_ms=0)


def test_a_vague_or_old_fix_proves_neither_presence_nor_absence():
    for metres in (0, 1000):
        for useless in ({"accuracy_m": 150.0}, {"age_ms": 31_000}):
            fix = a_fix(metres, **useless)
            assert not is_inside(fix, FOOTPRINT, LIMITS)
            assert not is_convincingly_outside(fix, FOOTPRINT, LIMITS)


def test_between_coming_and_going_lies_a_margin():
    proofs = [
        (
            is_inside(a_fix(metres), FOOTPRINT, LIMITS),
            is_convincingly_outside(a_fix(metres), FOOTPRINT, LIMITS),
        )
        for metres in (71, 73, 91, 93)
    ]
    assert proofs == [(True, False), (False, False), (False, False), (False, True)]


# --- Without a scan ----------------------------------------------------------------------


def test_a_sharp_fix_touching_one_lonely_building_locates_it():
    assert is_located(8.0, [30.0, 0.0, 25.0], LIMITS)
    assert is_located(15.0, [4.0], LIMITS)


@pytest.mark.parametrize(
    ("accuracy", "distances"),
    [
        (15.1, [0.0, 500.0]),  # not sharp
        (8.0, [0.0, 24.0]),  # the next one within three errors
        (8.0, [20.0, 500.0]),  # lonely, but not here
        (0.0, [0.0, 500.0]),  # too good to be true
        (-1.0, [0.0]),
        (math.nan, [0.0]),
        (8.0, []),
    ],
)
def test_anything_less_locates_nothing(accuracy, distances):
    assert not is_located(accuracy, distances, LIMITS)


# --- The numbers -------------------------------------------------------------------------

DEFAULTS = {
    "radius_margin_m": 30, "radius_min_m": 60, "radius_max_m": 120, "radius_learned_max_m": 150,
    "learned_min_fixes": 20, "exit_margin_m": 20, "datum_suspect_m": 50, "accuracy_full_m": 50,
    "accuracy_refused_m": 100, "accuracy_credit_m": 50, "located_accuracy_m": 15,
    "located_ratio": 3, "fix_age_open_s": 30, "fix_age_beat_s": 30, "nonce_life_s": 120,
    "clock_warn_s": 120, "clock_refused_s": 86400, "beat_interval_s": 30, "lease_s": 90,
    "recheck_s": 10, "outside_fixes_to_close": 3, "silence_to_close_s": 900, "idle_s": 1200,
    "visit_max_s": 14400, "second_tag_s": 300, "offline_grace_s": 600, "journey_refused_mps": 42,
    "journey_flagged_mps": 20, "journey_anchor_min_s": 5, "journey_anchor_max_s": 1800,
    "identical_beats": 4, "visits_per_worker": 1, "visits_per_device": 1, "break_glass_s": 900,
    "break_glass_notice_s": 10, "break_glass_review_s": 86400, "remote_visit_s": 1800,
}  # fmt: skip


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_shipped_numbers_are_the_published_ones(name):
    assert getattr(LIMITS, name) == DEFAULTS[name]


def test_every_shipped_number_says_why():
    lines = [line for line in FILE.read_text().splitlines() if "=" in line.split("#")[0]]
    assert len(lines) == len(fields(Limits))
    for line in lines:
        assert len(line.partition("#")[2].split()) >= 4, line


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"lease_s": None}, "lease_s"),
        ({"leese_s": 90}, "leese_s"),
        ({"lease_s": "90"}, "lease_s"),
        ({"lease_s": True}, "lease_s"),
        ({"lease_s": 90.5}, "lease_s"),
        ({"radius_min_m": -60}, "radius_min_m"),
        ({"radius_min_m": math.nan}, "radius_min_m"),
        ({"radius_min_m": math.inf}, "radius_min_m"),
        ({"beat_interval_s": 0}, "beat_interval_s"),
    ],
)
def test_a_wrong_number_stops_the_start_and_is_named(change, named):
    mapping = {**tomllib.loads(FILE.read_text()), **change}
    with pytest.raises(ValueError, match=named):
        Limits.from_mapping(mapping)


def test_a_missing_number_stops_the_start_and_is_named():
    mapping = tomllib.loads(FILE.read_text())
    del mapping["exit_margin_m"]
    with pytest.raises(ValueError, match="missing: exit_margin_m"):
        Limits.from_mapping(mapping)
