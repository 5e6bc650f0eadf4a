"""A position says its datum and becomes WGS-84 once, as the public reference has it."""

import math

import pytest

from backend.errors import DatumMissing, DatumUnknown, FixImplausible, OutsideChina
from backend.rules.datum import Position, from_wgs84, known_crs, to_wgs84
from backend.rules.geometry import distance_m

eviltransform = pytest.importorskip("eviltransform", reason="the reference; a check-time package")

SHUIWEI = Position(22.5241, 114.0571)

# 100 x 100 points from the airport to Dapeng, from the border to Guangming.
GRID = [
    Position(22.40 + 0.47 * row / 99, 113.75 + 0.88 * column / 99)
    for row in range(100)
    for column in range(100)
]


def test_a_gcj02_phone_in_shuiwei_is_606_m_off_if_nobody_asks():
    off = Position(*from_wgs84(SHUIWEI, "gcj02"))
    assert distance_m(SHUIWEI, off) == pytest.approx(606, abs=3)
    assert distance_m(SHUIWEI, Position(*from_wgs84(SHUIWEI, "bd09"))) == pytest.approx(1242, abs=5)


def test_what_a_phone_sent_comes_back_as_wgs84():
    for crs in ("wgs84", "gcj02", "bd09", "cgcs2000"):
        assert distance_m(to_wgs84(*from_wgs84(SHUIWEI, crs), crs), SHUIWEI) < 0.001


def test_ten_thousand_points_agree_with_the_reference_to_2_cm():
    worst = 0.0
    for point in GRID:
        gcj = eviltransform.wgs2gcj(*point)
        worst = max(
            worst,
            distance_m(Position(*gcj), Position(*from_wgs84(point, "gcj02"))),
            distance_m(Position(*eviltransform.gcj2bd(*gcj)), Position(*from_wgs84(point, "bd09"))),
            distance_m(_reference_inverse(*point), to_wgs84(*point, "gcj02")),
        )
    assert worst <= 0.02


def test_there_and_back_is_within_a_centimetre_everywhere():
    worst = max(
        distance_m(to_wgs84(*from_wgs84(point, crs), crs), point)
        for point in GRID
        for crs in ("gcj02", "bd09", "cgcs2000")
    )
    assert worst <= 0.01


def _reference_inverse(lat, lon):
    """The reference's own inverse stops at 0.1 m; this one goes on with its forward formula."""
    guess = (lat, lon)
    for _ in range(30):
        reached = eviltransform.wgs2gcj(*guess)
        guess = (guess[0] + lat - reached[0], guess[1] + lon - reached[1])
    return Position(*guess)


@pytest.mark.parametrize("spelling", ["GCJ-02", "gcj02", "GCJ02", "Gcj-02"])
def test_a_datum_has_many_spellings(spelling):
    assert known_crs(spelling) == "gcj02"


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_position_without_a_datum_is_refused(nothing):
    with pytest.raises(DatumMissing):
        to_wgs84(*SHUIWEI, nothing)


@pytest.mark.parametrize("wrong", ["EPSG:4326", "local", "wgs", "gcj 02", "ｗｇｓ84", "x" * 5000])
def test_an_unknown_datum_is_refused_and_named_in_short(wrong):
    with pytest.raises(DatumUnknown) as refusal:
        to_wgs84(*SHUIWEI, wrong)
    assert len(refusal.value.facts["crs"]) <= 20


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
@pytest.mark.parametrize("place", [(51.5, -0.12), (0.0, 0.0), (22.5, 140.0), (56.0, 114.0)])
def test_chinese_datums_exist_only_in_china(crs, place):
    with pytest.raises(OutsideChina):
        to_wgs84(*place, crs)
    with pytest.raises(OutsideChina):
        from_wgs84(Position(*place), crs)


@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "bd09", "cgcs2000"])
@pytest.mark.parametrize(
    "place", [(math.nan, 114.0), (22.5, math.inf), (90.1, 0.0), (0.0, 180.5), (114.0571, 22.5241)]
)
def test_numbers_that_are_no_place_are_refused(crs, place):
    with pytest.raises((FixImplausible, OutsideChina)):
        to_wgs84(*place, crs)


def test_the_edge_of_the_box_still_has_an_inverse():
    for corner in [(0.83, 72.01), (55.82, 137.83), (0.83, 137.83), (55.82, 72.01)]:
        try:
            there = to_wgs84(*corner, "bd09")
        except OutsideChina:
            continue  # The shift leads out of the box: no such point.
        assert math.isfinite(there.lat + there.lon)
