"""Metres on the ground, in and out of footprints with courtyards, arms and one-corner points."""

import math

import pytest

from backend.rules.datum import Position
from backend.rules.geometry import (
    centroid,
    circumradius_m,
    destination,
    distance_m,
    distance_to_footprint_m,
    is_valid_ring,
)

HOME = Position(22.5241, 114.0571)


def walk(east, north, start=HOME):
    """The point so many metres east and north of HOME."""
    there = destination(start, 0, north)
    return destination(there, 90, east)


def ring(*corners):
    """A closed GeoJSON ring out of (east, north) metres."""
    points = [walk(east, north) for east, north in corners]
    return [[p.lon, p.lat] for p in [*points, points[0]]]


SQUARE = ring((-10, -10), (10, -10), (10, 10), (-10, 10))
COURT = ring((-5, -5), (5, -5), (5, 5), (-5, 5))
ELL = ring((0, 0), (40, 0), (40, 10), (10, 10), (10, 40), (0, 40))


def test_distances_are_those_of_the_geodesic():
    # geographiclib's answers for WGS-84.
    for to, exact in [
        ((22.5251, 114.0571), 110.737419),
        ((22.5241, 114.0581), 102.878416),
        ((22.5431, 114.0779), 3000.882171),
    ]:
        assert distance_m(HOME, Position(*to)) == pytest.approx(exact, abs=0.0001)


def test_walking_there_is_as_far_as_it_says():
    for bearing in range(0, 360, 15):
        for metres in (0.5, 46, 606, 5000):
            there = destination(HOME, bearing, metres)
            assert distance_m(HOME, there) == pytest.approx(metres, rel=1e-3)


def test_inside_is_nought_and_outside_is_the_nearest_wall():
    assert distance_to_footprint_m(HOME, [SQUARE]) == 0
    assert distance_to_footprint_m(walk(9.9, -9.9), [SQUARE]) == 0
    assert distance_to_footprint_m(walk(25, 0), [SQUARE]) == pytest.approx(15, abs=0.01)
    assert distance_to_footprint_m(walk(13, 14), [SQUARE]) == pytest.approx(5, abs=0.01)


def test_the_bay_of_an_l_is_outside():
    assert distance_to_footprint_m(walk(25, 25), [ELL]) == pytest.approx(15, abs=0.01)
    assert distance_to_footprint_m(walk(5, 35), [ELL]) == 0


def test_a_courtyard_is_outside_and_a_second_house_is_inside():
    assert distance_to_footprint_m(HOME, [SQUARE, COURT]) == pytest.approx(5, abs=0.01)
    assert distance_to_footprint_m(walk(7, 0), [SQUARE, COURT]) == 0
    other = ring((50, -10), (70, -10), (70, 10), (50, 10))
    assert distance_to_footprint_m(walk(60, 0), [SQUARE, other]) == 0
    assert distance_to_footprint_m(walk(30, 0), [SQUARE, other]) == pytest.approx(20, abs=0.01)


def test_a_building_known_only_as_a_point_has_a_distance_too():
    point = [[[HOME.lon, HOME.lat]]]
    assert distance_to_footprint_m(walk(30, 40), point) == pytest.approx(50, abs=0.05)
    assert circumradius_m(point) == 0
    assert centroid(point) == HOME


def test_every_wall_counts_the_same_from_all_sides():
    for bearing in range(0, 360, 5):
        there = destination(HOME, bearing, 100)
        away = distance_to_footprint_m(there, [SQUARE])
        north, east = 100 * math.cos(math.radians(bearing)), 100 * math.sin(math.radians(bearing))
        exact = math.hypot(max(abs(east) - 10, 0), max(abs(north) - 10, 0))
        assert away == pytest.approx(exact, abs=0.02)


def test_the_centroid_is_of_the_ground_not_of_the_corners():
    assert distance_m(centroid([SQUARE]), HOME) < 0.01
    # 40 x 10 and 10 x 30: the corners' mean would be elsewhere.
    assert distance_m(centroid([ELL]), walk(13.571, 13.571)) < 0.02
    backwards = [ELL[::-1]]
    assert distance_m(centroid(backwards), centroid([ELL])) < 0.001


def test_the_circumradius_reaches_the_farthest_corner():
    assert circumradius_m([SQUARE]) == pytest.approx(math.hypot(10, 10), abs=0.01)
    assert circumradius_m([SQUARE, COURT]) == pytest.approx(math.hypot(10, 10), abs=0.01)


def test_a_line_of_a_building_has_its_middle():
    line = [[[114.0, 22.5], [114.001, 22.5], [114.0, 22.5]]]
    assert centroid(line).lat == pytest.approx(22.5)


def test_nothing_has_no_distance():
    for nothing in ([], [[]]):
        with pytest.raises(ValueError, match="corner"):
            distance_to_footprint_m(HOME, nothing)
        with pytest.raises(ValueError, match="corner"):
            centroid(nothing)


def test_rings_that_can_be_a_footprint():
    assert is_valid_ring(SQUARE)
    assert is_valid_ring(ELL[::-1])
    bow_tie = ring((0, 0), (10, 10), (10, 0), (0, 10))
    assert is_valid_ring(bow_tie)


@pytest.mark.parametrize(
    "broken",
    [
        [],
        SQUARE[:-1],
        [SQUARE[0], SQUARE[1], SQUARE[0]],
        [[114.0, 22.5]] * 5,
        [[114.0, 22.5], [114.1, 22.5], [114.2, 22.5], [114.0, 22.5]],
        [[114.0, 22.5], [114.1, math.nan], [114.2, 22.6], [114.0, 22.5]],
        [[114.0, 22.5], [114.1, 91.0], [114.2, 22.6], [114.0, 22.5]],
        [[114.0, 22.5], [114.1], [114.2, 22.6], [114.0, 22.5]],
    ],
)
def test_rings_that_cannot(broken):
    assert not is_valid_ring(broken)


def test_the_other_side_of_the_date_line_is_near():
    assert distance_m(Position(0, 179.999), Position(0, -179.999)) == pytest.approx(222.6, abs=0.1)
