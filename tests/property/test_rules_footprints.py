"""3,000 noisy positions on 5,438 real footprints: nobody gets the wrong building's people.

The scan names the building and the position confirms the neighbourhood, so a position alone
never chooses among close neighbours, and honest workers are hardly ever turned away.
"""

import json
import math
import random
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.errors import DatumSuspect, Refused, TooFar
from backend.rules.datum import Position, from_wgs84
from backend.rules.geometry import (
    centroid,
    circumradius_m,
    destination,
    distance_m,
    distance_to_footprint_m,
    is_valid_ring,
)
from backend.rules.presence import Limits, is_located, judge_opening, reported

FIXTURES = Path(__file__).parents[2] / "fixtures"
LIMITS = Limits.from_mapping(tomllib.loads((FIXTURES / "policy" / "visits.toml").read_text()))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CELL = 0.001  # Degrees, about 100 m: the look-up of neighbours, so that the test is quick.


@pytest.fixture(scope="module")
def buildings():
    features = json.loads((FIXTURES / "footprints" / "nanshan.geojson").read_text())["features"]
    return [feature["geometry"]["coordinates"] for feature in features]


@pytest.fixture(scope="module")
def around(buildings):
    """A function: the numbers of all buildings within 100 m of a point, and some more."""
    cells = {}
    for number, rings in enumerate(buildings):
        for lon, lat in {(lon // CELL, lat // CELL) for lon, lat in rings[0]}:
            cells.setdefault((lon, lat), set()).add(number)

    def near(at):
        x, y = at.lon // CELL, at.lat // CELL
        cells_here = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        return sorted(set().union(*(cells.get(cell, ()) for cell in cells_here)))

    return near


def stood(buildings, count, error_m, seed):
    """(building, where the worker really is, where the phone says) so many times."""
    chance = random.Random(seed)
    # The error's length is Rayleigh; `error_m` is its root mean square.
    sigma = error_m / math.sqrt(2)
    for _ in range(count):
        number = chance.randrange(len(buildings))
        place = stands_in(buildings[number], chance)
        said = destination(place, 90, chance.gauss(0, sigma))
        yield number, place, destination(said, 0, chance.gauss(0, sigma))


def stands_in(footprint, chance):
    """A point between a corner and the middle; not in the bay of an L, which may be next door."""
    lon, lat = chance.choice(footprint[0])
    middle = centroid(footprint)
    for _ in range(50):
        inwards = chance.random()
        place = Position(lat + (middle.lat - lat) * inwards, lon + (middle.lon - lon) * inwards)
        if distance_to_footprint_m(place, footprint) == 0:
            return place
    return Position(lat, lon)


def fix_at(at, accuracy_m=20.0, crs="wgs84"):
    lat, lon = from_wgs84(at, crs)
    return reported(lat=lat, lon=lon, crs=crs, accuracy_m=accuracy_m, age_ms=500)


def opened(fix, footprint):
    return judge_opening(fix, footprint, LIMITS, anchor=None, now=NOW)


def test_the_town_is_real_and_usable(buildings):
    assert len(buildings) == 5438
    assert all(is_valid_ring(ring) for rings in buildings for ring in rings)


def test_honest_workers_are_let_in_at_20_m_error(buildings):
    refused = 0
    for number, _, said in stood(buildings, 3000, 20, "honest"):
        try:
            assert opened(fix_at(said), buildings[number]).presence == "verified"
        except Refused:
            refused += 1
    print(f"false refusals at 20 m error: {refused / 30:.2f} %")
    assert refused / 3000 <= 0.015


@pytest.mark.parametrize("error_m", [30, 45])
def test_and_hardly_ever_refused_at_worse_error(buildings, error_m):
    refused = 0
    for number, _, said in stood(buildings, 1000, error_m, "worse"):
        try:
            opened(fix_at(said, accuracy_m=float(error_m)), buildings[number])
        except Refused:
            refused += 1
    assert refused / 1000 <= 0.015


def test_a_scan_elsewhere_opens_nothing_beyond_the_limits(buildings):
    """A photo of building A's code, scanned in building B: the distance decides, exactly."""
    chance, disclosures, tried = random.Random("photo"), 0, 0
    for _, place, said in stood(buildings, 3000, 20, "elsewhere"):
        other = buildings[chance.randrange(len(buildings))]
        # Really further away than the rules can ever forgive: radius, credit and 3 errors.
        if distance_to_footprint_m(place, other) <= 120 + 20 + 3 * 20:
            continue
        tried += 1
        try:
            opened(fix_at(said), other)
        except (TooFar, DatumSuspect):
            continue
        disclosures += 1
    assert tried > 2500
    assert disclosures == 0


def test_the_nearest_neighbour_is_opened_only_by_its_own_scan(buildings, around):
    """Next door is within reach by design; what opens is the scanned one, never the nearest."""
    for number, _, said in stood(buildings, 300, 20, "next door"):
        near = around(said)
        distances = [distance_to_footprint_m(said, buildings[n]) for n in near]
        assert not is_located(20.0, distances, LIMITS)
        if number in near:
            opening = opened(fix_at(said), buildings[number])
            assert opening.metres == distances[near.index(number)]


@pytest.mark.wide
@pytest.mark.parametrize("count", [1000, pytest.param(20_000, marks=pytest.mark.proof)])
@pytest.mark.parametrize("accuracy_m", [3.0, 8.0, 15.0])
def test_a_position_alone_never_picks_the_wrong_building(buildings, around, accuracy_m, count):
    """An honest accuracy is the 68 % radius of the error; the rule then leaves room for 3."""
    rms = accuracy_m / 1.5096 * math.sqrt(2)
    located = wrong = 0
    for number, _, said in stood(buildings, count, rms, f"located {accuracy_m}"):
        near = around(said)
        distances = [distance_to_footprint_m(said, buildings[n]) for n in near]
        if is_located(accuracy_m, distances, LIMITS):
            located += 1
            wrong += near[distances.index(min(distances))] != number
    print(f"accuracy {accuracy_m} m: located {located / count:.1%}, wrong {wrong}")
    assert located > 0
    assert wrong == 0


def test_a_gcj02_phone_opens_its_building_and_its_numbers_called_wgs84_do_not(buildings):
    hinted = told_off = 0
    for number, _, said in stood(buildings, 500, 10, "datum"):
        footprint = buildings[number]
        for crs in ("gcj02", "bd09"):
            sent = fix_at(said, accuracy_m=10.0, crs=crs)
            assert opened(sent, footprint).presence == "verified"
            lying = reported(
                lat=sent.raw_lat, lon=sent.raw_lon, crs="wgs84", accuracy_m=10.0, age_ms=500
            )
            with pytest.raises((DatumSuspect, TooFar)) as refusal:
                opened(lying, footprint)
            told_off += 1
            hinted += refusal.value.facts.get("likely") == crs
    assert hinted == told_off


def test_every_real_building_can_be_opened_from_its_own_middle_and_corners(buildings):
    for rings in buildings:
        radius = circumradius_m(rings)
        middle = centroid(rings)
        lon, lat = rings[0][0]
        corner = Position(lat, lon)
        assert distance_m(middle, corner) <= radius + 0.01
        # The middle of an L may lie in its bay, but never further from it than its corners do.
        assert distance_to_footprint_m(middle, rings) <= radius
        assert distance_to_footprint_m(corner, rings) < 0.01
