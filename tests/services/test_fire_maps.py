"""The fire map and the smart ID: what stands where, in a few kilobytes, and no person in it."""

import re
from xml.etree import ElementTree

import pytest

from backend import load
from backend.db import database
from backend.errors import Invalid, NotYourArea
from backend.models import Residence, keys
from backend.rules import drawings
from backend.rules.drawings import Shape
from backend.services import fire_maps, inspections, migrations, smart_ids
from backend.start import start
from tests import town
from tests.services import rounds
from tests.services.cast import actor
from tests.services.rounds import inspects, wrong

SHUIWEI = "440304004028"
BOX = [[114.0, 22.5], [114.001, 22.5], [114.001, 22.501], [114.0, 22.501], [114.0, 22.5]]


def boxes_of(drawing):
    """Where each house was drawn, told back from the paths."""
    found = []
    for path in ElementTree.fromstring(drawing):
        if "mark" in path.get("class"):
            continue
        x = y = 0
        moves = re.findall(r"m(-?\d+) ?(-?\d+)h(\d+)v(\d+)h-(\d+)z", path.get("d"))
        for right, down, width, height, _ in moves:
            x, y = x + int(right), y + int(down)
            found.append((path.get("class"), x, y, int(width), int(height)))
    return found


def test_a_drawing_shows_every_house_where_it_stands():
    east = [[lon + 0.002, lat] for lon, lat in BOX]
    drawn = drawings.draw([Shape(BOX, "red", ("hazard",)), Shape(east, "green")])
    (one, x1, y1, *_), (two, x2, y2, *_) = boxes_of(drawn)
    assert (one, two) == ("green", "red")
    assert (x2, y1) == (0, y2)
    assert x1 > 300
    assert 'class="mark hazard"' in drawn
    assert drawings.draw([]) == ""
    assert len(boxes_of(drawings.draw([Shape(BOX, "none")]))) == 1


def test_the_map_of_two_houses(village):
    rounds.settle()
    an = rounds.actor(rounds.account("an", "safety_officer"), "safety_officer")
    inspections.enrol()
    inspects(an, gas=wrong(an), pledge=wrong(an))
    by = rounds.actor(3, "supervisor")
    told = fire_maps.show(SHUIWEI, by=by)
    assert told["counts"]["houses"]["green"] == 2
    assert told["counts"]["places"] == {"green": 1, "yellow": 0, "orange": 1, "red": 0}
    assert told["counts"]["hazards"] == 2
    first = told["houses"][0]
    assert (first["hazards"], first["places"]) == (2, {"green": 1, "orange": 1})
    assert "place-orange" in told["drawing"]
    with pytest.raises(NotYourArea):
        fire_maps.show("440304004029", by=by)
    features = fire_maps.around([114.058, 22.524, 114.0586, 22.525], by=by)["features"]
    assert [one["properties"]["hazards"] for one in features] == [2]
    assert (
        fire_maps.around(
            [114.058, 22.524, 114.0586, 22.525], by=rounds.actor(8, "supervisor", "440304004029")
        )["features"]
        == []
    )
    with pytest.raises(Invalid):
        fire_maps.around([2, 1, 1, 2], by=by)


def test_a_smart_id_counts_people_from_three_on(village):
    rounds.settle()
    house = inspections.subjects.named("building:4403040040280100001")
    for number in range(4):
        told = smart_ids.show("4403040040280100001")
        assert told["residents"] == (None if number < 3 else number)
        Residence.create(
            id=keys.first(house.building_id) + 10 + number,
            resident_id=number,
            room_id=keys.first(house.building_id) + 1,
            kind="living",
            source="visit",
            updated_at=rounds.clock.now(),
            updated_by="x",
        )
    assert told["rooms"] == 2
    assert told["area_m2"] == 105
    assert told["grade"] is None
    assert len(told["landlord_duties"]) >= 4


@pytest.fixture
def village_of_demo(tmp_path):
    """The whole demo town."""
    start(town.settings(f"sqlite:///{tmp_path}/demo.db"))
    migrations.migrate()
    load.load_demo()
    yield
    database.close()


@pytest.mark.proof
def test_shuiwei_fits_into_ten_kilobytes_and_all_of_it_is_there(village_of_demo):
    """318 houses and 660 small places, graded as they are loaded."""
    assert inspections.enrol() == 869  # 209 houses that are let
    told = fire_maps.show(SHUIWEI, by=actor("du"))
    print(f"fire_map_bytes {len(told['drawing'])}")
    assert len(told["drawing"].encode()) <= 10_240
    assert len(told["houses"]) == len(boxes_of(told["drawing"])) == 318
    assert sum(told["counts"]["places"].values()) == 660
